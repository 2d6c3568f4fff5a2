"""What all header fields are made of: tokens, quoted strings, parameters, lists, hosts (RFC 3261 25.1).

Values are kept as they were written, so that what is echoed is what came; they are unquoted where
they are read. Nothing here is recursive or backtracks: each pass is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from .error import SipError

LIST_LIMIT = 128  # elements of one header field; a SUBSCRIBE with thousands of Accept values brought servers down
PARAMETER_LIMIT = 64

TOKEN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+")
# A parameter's value may be a host as well (maddr, received), hence colons and brackets.
_PARAMETER_NAME = re.compile(r"[^\s;,=\"<>]+")
_PLAIN_VALUE = re.compile(r"[A-Za-z0-9\-.!%*_+`'~:\[\]/]+")
_ANY_VALUE = re.compile(r'[^\s;,"<>]*')
_HOSTNAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.\-]*[A-Za-z0-9_.])?")
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)
_STRUCTURE = re.compile(r"[\"<>,;]")
_QUOTED = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters in their order and as written; names are compared without case (RFC 3261 7.3.1)."""

    items: tuple[tuple[str, str | None], ...] = ()

    @classmethod
    def of(cls, **values: str | int | None) -> Params:
        """Parameters from keyword arguments; a value that is no token is quoted, None means no value."""
        return cls(tuple((name.replace("_", "-"), _written(value)) for name, value in values.items()))

    def get(self, name: str) -> str | None:
        """The value, unquoted; "" for a parameter without a value, None when it is absent."""
        name = name.lower()
        for key, value in self.items:
            if key.lower() == name:
                return "" if value is None else unquote(value)
        return None

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None

    def replace(self, name: str, value: str | int | None) -> Params:
        """The same with `name` set: in its place when it was there, else at the end."""
        fresh = (name, _written(value))
        if name not in self:
            return Params((*self.items, fresh))
        return Params(tuple(fresh if key.lower() == name.lower() else (key, old) for key, old in self.items))

    def without(self, *names: str) -> Params:
        gone = {name.lower() for name in names}
        return Params(tuple(item for item in self.items if item[0].lower() not in gone))

    def __str__(self) -> str:
        return "".join(f";{name}" if value is None else f";{name}={value}" for name, value in self.items)


NO_PARAMS = Params()


def params(text: str) -> Params:
    """Parse `;name=value;flag`, with blanks anywhere around the marks."""
    if not text:
        return NO_PARAMS
    found: list[tuple[str, str | None]] = []
    for piece in split(text, ";")[1:]:
        name, equals, value = piece.partition("=")
        name, value = name.strip(), value.strip()
        if not _PARAMETER_NAME.fullmatch(name):
            raise SipError("malformed parameter")
        if not (_QUOTED if value[:1] == '"' else _ANY_VALUE).fullmatch(value):
            raise SipError("malformed parameter")
        found.append((name, value if equals else None))
        if len(found) > PARAMETER_LIMIT:
            raise SipError("too many parameters")
    return Params(tuple(found))


def split(text: str, mark: str = ",", limit: int = LIST_LIMIT) -> list[str]:
    """Cut `text` at each `mark` that is neither quoted nor between angle brackets, and strip the pieces."""
    if '"' not in text and "<" not in text:
        pieces = text.split(mark, limit)
    else:
        pieces, start = [], 0
        for place in _bare(text):
            if text[place] == mark:
                pieces.append(text[start:place])
                start = place + 1
                if len(pieces) > limit:
                    break
        pieces.append(text[start:])
    if len(pieces) > limit:
        raise SipError("too many values in one header field")
    return [piece.strip() for piece in pieces]


def values(lines: Iterable[str]) -> list[str]:
    """The elements of a header field that may be repeated and comma-joined (RFC 3261 7.3.1), empty ones left out."""
    found: list[str] = []
    for line in lines:
        found += [value for value in split(line) if value]
        if len(found) > LIST_LIMIT:
            raise SipError("too many values in one header field")
    return found


def _bare(text: str) -> Iterator[int]:
    """Places of commas and semicolons that are neither quoted nor between angle brackets."""
    at, bracketed = 0, False
    while found := _STRUCTURE.search(text, at):
        at = found.end()
        mark = found[0]
        if bracketed:
            bracketed = mark != ">"
        elif mark == '"':
            quoted = _QUOTED.match(text, found.start())
            if not quoted:
                raise SipError("unbalanced quotes")
            at = quoted.end()
        elif mark == "<":
            bracketed = True
        elif mark == ">":
            raise SipError("unbalanced angle brackets")
        else:
            yield found.start()
    if bracketed:
        raise SipError("unbalanced angle brackets")


def quote(text: str) -> str:
    """As a quoted-string. A line break cannot be said in one (RFC 3261 25.1) and becomes a blank."""
    text = re.sub(r"[\r\n]+", " ", text)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def unquote(text: str) -> str:
    """The meaning of a token or quoted-string; anything else stands for itself."""
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return _QUOTED_PAIR.sub(r"\1", text[1:-1])
    return text


def _written(value: str | int | None) -> str | None:
    if value is None:
        return None
    text = str(value)
    return text if _PLAIN_VALUE.fullmatch(text) else quote(text)


def number(text: str, most: int, what: str) -> int:
    """A decimal number from 0 to `most`; leading zeros are allowed, signs, blanks and other digits are not."""
    digits = text.strip()
    if not digits.isascii() or not digits.isdigit():
        raise SipError(f"malformed {what}")
    digits = digits.lstrip("0") or "0"
    if len(digits) > 20 or int(digits) > most:
        raise SipError(f"{what} out of range")
    return int(digits)


def host_port(text: str) -> tuple[str, int | None]:
    """`host`, `host:port` or `[IPv6]:port`. The host keeps its spelling and an IPv6 address its brackets."""
    if text.startswith("["):
        inside, bracket, rest = text[1:].partition("]")
        if not bracket or not is_ipv6(inside):
            raise SipError("malformed IPv6 address")
        host = f"[{inside}]"
    else:
        host, colon, rest = text.partition(":")
        host, rest = host.rstrip(), colon + rest
        if not _HOSTNAME.fullmatch(host) or ".." in host:
            raise SipError("malformed host")
    rest = rest.strip()
    if not rest:
        return host, None
    if rest[0] != ":":
        raise SipError("malformed host")
    port = number(rest[1:], 65535, "port")
    if port == 0:
        raise SipError("port out of range")
    return host, port


def is_ipv6(text: str) -> bool:
    """Without brackets; a zone (`%eth0`) means nothing to others and is refused."""
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return "%" not in text


def is_ip(host: str) -> bool:
    """Is this an address rather than a name? An IPv6 address may stand in brackets."""
    try:
        IPv4Address(host)
    except AddressValueError:
        return is_ipv6(bare_host(host))
    return True


def bare_host(host: str) -> str:
    """A host as a socket wants it: no brackets."""
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


def written_host(host: str) -> str:
    """A host as SIP writes it: an IPv6 address in brackets (RFC 5118 4.1)."""
    return f"[{host}]" if is_ipv6(host) else host


def same_host(one: str, other: str) -> bool:
    """Compare hosts: names without case, addresses by value (RFC 5118 4.7)."""
    one, other = bare_host(one), bare_host(other)
    if one.lower() == other.lower():
        return True
    return is_ipv6(one) and is_ipv6(other) and IPv6Address(one) == IPv6Address(other)
