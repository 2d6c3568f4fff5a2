"""REFER: asking somebody to call somebody else, and being told how that goes (RFC 3515, RFC 4488, RFC 6665 4.1.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from . import address
from .address import Address, seconds
from .error import SipError
from .grammar import params
from .message import Message, Request
from .reasons import REASONS
from .uri import Uri

EVENT = "refer"
FRAGMENT = "message/sipfrag;version=2.0"
LONGEST = 1280
"""Characters of a target: an address of 255 and header fields of 1024 (voice reference 2.7.5)."""

_CALLABLE = ("sip", "sips", "tel")
_STATUS_LINE = re.compile(rb"SIP/2\.0[ \t]+([1-6][0-9]{2})(?:[ \t]|\r?\n|$)")
_SAFE = "-_.!~*'()"


def target(request: Request) -> Uri:
    """Whom a REFER names. SipError when there is nobody, not exactly one, or nobody who could be called."""
    uri = request.headers.read("Refer-To", address.parse).uri
    if uri.scheme not in _CALLABLE:
        raise SipError("URI scheme not supported", 416)
    if len(str(uri)) > LONGEST:
        raise SipError("Refer-To too long", 414)
    if (uri.params.get("method") or "INVITE").upper() != "INVITE":
        raise SipError("only calls are made for others", 403)  # RFC 3515 2.1 knows any method
    return uri


def replaces(uri: Uri) -> bool:
    """Is a call meant that exists already (RFC 3891; RFC 5589 7)?"""
    return any(name.lower() == "replaces" for name, _ in uri.header_fields)


def is_told(request: Request) -> bool:
    """Does the sender of a REFER want to hear how it goes (RFC 4488 4)?"""
    return (request.headers.get("Refer-Sub") or "").partition(";")[0].strip().lower() != "false"


def with_fields(uri: Uri, fields: tuple[tuple[str, str], ...]) -> Uri:
    """A target whose call shall carry these header fields, in place of those it names."""
    written = "&".join(f"{quote(name, _SAFE)}={quote(value, _SAFE)}" for name, value in fields)
    return Uri(uri.scheme, uri.host, uri.port, uri.userinfo, uri.params, written, uri.opaque)


def refer(request: Request, to: Uri, by: Uri) -> None:
    """Make a REFER of a request: whom to call, and who says so (RFC 3892)."""
    request.headers.add("Refer-To", Address(to))
    request.headers.add("Referred-By", Address(by))


def fragment(status: int) -> bytes:
    """How the other call stands, as NOTIFY says it."""
    return f"SIP/2.0 {status} {REASONS.get(status, '')}\r\n".encode()


def tell(request: Request, number: int, state: str) -> None:
    """Make a NOTIFY of a request: about the REFER with this CSeq; `state` is that of the subscription."""
    request.headers.add("Event", f"{EVENT};id={number}")
    request.headers.add("Subscription-State", state)


@dataclass(frozen=True, slots=True)
class News:
    """What one NOTIFY tells. `number`: the CSeq of the REFER, where it says so; `status`: of the other call, 0 when
    that cannot be read; `is_last`: the subscription is over; `lasts`: else how many seconds it still lasts."""

    number: int | None
    status: int
    is_last: bool
    lasts: int | None


def is_about_refer(request: Request) -> bool:
    return (request.headers.get("Event") or "").partition(";")[0].strip().lower() == EVENT


def news(request: Request) -> News:
    """Read a NOTIFY about a REFER of ours. SipError when it says nothing of its subscription (RFC 6665 4.1.3)."""
    state, mark, rest = _one(request, "Subscription-State").partition(";")
    _, event_mark, event = _one(request, "Event").partition(";")
    number = seconds(params(event_mark + event).get("id"))
    line = _STATUS_LINE.match(request.body.lstrip(b"\r\n"))
    return News(
        number,
        int(line[1]) if line and _is_fragment(request) else 0,
        state.strip().lower() == "terminated",
        seconds(params(mark + rest).get("expires")),
    )


def _one(message: Message, name: str) -> str:
    return message.headers.read(name, str)


def _is_fragment(message: Message) -> bool:
    kind = (message.headers.get("Content-Type") or "").partition(";")[0]
    return kind.strip().lower() == "message/sipfrag"
