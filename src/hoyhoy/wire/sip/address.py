"""Addresses as From, To, Contact, Route and their kin carry them (RFC 3261 20.10, 25.1 name-addr)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from . import uri as uris
from .error import SipError
from .grammar import NO_PARAMS, Params, number, params, quote, unquote, values
from .uri import Uri

EVER = 2**32 - 1  # seconds; the largest `expires` (RFC 3261 20.19)


@dataclass(frozen=True, slots=True)
class Address:
    """`"Display" <uri>;params`. `name` is the display name as written, quotes included."""

    uri: Uri
    name: str = ""
    params: Params = NO_PARAMS

    @classmethod
    def of(cls, uri: Uri, display: str = "", **parameters: str | int | None) -> Address:
        """An address from plain words; `display` is quoted."""
        return cls(uri, quote(display) if display else "", Params.of(**parameters))

    @property
    def display(self) -> str:
        """The display name in plain words."""
        return unquote(self.name)

    @property
    def tag(self) -> str:
        return self.params.get("tag") or ""

    @property
    def q(self) -> int:
        """Preference in thousandths, 1000 unless told; what cannot be read counts as told nothing."""
        whole, _, part = (self.params.get("q") or "1").partition(".")
        digits = whole.zfill(1) + part.ljust(3, "0")[:3]
        return min(int(digits), 1000) if digits.isascii() and digits.isdigit() and len(digits) == 4 else 1000

    @property
    def expires(self) -> int | None:
        """Seconds; None when it says nothing that can be read (RFC 3261 10.2.1.1). Too large means the largest."""
        return seconds(self.params.get("expires"))

    def tagged(self, tag: str) -> Address:
        return replace(self, params=self.params.replace("tag", tag))

    def __str__(self) -> str:
        name = f"{self.name} " if self.name else ""
        return f"{name}<{self.uri}>{self.params}"


def parse(text: str) -> Address:
    """Read one address. Without angle brackets all parameters belong to the header field, not to the URI."""
    text = text.strip()
    start = _bracket(text)
    if start < 0:
        place, mark, parameters = text.partition(";")
        # A URI with `,`, `;` or `?` must stand in brackets (RFC 3261 20.10; RFC 4475 3.1.2.13).
        if "?" in place or "," in place:
            raise SipError("URI needs angle brackets")
        return Address(uris.parse(place.strip()), "", params(mark + parameters))
    end = text.find(">", start)
    if end < 0:
        raise SipError("unbalanced angle brackets")
    rest = text[end + 1 :].strip()
    if rest and rest[0] != ";":
        raise SipError("malformed address")
    return Address(uris.parse(text[start + 1 : end].strip()), _display(text[:start].strip()), params(rest))


def parse_all(lines: Iterable[str]) -> tuple[Address, ...]:
    """The addresses of a header field that may be repeated and comma-joined, in order."""
    return tuple(parse(value) for value in values(lines))


def _bracket(text: str) -> int:
    """Where the opening angle bracket is, looking past a quoted display name; -1 without one."""
    if not text.startswith('"'):
        return text.find("<")
    at = 1
    while at < len(text) and text[at] != '"':
        at += 2 if text[at] == "\\" else 1
    start = text.find("<", at)
    if at >= len(text) or start < 0 or text[at + 1 : start].strip():
        raise SipError("malformed display name")
    return start


def _display(name: str) -> str:
    # Names that should have been quoted are let pass (`J. Rosenberg (home)`), but not those that could be taken for
    # two addresses or another parameter (RFC 4475 3.1.2.15).
    if name and name[0] != '"' and any(mark in name for mark in ',;:">@'):
        raise SipError("malformed display name")
    return name


def seconds(text: str | None) -> int | None:
    """A time in delta-seconds; one too large is the largest there is (RFC 4475 3.1.2.4), nonsense is None."""
    if text is None or not text.isascii() or not text.isdigit():
        return None
    return number(text, EVER, "expires") if len(text) <= 10 and int(text) <= EVER else EVER
