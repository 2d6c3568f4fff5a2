"""Bodies of several parts (RFC 5621, RFC 2046 5.1): a session description beside what a gateway or a locator adds.

Parts in parts are not looked into. Each pass is linear in the body.
"""

from __future__ import annotations

from .error import SipError
from .grammar import params
from .message import Message

MIXED = "multipart/mixed"
PARTS = 16
BOUNDARY_LIMIT = 70  # RFC 2046 5.1.1


def part(message: Message, kind: str) -> bytes | None:
    """The body when it is of this media type, or its first part that is; None without one.

    SipError when a body of several parts cannot be taken apart: what it was to say is not known then.
    """
    if message.content_type == kind:
        return message.body or None
    if message.content_type != MIXED or not message.body:
        return None
    _, mark, rest = (message.headers.get("Content-Type") or "").partition(";")
    boundary = params(mark + rest).get("boundary") or ""
    if not 0 < len(boundary) <= BOUNDARY_LIMIT:
        raise SipError("a body of several parts without boundary")
    # The line end before a boundary belongs to it; the first may stand at the very beginning.
    pieces = (b"\r\n" + message.body).split(b"\r\n--" + boundary.encode(), PARTS + 1)
    found: bytes | None = None
    for piece in pieces[1:]:
        if piece.startswith(b"--"):
            return found
        head, end, content = piece.partition(b"\r\n\r\n")
        if not end or head.partition(b"\r\n")[0].strip(b" \t"):
            raise SipError("a part of the body without end of its head")
        if found is None and _kind(head) == kind:
            found = content
    raise SipError("a body of several parts without end" if len(pieces) <= PARTS else "too many parts")


def _kind(head: bytes) -> str:
    """The media type that the head of a part tells, in lower case; "" for none."""
    for line in head.decode("latin-1").split("\r\n"):
        name, colon, value = line.partition(":")
        if colon and name.strip().lower() in ("content-type", "c"):
            return value.partition(";")[0].strip().lower()
    return ""
