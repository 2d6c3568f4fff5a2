"""The exchange's side of the media planes: numbers what is ordered, and brings events to whom they concern.

    board = Board(clock, chance)
    board.add(lambda hear, lost: VirtualDesk(clock, hear))
    stream = await board.open_stream(account, terms)

A seat is one plane: a process with sockets (`processes.py`), or, under the virtual clock, a desk in the
exchange itself (`virtual.py`). Legs of one account sit on one plane, so that any two of them can be in one room.
"""

from __future__ import annotations

import itertools
import logging
import zlib
from collections import Counter
from collections.abc import Callable
from typing import Protocol, TypeVar

from hoyhoy.audio.g711 import Samples
from hoyhoy.exchange.chance import Chance
from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.media import Media, NoRoom, Tape, Terms

from . import orders
from .clips import Clips
from .secure_session import SecureSession
from .session import NetworkSession, PhoneSession, PlaneRefuses, Recorder, Session, StreamSession

HELD_FRAMES = 1 << 16
"""Of what a plane's arena holds, what is kept there although nobody plays it: 22 minutes in 21 MB."""

ROOM_FRAMES = 50
"""Frames a second, for what is ordered in frames."""


PACKETS = ("sent", "received", "lost", "late", "concealed")
GONE = "the media plane is gone"

log = logging.getLogger(__name__)


class Line(Protocol):
    """The way to one plane."""

    def tell(self, order: orders.Order) -> None: ...

    def port(self, place: int) -> int:
        """The local port with this place in the plane's pool."""


L = TypeVar("L", bound=Line)
N = TypeVar("N", bound=NetworkSession)


class Seat:
    """One plane and the clips it holds."""

    def __init__(self, line: Line, numbers: itertools.count[int]) -> None:
        self.line = line
        self.tell, self.port = line.tell, line.port
        self.clips = Clips(line.tell, numbers, HELD_FRAMES)


class Board:
    """All legs, recordings and rooms; implements the exchange's MediaPlane."""

    def __init__(self, clock: Clock, chance: Chance) -> None:
        self.clock, self.chance = clock, chance
        self.measured: dict[Seat, orders.Measured] = {}
        """What each plane told of its last second."""
        self.packets: Counter[str] = Counter()
        """Of all legs that are over: sent, received, lost, late, concealed."""
        self._numbers = itertools.count(1)
        self._seats: list[Seat] = []
        self._sessions: dict[int, Session] = {}
        self._recorders: dict[int, Recorder] = {}

    def add(self, line: Callable[[Callable[[orders.Event], None], Callable[[], None]], L]) -> L:
        """Take a plane in. `line` makes the way to it, given who hears its events and who is told that it is gone."""
        made = line(lambda event: self._hear(seat, event), lambda: self._lost(seat))
        seat = Seat(made, self._numbers)
        self._seats.append(seat)
        return made

    def next(self) -> int:
        """A number that was never given before."""
        return next(self._numbers)

    @property
    def legs(self) -> int:
        """Those that have a row of a plane, or wait for one."""
        return len(self._sessions)

    # What the exchange asks ------------------------------------------------------------------

    def open(self, account: str, *, loop: Media | None = None) -> Media:
        seat, other = self._seat(account), loop if isinstance(loop, PhoneSession) else None
        if other and other.seat is not seat:
            raise NoRoom("two media processes carry the sound of the two accounts")
        return PhoneSession(self, seat, other)

    async def open_stream(self, account: str, terms: Terms) -> StreamSession:
        return await self._opened(StreamSession(self, self._seat(account), terms))

    async def open_secure(self, account: str) -> SecureSession:
        return await self._opened(SecureSession(self, self._seat(account)))

    async def _opened(self, session: N) -> N:
        self.seated(session)
        session.start()
        try:
            await session.opened
        except PlaneRefuses as why:
            raise NoRoom(str(why)) from why
        except BaseException:  # the plane says Refused or Closed yet, and only then it is forgotten
            session.close()
            raise
        return session

    def room(self) -> int:
        return self.next()

    def record_room(self, account: str, room: int, seconds: float, tape: Tape) -> Recorder:
        return self.record(self._seat(account), room, "room", seconds, tape)

    def announce(self, account: str, room: int, samples: Samples) -> None:
        seat = self._seat(account)
        seat.tell(orders.Announce(room=room, clip=seat.clips.number(samples), order=self.next()))

    # What sessions ask -----------------------------------------------------------------------

    def seated(self, session: Session) -> None:
        """The session has its row, and hears of it."""
        self._sessions[session.number] = session

    def record(self, seat: Seat, of: int, track: str, seconds: float, tape: Tape) -> Recorder:
        recorder = Recorder(seat, self.next(), of, tape)
        self._recorders[recorder.number] = recorder
        frames = max(1, round(seconds * ROOM_FRAMES))
        seat.tell(orders.Record(recording=recorder.number, of=of, track=track, frames=frames))
        return recorder

    # What planes tell ------------------------------------------------------------------------

    def _hear(self, seat: Seat, event: orders.Event) -> None:
        match event:
            case orders.Recorded(recording=number, is_last=is_last):
                recorder = self._recorders.pop(number, None) if is_last else self._recorders.get(number)
                if recorder:
                    recorder.hear(event)
            case orders.Measured():
                self.measured[seat] = event
            case orders.Refused(order="record", of=number, why=why):
                if recorder := self._recorders.pop(number, None):
                    recorder.end(why)
            case orders.Refused(order="load", of=number):
                seat.clips.refused(number)
            case orders.Refused(order="open" | "openstream", of=number, why=why):
                for recorder in self._recorders.values():
                    if recorder.of == number:
                        recorder.why = why  # its end comes, as that of one whose leg is gone
                if session := self._sessions.pop(number, None):
                    session.hear(event)
            case orders.Refused(of=number):
                if session := self._sessions.get(number):
                    session.hear(event)
            case orders.Ready() | orders.Announced():
                pass
            case _:
                session = self._sessions.get(event.leg)
                if isinstance(event, orders.Closed):
                    self._sessions.pop(event.leg, None)
                    self.packets.update({name: getattr(event, name) for name in PACKETS})
                if session:
                    session.hear(event)

    def _lost(self, seat: Seat) -> None:
        """Its legs are gone; a new plane knows none of its clips."""
        seat.clips.forget()
        self.measured.pop(seat, None)
        for session in [one for one in self._sessions.values() if one.seat is seat]:
            del self._sessions[session.number]
            try:
                session.lost()
            except Exception:  # what one call makes of it must not be missed by the others
                log.exception("the loss of a leg's media plane was not taken")
        for recorder in [one for one in self._recorders.values() if one.seat is seat]:
            del self._recorders[recorder.number]
            recorder.end(GONE)

    def _seat(self, account: str) -> Seat:
        return self._seats[zlib.crc32(account.encode()) % len(self._seats)]
