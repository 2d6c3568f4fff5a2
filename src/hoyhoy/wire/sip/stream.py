"""SIP messages out of a TCP or TLS connection (RFC 3261 18.3): cut by Content-Length, in order.

A message that cannot be read but whose end is known is told as its SipError, and the next one is read.
Where the end is not known, nothing after it can be trusted: the error is told, `broken` says so, and
the connection should be closed once the error has been answered.
"""

from __future__ import annotations

import re
from enum import StrEnum

from .error import SipError
from .message import BODY_LIMIT, HEAD_END, HEAD_LIMIT, Request, Response, assemble

_LENGTH = re.compile(
    rb"^(?:content-length|l)[ \t]*:[ \t]*(?:\r?\n[ \t]+)*(\d+)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE
)
_NAMED = re.compile(rb"^(?:content-length|l)[ \t]*:", re.IGNORECASE | re.MULTILINE)


class KeepAlive(StrEnum):
    """What travels between messages (RFC 5626 4.4.1): a ping wants a pong back, which is one CRLF."""

    PING = "ping"


PONG = b"\r\n"


class Stream:
    """One direction of one connection. `pending` octets wait for their rest."""

    __slots__ = ("_head_end", "_need", "_read", "_scanned", "broken")

    def __init__(self) -> None:
        self._read = bytearray()
        self._scanned = 0  # octets known to hold no end of a head, so that a slow sender costs no more than a fast one
        self._head_end: tuple[int, int] | None = None  # where the head and its empty line end
        self._need = 0  # octets of the whole message
        self.broken = False

    @property
    def pending(self) -> int:
        return len(self._read)

    def feed(self, octets: bytes) -> list[Request | Response | SipError | KeepAlive]:
        """Take what arrived; return what is complete, in order."""
        found: list[Request | Response | SipError | KeepAlive] = []
        if self.broken:
            return found
        self._read += octets
        while not self.broken:
            try:
                next_one = self._next()
            except SipError as error:
                found.append(error)
                continue
            if next_one is None:
                break
            found.append(next_one)
        return found

    def _next(self) -> Request | Response | KeepAlive | None:
        """The next complete message; None when more must arrive."""
        if self._head_end is None:
            if ping := self._blank():
                return ping
            if not self._find_head():
                return None
        assert self._head_end
        if len(self._read) < self._need:
            return None
        (end, start), need = self._head_end, self._need
        head, body = bytes(self._read[:end]), bytes(self._read[start:need])
        del self._read[:need]
        self._head_end, self._scanned = None, 0
        return assemble(head, body)

    def _blank(self) -> KeepAlive | None:
        """Drop line ends before a message; two of them are a ping, one may be the pong to ours."""
        start = bytes(self._read[:4])
        if start == b"\r\n\r\n":
            del self._read[:4]
            return KeepAlive.PING
        if start[:1] in (b"\r", b"\n") and not b"\r\n\r\n".startswith(start):
            rest = self._read.lstrip(b"\r\n")
            del self._read[: len(self._read) - len(rest)]
        return None

    def _find_head(self) -> bool:
        found = HEAD_END.search(self._read, max(0, self._scanned - 3))
        if (found.start() if found else len(self._read)) > HEAD_LIMIT:
            self._break("head too large", 513)
        if not found:
            self._scanned = len(self._read)
            return False
        head = bytes(self._read[: found.start()])
        lengths = _LENGTH.findall(head)
        if len(lengths) != 1 or len(_NAMED.findall(head)) != 1:
            self._break("a stream needs one Content-Length", 400, head)
        length = int(lengths[0][:20])
        if length > BODY_LIMIT:
            self._break("body too large", 513, head)
        self._head_end = found.start(), found.end()
        self._need = found.end() + length
        return True

    def _break(self, reason: str, status: int, head: bytes = b"") -> None:
        """Give the connection up, naming the request when it can be answered."""
        self.broken = True
        self._read.clear()
        error = SipError(reason, status)
        if head:
            error.request = _readable(head)
        raise error


def _readable(head: bytes) -> Request | None:
    """The request of a head whose Content-Length cannot be used."""
    try:
        whole = assemble(_NAMED.sub(b"X-\\g<0>", head), b"")
    except SipError as error:
        return error.request
    return whole if isinstance(whole, Request) and whole.method != "ACK" else None
