"""What two descriptions of a call's sound agreed on, and the stream that follows it (RFC 3264)."""

from __future__ import annotations

from dataclasses import dataclass

from hoyhoy.audio.g711 import Law
from hoyhoy.exchange.media import Stream, Terms
from hoyhoy.wire.sip import multipart, sdp
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.media import PCMA, PCMU
from hoyhoy.wire.sip.media import stream as offered
from hoyhoy.wire.sip.message import Message
from hoyhoy.wire.sip.negotiation import Agreed, Negotiation, Ours

from .equipment import is_ipv4
from .sound_place import Permits, sound_place

_OTHER_ADDRESSES = (("Warning", '300 hoyhoy "Incompatible network address formats"'),)


def description(message: Message) -> bytes | None:
    """The description that a message brings, if any. SipError when that cannot be known."""
    return multipart.part(message, sdp.CONTENT_TYPE)


def expected(message: Message, hosts: tuple[str, ...], permits: Permits) -> Terms:
    """Where the sound of a call that came will probably come from, so that its port is not one on which it could be
    taken for another's; until it is answered nothing is sent there. Without an offer only the `hosts` are known.
    SipError 488 when sound may not go where the offer says."""
    remote = None
    if body := description(message):
        offer = sdp.parse(body)
        found = [stream for media in offer.media if (stream := offered(offer, media, (PCMU, PCMA)))]
        named = found[0].address if found else ""
        if named and (place := sound_place(named, hosts, permits)):
            remote, hosts = (place, found[0].port), _hosts(hosts, named, place)
    return Terms(remote, hosts=hosts, sends=False, hears=False)


def _hosts(hosts: tuple[str, ...], named: str, place: str) -> tuple[str, ...]:
    """From where packets may come. That a far end names another address than it gets its own at says that the port it
    names is not the one that others see either."""
    return (*hosts, named) if is_ipv4(named) and place != named else hosts


@dataclass(slots=True)
class Sound:
    """The stream of one leg and what it was told last; all far ends that a leg may come to have share it."""

    stream: Stream
    terms: Terms | None = None
    listens: bool = False

    def follow(self, terms: Terms) -> None:
        """Change the stream, where anything has changed: a refresh of the session does not disturb it. A far end that
        knows no events of RFC 4733 tells its keys by their tones."""
        if terms != self.terms:
            if (terms.events is None) != self.listens:
                self.listens = not self.listens
                self.stream.listen(keys=self.listens)
            self.terms = terms
            self.stream.change(terms)


class Agreement:
    """The sound of one dialog. `host` is our address in SDP, `session` a number for it; `hosts` are addresses from
    which packets may come too: where the signalling comes from, for a phone that does not know its own. `permits` says
    which places inside the operator's network sound may go to."""

    def __init__(
        self,
        sound: Sound,
        host: str,
        session: int,
        hosts: tuple[str, ...] = (),
        negotiation: Negotiation | None = None,
        *,
        permits: Permits,
    ) -> None:
        self.sound, self.host, self.hosts = sound, host, hosts
        self._permits = permits
        self.negotiation = negotiation or Negotiation(session)
        self.is_withheld = False
        """Is our answer to their offer made, but not told?"""

    def fork(self, host: str) -> Agreement:
        """The same for one more dialog of our INVITE, whose far end is at `host`."""
        hosts = (host,) if is_ipv4(host) else ()
        return Agreement(self.sound, self.host, 0, hosts, self.negotiation.fork(), permits=self._permits)

    @property
    def is_made(self) -> bool:
        """Has an offer been answered, and is none waiting?"""
        return self.negotiation.local is not None and self.negotiation.offered is None and not self.is_withheld

    def offer(self) -> bytes:
        """SipError 491 while another is pending."""
        return bytes(self.negotiation.offer(self._ours()))

    def accept(self, body: bytes) -> None:
        """Their answer to our offer. SipError when nothing can be made of it."""
        try:
            answer = sdp.parse(body)
        except SipError:
            self.negotiation.withdraw()
            raise
        self._check(self.negotiation.accept(answer))

    def answer(self, body: bytes, hosts: tuple[str, ...] = ()) -> bytes:
        """Our answer to their offer, which came from `hosts` where these are others than before. SipError 488 when
        there is nothing to agree on."""
        offer = sdp.parse(body)
        before = self.negotiation.fork(), self.hosts
        made = self.negotiation.answer(offer, self._ours())
        self.hosts = hosts or self.hosts
        try:
            self._check(self.negotiation.agreed)
        except SipError:
            self.negotiation, self.hosts = before
            raise
        return bytes(made)

    def apply(self) -> None:
        """Let the stream follow."""
        self.sound.follow(self._terms(self.negotiation.agreed))

    def _ours(self) -> Ours:
        return Ours(self.host, self.sound.stream.port, ssrc=self.sound.stream.ssrc)

    def _terms(self, agreed: Agreed | None) -> Terms:
        before = self.sound.terms or Terms(hosts=self.hosts)
        if agreed is None:  # the stream is switched off with port 0
            return Terms(before.remote, before.law, before.events, self.hosts, False, False, before.rtcp)
        remote, hosts = before.remote if self._holds else None, self.hosts  # held with 0.0.0.0 it stays where it was
        if agreed.address and (place := self._place(agreed.address)):
            remote, hosts = (place, agreed.port), _hosts(hosts, agreed.address, place)
        return Terms(
            remote=remote,
            law=Law.ALAW if agreed.codec == PCMA else Law.ULAW,
            # Where the two ends named different types for keys, what we hear counts.
            events=agreed.receive_keys,
            hosts=hosts,
            sends=agreed.direction.sends,
            hears=agreed.direction.receives,
            rtcp=before.rtcp if self._holds else self._reports(agreed),
        )

    def _place(self, named: str) -> str:
        return sound_place(named, self.hosts, self._permits)

    def _reports(self, agreed: Agreed) -> tuple[str, int] | None:
        host, port = agreed.rtcp
        if agreed.rtcp_mux or not is_ipv4(host):
            return None
        try:
            return self._place(host), port
        except SipError:  # reports may not go there, sound may where it goes: they take the usual place (RFC 3550 11)
            return self._place(agreed.address), agreed.port + 1

    def _check(self, agreed: Agreed | None) -> None:
        if agreed is None:
            return
        if ":" in agreed.address:
            raise SipError("only IPv4 for sound", 488, headers=_OTHER_ADDRESSES)
        if agreed.address:
            self._place(agreed.address)

    @property
    def _holds(self) -> bool:
        agreed = self.negotiation.agreed
        return agreed is not None and not agreed.address
