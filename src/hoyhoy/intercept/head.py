"""The head of an HTTP/1 request as a proxy sees it, and where its body ends (RFC 9112). Pure.

A connection to a proxy may carry requests for several hosts, one after the other, and a Twilio host
must never leave the machine: so a forwarded connection carries exactly one request, whose end is
counted here, and is then closed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

END = b"\r\n\r\n"

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HOST = re.compile(r"[A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\]")
_HOP_BY_HOP = {"connection", "proxy-connection", "proxy-authorization", "keep-alive", "te", "upgrade"}


class BadHead(ValueError):
    """What came is not a request we can understand; the text is meant for its sender."""


@dataclass(frozen=True, slots=True)
class Head:
    """Request line and fields, names as they came."""

    method: str
    target: str
    version: str
    fields: tuple[tuple[str, str], ...]

    def values(self, name: str) -> list[str]:
        return [value for field, value in self.fields if field.lower() == name]

    def to_bytes(self) -> bytes:
        lines = [f"{self.method} {self.target} {self.version}", *(f"{name}: {value}" for name, value in self.fields)]
        return "\r\n".join(lines).encode("latin-1") + END


def parse(raw: bytes) -> Head:
    """Read a request head up to and including the empty line; BadHead says what is wrong."""
    first, *lines = raw.removesuffix(END).decode("latin-1").split("\r\n")
    parts = first.split(" ")
    if len(parts) != 3 or not _TOKEN.fullmatch(parts[0]) or parts[2] not in ("HTTP/1.0", "HTTP/1.1"):
        raise BadHead("This is not an HTTP/1 request.")
    if not parts[1].isascii() or not parts[1].isprintable():
        raise BadHead("The request target has characters that do not belong there.")
    fields = []
    for line in lines:
        name, colon, value = line.partition(":")
        # No folding, no blank before the colon: both have hidden fields from one of two readers (RFC 9112 5).
        if not colon or not _TOKEN.fullmatch(name) or any(c in value for c in "\r\n\0"):
            raise BadHead("The request has a malformed header field.")
        fields.append((name, value.strip(" \t")))
    return Head(parts[0], parts[1], parts[2], tuple(fields))


def authority(text: str, default_port: int | None = None) -> tuple[str, int]:
    """`api.twilio.com:443` or `[::1]:443` as host (without brackets) and port."""
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        host, port = text, "" if default_port is None else str(default_port)
    if not _HOST.fullmatch(host) or not re.fullmatch(r"[0-9]{1,5}", port) or not 0 < int(port) < 65536:
        raise BadHead("The request does not name a host and a port.")
    return host.strip("[]"), int(port)


def absolute(head: Head) -> tuple[str, str, int, str]:
    """Scheme, host, port and path of a target in absolute form; BadHead when it is in another form."""
    try:
        url = urlsplit(head.target)
    except ValueError:
        raise BadHead("The request target is not a URL.") from None
    if url.scheme not in ("http", "https") or not url.netloc:
        raise BadHead("This port is a proxy and a TLS port; it answers CONNECT, absolute http:// targets and TLS.")
    host, port = authority(url.netloc.rpartition("@")[2], 443 if url.scheme == "https" else 80)
    return url.scheme, host, port, (url.path or "/") + (f"?{url.query}" if url.query else "")


def single(head: Head, target: str, host: str, extra: tuple[tuple[str, str], ...] = ()) -> Head:
    """The head as it is sent on: target and Host as given, nothing hop-by-hop, one request only (RFC 9110 7.6.1)."""
    named = {name.strip().lower() for value in head.values("connection") for name in value.split(",")}
    gone = (_HOP_BY_HOP | named | {"host"}) - {"transfer-encoding", "content-length"}
    kept = tuple((name, value) for name, value in head.fields if name.lower() not in gone)
    return replace(head, target=target, fields=(("Host", host), *kept, ("Connection", "close"), *extra))


def closing(raw: bytes) -> bytes:
    """A response head that tells its reader that the connection ends with it."""
    first, *lines = raw.removesuffix(END).split(b"\r\n")
    kept = [line for line in lines if line.partition(b":")[0].strip().lower() not in (b"connection", b"keep-alive")]
    return b"\r\n".join([first, *kept, b"Connection: close"]) + END


class Body:
    """Counts a request's body: `take` returns what belongs to it; once `done`, nothing more does."""

    def __init__(self, head: Head) -> None:
        lengths, codings = head.values("content-length"), head.values("transfer-encoding")
        if codings:
            # Both at once is how requests are smuggled past a proxy (RFC 9112 6.3).
            if lengths or [c.lower() for c in codings] != ["chunked"] or head.version == "HTTP/1.0":
                raise BadHead("The length of the request's body is ambiguous.")
        elif len(set(lengths)) > 1 or any(not re.fullmatch(r"[0-9]{1,15}", length) for length in lengths):
            raise BadHead("The length of the request's body is ambiguous.")
        self._left = int(lengths[0]) if lengths else 0
        self._line = b""
        self._expect = "size" if codings else "plain"
        self.done = not codings and self._left == 0

    def take(self, piece: bytes) -> bytes:
        """The part of `piece` that belongs to this request."""
        taken = 0
        while taken < len(piece) and not self.done:
            if self._expect in ("plain", "chunk"):
                step = min(self._left, len(piece) - taken)
                self._left -= step
                taken += step
                if self._left == 0:
                    self.done, self._expect = self._expect == "plain", "break"
            else:
                cut = piece.find(b"\n", taken)
                stop = len(piece) if cut < 0 else cut + 1
                self._line += piece[taken:stop]
                taken = stop
                if len(self._line) > 4096:
                    raise BadHead("A chunk of the request's body is malformed.")
                if cut >= 0:
                    self._ended(self._line.strip())
                    self._line = b""
        return piece[:taken]

    def _ended(self, line: bytes) -> None:
        """A whole line between chunks (RFC 9112 7.1)."""
        if self._expect == "size":
            size = line.partition(b";")[0].strip()
            if not re.fullmatch(rb"[0-9A-Fa-f]{1,12}", size):
                raise BadHead("A chunk of the request's body is malformed.")
            self._left = int(size, 16)
            self._expect = "chunk" if self._left else "trailer"
        elif self._expect == "break":
            if line:
                raise BadHead("A chunk of the request's body is malformed.")
            self._expect = "size"
        elif not line:
            self.done = True
