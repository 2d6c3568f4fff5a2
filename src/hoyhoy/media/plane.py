"""All legs at once: what each says goes in, what each hears comes out, and what happened is told.

    plane = Plane(rows=1000)
    row = plane.open()
    plane.to_legs.play(row, plane.arena.load(sound), order=7)
    heard, events = plane.step(spoken)

`step` takes and gives frames [rows, k, 160]. With sockets k is 1, every 20 ms. Without, k is as many
frames as pass before anything can happen (`quiet`), so an hour in which nothing happens is a few steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hoyhoy.audio import FRAME
from hoyhoy.audio.g711 import Samples
from hoyhoy.audio.keys import KeyDetector

from .arena import Arena
from .players import ENDLESS, Players
from .recordings import Recording, Recordings
from .rooms import Mix, Rooms, limited

MOST_AT_ONCE = 50
"""Frames of one step, which bounds the memory it takes."""

LOUD = 300.0**2
"""Mean square above which a frame counts as somebody speaking: -40 dBm0."""


class PlaneFull(Exception):
    """Every row has a leg."""


@dataclass(frozen=True, slots=True)
class Played:
    """The clip that `order` began has ended."""

    row: int
    order: int


@dataclass(frozen=True, slots=True)
class Said:
    """What a virtual phone says has ended."""

    row: int
    order: int


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key was heard in the sound that comes from a leg, or came as an event of RFC 4733."""

    row: int
    key: str


@dataclass(frozen=True, slots=True)
class FellSilent:
    """Nothing was heard from a leg for as many frames as were asked for."""

    row: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording is as long as it may be, and has ended."""

    recording: Recording


Event = Played | Said | Pressed | FellSilent | Recorded


class Plane:
    """`rows` legs, the sounds played to them and the rooms they are in."""

    def __init__(self, rows: int = 1024, arena: Arena | None = None) -> None:
        self.rows = rows
        self.arena = arena or Arena()
        self.to_legs = Players(rows, self.arena)
        self.from_legs = Players(rows, self.arena)
        """What virtual phones say; legs with sockets bring their own sound."""
        self.rooms = Rooms(rows)
        self.recordings = Recordings()
        self.listens = np.zeros(rows, np.bool_)
        """Whose sound is searched for keys."""
        self.silent_frames = np.zeros(rows, np.int64)
        """Frames since a leg was last loud."""
        self._silence_wanted = np.full(rows, ENDLESS, np.int64)
        self._keys = KeyDetector(rows)
        self._free = list(range(rows - 1, -1, -1))

    def open(self) -> int:
        """A row for a new leg. PlaneFull when none is left."""
        if not self._free:
            raise PlaneFull(f"all {self.rows} legs of this plane are in use")
        row = self._free.pop()
        self._keys.forget(np.array([row]))
        self.listens[row], self.silent_frames[row] = False, 0
        self._silence_wanted[row] = ENDLESS
        return row

    def close(self, row: int) -> None:
        """The leg is gone; its recordings have been stopped by whoever started them."""
        self.to_legs.stop(row)
        self.from_legs.stop(row)
        self.rooms.leave(row)
        self.listens[row] = False
        self._silence_wanted[row] = ENDLESS
        self._free.append(row)

    def tell_silence(self, row: int, frames: int) -> None:
        """Tell once when nothing was heard from the leg for `frames` in a row, counted from now; 0 stops it."""
        self.silent_frames[row] = 0
        self._silence_wanted[row] = frames or ENDLESS

    def quiet(self) -> int:
        """Frames in which nothing can happen that must be told: no clip ends, no recording is full, no key is heard."""
        if (self.listens & (self.from_legs.left > 0)).any():
            return 1
        asked = self._silence_wanted != ENDLESS
        falls_silent = (self._silence_wanted - self.silent_frames)[asked].min(initial=ENDLESS)
        ends = (self.to_legs.shortest(), self.from_legs.shortest(), self.recordings.shortest(ENDLESS), falls_silent)
        return max(1, min(MOST_AT_ONCE, *map(int, ends)))

    def step(self, spoken: Samples | None = None, frames: int = 1) -> tuple[Samples, list[Event]]:
        """`frames` frames of all legs. `spoken` is what came from legs with sockets; None without any."""
        said: Mix = np.zeros((self.rows, frames, FRAME), np.int32) if spoken is None else spoken.astype(np.int32)
        events: list[Event] = []
        events += [Said(int(row), int(self.from_legs.order[row])) for row in self.from_legs.advance(said)]
        voices = limited(said)
        heard: Mix = np.zeros_like(said)
        events += [Played(int(row), int(self.to_legs.order[row])) for row in self.to_legs.advance(heard)]
        members, mix = self.rooms.mix(voices)
        heard[members] += mix
        out = limited(heard)
        self._listen(voices, events)
        if self.recordings.under_way:
            numbers, sums = self.rooms.sums(voices)
            whole = dict(zip(numbers.tolist(), sums, strict=True))
            events += [Recorded(one) for one in self.recordings.take(voices, out, whole)]
        return out, events

    def _listen(self, voices: Samples, events: list[Event]) -> None:
        rows = np.flatnonzero(self.listens)
        asked = np.flatnonzero(self._silence_wanted != ENDLESS)
        for k in range(voices.shape[1]):
            if len(rows):
                events += [Pressed(row, key) for row, key in self._keys.hear(rows, voices[rows, k])]
            if len(asked):
                self._count_silence(asked, voices[asked, k], events)

    def _count_silence(self, asked: NDArray[np.intp], frames: Samples, events: list[Event]) -> None:
        loud = np.einsum("ij,ij->i", frames, frames, dtype=np.float32) > LOUD * FRAME
        self.silent_frames[asked] = np.where(loud, 0, self.silent_frames[asked] + 1)
        over = asked[self.silent_frames[asked] == self._silence_wanted[asked]]
        events += [FellSilent(int(row)) for row in over]
        self._silence_wanted[over] = ENDLESS
