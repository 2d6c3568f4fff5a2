"""The sound of legs, as the exchange sees it: a media plane gives each leg a `Media` (design, the media plane).

What is played is a `Prompt`: what a program wished, and the sound that was made of it by a `Studio`. Two
parties that hear one another are in one room. What is recorded goes onto a `Tape`, part by part.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hoyhoy.audio import RATE
from hoyhoy.audio.g711 import Law, Samples

from .sound import Audio, Sound, Speech


@dataclass(frozen=True, slots=True, eq=False)
class Prompt:
    """A wish and its sound: int16 at 8,000 Hz, not to be written to. `notices` are codes and sentences for the
    customer about how the wish was met."""

    wish: Sound
    samples: Samples
    notices: tuple[tuple[int, str], ...] = ()

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE


class Studio(Protocol):
    """Makes sounds: speaks texts, fetches recordings."""

    async def prompt(self, wish: Speech | Audio, account: str) -> Prompt:
        """A text that cannot be spoken is a murmur with a notice. FetchFailed for a recording that cannot be had."""


class Track(StrEnum):
    """What of a leg is recorded: what comes from it, what it hears, both mixed, or both as two channels."""

    FROM = "from"
    TO = "to"
    BOTH = "both"
    DUAL = "dual"


class Tape(Protocol):
    """Where a recording's sound goes; never waits."""

    def write(self, sound: bytes) -> None:
        """The next part: 16 bits at 8,000 Hz, two channels interleaved if it has two."""


class Recorder(Protocol):
    """A recording under way."""

    ended: asyncio.Future[None]
    """Done when the last part is on the tape: stopped, as long as it may be, the leg or its plane is gone."""
    why: str
    """Why sound is missing: the plane refused the recording, or is gone. "" when nothing is."""

    def pause(self, paused: bool) -> None:
        """What is said while it is paused is left out."""

    def stop(self) -> None:
        """The last part is still to come: await `ended`."""


class Tap(Protocol):
    """Somebody listens in."""

    def close(self) -> None:
        """Nothing more is handed over; a second time does nothing."""


class Media(Protocol):
    """The sound of one leg. After `close`, and after `on_lost` was called, everything here does nothing at once."""

    on_key: Callable[[str], None] | None
    """Called with each key heard: an event of RFC 4733, or tones when the leg listens for them."""

    on_lost: Callable[[], None] | None
    """Called once when the plane is gone and the leg with it."""

    async def play(self, samples: Samples, times: int = 1) -> None:
        """To the leg, instead of what it was played; return at its end, or when something else is played. 0 times is
        for ever. Cancellation stops it at once. NotPlayed."""

    async def send_keys(self, keys: str) -> None:
        """Keys to the far end, as events if it understands these and as tones if not; `w` and `W` pause (2.2). Return
        when they are sent, or something else is played or sent; cancellation stops them after the one that was
        begun."""

    async def say(self, samples: Samples) -> None:
        """What a virtual phone says; other legs have a voice of their own. Return at its end; cancellation stops it."""

    def listen(self, keys: bool) -> None:
        """Search what comes from the leg for the tones of keys."""

    async def silent(self, seconds: float) -> None:
        """Return when nothing was heard from the leg for so long, counted from now. Only sound that came is silent: a
        far end that sends nothing is not waited for to speak, nor is it silent (2.6)."""

    def watch_speech(self, told: Callable[[bool], None] | None) -> None:
        """Tell each time the leg begins to speak (True), 60 ms after it did, and stops (False), 200 ms after. It begins
        silent. None ends it."""

    def tap(self, track: Track, hear: Callable[[Samples], None]) -> Tap:
        """Hand over what comes from the leg, or what it hears, as it passes: whole frames, one after the other, not to
        be written to. It ends with the leg. ValueError for a track that is both."""

    def echo(self, on: bool) -> None:
        """Let the leg hear itself, beside all else it hears, a frame later at most."""

    def join(self, room: int, *, muted: bool = False, held: bool = False, coaches: Media | None = None) -> None:
        """Into a room, out of any other: muted is not heard, held neither hears nor is heard, and one that coaches
        is heard by that leg alone."""

    def leave(self) -> None: ...

    def record(self, track: Track, seconds: float, tape: Tape) -> Recorder:
        """Record the leg for so long at most."""

    def close(self) -> None:
        """The leg is over: what is recorded of it ends, what it is played ends."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What two SDPs agreed on. Hosts are numeric; `remote` is None before the far end has said where it listens.

    `events` is the payload type of RFC 4733 that both use, None without it; packets may also come from `hosts`.
    `sends` and `hears` are ours: False while somebody is on hold.
    """

    remote: tuple[str, int] | None = None
    law: Law = Law.ULAW
    events: int | None = None
    hosts: tuple[str, ...] = ()
    sends: bool = True
    hears: bool = True
    rtcp: tuple[str, int] | None = None
    """Where reports go; None: to where sound goes (RFC 5761)."""


@dataclass(frozen=True, slots=True)
class Quality:
    """What the network did to one leg. Seconds; a value the far end did not tell is None."""

    received: int = 0
    sent: int = 0
    lost: int = 0
    late: int = 0
    concealed: int = 0
    jitter: float = 0.0
    far_lost: int | None = None
    far_jitter: float | None = None
    round_trip: float | None = None


class Stream(Media, Protocol):
    """A leg that sends and receives RTP."""

    port: int
    """Ours, to be told in SDP."""
    ssrc: int
    on_quality: Callable[[Quality], None] | None
    """Called with each report of the far end, and with the last figures when the leg is closed."""

    def change(self, terms: Terms) -> None:
        """What a re-INVITE, or the answer to our offer, agreed on."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where and how a leg is reached whose sound is encrypted (RFC 8839, RFC 8842): what our SDP says of it.

    `places` are numeric hosts and ports, the likeliest first; `fingerprint` is the SHA-256 of our certificate, in
    capitals with colons.
    """

    ufrag: str
    password: str
    fingerprint: str
    places: tuple[tuple[str, int], ...]
    ssrc: int


@dataclass(frozen=True, slots=True)
class Visitor:
    """What the far end's SDP says of itself. `fingerprints` are pairs of hash function and value; `is_active`: it
    opens the DTLS association, else we do. `events` is the payload type of RFC 4733 in what it sends, None without."""

    ufrag: str
    fingerprints: tuple[tuple[str, str], ...]
    is_active: bool = True
    events: int | None = None


class SecureStream(Media, Protocol):
    """A leg that sends and receives SRTP, and whose far end finds the way to it by ICE: a browser's."""

    door: Door
    on_connected: Callable[[], None] | None
    """Called once, when sound can flow both ways."""
    on_failed: Callable[[str], None] | None
    """Called once, with the reason, when the far end did not come, is somebody else, or is gone, "" when it has said
    goodbye; `on_lost` follows."""
    on_quality: Callable[[Quality], None] | None
    """As a Stream's."""

    def admit(self, visitor: Visitor) -> None:
        """The far end's description is here; until then nobody is let in. Again after `move`: it comes another
        way (an ICE restart, RFC 8445 9)."""

    def move(self, *, anew: bool = False) -> Door:
        """A new door for the far end, which wants to find its way anew. What is agreed on stays in use; unless another
        far end takes the leg over (`anew`), for which it is as if the stream had just been opened."""


class NotPlayed(Exception):
    """The plane cannot take a sound now; what was to be played of it is not. The call goes on."""


class NoRoom(Exception):
    """The plane cannot take another leg now: the call is refused with 503."""


class MediaPlane(Protocol):
    """All legs' sound. Legs of one account can be in one room."""

    def open(self, account: str, *, loop: Media | None = None) -> Media:
        """For a virtual phone. With `loop`, the other end of a call from the exchange to itself: each hears what the
        other is played. NoRoom when the two accounts' legs are not on one plane."""

    async def open_stream(self, account: str, terms: Terms) -> Stream:
        """For a leg with RTP. NoRoom."""

    async def open_secure(self, account: str) -> SecureStream:
        """For a leg with SRTP. NoRoom."""

    def room(self) -> int:
        """The number of a new room; nothing is to be done for it to end."""

    def record_room(self, account: str, room: int, seconds: float, tape: Tape) -> Recorder:
        """Record all that is said in a room."""

    def announce(self, account: str, room: int, samples: Samples) -> None:
        """To everybody in a room, beside what they hear."""
