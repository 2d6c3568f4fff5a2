"""One request as resources see it, and what they answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hoyhoy.exchange.ports import Account, Key

from .conventions import Listing
from .form import Form
from .services import Services


@dataclass(slots=True)
class Context:
    """Who asks, for what, and what may be used to answer.

    `account` is the one named in the path (or the caller, where paths name none); `scope` holds the
    path's values that narrow down rows, by column; `pattern` is the path the resource was found at;
    `suffix` what links end in; `base` scheme and host of absolute addresses. `key` is the API key the
    caller came with, None for its token; `asked` holds the parameters of a list or a fetch, by property.
    """

    services: Services
    caller: Account
    account: Account
    method: str
    path: str
    pattern: str
    suffix: str
    base: str
    scope: dict[str, str]
    sid: str
    query: Form
    form: Form
    key: Key | None = None
    asked: dict[str, Any] = field(default_factory=dict)

    @property
    def now(self) -> float:
        return self.services.clock.now()


@dataclass(frozen=True, slots=True)
class Stream:
    """A body of `size` bytes that is too long to be in memory at once: `parts(begin, end)` are those bytes of it."""

    size: int
    parts: Callable[[int, int], AsyncGenerator[bytes]]

    def part(self, begin: int, end: int) -> Stream:
        """The bytes from `begin` up to `end`."""
        return Stream(end - begin, lambda first, last: self.parts(begin + first, begin + last))


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is a representation, a page of them, or nothing; `element` names it in XML.

    Bytes in `body` go out as they are, with `content_type`; so does a stream, of which a part may be asked for.
    """

    status: int
    body: dict[str, Any] | Listing | bytes | Stream | None = None
    element: str = ""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
