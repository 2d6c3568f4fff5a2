"""Where sound may be sent that a far end wants somewhere.

Whoever calls names any address in its description. Packets at fifty a second for a machine of the operator's network,
or for all of it at once, are nothing that a stranger may order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network

from hoyhoy.wire.sip.error import SipError

from .equipment import is_ipv4

Permits = Callable[[str], bool]
"""Whether the operator lets calls go to an address."""

_WARNING = '300 hoyhoy "Incompatible network address formats"'


class Network(StrEnum):
    """What an address is part of, as far as that says who can reach it."""

    NOBODY = "nobody"
    LOOPBACK = "loopback"
    LINK = "link"
    PRIVATE = "private"
    PUBLIC = "public"


_KNOWN = {
    "0.0.0.0/8": Network.NOBODY,  # RFC 1122 3.2.1.3: this host on this network
    "224.0.0.0/4": Network.NOBODY,  # many (RFC 5771)
    "240.0.0.0/4": Network.NOBODY,  # RFC 1112 4, and all of a network
    "127.0.0.0/8": Network.LOOPBACK,
    "169.254.0.0/16": Network.LINK,  # RFC 3927; the metadata services of clouds among it
    "10.0.0.0/8": Network.PRIVATE,  # RFC 1918
    "172.16.0.0/12": Network.PRIVATE,
    "192.168.0.0/16": Network.PRIVATE,
    "100.64.0.0/10": Network.PRIVATE,  # RFC 6598
}
_NETWORKS = [(IPv4Network(network), kind) for network, kind in _KNOWN.items()]


def network_of(host: str) -> Network:
    """`host` is an IPv4 address."""
    address = IPv4Address(host)
    return next((kind for network, kind in _NETWORKS if address in network), Network.PUBLIC)


def sound_place(named: str, hosts: Sequence[str], permits: Permits) -> str:
    """The address that sound goes to when a far end whose signalling comes from `hosts` names another, IPv4 or a name.

    Public ones are taken as they are, others where the signalling comes from such a network too or `permits` says so.
    A phone behind a NAT names its address there: sound goes to the NAT, until packets of its own show their place.
    Nobody waits for a name to be looked up: "" where nothing else is known. SipError 488 for what no telephone has.
    """
    if not is_ipv4(named):
        return hosts[0] if hosts else ""
    kind = network_of(named)
    if kind is not Network.NOBODY:
        if kind is Network.PUBLIC or kind in map(network_of, hosts) or permits(named):
            return named
        if kind is not Network.LOOPBACK and hosts:
            return hosts[0]
    raise SipError(f"sound does not go to {named}", 488, headers=(("Warning", _WARNING),))
