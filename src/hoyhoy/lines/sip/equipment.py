"""What every SIP leg works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from hoyhoy.exchange.chance import Chance
from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.media import MediaPlane
from hoyhoy.wire.sip.address import Address
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.grammar import is_ip
from hoyhoy.wire.sip.inspection import Abilities
from hoyhoy.wire.sip.multipart import MIXED
from hoyhoy.wire.sip.session_timer import USUAL

from .dialogs import Dialogs, Flows
from .endpoint import Endpoint
from .target import Target

ABILITIES = Abilities(
    methods=("INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "REGISTER", "PRACK", "UPDATE", "INFO", "REFER", "NOTIFY"),
    extensions=("100rel", "timer", "path"),
    bodies=("application/sdp", MIXED, "application/dtmf-relay", "application/dtmf", "message/sipfrag"),
)
"""What the line can do: for the endpoint that it speaks through."""


@dataclass(slots=True)
class Equipment:
    """`media_host` is the address told in SDP where it is not the one that signalling shows; `session` the seconds
    after which both ends make sure that the other is still there; `permits` says where requests may go that a
    program or a far end has chosen the place of."""

    clock: Clock
    chance: Chance
    endpoint: Endpoint
    plane: MediaPlane
    media_host: str = ""
    session: int = USUAL
    permits: Callable[[Target], bool] = lambda target: True
    complain: Callable[[str, int, str], object] = lambda account, code, sentence: None
    """Tells an account, by code and sentence, why a call of its program went nowhere (voice reference 17.1)."""
    dialogs: Dialogs = field(default_factory=Dialogs)
    flows: Flows = field(default_factory=Flows)

    def tag(self) -> str:
        return self.chance.hex(16)

    def call_id(self) -> str:
        return self.chance.hex(32)

    def contact(self, target: Target, user: str, *, secure: bool) -> Address:
        """Our Contact; a secure call needs a secure one (RFC 3261 8.1.1.8, 12.1.1)."""
        found = self.endpoint.contact(target, user)
        return replace(found, uri=replace(found.uri, scheme="sips")) if secure else found

    def sdp_host(self, here: str) -> str:
        """The address that SDP names to somebody for whom our signalling is at `here`. SipError when there is none:
        sound goes by IPv4."""
        host = self.media_host or here
        if not is_ipv4(host):
            raise SipError("only IPv4 for sound", 488)
        return host

    def permits_sound(self, host: str) -> bool:
        """May sound go to this address of the operator's network?"""
        return self.permits(Target("udp", host, 0))


def is_ipv4(host: str) -> bool:
    """Can the plane send there?"""
    return is_ip(host) and ":" not in host
