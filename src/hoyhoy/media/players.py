"""Clips being played, one at a time on each row.

A plane has two: what is played *to* the legs, and what virtual phones say, which comes *from* theirs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hoyhoy.audio import FRAME
from hoyhoy.audio.g711 import Samples

from .arena import Arena, Clip

ENDLESS = np.iinfo(np.int64).max
"""More frames than will ever pass."""

Rows = NDArray[np.intp]


class Players:
    """Row i plays the clip that begins at `first[i]` of the arena, `left[i]` frames more."""

    def __init__(self, rows: int, arena: Arena) -> None:
        self._arena = arena
        self.first = np.zeros(rows, np.int64)
        self.length = np.ones(rows, np.int64)
        self.position = np.zeros(rows, np.int64)
        self.left = np.zeros(rows, np.int64)
        self.order = np.zeros(rows, np.int64)

    def play(self, row: int, clip: Clip, *, times: int = 1, order: int = 0) -> None:
        """Begin a clip instead of whatever the row plays; 0 times is for ever. `order` is told at its end."""
        self.first[row], self.length[row], self.position[row] = clip.first, clip.frames, 0
        self.left[row] = min(clip.frames * times, ENDLESS) if times else ENDLESS
        self.order[row] = order

    def stop(self, row: int) -> int:
        """Frames that were played of the clip; 0 when none is."""
        played = int(self.position[row]) if self.left[row] else 0
        self.left[row] = 0
        return played

    def shortest(self, used: Rows) -> int:
        """Frames until the next clip on these rows ends; ENDLESS or nearly when none does."""
        left = self.left[used]
        return int(left.min(initial=ENDLESS, where=left > 0))

    def skip(self, used: Rows, steps: int) -> Rows:
        """Let frames pass that nobody hears; the rows whose clips end by that."""
        rows = used[self.left[used] > 0]
        self.position[rows] += steps
        self.left[rows] -= steps
        ended: Rows = rows[self.left[rows] == 0]
        return ended

    def advance(self, used: Rows, steps: int) -> tuple[Rows, Samples, Rows]:
        """The next frames of all rows that play among `used`: their places in it, the frames [n, steps, 160], and the
        rows whose clips end by that.

        `steps` must not be more than `shortest()`.
        """
        places = np.flatnonzero(self.left[used])
        rows = used[places]
        if not len(rows):
            return places, np.zeros((0, steps, FRAME), np.int16), rows
        place = (self.position[rows, None] + np.arange(steps)) % self.length[rows, None] + self.first[rows, None]
        sound = self._arena.frames.take(place, axis=0)
        return places, sound, self.skip(used, steps)
