"""Where prompts lie: one array of frames, with a list of what is free.

It is made once and never grows, so that no tick ever waits for memory. A sound that is not a whole
number of frames is filled up with silence.
"""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass

import numpy as np

from hoyhoy.audio import FRAME
from hoyhoy.audio.g711 import Samples

MOST_FRAMES = 1 << 19
"""Three hours of sound in 168 MB, of which the system gives what is touched: the first gap that is long enough is
taken."""


class ArenaFull(Exception):
    """There is no room for a sound of this length."""


@dataclass(frozen=True, slots=True)
class Clip:
    """Frames `first` to `first + frames` of the arena."""

    first: int
    frames: int


class Arena:
    """Frames of sound, kept in clips."""

    def __init__(self, frames: int = MOST_FRAMES) -> None:
        self.frames = np.zeros((frames, FRAME), np.int16)
        self._free = [(0, frames)]

    @property
    def free(self) -> int:
        """Frames that no clip holds."""
        return sum(length for _, length in self._free)

    def load(self, sound: Samples) -> Clip:
        """Copy a sound in. ArenaFull when no gap is long enough."""
        clip = self.take(len(sound))
        place = self.frames[clip.first : clip.first + clip.frames].reshape(-1)
        place[: len(sound)] = sound
        place[len(sound) :] = 0
        return clip

    def take(self, samples: int) -> Clip:
        """Room for a sound of so many samples, which is still to be copied in. ArenaFull."""
        frames = max(1, -(-samples // FRAME))
        return Clip(self._take(frames), frames)

    def drop(self, clip: Clip) -> None:
        """Give a clip's frames back; nobody may play it any more."""
        insort(self._free, (clip.first, clip.frames))
        merged: list[tuple[int, int]] = []
        for first, length in self._free:
            if merged and sum(merged[-1]) == first:
                merged[-1] = (merged[-1][0], merged[-1][1] + length)
            else:
                merged.append((first, length))
        self._free = merged

    def _take(self, frames: int) -> int:
        for i, (first, length) in enumerate(self._free):
            if length >= frames:
                self._free[i : i + 1] = [(first + frames, length - frames)] if length > frames else []
                return first
        raise ArenaFull(f"no room for {frames} frames; {self.free} are free, not all in one piece")
