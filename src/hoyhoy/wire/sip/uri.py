"""SIP, SIPS and tel URIs (RFC 3261 19.1, RFC 3966), and room for all others.

A Uri keeps its parts as they were written: a remote target or a route goes back exactly as it came.
What a person or a table should see (`user`, `number`, `header_fields`) is unescaped on the way out, and what we
put in is escaped by `Uri.sip`. A scheme we do not speak is kept whole in `opaque`, so that a request
for it can be refused with 416 rather than dropped (RFC 4475 3.3.2).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote_to_bytes

from .error import SipError
from .grammar import NO_PARAMS, Params, host_port, is_ip, params, same_host, written_host

URI_LIMIT = 2048  # characters

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_VISIBLE = re.compile(r"[!-~\u00a0-\U0010ffff]*")  # no blanks and no control characters
_FORBIDDEN = re.compile(r'[<>"]')
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_VISUAL = str.maketrans("", "", "-.() ")
_USER_SAFE = "-_.!~*'()&=+$,;?/"  # RFC 3261 25.1 user-unreserved
_PARAMETER_SAFE = "-_.!~*'()[]/:&+$"
# Parameters that keep two URIs apart even when only one of them has it (RFC 3261 19.1.4).
_DISTINCTIVE = ("user", "ttl", "method", "maddr", "transport")


@dataclass(frozen=True, slots=True)
class Uri:
    """`userinfo` and `headers` are escaped as on the wire; `opaque` is the rest of any scheme but sip and sips."""

    scheme: str
    host: str = ""
    port: int | None = None
    userinfo: str = ""
    params: Params = NO_PARAMS
    headers: str = ""
    opaque: str = ""

    @classmethod
    def sip(
        cls, user: str, host: str, port: int | None = None, *, scheme: str = "sip", **parameters: str | None
    ) -> Uri:
        """A URI from plain words: `user` is escaped, an IPv6 `host` bracketed, `parameters` written in order."""
        written = tuple(
            (name.replace("_", "-"), None if value is None else quote(value, _PARAMETER_SAFE))
            for name, value in parameters.items()
        )
        return cls(scheme, written_host(host), port, quote(user, _USER_SAFE), Params(written))

    @property
    def is_sip(self) -> bool:
        return self.scheme in ("sip", "sips")

    @property
    def secure(self) -> bool:
        return self.scheme == "sips"

    @property
    def user(self) -> str:
        """The user part without password, unescaped; for tel the subscriber as written."""
        return unescape(self.userinfo.partition(":")[0]) if self.is_sip else self.opaque

    @property
    def password(self) -> str:
        return unescape(self.userinfo.partition(":")[2])

    @property
    def number(self) -> str:
        """The telephone number in a tel URI or user part, without separators and `;parameters`; "" without one."""
        digits = self.user.partition(";")[0].translate(_VISUAL)
        return digits if re.fullmatch(r"\+?[0-9*#]+", digits) else ""

    @property
    def transport(self) -> str:
        """`udp`, `tcp`, `tls`... as the URI asks for, in lower case; "" when it leaves that open."""
        named = (self.params.get("transport") or "").lower()
        return "tls" if self.secure and named in ("", "tcp") else named

    @property
    def loose(self) -> bool:
        """The `lr` of a loose router (RFC 3261 16.12), also where it was written as `lr=true` or `lr=on`."""
        return "lr" in self.params

    @property
    def header_fields(self) -> tuple[tuple[str, str], ...]:
        """Names and values after the `?`, unescaped. Whoever puts them into a message must check the names."""
        fields = [field.partition("=") for field in self.headers.split("&") if field]
        return tuple((unescape(name), unescape(value)) for name, _, value in fields)

    def bare(self) -> Uri:
        """Without parameters and headers: what From and To of a new dialog and a registration's key are made of."""
        return replace(self, params=NO_PARAMS, headers="")

    def as_target(self) -> Uri:
        """As a Request-URI: `method` and headers may not stand there (RFC 3261 19.1.1, table 1)."""
        if not self.headers and "method" not in self.params:
            return self
        return replace(self, params=self.params.without("method"), headers="")

    def same_as(self, other: Uri) -> bool:
        """The comparison of RFC 3261 19.1.4: user and password with case, the rest without."""
        if self.scheme != other.scheme:
            return False
        if not self.is_sip:
            return self.number == other.number if self.scheme == "tel" else self.opaque == other.opaque
        mine, theirs = _named(self.params), _named(other.params)
        return (
            (self.user, self.password, self.port) == (other.user, other.password, other.port)
            and same_host(self.host, other.host)
            and all(mine.get(name) == theirs.get(name) for name in _DISTINCTIVE)
            and all(mine[name] == theirs[name] for name in mine.keys() & theirs.keys())
            and _headers(self) == _headers(other)
        )

    def __str__(self) -> str:
        if not self.is_sip:
            return f"{self.scheme}:{self.opaque}{self.params}"
        user = f"{self.userinfo}@" if self.userinfo else ""
        port = f":{self.port}" if self.port is not None else ""
        headers = f"?{self.headers}" if self.headers else ""
        return f"{self.scheme}:{user}{self.host}{port}{self.params}{headers}"


def parse(text: str) -> Uri:
    """Read a URI; SipError when it is malformed. Non-ASCII text is let pass: phones send it."""
    if len(text) > URI_LIMIT:
        raise SipError("Request-URI too long", 414)
    start = _SCHEME.match(text)
    if not start or not _VISIBLE.fullmatch(text) or _FORBIDDEN.search(text):
        raise SipError("malformed URI")
    scheme, rest = start[1].lower(), text[start.end() :]
    if scheme in ("sip", "sips"):
        if _BAD_ESCAPE.search(rest):
            raise SipError("malformed escape in URI")
        return _sip(scheme, rest)
    if not rest:
        raise SipError("malformed URI")
    if scheme != "tel":
        return Uri(scheme, opaque=rest)
    subscriber, mark, parameters = rest.partition(";")
    return Uri(scheme, opaque=subscriber, params=params(mark + parameters))


def _sip(scheme: str, rest: str) -> Uri:
    # An `@` can only end the user part: elsewhere it is escaped. The user part may hold `;` and `?`.
    userinfo, at, place = rest.rpartition("@")
    if at and (not userinfo or userinfo.startswith(":") or "@" in userinfo):
        raise SipError("malformed user part of URI")
    place, mark, headers = place.partition("?")
    if mark and not headers:
        raise SipError("malformed URI")
    hostport, mark, parameters = place.partition(";")
    host, port = host_port(hostport)
    return Uri(scheme, host, port, userinfo, params(mark + parameters), headers)


def unescape(text: str) -> str:
    """Undo %HH; octets that are not UTF-8 are read as Latin-1."""
    if "%" not in text:
        return text
    octets = unquote_to_bytes(text)
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def _named(parameters: Params) -> dict[str, str]:
    return {name.lower(): unescape(value or "").lower() for name, value in parameters.items}


def _headers(uri: Uri) -> list[tuple[str, str]]:
    return sorted((name.lower(), value) for name, value in uri.header_fields)


def is_routable(uri: Uri) -> bool:
    """Is the host an address, so that no name has to be looked up?"""
    return uri.is_sip and is_ip(uri.host)
