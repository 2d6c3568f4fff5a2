"""The two conventions of the platform's APIs (messaging reference 4.4, 4.5).

V2010: RFC 2822 dates, `.json` paths and XML without, the page's numbers at the top level.
V1: ISO 8601 dates, an absolute `url`, the page's numbers under `meta`; JSON only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, ClassVar, Protocol


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list: what is on it and where the others are. Addresses are paths with a query, or None;
    `base` is the scheme and host before them. `plural` names the list in XML if not `key` does, `columns` the keys of
    its items even when there are none."""

    key: str
    element: str
    items: list[dict[str, Any]]
    page: int
    page_size: int
    here: str
    first: str
    next: str | None
    previous: str | None
    style: type[Style]
    base: str
    plural: str = ""
    columns: Sequence[str] = ()

    def envelope(self) -> dict[str, Any]:
        return self.style.envelope(self)

    @property
    def start(self) -> int:
        return self.page * self.page_size

    @property
    def end(self) -> int:
        return self.start + max(len(self.items) - 1, 0) if self.items else 0


class Style(Protocol):
    """How one family of APIs writes moments, addresses and lists. `base` is scheme and host."""

    xml: ClassVar[bool]
    parents: ClassVar[str]

    @staticmethod
    def moment(seconds: float) -> str: ...

    @staticmethod
    def address(base: str, path: str, suffix: str, below: Mapping[str, str]) -> dict[str, Any]: ...

    @staticmethod
    def envelope(listing: Listing) -> dict[str, Any]: ...


class V2010:
    """The original API."""

    xml: ClassVar[bool] = True
    parents: ClassVar[str] = "subresource_uris"

    @staticmethod
    def moment(seconds: float) -> str:
        return _rfc2822(int(seconds))

    @staticmethod
    def address(base: str, path: str, suffix: str, below: Mapping[str, str]) -> dict[str, Any]:
        address: dict[str, Any] = {"uri": path + suffix}
        if below:
            address["subresource_uris"] = {name: f"{path}/{last}{suffix}" for name, last in below.items()}
        return address

    @staticmethod
    def envelope(listing: Listing) -> dict[str, Any]:
        # Exactly one key may be foreign to the envelope: clients find the items by it.
        return {
            listing.key: listing.items,
            "page": listing.page,
            "page_size": listing.page_size,
            "start": listing.start,
            "end": listing.end,
            "uri": listing.here,
            "first_page_uri": listing.first,
            "next_page_uri": listing.next,
            "previous_page_uri": listing.previous,
        }


class V1:
    """The products with hosts of their own."""

    xml: ClassVar[bool] = False
    parents: ClassVar[str] = "links"

    @staticmethod
    def moment(seconds: float) -> str:
        return _iso8601(int(seconds))

    @staticmethod
    def address(base: str, path: str, suffix: str, below: Mapping[str, str]) -> dict[str, Any]:
        address: dict[str, Any] = {"url": base + path}
        if below:
            address["links"] = {name: f"{base}{path}/{last}" for name, last in below.items()}
        return address

    @staticmethod
    def envelope(listing: Listing) -> dict[str, Any]:
        base = listing.base
        return {
            listing.key: listing.items,
            "meta": {
                "key": listing.key,
                "page": listing.page,
                "page_size": listing.page_size,
                "url": base + listing.here,
                "first_page_url": base + listing.first,
                "next_page_url": listing.next and base + listing.next,
                "previous_page_url": listing.previous and base + listing.previous,
            },
        }


@lru_cache(maxsize=1024)
def _rfc2822(seconds: int) -> str:
    return format_datetime(datetime.fromtimestamp(seconds, UTC))


@lru_cache(maxsize=1024)
def _iso8601(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
