"""The exchange's end of one leg's sound: what it orders of a plane, and what the plane tells of it.

A `Session` is a row of a plane. A virtual phone's has no row before somebody can hear it: until it is in a
room, recorded or listened to, what it is played only takes its time (design, the media plane).
"""

from __future__ import annotations

import asyncio
import logging
import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, TypedDict

from hoyhoy.audio import FRAME_SECONDS, RATE, tones
from hoyhoy.audio.g711 import Samples
from hoyhoy.exchange.media import Media, NotPlayed, Quality, Tape, Terms, Track

from . import orders
from .taps import Tap, Taps
from .voice import Voice

if TYPE_CHECKING:
    from .board import Board, Seat

LONGEST_SILENCE = 1e9
"""Seconds, thirty years: no call waits longer, and a plane counts as many frames."""

log = logging.getLogger(__name__)


class Session:
    """One leg of a plane; implements the exchange's Media."""

    def __init__(self, board: Board, seat: Seat) -> None:
        self.board, self.seat = board, seat
        self.number = board.next()
        self.on_key: Callable[[str], None] | None = None
        self.on_lost: Callable[[], None] | None = None
        self.is_closed = False
        self._played = Voice(orders.Play)
        self._said = Voice(orders.Say)
        self._silence: asyncio.Future[None] | None = None
        self._wants_keys = False
        self._on_speech: Callable[[bool], None] | None = None
        self._taps = Taps()

    # What the exchange asks ------------------------------------------------------------------

    async def play(self, samples: Samples, times: int = 1) -> None:
        if not self.is_closed and len(samples):
            await self._sound(self._played, samples, times)

    async def say(self, samples: Samples) -> None:
        if self.is_closed or not len(samples):
            return
        try:
            await self._sound(self._said, samples, 1)
        except NotPlayed as why:
            log.warning("A virtual phone is not heard: %s.", why)

    async def send_keys(self, keys: str) -> None:
        await self.play(tones.keys(keys))

    def listen(self, keys: bool) -> None:
        self._wants_keys = keys
        self._tell_wanted()

    async def silent(self, seconds: float) -> None:
        if self.is_closed:
            return
        _settle(self._silence)
        self._silence = silence = _future()
        self._tell_wanted(silence=max(1, math.ceil(min(seconds, LONGEST_SILENCE) / FRAME_SECONDS)))
        try:
            await silence
        finally:
            if self._silence is silence:
                self._silence = None
                self._tell_wanted(silence=0)

    def watch_speech(self, told: Callable[[bool], None] | None) -> None:
        self._on_speech = told
        self._tell_wanted()

    def tap(self, track: Track, hear: Callable[[Samples], None]) -> Tap:
        return self._taps.add(self, track, hear)

    def echo(self, on: bool) -> None:
        self.tell(orders.Echo(leg=self.number, on=on))

    def join(self, room: int, *, muted: bool = False, held: bool = False, coaches: Media | None = None) -> None:
        agent = coaches.number if isinstance(coaches, Session) else None
        self.tell(orders.Join(leg=self.number, room=room, muted=muted, held=held, coaches=agent))

    def leave(self) -> None:
        self.tell(orders.Leave(leg=self.number))

    def record(self, track: Track, seconds: float, tape: Tape) -> Recorder:
        return self.board.record(self.seat, self.number, track.value, seconds, tape)

    def close(self) -> None:
        if not self.is_closed:
            self.tell(orders.Close(leg=self.number))
            self._end()

    def tell(self, order: orders.Order) -> None:
        if not self.is_closed:
            self.seat.tell(order)

    # What the plane tells --------------------------------------------------------------------

    def hear(self, event: orders.Event) -> None:
        match event:
            case orders.Played(order=order, why=why):
                self._played.hear(order, why)
            case orders.Said(order=order, why=why):
                self._said.hear(order, why)
            case orders.Pressed(key=key) if self.on_key and not self.is_closed:
                self.on_key(key)
            case orders.FellSilent():
                _settle(self._silence)
            case orders.Spoke(speaking=speaking) if self._on_speech and not self.is_closed:
                self._on_speech(speaking)
            case orders.Tapped(track=track, sound=sound):
                self._taps.hear(track, sound)
            case orders.Refused(order="open" | "openstream"):
                self.lost()

    def lost(self) -> None:
        """The plane is gone, or has no room for it."""
        if not self.is_closed:
            self._end()
            if self.on_lost:
                self.on_lost()

    def _end(self) -> None:
        self.is_closed = True
        self._played.settle()
        self._said.settle()
        _settle(self._silence)
        self._on_speech = None
        self._taps.end()

    async def _sound(self, voice: Voice, samples: Samples, times: int) -> None:
        await voice.sound(self, samples, times)

    def _tell_wanted(self, silence: int | None = None) -> None:
        """All that is listened for: an order says it anew. Silence is counted on, unless there are frames of it."""
        levels = self._on_speech is not None
        self.tell(orders.Listen(leg=self.number, keys=self._wants_keys, silence=silence, levels=levels))


class PhoneSession(Session):
    """A virtual phone's leg. It gets its row with the first order that makes it heard, or listened to."""

    def __init__(self, board: Board, seat: Seat, loop: PhoneSession | None = None) -> None:
        super().__init__(board, seat)
        self._is_open = False
        self._passing: dict[Voice, asyncio.Future[None]] = {}
        """What it is played, and what it says, before anybody hears it: done when somebody does."""
        self._loop = loop
        if loop is not None:
            loop._loop = self

    def record(self, track: Track, seconds: float, tape: Tape) -> Recorder:
        self.open()
        return super().record(track, seconds, tape)

    def tell(self, order: orders.Order) -> None:
        if self._is_open or not _only_ends(order):
            self.open()
            super().tell(order)

    def open(self) -> None:
        """Be heard from here on; what is being played or said goes on from where it is."""
        if self._is_open or self.is_closed:
            return
        self._is_open = True
        self.board.seated(self)
        self.seat.tell(orders.Open(leg=self.number))
        self._end_passing()
        if self._loop is not None and not self._loop.is_closed:
            self._loop.open()
            self.seat.tell(orders.Loop(leg=self.number, other=self._loop.number))

    async def _sound(self, voice: Voice, samples: Samples, times: int) -> None:
        if self._is_open:
            await voice.sound(self, samples, times)
        elif (rest := await self._pass(voice, samples, times)) is not None:
            await voice.sound(self, samples, *rest)

    async def _pass(self, voice: Voice, samples: Samples, times: int) -> tuple[int, int] | None:
        """Let the time of a sound pass. When the leg gets its row meanwhile: how often it is still to be played, and
        from which sample on the first time; None when it is over, or the leg is."""
        if before := self._passing.get(voice):
            before.cancel()  # there is another sound instead
        began, length = self.board.clock.now(), len(samples) / RATE
        self._passing[voice] = opened = _future()
        try:
            async with self.board.clock.timeout(length * times if times else None):
                await asyncio.wait({opened})
        except TimeoutError:
            return None
        finally:
            if self._passing.get(voice) is opened:
                del self._passing[voice]
        if self.is_closed or opened.cancelled():
            return None
        past = self.board.clock.now() - began
        whole, begun = divmod(round(past * RATE), len(samples))
        return max(1, times - whole) if times else 0, begun

    def _end(self) -> None:
        super()._end()
        self._end_passing()

    def _end_passing(self) -> None:
        for passing in self._passing.values():
            _settle(passing)


class NetworkSession(Session, ABC):
    """A leg whose far end is somewhere in a network. `start` asks for a row; `opened` is done when it is there, or has
    PlaneRefuses."""

    def __init__(self, board: Board, seat: Seat) -> None:
        super().__init__(board, seat)
        self.ssrc = board.chance.below(2**32)
        self.on_quality: Callable[[Quality], None] | None = None
        self.opened: asyncio.Future[None] = _future()

    @abstractmethod
    def start(self) -> None: ...

    def hear(self, event: orders.Event) -> None:
        match event:
            case orders.Refused(order="open", why=why):
                if not self.opened.done():
                    self.opened.set_exception(PlaneRefuses(why))
                super().lost()
            case orders.Closed() | orders.Reported():
                if self.on_quality:
                    self.on_quality(_quality(event))
            case _:
                super().hear(event)

    def lost(self) -> None:
        if not self.opened.done():
            self.opened.set_exception(PlaneRefuses("the media plane is gone"))
        super().lost()


class StreamSession(NetworkSession):
    """A leg with RTP; implements the exchange's Stream."""

    def __init__(self, board: Board, seat: Seat, terms: Terms) -> None:
        super().__init__(board, seat)
        self.port = 0
        self._terms = terms
        self._dialling: asyncio.Future[bool] | None = None
        """Keys on their way: done when they are to go no farther, or False when the far end knows no events."""

    def start(self) -> None:
        """Ask for a row and a port."""
        self.tell(
            orders.OpenStream(
                leg=self.number,
                ssrc=self.ssrc,
                sequence=self.board.chance.below(2**15),
                timestamp=self.board.chance.below(2**31),
                **_agreed(self._terms),
            )
        )

    def change(self, terms: Terms) -> None:
        self._terms = terms
        self.tell(orders.ChangeStream(leg=self.number, **_agreed(terms)))

    async def send_keys(self, keys: str) -> None:
        if self._terms.events is None or not await self._dial(keys):
            await super().send_keys(keys)

    async def _dial(self, keys: str) -> bool:
        """False when the far end knows no events."""
        self._stop_dialling()
        if self.is_closed:
            return True
        dialling: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._dialling = dialling
        self.tell(orders.Dial(leg=self.number, keys=keys))
        try:
            async with self.board.clock.timeout(tones.seconds(keys)):
                await asyncio.wait({dialling})
        except TimeoutError:
            dialling.set_result(True)
        finally:
            if self._dialling is dialling:
                if not dialling.done():
                    self._stop_dialling()
                self._dialling = None
        return dialling.result()

    def _stop_dialling(self) -> None:
        if self._dialling and not self._dialling.done():
            self._dialling.set_result(True)
            self.tell(orders.Stop(leg=self.number, what="dial"))

    async def _sound(self, voice: Voice, samples: Samples, times: int) -> None:
        if voice is self._played:
            self._stop_dialling()
        await super()._sound(voice, samples, times)

    def _end(self) -> None:
        super()._end()
        self._stop_dialling()

    def hear(self, event: orders.Event) -> None:
        match event:
            case orders.Opened(port=port):
                self.port = self.seat.port(port)
                _settle(self.opened)
            case orders.Refused(order="dial"):
                if self._dialling and not self._dialling.done():
                    self._dialling.set_result(False)
            case orders.Refused(order="change"):
                # Nobody could tell its packets from another leg's: rather no call than the wrong one's sound.
                self.seat.tell(orders.Close(leg=self.number))
                self.lost()
            case _:
                super().hear(event)


class PlaneRefuses(Exception):
    """The plane has no room for a leg, or no port."""


class Recorder:
    """A recording under way; implements the exchange's Recorder."""

    def __init__(self, seat: Seat, number: int, of: int, tape: Tape) -> None:
        self.seat, self.number, self._tape = seat, number, tape
        self.of = of
        """The leg, or the room."""
        self.why = ""
        self.ended: asyncio.Future[None] = _future()

    def pause(self, paused: bool) -> None:
        self.seat.tell(orders.Pause(recording=self.number, paused=paused))

    def stop(self) -> None:
        self.seat.tell(orders.StopRecording(recording=self.number))

    def hear(self, event: orders.Recorded) -> None:
        if event.sound:
            self._tape.write(event.sound)
        if event.is_last:
            self.end()

    def end(self, why: str = "") -> None:
        """Nothing more comes; `why` sound is missing."""
        self.why = self.why or why
        if not self.ended.done():
            self.ended.set_result(None)


def _future() -> asyncio.Future[None]:
    return asyncio.get_running_loop().create_future()


def _settle(waiting: asyncio.Future[None] | None) -> None:
    if waiting and not waiting.done():
        waiting.set_result(None)


def _only_ends(order: orders.Order) -> bool:
    """Whether an order ends something, and changes nothing of a leg that has no row."""
    match order:
        case orders.Stop() | orders.Close() | orders.Leave() | orders.Untap() | orders.Echo(on=False):
            return True
        case orders.Listen(keys=keys, silence=silence, levels=levels):
            return not (keys or silence or levels)
    return False


class _Agreed(TypedDict):
    remote: int
    law: int
    events: int
    hosts: tuple[int, ...]
    sends: bool
    hears: bool
    rtcp: int


def _agreed(terms: Terms) -> _Agreed:
    """What orders say of an agreement."""
    return {
        "remote": _place(terms.remote),
        "law": int(terms.law),
        "events": -1 if terms.events is None else terms.events,
        "hosts": tuple(map(_host, terms.hosts)),
        "sends": terms.sends,
        "hears": terms.hears,
        "rtcp": _place(terms.rtcp),
    }


def _quality(figures: orders.Figures) -> Quality:
    return Quality(
        received=figures.received,
        sent=figures.sent,
        lost=figures.lost,
        late=figures.late,
        concealed=figures.concealed,
        jitter=figures.jitter,
        far_lost=figures.far_lost,
        far_jitter=figures.far_jitter,
        round_trip=figures.round_trip,
    )


def _place(remote: tuple[str, int] | None) -> int:
    """Host and port as one number; 0 when it is not known."""
    return 0 if remote is None else _host(remote[0]) << 16 | remote[1]


def _host(host: str) -> int:
    return int.from_bytes(bytes(int(part) for part in host.split(".")), "big")
