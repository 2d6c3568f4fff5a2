"""Session descriptions (RFC 4566), read leniently and written exactly.

Lines that say nothing to us are left out when reading; what is written has the lines and the order that
RFC 4566 5 asks for. What the descriptions mean for a call is in `media` and `negotiation`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .error import SipError
from .grammar import is_ip, is_ipv6

SIZE_LIMIT = 32 * 1024  # octets
MEDIA_LIMIT = 32  # m= lines; an answer must have as many as its offer
FORMAT_LIMIT = 64  # formats of one m= line
ATTRIBUTE_LIMIT = 1024

CONTENT_TYPE = "application/sdp"

_LINE_END = re.compile(r"\r\n|\r|\n")
_ADDRESS = re.compile(r"[A-Za-z0-9._\-]+")

Attributes = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """The o= line: it names the session, and `version` grows when the description changes (RFC 3264 8)."""

    session: int
    version: int
    address: str
    user: str = "-"

    def __str__(self) -> str:
        return f"{self.user} {self.session} {self.version} IN {_family(self.address)} {self.address}"


@dataclass(frozen=True, slots=True)
class Media:
    """One m= line with what follows it. `formats` are as written: payload types for RTP."""

    kind: str
    port: int
    protocol: str
    formats: tuple[str, ...]
    address: str = ""  # of its own c= line; "" when the session's counts
    attributes: Attributes = ()

    def get(self, name: str) -> str | None:
        """The value of its first attribute of this name; "" for a flag, None when it is absent."""
        return _get(self.attributes, name)

    def all(self, name: str) -> list[str]:
        return [value or "" for key, value in self.attributes if key == name]

    def refused(self) -> Media:
        """The same with port 0 (RFC 3264 6)."""
        return replace(self, port=0, address="", attributes=())


@dataclass(frozen=True, slots=True)
class Description:
    origin: Origin
    media: tuple[Media, ...]
    address: str = ""  # of the session's c= line; "" when it has none
    attributes: Attributes = ()
    name: str = "-"

    def get(self, name: str) -> str | None:
        return _get(self.attributes, name)

    def address_of(self, media: Media) -> str:
        return media.address or self.address

    def __str__(self) -> str:
        lines = ["v=0", f"o={self.origin}", f"s={self.name}"]
        if self.address:
            lines.append(_connection(self.address))
        lines.append("t=0 0")
        lines += _attribute_lines(self.attributes)
        for media in self.media:
            lines.append(f"m={media.kind} {media.port} {media.protocol} {' '.join(media.formats)}")
            if media.address:
                lines.append(_connection(media.address))
            lines += _attribute_lines(media.attributes)
        return "".join(f"{line}\r\n" for line in lines)

    def __bytes__(self) -> bytes:
        return str(self).encode()


def parse(body: bytes) -> Description:
    """Read a session description. SipError (400, 488 or 513) when nothing can be made of it."""
    if len(body) > SIZE_LIMIT:
        raise SipError("session description too large", 513)
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = body.decode("latin-1")
    lines = [line for line in _LINE_END.split(text) if line]
    if not lines or lines[0].strip() != "v=0":
        raise SipError("no session description")
    starts = [at for at, line in enumerate(lines) if line.startswith("m=")]
    if len(starts) > MEDIA_LIMIT:
        raise SipError("too many media", 488)
    ends = [*starts, len(lines)]
    session = lines[: ends[0]]
    media = tuple(_media(lines[start:end]) for start, end in zip(starts, ends[1:], strict=True))
    name = next((line[2:] for line in session if line.startswith("s=")), "-")
    return Description(_origin(session), media, _address(session), _attributes(session), name.strip() or "-")


def _origin(lines: list[str]) -> Origin:
    words = next((line[2:].split() for line in lines if line.startswith("o=")), [])
    if len(words) != 6:
        raise SipError("malformed origin")
    numbers = [int(word) if word.isascii() and word.isdigit() and len(word) <= 20 else -1 for word in words[1:3]]
    if min(numbers) < 0:
        raise SipError("malformed origin")
    return Origin(numbers[0], numbers[1], words[5], words[0])


def _address(lines: list[str]) -> str:
    """The address of the c= line; "" without one. A multicast address loses its TTL."""
    for line in lines:
        if line.startswith("c="):
            words = line[2:].split()
            if len(words) != 3 or words[0] != "IN" or words[1] not in ("IP4", "IP6"):
                raise SipError("malformed connection")
            address = words[2].partition("/")[0]
            if not (is_ipv6(address) if ":" in address else _ADDRESS.fullmatch(address)):
                raise SipError("malformed connection")
            return address
    return ""


def _media(lines: list[str]) -> Media:
    words = lines[0][2:].split()
    if len(words) < 4:
        raise SipError("malformed media")
    kind, port, protocol, *formats = words
    port = port.partition("/")[0]
    if not port.isascii() or not port.isdigit() or len(port) > 5 or int(port) > 65535:
        raise SipError("malformed port of media")
    if len(formats) > FORMAT_LIMIT:
        raise SipError("too many formats", 488)
    return Media(kind, int(port), protocol, tuple(formats), _address(lines), _attributes(lines))


def _attributes(lines: list[str]) -> Attributes:
    found: list[tuple[str, str | None]] = []
    for line in lines:
        if line.startswith("a="):
            name, colon, value = line[2:].partition(":")
            found.append((name.strip(), value.strip() if colon else None))
    if len(found) > ATTRIBUTE_LIMIT:
        raise SipError("too many attributes", 488)
    return tuple(found)


def _get(attributes: Attributes, name: str) -> str | None:
    return next((value or "" for key, value in attributes if key == name), None)


def _attribute_lines(attributes: Attributes) -> list[str]:
    return [f"a={name}" if value is None else f"a={name}:{value}" for name, value in attributes]


def _family(address: str) -> str:
    return "IP6" if is_ipv6(address) else "IP4"


def _connection(address: str) -> str:
    return f"c=IN {_family(address)} {address}"


def is_nowhere(address: str) -> bool:
    """0.0.0.0 and its like: hold as RFC 2543 did it (RFC 3264 8.4), also in RFC 6157's form for IPv6."""
    return address in ("0.0.0.0", "::", "invalid") or address.endswith(".invalid")  # noqa: S104


def is_numeric(address: str) -> bool:
    """An address that media can be sent to without asking anybody for a name."""
    return is_ip(address)
