"""Recordings under way: what comes from a leg, what goes to it, or all that is said in a room.

Sound is collected in blocks of a second and handed out when a block is full, so that a plane that
dies takes at most a second with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from hoyhoy.audio import FRAME
from hoyhoy.audio.g711 import Samples

from .rooms import Mix, limited

BLOCK = 50
"""Frames handed out at once: a second."""


class Track(StrEnum):
    """Which side of a leg is kept (voice reference 8.1); both in one channel are added up."""

    FROM = "from"
    TO = "to"
    BOTH = "both"
    DUAL = "dual"
    ROOM = "room"


@dataclass(slots=True)
class Recording:
    """`row` is the leg, of a room's recording the room. `most` frames are kept, then it ends by itself."""

    number: int
    row: int
    track: Track
    most: int
    paused: bool = False
    frames: int = 0
    waiting: int = 0
    """Frames that were kept and not handed out yet."""
    blocks: list[Samples] = field(default_factory=list)

    @property
    def channels(self) -> int:
        return 2 if self.track is Track.DUAL else 1

    @property
    def left(self) -> int:
        """Frames until it is full."""
        return self.most - self.frames

    def taken(self) -> Samples:
        """What was kept since the last time, [samples] or [samples, 2]; it is not kept here any more."""
        blocks, self.blocks, self.waiting = self.blocks, [], 0
        return np.concatenate(blocks) if blocks else np.zeros(0, np.int16)


class Recordings:
    """All recordings of a plane, by number."""

    def __init__(self) -> None:
        self.under_way: dict[int, Recording] = {}

    def start(self, recording: Recording) -> None:
        self.under_way[recording.number] = recording

    def stop(self, number: int) -> Recording | None:
        return self.under_way.pop(number, None)

    def shortest(self, otherwise: int) -> int:
        """Frames until the next one is full."""
        lefts = [one.left for one in self.under_way.values() if not one.paused]
        return min(lefts, default=otherwise)

    def take(self, spoken: Samples, heard: Samples, rooms: dict[int, Mix]) -> list[Recording]:
        """Keep the next frames; those that are full now, which are no longer under way."""
        for one in self.under_way.values():
            if not one.paused:
                one.blocks.append(_sound(one, spoken, heard, rooms))
                one.frames += spoken.shape[1]
                one.waiting += spoken.shape[1]
        full = [one for one in self.under_way.values() if one.left <= 0]
        for one in full:
            del self.under_way[one.number]
        return full


def _sound(one: Recording, spoken: Samples, heard: Samples, rooms: dict[int, Mix]) -> Samples:
    """[samples] or, of two channels, [samples, 2]: the first is what the leg says, the second what it hears."""
    if one.track is Track.ROOM:
        mix = rooms.get(one.row)
        return np.zeros(spoken.shape[1] * FRAME, np.int16) if mix is None else limited(mix).ravel()
    said: Samples = spoken[one.row].ravel()
    told: Samples = heard[one.row].ravel()
    match one.track:
        case Track.FROM:
            return said.copy()
        case Track.TO:
            return told.copy()
        case Track.DUAL:
            return np.stack([said, told], axis=1)
        case _:
            return limited(said.astype(np.int32) + told)


def trimmed(sound: Samples, level: int = 200) -> Samples:
    """Without the silence at both ends (`trim-silence`, voice reference 2.6); all silent, nothing is left."""
    each: NDArray[np.int32] = np.abs(sound.astype(np.int32))
    if each.ndim > 1:
        each = each.max(axis=1)
    frames = np.pad(each, (0, -len(each) % FRAME)).reshape(-1, FRAME).max(axis=1, initial=0)
    loud = np.flatnonzero(frames > level)
    if not len(loud):
        return sound[:0]
    return sound[loud[0] * FRAME : (loud[-1] + 1) * FRAME]
