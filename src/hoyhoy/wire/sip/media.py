"""What an m= line says of telephone audio: codecs, keys, direction, where to send (RFC 3551, 4733, 3264)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from .grammar import is_ipv6
from .sdp import Description, Media, is_nowhere

RTP = "RTP/AVP"
KEYS = "telephone-event"
PTIMES = (10, 20, 30, 40, 50, 60)  # milliseconds of audio in one packet that anybody uses
USUAL_PTIME = 20

_RTPMAP = re.compile(r"(\d{1,3}) +([^/ ]+)/(\d{1,6})(?:/(\d+))?\s*")


class Direction(StrEnum):
    """Of the media, as the one who says it sees it."""

    BOTH = "sendrecv"
    SEND = "sendonly"
    RECEIVE = "recvonly"
    NONE = "inactive"

    @classmethod
    def of(cls, *, sends: bool, receives: bool) -> Direction:
        return (cls.BOTH if receives else cls.SEND) if sends else (cls.RECEIVE if receives else cls.NONE)

    @property
    def sends(self) -> bool:
        return self in (Direction.BOTH, Direction.SEND)

    @property
    def receives(self) -> bool:
        return self in (Direction.BOTH, Direction.RECEIVE)

    @property
    def mirrored(self) -> Direction:
        """The same, seen from the other end."""
        return Direction.of(sends=self.receives, receives=self.sends)

    def meet(self, other: Direction) -> Direction:
        """What both allow."""
        return Direction.of(sends=self.sends and other.sends, receives=self.receives and other.receives)


_DIRECTIONS = {direction.value: direction for direction in Direction}


@dataclass(frozen=True, slots=True)
class Codec:
    """`rate` is the RTP clock in Hz; `payload_type` the one we use where nobody else named one."""

    name: str
    payload_type: int
    rate: int = 8000

    def is_named(self, name: str, rate: int) -> bool:
        return self.name.lower() == name.lower() and self.rate == rate


PCMU = Codec("PCMU", 0)
PCMA = Codec("PCMA", 8)
TELEPHONE_EVENT = Codec(KEYS, 101)

# Payload types that mean something without an rtpmap (RFC 3551 6), as far as anybody still sends them.
_STATIC = {0: ("PCMU", 8000, 1), 3: ("GSM", 8000, 1), 8: ("PCMA", 8000, 1), 9: ("G722", 8000, 1), 18: ("G729", 8000, 1)}


@dataclass(frozen=True, slots=True)
class Stream:
    """One end of the audio, as its description tells it. `keys` is the payload type of RFC 4733 events.

    `address` is "" when the other end is on hold in the way of RFC 2543. `codecs` are payload types and
    codecs, best first. `rtcp` is where reports go: host and port. `ptime` (milliseconds) and `ssrc` are None
    when it says nothing.
    """

    address: str
    port: int
    codecs: tuple[tuple[int, Codec], ...]
    keys: int | None
    direction: Direction
    rtcp: tuple[str, int]
    rtcp_mux: bool
    ptime: int | None
    ssrc: int | None


def names(media: Media) -> dict[int, tuple[str, int, int]]:
    """Name, clock rate and channels by payload type, in the order of preference; what makes no sense is left out."""
    maps: dict[int, tuple[str, int, int]] = {}
    for value in media.all("rtpmap"):
        if found := _RTPMAP.fullmatch(value):
            maps.setdefault(int(found[1]), (found[2], int(found[3]), int((found[4] or "1")[:4])))
    types = [int(name) for name in media.formats if name.isascii() and name.isdigit() and len(name) <= 3]
    known = {number: maps.get(number) or _STATIC.get(number) for number in types if number < 128}
    return {number: named for number, named in known.items() if named}


def stream(description: Description, media: Media, codecs: tuple[Codec, ...]) -> Stream | None:
    """What `media` offers or answers of `codecs`; None when the stream is refused, no telephone audio or not usable."""
    address = description.address_of(media)
    if media.kind != "audio" or media.protocol.upper() != RTP or not media.port or not address:
        return None
    known = names(media)
    common = tuple(
        (number, codec)
        for number, (name, rate, channels) in known.items()
        for codec in codecs
        if channels == 1 and codec.is_named(name, rate)
    )
    if not common:
        return None
    rate = common[0][1].rate
    keys = next((number for number, (name, clock, _) in known.items() if name.lower() == KEYS and clock == rate), None)
    direction = _direction(description, media)
    nowhere = is_nowhere(address)
    if nowhere:
        direction = direction.meet(Direction.SEND)  # RFC 3264 8.4: it hears nothing, whatever else it says
    mux = media.get("rtcp-mux") is not None
    return Stream(
        "" if nowhere else address, media.port, common, keys, direction, _rtcp(address, media, mux), mux,
        _ptime(media), _ssrc(media),
    )  # fmt: skip


def _direction(description: Description, media: Media) -> Direction:
    for attributes in (media.attributes, description.attributes):
        for name, _ in attributes:
            if name in _DIRECTIONS:
                return _DIRECTIONS[name]
    return Direction.BOTH


def _rtcp(address: str, media: Media, mux: bool) -> tuple[str, int]:
    """RFC 5761 with mux; else what a=rtcp says (RFC 3605), else the next port."""
    if mux:
        return address, media.port
    words = (media.get("rtcp") or "").split()
    port = _number(words[0] if words else None, 65535)
    if not port:
        return address, min(media.port + 1, 65535)
    named = words[3] if len(words) == 4 and words[1] == "IN" else ""
    is_sound = is_ipv6(named) if ":" in named else re.fullmatch(r"[A-Za-z0-9.\-]+", named)
    return (named if is_sound else address), port


def _ptime(media: Media) -> int | None:
    """The other end's wish, as far as it can be met; never longer than its maxptime."""
    wish, most = _number(media.get("ptime"), 1000), _number(media.get("maxptime"), 1000)
    if wish is None and most is None:
        return None
    wish = wish or USUAL_PTIME
    limit = min(wish, most or wish)
    return max((length for length in PTIMES if length <= limit), default=PTIMES[0])


def _ssrc(media: Media) -> int | None:
    """RFC 5576 4.1."""
    return _number((media.get("ssrc") or "").partition(" ")[0], 2**32 - 1)


def _number(text: str | None, most: int) -> int | None:
    if not text or not text.isascii() or not text.isdigit() or len(text) > 10 or int(text) > most:
        return None
    return int(text)
