"""Where requests inside a dialog go when its far end does not know its own address (RFC 3261 12.2.1.1, RFC 5626 4).

A phone behind a NAT names an address in Contact that nobody outside can reach. Where that shows, requests go back the
way its own came. Where a proxy has put itself into the route, that is the way, and nothing here counts.
"""

from __future__ import annotations

from ipaddress import ip_address

from hoyhoy.wire.sip.grammar import bare_host, is_ip, same_host
from hoyhoy.wire.sip.message import Message, Request
from hoyhoy.wire.sip.via import default_port

from .target import RELIABLE, Target


def way_back(request: Request, source: Target) -> Target | None:
    """Where requests to the sender of this one go; None when its Contact says it."""
    via, contacts = request.via, request.contacts
    if not contacts:
        return source
    if source.transport != "udp":
        # A connection is the way, for whoever is at its other end: most phones take none.
        here = same_host(contacts[0].uri.host, source.host) or (
            is_ip(via.host) and not same_host(via.host, source.host)
        )
        return source if here else None
    knows_itself = same_host(via.host, source.host) and (via.port or default_port(via.transport)) == source.port
    return None if knows_itself or not is_ip(via.host) else source


def way_on(answer: Message, sent_to: Target) -> Target | None:
    """Where further requests to whoever gave this answer go; None when its Contact says it."""
    contacts = answer.contacts
    host = contacts[0].uri.host if contacts else ""
    return sent_to if host and _is_private(host) and not _is_private(sent_to.host) else None


def is_known(hop: Target, at: Target) -> bool:
    """Is `hop` the place we already speak with? By a connection it came from a port of no meaning, so that of the same
    host the ports of SIP are its place too."""
    usual = default_port(hop.transport) if hop.transport in RELIABLE and at.transport in RELIABLE else at.port
    return same_host(hop.host, at.host) and hop.transport == at.transport and hop.port in (at.port, usual)


def _is_private(host: str) -> bool:
    return is_ip(host) and ip_address(bare_host(host)).is_private
