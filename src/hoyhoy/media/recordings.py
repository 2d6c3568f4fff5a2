"""Recordings under way: what comes from a leg, what goes to it, or all that is said in a room.

The next frames of all recordings are written as arrays, one operation for each track. Sound is collected in
blocks of a second at most and handed out then, so that a plane that dies takes no more than that with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from hoyhoy.audio import FRAME
from hoyhoy.audio.g711 import Samples

from .players import Rows
from .rooms import Mix, limited

BLOCK = 50
"""Frames handed out at once: a second."""


NOBODY: Rows = np.zeros(0, np.intp)


class RecordingsFull(Exception):
    """There are as many as there may be."""


class Track(StrEnum):
    """Which side of a leg is kept (voice reference 8.1); both in one channel are added up."""

    FROM = "from"
    TO = "to"
    BOTH = "both"
    DUAL = "dual"
    ROOM = "room"


@dataclass(slots=True, eq=False)
class Recording:
    """`row` is the leg, of a room's recording the room. `most` frames are kept, then it ends by itself.

    A leg's recording ends with its leg; a room's does not: an empty room is recorded as silence until it is told to
    stop.
    """

    number: int
    row: int
    track: Track
    most: int
    paused: bool = False
    frames: int = 0
    blocks: list[Samples] = field(default_factory=list)
    """What was kept and not handed out yet."""

    @property
    def channels(self) -> int:
        return 2 if self.track is Track.DUAL else 1

    @property
    def left(self) -> int:
        """Frames until it is full."""
        return self.most - self.frames

    def taken(self) -> Samples:
        """What was kept since the last time, [samples] or [samples, 2]; it is not kept here any more."""
        blocks, self.blocks = self.blocks, []
        if len(blocks) == 1:
            return blocks[0]
        return np.concatenate(blocks) if blocks else np.zeros(0, np.int16)


@dataclass(frozen=True, slots=True)
class Writing:
    """All recordings of one track that are not paused: their places in the array, and the legs or rooms."""

    track: Track
    slots: Rows
    rows: Rows


class Recordings:
    """All recordings of a plane, by number; at most `most`, whose steps are of at most `steps` frames."""

    def __init__(self, most: int = 1024, steps: int = BLOCK) -> None:
        self.under_way: dict[int, Recording] = {}
        self._slot: dict[int, int] = {}
        self._free = list(range(most - 1, -1, -1))
        self._of: list[Recording | None] = [None] * most
        self._kept = np.zeros((most, 2, BLOCK + steps, FRAME), np.int16)  # the system gives memory where it is touched
        self._frames = self._kept.reshape(-1).view(f"V{2 * FRAME}").reshape(most, 2, -1)
        """The same, frame by frame: these are copied whole."""
        self._waiting = np.zeros(most, np.int64)
        """Frames of each that are in `_kept`."""
        self._due = np.zeros(most, np.int64)
        """With so many a block is handed out: the first ones are shorter, so that many that begin together do not hand
        theirs out together ever after."""
        self._left = np.zeros(most, np.int64)
        self._writing: list[Writing] = []
        self._slots = NOBODY
        self._stale = False

    def start(self, recording: Recording) -> None:
        """RecordingsFull."""
        if not self._free:
            raise RecordingsFull(f"there are {len(self.under_way)} recordings already")
        slot = self._free.pop()
        self.under_way[recording.number], self._slot[recording.number] = recording, slot
        self._of[slot] = recording
        self._waiting[slot], self._left[slot] = 0, recording.left
        self._due[slot] = BLOCK - slot % BLOCK
        self._stale = True

    def pause(self, number: int, paused: bool) -> None:
        """What is said meanwhile is not kept."""
        self.under_way[number].paused = paused
        self._stale = True

    def stop(self, number: int) -> Recording | None:
        """The recording, with all that was not handed out yet; None when it is not under way."""
        recording = self.under_way.pop(number, None)
        if recording is not None:
            slot = self._slot.pop(number)
            self._flush(slot)
            self._of[slot] = None
            self._free.append(slot)
            self._stale = True
        return recording

    def shortest(self, otherwise: int) -> int:
        """Frames until the next one is full."""
        self._sort()
        return int(self._left[self._slots].min(initial=otherwise))

    def is_recording(self) -> bool:
        """Whether any is under way and not paused."""
        self._sort()
        return bool(self._writing)

    def rooms(self) -> NDArray[np.int64]:
        """The rooms that are recorded, in the order in which `take` wants what is said in them."""
        self._sort()
        return next((one.rows for one in self._writing if one.track is Track.ROOM), np.zeros(0, np.int64))

    def voices(self) -> Rows:
        """The legs of which what they say is recorded."""
        self._sort()
        tracks = (Track.FROM, Track.BOTH, Track.DUAL)
        return np.concatenate([NOBODY, *(one.rows for one in self._writing if one.track in tracks)])

    def ears(self) -> Rows:
        """The legs of which what they hear is recorded."""
        self._sort()
        tracks = (Track.TO, Track.BOTH, Track.DUAL)
        return np.concatenate([NOBODY, *(one.rows for one in self._writing if one.track in tracks)])

    def take(self, used: Rows, spoken: Samples, heard: Samples, rooms: Mix) -> tuple[list[Recording], list[Recording]]:
        """Keep the next frames: those that have a block to hand out, and those that are full, which are not under way
        any more.

        `spoken` and `heard` are [used, k, 160], `rooms` is what is said in `rooms()`.
        """
        self._sort()
        steps = spoken.shape[1]
        if not len(self._slots):
            return [], []
        for one in self._writing:
            at = self._waiting[one.slots][:, None] + np.arange(steps)
            slots = one.slots[:, None]
            if one.track is Track.ROOM:
                self._frames[slots, 0, at] = _whole(limited(rooms))
                continue
            places = np.searchsorted(used, one.rows)
            match one.track:
                case Track.FROM:
                    self._frames[slots, 0, at] = _whole(spoken.take(places, axis=0))
                case Track.TO:
                    self._frames[slots, 0, at] = _whole(heard.take(places, axis=0))
                case Track.DUAL:
                    self._frames[slots, 0, at] = _whole(spoken.take(places, axis=0))
                    self._frames[slots, 1, at] = _whole(heard.take(places, axis=0))
                case Track.BOTH:
                    both = np.add(spoken.take(places, axis=0), heard.take(places, axis=0), dtype=np.int32)
                    self._frames[slots, 0, at] = _whole(limited(both))
        self._waiting[self._slots] += steps
        self._left[self._slots] -= steps
        blocks = self._slots[self._waiting[self._slots] >= self._due[self._slots]]
        full = self._slots[self._left[self._slots] <= 0]
        ready = [self._flush(slot) for slot in np.setdiff1d(blocks, full).tolist()]
        ended = [self._of[slot] for slot in full.tolist()]
        return ready, [one for one in ended if one is not None and self.stop(one.number)]

    def _flush(self, slot: int) -> Recording:
        """Out of the array, into the recording."""
        recording = self._of[slot]
        assert recording is not None
        count = int(self._waiting[slot])
        if count:
            sound = self._kept[slot, : recording.channels, :count].reshape(recording.channels, -1)
            recording.blocks.append(np.ascontiguousarray(sound.T) if recording.channels == 2 else sound[0].copy())
        recording.frames += count
        self._waiting[slot], self._due[slot] = 0, BLOCK
        return recording

    def _sort(self) -> None:
        if not self._stale:
            return
        writes = [one for one in self.under_way.values() if not one.paused]
        self._writing = []
        for track in Track:
            those = [one for one in writes if one.track is track]
            if those:
                slots = np.array([self._slot[one.number] for one in those], np.intp)
                self._writing.append(Writing(track, slots, np.array([one.row for one in those], np.intp)))
        self._slots = np.concatenate([one.slots for one in self._writing]) if self._writing else self._slots[:0]
        self._stale = False


def _whole(sound: Samples) -> NDArray[np.void]:
    """[n, k, 160] as [n, k]."""
    return sound.view(f"V{2 * FRAME}")[..., 0]
