"""Header fields in the order they came, found by name whatever its case or form (RFC 3261 7.3).

Names we know get their usual spelling, compact ones their long form; others keep theirs. A value can
hold no line break: whatever it is made of, nothing can add a header field of its own to a message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar, cast

from .error import SipError
from .grammar import TOKEN, values

T = TypeVar("T")

HEADER_LIMIT = 256  # header fields in one message

# IANA's registry of SIP parameters.
COMPACT = {
    "a": "Accept-Contact", "b": "Referred-By", "c": "Content-Type", "d": "Request-Disposition", "e": "Content-Encoding",
    "f": "From", "i": "Call-ID", "j": "Reject-Contact", "k": "Supported", "l": "Content-Length", "m": "Contact",
    "n": "Identity-Info", "o": "Event", "r": "Refer-To", "s": "Subject", "t": "To", "u": "Allow-Events", "v": "Via",
    "x": "Session-Expires", "y": "Identity",
}  # fmt: skip
_FULL = [
    "Accept", "Accept-Encoding", "Accept-Language", "Alert-Info", "Allow", "Authentication-Info", "Authorization",
    "Call-Info", "Content-Disposition", "Content-Language", "CSeq", "Date", "Error-Info", "Expires", "History-Info",
    "In-Reply-To", "Max-Forwards", "MIME-Version", "Min-Expires", "Min-SE", "Organization", "P-Asserted-Identity",
    "P-Preferred-Identity", "Path", "Priority", "Privacy", "Proxy-Authenticate", "Proxy-Authorization",
    "Proxy-Require", "RAck", "Reason", "Record-Route", "Refer-Sub", "Referred-By", "Remote-Party-ID", "Replaces",
    "Reply-To", "Require", "Retry-After", "Route", "RSeq", "Server", "Service-Route", "SIP-ETag", "SIP-If-Match",
    "Subscription-State", "Timestamp", "Unsupported", "User-Agent", "Warning", "WWW-Authenticate",
]  # fmt: skip
SPELLINGS = {name.lower(): name for name in (*_FULL, *COMPACT.values())} | COMPACT

# Key and spelling of the names that are written as they should be, which most are.
_KNOWN = {name: (name.lower(), name) for name in SPELLINGS.values()}


class Headers:
    """An ordered list of (name, value); names given to its methods may be in any case and form."""

    __slots__ = ("_lines", "_read")

    def __init__(self, lines: tuple[tuple[str, str], ...] = ()) -> None:
        self._lines: list[tuple[str, str, str]] = []  # name in lower case, name, value
        self._read: dict[str, object] = {}  # what typed readers made of a header field, until it changes
        for name, value in lines:
            self.add(name, value)

    def add(self, name: str, value: object) -> None:
        """Append a header field. SipError when name or value could not stand on a line of its own."""
        text = str(value).strip(" \t")
        known = _KNOWN.get(name) or _known(name)
        if known is None or "\n" in text or "\r" in text:
            raise SipError(f"malformed header field {name[:40]!r}")
        if len(self._lines) >= HEADER_LIMIT:
            raise SipError("too many header fields", 513)
        key, name = known
        self._lines.append((key, name, text))
        if self._read:
            self._read.pop(key, None)

    def set(self, name: str, *values: object) -> None:
        """Replace all header fields of this name by one per value; no value removes them."""
        key = _key(name)
        place = next((at for at, line in enumerate(self._lines) if line[0] == key), len(self._lines))
        after = [line for line in self._lines[place:] if line[0] != key]
        del self._lines[place:]
        for value in values:
            self.add(name, value)
        self._lines += after
        self._read.pop(key, None)

    def prepend(self, name: str, value: object) -> None:
        """Put a header field before all others of its name, as a hop does with its Via."""
        self.set(name, value, *self.all(name))

    def remove(self, name: str) -> None:
        self.set(name)

    def get(self, name: str) -> str | None:
        """The first value of this name."""
        key = _key(name)
        for line in self._lines:
            if line[0] == key:
                return line[2]
        return None

    def all(self, name: str) -> list[str]:
        """The values of this name, one per header field."""
        key = _key(name)
        return [line[2] for line in self._lines if line[0] == key]

    def values(self, name: str) -> list[str]:
        """The elements of a header field that may be comma-joined and repeated."""
        return values(self.all(name))

    def tokens(self, name: str) -> frozenset[str]:
        """The elements of a list of words (Supported, Require, Allow...), in lower case."""
        return frozenset(value.lower() for value in self.values(name))

    def read(self, name: str, reader: Callable[[str], T]) -> T:
        """The header field that must stand exactly once, as `reader` understands it; read once, then kept."""
        key = _key(name)
        if key not in self._read:
            found = self.all(key)
            if len(found) != 1:
                raise SipError(f"{'missing' if not found else 'repeated'} {SPELLINGS.get(key, name)}")
            self._read[key] = reader(found[0])
        return cast(T, self._read[key])

    def read_first(self, name: str, reader: Callable[[str], T]) -> T:
        """The first element of a list header field (the topmost Via); read once, then kept."""
        key = _key(name)
        if key not in self._read:
            line = self.get(key)
            found = values([line]) if line else []
            if not found:
                raise SipError(f"missing {SPELLINGS.get(key, name)}")
            self._read[key] = reader(found[0])
        return cast(T, self._read[key])

    def copy(self, *names: str) -> Headers:
        """A copy; of these names only, when some are given, in the order they stand here."""
        keys = {_key(name) for name in names}
        fresh = Headers()
        fresh._lines = [line for line in self._lines if not keys or line[0] in keys]
        return fresh

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((name, value) for _, name, value in self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Headers({tuple(self)!r})"


def _known(name: str) -> tuple[str, str] | None:
    """Key and spelling of any name; None when it is no token."""
    if not TOKEN.fullmatch(name):
        return None
    name = SPELLINGS.get(name.lower(), name)
    return name.lower(), name


def _key(name: str) -> str:
    key = name.lower()
    return COMPACT[key].lower() if key in COMPACT else key
