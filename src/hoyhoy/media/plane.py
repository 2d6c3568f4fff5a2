"""All legs at once: what each says goes in, what each hears comes out, and what happened is told.

    plane = Plane(rows=1000)
    row = plane.open()
    plane.to_legs.play(row, plane.arena.load(sound), order=7)
    heard, events = plane.step(spoken)

`step` takes and gives frames [used, k, 160], of the rows that have a leg (`used`): others cost nothing.
With sockets k is 1, every 20 ms. Without, k is as many frames as pass before anything can happen
(`quiet`), so an hour in which nothing happens is a few steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

from hoyhoy.audio import FRAME
from hoyhoy.audio.g711 import Samples
from hoyhoy.audio.keys import KeyDetector
from hoyhoy.audio.levels import Levels

from .announcements import Announcement, Announcements
from .arena import Arena
from .loops import Loops
from .players import ENDLESS, Players, Rows
from .recordings import Recording, Recordings
from .rooms import NOWHERE, Mix, Rooms, add

MOST_AT_ONCE = 50
"""Frames of one step, which bounds the memory it takes."""

MOST_UNHEARD = 50 * 3600
"""Frames of one step of a plane whose sound nobody hears."""

TAPPED_AT_ONCE = 5
"""Frames of one step while a leg is tapped: who listens may want to answer."""

LOUD = 300.0**2
"""Mean square above which a frame counts as somebody speaking: -35 dBm0."""


class PlaneFull(Exception):
    """Every row has a leg."""


@dataclass(frozen=True, slots=True)
class Played:
    """The clip that `order` began has ended."""

    row: int
    order: int


@dataclass(frozen=True, slots=True)
class Announced:
    """An announcement has ended."""

    announcement: Announcement


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
class Spoke:
    """A leg began to speak or stopped; what was before, silence or speech, lasted `frames`."""

    row: int
    speaking: bool
    frames: int


@dataclass(frozen=True, slots=True, eq=False)
class Tapped:
    """The next frames [k, 160] of a leg: what comes `from` it or what it hears (`to`)."""

    row: int
    track: str
    sound: Samples


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording has a block to hand out; or it is as long as it may be, and has ended."""

    recording: Recording
    is_last: bool


Event = Played | Announced | Said | Pressed | FellSilent | Spoke | Tapped | Recorded


class Plane:
    """`rows` legs, the sounds played to them and the rooms they are in."""

    def __init__(self, rows: int = 1024, arena: Arena | None = None) -> None:
        self.rows = rows
        self.arena = arena or Arena()
        self.to_legs = Players(rows, self.arena)
        self.from_legs = Players(rows, self.arena)
        """What virtual phones say; legs with sockets bring their own sound."""
        self.announcements = Announcements(self.arena)
        self.rooms = Rooms(rows)
        self.loops = Loops(rows)
        self.recordings = Recordings(2 * rows, MOST_AT_ONCE)
        self.levels = Levels(rows)
        self.listens = np.zeros(rows, np.bool_)
        """Whose sound is searched for keys."""
        self.silent_frames = np.zeros(rows, np.int64)
        """Frames since a leg was last loud."""
        self._silence_wanted = np.full(rows, ENDLESS, np.int64)
        self._tapped = {"from": np.zeros(rows, np.bool_), "to": np.zeros(rows, np.bool_)}
        self._echoes = np.zeros(rows, np.bool_)
        self._echoing = 0
        """How many of these."""
        self._keys = KeyDetector(rows)
        self._open = np.zeros(rows, np.bool_)
        self._used: Rows = np.zeros(0, np.intp)
        self._is_stale = False
        self._free = list(range(rows))
        heapify(self._free)

    @property
    def used(self) -> Rows:
        """The rows that have a leg, in their order; the same array until one comes or goes."""
        if self._is_stale:
            self._used, self._is_stale = np.flatnonzero(self._open), False
        return self._used

    def open(self) -> int:
        """A row for a new leg. PlaneFull when none is left."""
        if not self._free:
            raise PlaneFull(f"all {self.rows} legs of this plane are in use")
        row = heappop(self._free)
        self._open[row] = self._is_stale = True
        self._keys.forget(np.array([row]))
        self.silent_frames[row] = 0
        return row

    def close(self, row: int) -> None:
        """The leg is gone; its recordings have been stopped by whoever started them."""
        self.to_legs.stop(row)
        self.from_legs.stop(row)
        self.rooms.leave(row)
        self.loops.cut(row)
        self.levels.ask(row, False)
        self.listens[row] = False
        self._silence_wanted[row] = ENDLESS
        for tapped in self._tapped.values():
            tapped[row] = False
        self.echo(row, False)
        self._open[row], self._is_stale = False, True
        heappush(self._free, row)

    def tell_silence(self, row: int, frames: int) -> None:
        """Tell once when nothing was heard from the leg for `frames` in a row, counted from now; 0 stops it. Frames
        that did not arrive are not silence (voice reference 2.6): they are not counted."""
        self.silent_frames[row] = 0
        self._silence_wanted[row] = frames or ENDLESS

    def tap(self, row: int, track: str, *, wanted: bool = True) -> None:
        """Hand a leg's frames over at each step, what comes `from` it or goes `to` it. ValueError for another track."""
        if track not in self._tapped:
            raise ValueError(f"a tap is from or to a leg, not {track!r}")
        self._tapped[track][row] = wanted

    def echo(self, row: int, on: bool) -> None:
        """Whether the leg hears itself."""
        self._echoing += int(on) - int(self._echoes[row])
        self._echoes[row] = on

    def heeded(self) -> NDArray[np.bool_]:
        """Of each row in use, whether what comes from its leg is heard, recorded or listened to by anybody."""
        used = self.used
        heeded = self.listens[used] | self.levels.asked[used] | self._tapped["from"][used] | self._echoes[used]
        heeded |= (self.rooms.room[used] != NOWHERE) | (self._silence_wanted[used] != ENDLESS)
        heeded[np.searchsorted(used, self.recordings.voices())] = True
        return heeded

    def heeds_voices(self) -> bool:
        """Whether any leg's keys, silence or speech is listened for."""
        return bool(self.listens.any() or self.levels.asked.any() or (self._silence_wanted != ENDLESS).any())

    def quiet(self) -> int:
        """Frames in which nothing can happen that must be told: no clip ends, no recording is full, no key is heard."""
        used = self.used
        if (self.from_legs.left[used] > 0)[self.listens[used] | self.levels.asked[used]].any():
            return 1
        if self.levels.is_changing(used):
            return 1
        if self._heeds_loops() and not self.loops.are_quiet(self._hears_something()):
            return 1
        tapped = any(one[used].any() for one in self._tapped.values())
        wanted = self._silence_wanted[used]
        falls_silent = (wanted - self.silent_frames[used]).min(initial=ENDLESS, where=wanted != ENDLESS)
        ends = (
            self.to_legs.shortest(used),
            self.from_legs.shortest(used),
            self.announcements.shortest(ENDLESS),
            self.recordings.shortest(ENDLESS),
            falls_silent,
        )
        most = TAPPED_AT_ONCE if tapped else MOST_UNHEARD if self._is_unheard() else MOST_AT_ONCE
        return max(1, min(most, *map(int, ends)))

    def step(
        self, spoken: Samples | None = None, frames: int = 1, arrived: NDArray[np.bool_] | None = None
    ) -> tuple[Samples, list[Event]]:
        """`frames` frames of all legs in use. `spoken` is what came from legs with sockets, and `arrived` from which of
        them anything did; None without any.

        More than MOST_AT_ONCE pass without sound: `quiet` says so many only when nobody hears it.
        """
        used = self.used
        events: list[Event] = []
        if frames > MOST_AT_ONCE:
            return self._pass_by(used, frames, events), events
        said = self._said(used, spoken, frames, events)
        if self.loops and frames == 1:  # of more than one nothing goes through loops that anybody hears
            self.loops.speak(used, said)
        heard = self._heard(used, said, events)
        if self.loops:
            self.loops.listen(used, heard)
        self._listen(used, said, arrived, events)
        for track, tapped in self._tapped.items():
            sound = said if track == "from" else heard
            events += [Tapped(int(used[i]), track, sound[i]) for i in np.flatnonzero(tapped[used])]
        return heard, events

    def _is_unheard(self) -> bool:
        """Whether nobody records, taps or listens to anything, so that of all sound only its length matters."""
        taps = self._tapped.values()
        return not (self.recordings.is_recording() or self.heeds_voices() or any(t.any() for t in taps))

    def _heeds_loops(self) -> bool:
        """Whether anybody without a socket hears, records or listens to what comes through a loop."""
        if not self.loops or self._is_unheard():
            return False
        voices = self.listens | self.levels.asked | self._tapped["from"] | (self._silence_wanted != ENDLESS)
        voices[self.recordings.voices()] = True
        ears = self._tapped["to"].copy()
        ears[self.recordings.ears()] = True
        voices |= ears & self._echoes
        heard = np.union1d(self.rooms.room[ears], self.recordings.rooms())
        voices |= (self.rooms.room != NOWHERE) & np.isin(self.rooms.room, heard)
        return self.loops.have_any(voices)

    def _hears_something(self) -> NDArray[np.bool_]:
        """Of each row, whether its leg may hear anything that it did not say itself a frame ago."""
        hears: NDArray[np.bool_] = (self.to_legs.left > 0) | (self.rooms.room != NOWHERE)
        hears |= self._echoes & (self.from_legs.left > 0)
        return hears

    def _pass_by(self, used: Rows, frames: int, events: list[Event]) -> Samples:
        """What ends meanwhile; there is no sound."""
        self.loops.hush()
        events += [Said(int(row), int(self.from_legs.order[row])) for row in self.from_legs.skip(used, frames)]
        events += [Played(int(row), int(self.to_legs.order[row])) for row in self.to_legs.skip(used, frames)]
        events += [Announced(one) for one in self.announcements.advance(frames)[1]]
        return np.zeros((len(used), 0, FRAME), np.int16)

    def _said(self, used: Rows, spoken: Samples | None, frames: int, events: list[Event]) -> Samples:
        places, sound, ended = self.from_legs.advance(used, frames)
        events += [Said(int(row), int(self.from_legs.order[row])) for row in ended]
        if spoken is not None:
            if len(places):
                add(spoken, places, sound)
            return spoken
        if len(places) == len(used):
            return sound
        said = np.zeros((len(used), frames, FRAME), np.int16)
        said[places] = sound
        return said

    def _heard(self, used: Rows, said: Samples, events: list[Event]) -> Samples:
        frames = said.shape[1]
        places, sound, ended = self.to_legs.advance(used, frames)
        announced, over = self.announcements.advance(frames)
        members, mix = self.rooms.mix(used, said)
        if len(places) == len(used) and not len(members):
            heard = sound
        else:
            heard = np.zeros((len(used), frames, FRAME), np.int16)
            heard[members] = mix
            if len(members):
                add(heard, places, sound)
            else:
                heard[places] = sound
        for room, one in announced:
            add(heard, np.searchsorted(used, self.rooms.listeners(room)), one)
        if self._echoing:
            places = np.flatnonzero(self._echoes[used])
            add(heard, places, said[places])
        if self.recordings.under_way:
            ready, full = self.recordings.take(used, said, heard, self._said_in_rooms(used, said, announced))
            events += [Recorded(recording, False) for recording in ready]
            events += [Recorded(recording, True) for recording in full]
        events += [Played(int(row), int(self.to_legs.order[row])) for row in ended]
        events += [Announced(one) for one in over]
        return heard

    def _said_in_rooms(self, used: Rows, said: Samples, announced: list[tuple[int, Samples]]) -> Mix:
        wanted = self.recordings.rooms()
        sums = self.rooms.sums(used, said, wanted) if len(wanted) else np.zeros((0, *said.shape[1:]), np.int32)
        for room, one in announced:
            sums[wanted == room] += one
        return sums

    def _listen(self, used: Rows, said: Samples, arrived: NDArray[np.bool_] | None, events: list[Event]) -> None:
        listening = np.flatnonzero(self.listens[used])
        waits = self._silence_wanted[used] != ENDLESS
        asked = np.flatnonzero(waits if arrived is None else waits & arrived)
        levels = np.flatnonzero(self.levels.asked[used])
        for k in range(said.shape[1] if len(listening) or len(asked) or len(levels) else 0):
            frames = said[:, k]
            if len(listening):
                events += [Pressed(row, key) for row, key in self._keys.hear(used[listening], frames[listening])]
            if len(asked):
                self._count_silence(used[asked], frames[asked], events)
            if len(levels):
                events += [Spoke(*one) for one in self.levels.hear(used[levels], frames[levels])]

    def _count_silence(self, asked: Rows, frames: Samples, events: list[Event]) -> None:
        sound = frames.astype(np.float32)
        loud = np.einsum("ij,ij->i", sound, sound) > LOUD * FRAME
        self.silent_frames[asked] = np.where(loud, 0, self.silent_frames[asked] + 1)
        over = asked[self.silent_frames[asked] == self._silence_wanted[asked]]
        events += [FellSilent(int(row)) for row in over]
        self._silence_wanted[over] = ENDLESS
