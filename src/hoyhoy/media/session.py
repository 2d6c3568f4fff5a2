"""The exchange's end of one leg's sound: what it orders of a plane, and what the plane tells of it.

A `Session` is a row of a plane. A virtual phone's has no row before somebody can hear it: until it is in a
room, recorded or listened to, what it is played only takes its time (design, the media plane).
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, TypedDict

from hoyhoy.audio import FRAME_SECONDS, RATE, tones
from hoyhoy.audio.g711 import Samples
from hoyhoy.exchange.media import Media, Quality, Tape, Terms, Track

from . import orders

if TYPE_CHECKING:
    from .board import Board, Seat


class Session:
    """One leg of a plane; implements the exchange's Media."""

    def __init__(self, board: Board, seat: Seat) -> None:
        self.board, self.seat = board, seat
        self.number = board.next()
        self.on_key: Callable[[str], None] | None = None
        self.on_lost: Callable[[], None] | None = None
        self.is_closed = False
        self._playing: tuple[int, asyncio.Future[None]] | None = None
        self._saying: tuple[int, asyncio.Future[None]] | None = None
        self._silence: asyncio.Future[None] | None = None
        self._searches = False
        self._waits_for_silence = 0

    # What the exchange asks ------------------------------------------------------------------

    async def play(self, samples: Samples, times: int = 1) -> None:
        if self.is_closed or not len(samples):
            return
        order, ended = self.board.next(), _future()
        _settle(self._playing)
        self._playing = order, ended
        clip = self.seat.clips.number(samples)
        self.tell(orders.Play(leg=self.number, clip=clip, times=times, order=order))
        try:
            await ended
        finally:
            if self._playing == (order, ended):  # nothing else was played instead
                self._playing = None
                if not ended.done() or ended.cancelled():
                    self.tell(orders.Stop(leg=self.number))

    async def say(self, samples: Samples) -> None:
        if self.is_closed or not len(samples):
            return
        order, ended = self.board.next(), _future()
        _settle(self._saying)
        self._saying = order, ended
        self.tell(orders.Say(leg=self.number, clip=self.seat.clips.number(samples), order=order))
        await ended

    async def send_keys(self, keys: str) -> None:
        await self.play(tones.keys(keys))

    def listen(self, keys: bool) -> None:
        self._searches = keys
        self._listen()

    async def silent(self, seconds: float) -> None:
        if self.is_closed:
            return
        _settle((0, self._silence) if self._silence else None)
        self._silence = silence = _future()
        self._waits_for_silence = max(1, math.ceil(seconds / FRAME_SECONDS))
        self._listen()
        try:
            await silence
        finally:
            if self._silence is silence:
                self._silence, self._waits_for_silence = None, 0
                self._listen()

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
            case orders.Played(order=order) if self._playing and self._playing[0] == order:
                _settle(self._playing)
            case orders.Said(order=order) if self._saying and self._saying[0] == order:
                _settle(self._saying)
            case orders.Pressed(key=key) if self.on_key and not self.is_closed:
                self.on_key(key)
            case orders.FellSilent() if self._silence:
                _settle((0, self._silence))

    def lost(self) -> None:
        """The plane is gone."""
        if not self.is_closed:
            self._end()
            if self.on_lost:
                self.on_lost()

    def _end(self) -> None:
        self.is_closed = True
        for waiting in (self._playing, self._saying, (0, self._silence) if self._silence else None):
            _settle(waiting)

    def _listen(self) -> None:
        self.tell(orders.Listen(leg=self.number, keys=self._searches, silence=self._waits_for_silence))


class PhoneSession(Session):
    """A virtual phone's leg. It gets its row with the first order that makes it heard, or listened to."""

    def __init__(self, board: Board, seat: Seat, loop: PhoneSession | None = None) -> None:
        super().__init__(board, seat)
        self._is_open = False
        self._opened: asyncio.Future[None] | None = None
        self._loop = loop
        if loop is not None:
            loop._loop = self

    async def play(self, samples: Samples, times: int = 1) -> None:
        if not self._is_open:
            rest = await self._pass(samples, times)
            if rest is None:
                return
            begun, times = rest
            if begun and times != 1:  # what is left of this time, then the others
                await super().play(samples[begun:])
                times = times - 1 if times else 0
            else:
                samples = samples[begun:]
        await super().play(samples, times)

    async def say(self, samples: Samples) -> None:
        if not self._is_open and not self.is_closed:
            await self.board.clock.sleep(len(samples) / RATE)
        else:
            await super().say(samples)

    def record(self, track: Track, seconds: float, tape: Tape) -> Recorder:
        self.open()
        return super().record(track, seconds, tape)

    def tell(self, order: orders.Order) -> None:
        if self._is_open or not isinstance(order, orders.Stop | orders.Close | orders.Leave):
            self.open()
            super().tell(order)

    def open(self) -> None:
        """Be heard from here on; what is being played goes on from where it is."""
        if self._is_open or self.is_closed:
            return
        self._is_open = True
        self.board.seated(self)
        self.seat.tell(orders.Open(leg=self.number))
        if self._opened:
            _settle((0, self._opened))
        if self._loop is not None and not self._loop.is_closed:
            self._loop.open()
            self.seat.tell(orders.Loop(leg=self.number, other=self._loop.number))

    async def _pass(self, samples: Samples, times: int) -> tuple[int, int] | None:
        """Let the time of a sound pass. When the leg gets its row meanwhile: from which sample on it is still to be
        played, and how often counted from there; None when it was played, or the leg is over."""
        if self.is_closed or not len(samples):
            return None
        if self._opened:
            self._opened.cancel()  # something else is played instead
        began, length = self.board.clock.now(), len(samples) / RATE
        self._opened = opened = _future()
        try:
            async with self.board.clock.timeout(length * times if times else None):
                await asyncio.wait({opened})
        except TimeoutError:
            return None
        finally:
            if self._opened is opened:
                self._opened = None
        if self.is_closed or opened.cancelled():
            return None
        past = self.board.clock.now() - began
        whole, begun = divmod(round(past * RATE), len(samples))
        return (begun, max(1, times - whole)) if times else (begun, 0)

    def _end(self) -> None:
        super()._end()
        if self._opened:
            _settle((0, self._opened))


class StreamSession(Session):
    """A leg with RTP; implements the exchange's Stream."""

    def __init__(self, board: Board, seat: Seat, terms: Terms) -> None:
        super().__init__(board, seat)
        self.port = 0
        self.ssrc = board.chance.below(2**32)
        self.on_quality: Callable[[Quality], None] | None = None
        self.opened: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._terms = terms

    def start(self) -> None:
        """Ask for a row and a port; `opened` tells which, or why not."""
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
        if self._terms.events is None:
            await super().send_keys(keys)
        else:
            self.tell(orders.Dial(leg=self.number, keys=keys))
            await self.board.clock.sleep(len(tones.keys(keys)) / RATE)

    def hear(self, event: orders.Event) -> None:
        match event:
            case orders.Opened(port=port):
                self.port = self.seat.port(port)
                if not self.opened.done():
                    self.opened.set_result(self.port)
            case orders.Refused(order="open" | "openstream", why=why):
                if not self.opened.done():
                    self.opened.set_exception(PlaneRefuses(why))
            case orders.Refused(order="change"):
                # Nobody could tell its packets from another leg's: rather no call than the wrong one's sound.
                self.seat.tell(orders.Close(leg=self.number))
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


class PlaneRefuses(Exception):
    """The plane has no room for a leg, or no port."""


class Recorder:
    """A recording under way; implements the exchange's Recorder."""

    def __init__(self, seat: Seat, number: int, tape: Tape) -> None:
        self.seat, self.number, self._tape = seat, number, tape
        self.ended: asyncio.Future[None] = _future()

    def pause(self, paused: bool) -> None:
        self.seat.tell(orders.Pause(recording=self.number, paused=paused))

    def stop(self) -> None:
        self.seat.tell(orders.StopRecording(recording=self.number))

    def hear(self, event: orders.Recorded) -> None:
        if event.sound:
            self._tape.write(event.sound)
        if event.is_last:
            self.lost()

    def lost(self) -> None:
        if not self.ended.done():
            self.ended.set_result(None)


def _future() -> asyncio.Future[None]:
    return asyncio.get_running_loop().create_future()


def _settle(waiting: tuple[int, asyncio.Future[None]] | None) -> None:
    if waiting and not waiting[1].done():
        waiting[1].set_result(None)


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
