"""An older version of the API: its own paths, names and forms over the same resources (messaging reference 8.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from .resource import Act, RootResource


class View(Protocol):
    """What a version must bring; its acts answer with bytes of their own form."""

    root: str
    """What its paths begin with: `/2008-08-01`."""

    def routes(
        self, kinds: Iterable[type[RootResource]]
    ) -> Iterable[tuple[type[RootResource], str, Mapping[str, Act]]]:
        """Each path, whose resource it shows, and what the HTTP methods do there."""

    def method(self, method: str, query: bytes) -> str:
        """The HTTP method that is meant."""

    def refusal(self, fault: Mapping[str, Any], suffix: str) -> tuple[bytes, str]:
        """`code`, `message`, `more_info` and `status` in its form, and the content type."""
