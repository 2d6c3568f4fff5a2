"""Requests of ours, inside and outside of dialogs, and where they go first (RFC 3261 8.1.1, 8.1.2, 12.2.1.1)."""

from __future__ import annotations

from .address import Address
from .message import Request
from .uri import Uri
from .via import Via

MAX_FORWARDS = 70


def compose(
    method: str,
    target: Uri,
    via: Via,
    from_: Address,
    to: Address,
    call_id: str,
    number: int,
    *,
    routes: tuple[Address, ...] = (),
    contact: Address | None = None,
    body: bytes = b"",
    content_type: str = "",
) -> Request:
    """A request with all it must have. `from_` carries our tag, `via` the branch; `number` goes into CSeq."""
    target = target.as_target()
    if routes and not routes[0].uri.loose:
        # A strict router wants itself in the Request-URI, and the target at the end of the way (12.2.1.1).
        target, routes = routes[0].uri.as_target(), (*routes[1:], Address(target))
    made = Request(method, target, body=body)
    made.headers.add("Via", via)
    for route in routes:
        made.headers.add("Route", route)
    made.headers.add("Max-Forwards", MAX_FORWARDS)
    made.headers.add("From", from_)
    made.headers.add("To", to)
    made.headers.add("Call-ID", call_id)
    made.headers.add("CSeq", f"{number} {method}")
    if contact:
        made.headers.add("Contact", contact)
    if body:
        made.headers.add("Content-Type", content_type)
    return made


def next_hop(target: Uri, routes: tuple[Address, ...]) -> Uri:
    """Where such a request goes first, whatever kind of router that is (8.1.2)."""
    return routes[0].uri if routes else target
