"""Offer and answer (RFC 3264) for one stream of telephone audio, through all re-INVITEs of a call.

An answer names one codec, the offer's first that we have, and the offer's payload types. Streams that are not
telephone audio are refused and keep their place. An offer that comes to nothing leaves what was agreed as it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from .error import SipError
from .media import KEYS, PCMA, PCMU, RTP, TELEPHONE_EVENT, USUAL_PTIME, Codec, Direction, Stream, stream
from .sdp import Attributes, Description, Media, Origin

_INCOMPATIBLE = (("Warning", '305 hoyhoy "Incompatible media format"'),)


@dataclass(frozen=True, slots=True)
class Ours:
    """Our end. `direction` is what we want: SEND while we hold the other end, NONE for silence both ways."""

    address: str
    port: int
    codecs: tuple[Codec, ...] = (PCMU, PCMA)
    direction: Direction = Direction.BOTH
    ptime: int = USUAL_PTIME
    ssrc: int | None = None
    cname: str = "hoyhoy"
    rtcp_mux: bool = True
    keys: bool = True


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the media plane has to do.

    `address` ("" while the other end is on hold) and `port` are where we send; the address may be a name.
    `send_type` is the payload type we send and `receive` those we may get; `send_keys` and `receive_keys`
    those of RFC 4733 events, None without them. `ptime` is in milliseconds; `ssrc` the other end's, if it told.
    """

    codec: Codec
    send_type: int
    receive: tuple[tuple[int, Codec], ...]
    send_keys: int | None
    receive_keys: int | None
    direction: Direction
    address: str
    port: int
    rtcp: tuple[str, int]
    rtcp_mux: bool
    ptime: int
    ssrc: int | None


@dataclass(slots=True)
class Negotiation:
    """One end of one call. `session` is a number for our o= line, chance below 2**63."""

    session: int
    agreed: Agreed | None = None
    local: Description | None = None  # ours, as last agreed
    remote: Description | None = None  # theirs
    place: int = 0  # which m= line is ours
    offered: tuple[Description, Ours] | None = field(default=None)  # an offer of ours without answer

    def offer(self, ours: Ours) -> Description:
        """An offer for INVITE, re-INVITE, UPDATE, or the 200 to an INVITE without one."""
        if self.offered:
            raise SipError("an offer is pending", 491)
        attributes = [*_maps([(codec.payload_type, codec) for codec in ours.codecs])]
        types = [str(codec.payload_type) for codec in ours.codecs]
        if ours.keys:
            keys = self._keys_type()
            types.append(str(keys))
            attributes += _keys_map(keys)
        media = Media(
            "audio",
            ours.port,
            RTP,
            tuple(types),
            attributes=(*attributes, *_common(ours, ours.direction, ours.rtcp_mux)),
        )
        description = self._described(ours, media, self.local.media if self.local else (media,))
        self.offered = description, ours
        return description

    def accept(self, answer: Description) -> Agreed | None:
        """The answer to our offer; None when it refuses the stream. SipError when it does not fit the offer."""
        if not self.offered:
            raise SipError("an answer without offer")
        description, ours = self.offered
        self.offered = None
        if len(answer.media) != len(description.media):
            raise SipError("the answer has other media than the offer", 488)
        theirs = stream(answer, answer.media[self.place], ours.codecs)
        mine = stream(description, description.media[self.place], ours.codecs)
        if mine is None:
            raise SipError("no stream of ours was offered", 488)
        if theirs is None and answer.media[self.place].port:
            raise SipError("the answer names no codec of the offer", 488, headers=_INCOMPATIBLE)
        self.local, self.remote = description, answer
        self.agreed = _agree(ours, mine, theirs) if theirs else None
        return self.agreed

    def withdraw(self) -> None:
        """Our offer was refused or its request failed: what was agreed before stays (RFC 3261 14.1)."""
        self.offered = None

    def fork(self) -> Negotiation:
        """The same for another early dialog of our INVITE: each answers our offer for itself (RFC 3261 13.2.2.4)."""
        return replace(self)

    def answer(self, offer: Description, ours: Ours) -> Description:
        """Our answer to their offer; `agreed` is then what counts. SipError 488 when there is nothing to agree on."""
        if self.offered:
            raise SipError("our offer is pending", 491)
        streams = [stream(offer, media, ours.codecs) for media in offer.media]
        order = sorted(
            range(len(streams)), key=lambda at: at != self.place
        )  # the line we had before, if it still will do
        place = next((at for at in order if streams[at]), None)
        if place is None:
            is_switched_off = self.local is not None and any(
                media.kind == "audio" and not media.port for media in offer.media
            )
            if not is_switched_off:
                raise SipError("no common codec", 488, headers=_INCOMPATIBLE)
            self.local, self.remote, self.agreed = self._described(ours, None, offer.media), offer, None
            return self.local
        theirs = streams[place]
        assert theirs
        self.place = place
        number, codec = theirs.codecs[0]
        keys = theirs.keys if ours.keys else None
        direction = ours.direction.meet(theirs.direction.mirrored)
        mux = ours.rtcp_mux and theirs.rtcp_mux
        media = Media(
            "audio", ours.port, offer.media[place].protocol,
            (str(number), *([str(keys)] if keys is not None else [])),
            attributes=(
                *_maps([(number, codec)]), *(_keys_map(keys) if keys is not None else []),
                *_common(ours, direction, mux),
            ),
        )  # fmt: skip
        self.local, self.remote = self._described(ours, media, offer.media), offer
        mine = stream(self.local, media, ours.codecs)
        assert mine
        self.agreed = _agree(ours, mine, theirs)
        return self.local

    def _keys_type(self) -> int:
        """Payload types must not change their meaning in a session (RFC 3264 8.3.2): the one used before stays."""
        if self.agreed and self.agreed.receive_keys is not None:
            return self.agreed.receive_keys
        return TELEPHONE_EVENT.payload_type

    def _described(self, ours: Ours, media: Media | None, lines: tuple[Media, ...]) -> Description:
        """Our description: all `lines` refused but the one at our place, its version grown if it says anything new."""
        shown = tuple(media if media and at == self.place else line.refused() for at, line in enumerate(lines))
        if self.local is None:
            return Description(Origin(self.session, 1, ours.address), shown, ours.address)
        same = replace(self.local, media=shown, address=ours.address)
        if same == self.local:
            return self.local
        return replace(same, origin=Origin(self.session, self.local.origin.version + 1, ours.address))


def _agree(ours: Ours, mine: Stream, theirs: Stream) -> Agreed:
    # The answerer's first codec is what we send; its payload type is as its receiver named it (RFC 3264 5.1, 6.1).
    number, codec = theirs.codecs[0]
    named = {codec for _, codec in theirs.codecs}
    mux = mine.rtcp_mux and theirs.rtcp_mux
    has_keys = mine.keys is not None and theirs.keys is not None
    return Agreed(
        codec=codec,
        send_type=number,
        receive=tuple((number, codec) for number, codec in mine.codecs if codec in named),
        send_keys=theirs.keys if has_keys else None,
        receive_keys=mine.keys if has_keys else None,
        direction=mine.direction.meet(theirs.direction.mirrored),
        address=theirs.address,
        port=theirs.port,
        rtcp=(theirs.address, theirs.port) if mux else theirs.rtcp,
        rtcp_mux=mux,
        ptime=theirs.ptime or ours.ptime,
        ssrc=theirs.ssrc,
    )


def _maps(codecs: list[tuple[int, Codec]]) -> Attributes:
    return tuple(("rtpmap", f"{number} {codec.name}/{codec.rate}") for number, codec in codecs)


def _keys_map(number: int) -> Attributes:
    # 0 to 15 are the keys, 16 is the hook flash (RFC 4733 3.2).
    return ("rtpmap", f"{number} {KEYS}/8000"), ("fmtp", f"{number} 0-16")


def _common(ours: Ours, direction: Direction, mux: bool) -> Attributes:
    attributes: list[tuple[str, str | None]] = [("ptime", str(ours.ptime)), (direction.value, None)]
    if mux:
        attributes.append(("rtcp-mux", None))
    if ours.ssrc is not None:
        attributes.append(("ssrc", f"{ours.ssrc} cname:{ours.cname}"))
    return tuple(attributes)
