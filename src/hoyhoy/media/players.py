"""Clips being played, one at a time on each row.

A plane has two: what is played *to* the legs, and what virtual phones say, which comes *from* theirs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hoyhoy.audio import FRAME

from .arena import Arena, Clip
from .rooms import Mix

ENDLESS = np.iinfo(np.int64).max

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
        self.left[row] = clip.frames * times if times else ENDLESS
        self.order[row] = order

    def stop(self, row: int) -> int:
        """Frames that were played of the clip; 0 when none is."""
        played = int(self.position[row]) if self.left[row] else 0
        self.left[row] = 0
        return played

    def shortest(self) -> int:
        """Frames until the next clip ends; ENDLESS when none does."""
        playing = self.left[self.left > 0]
        return int(playing.min()) if len(playing) else int(ENDLESS)

    def advance(self, into: Mix) -> Rows:
        """Add the next frames of every row that plays to `into` [rows, k, 160]; the rows whose clips end by that.

        k must not be more than `shortest()`.
        """
        rows = np.flatnonzero(self.left)
        if not len(rows):
            return rows
        steps = into.shape[1]
        place = (self.position[rows, None] + np.arange(steps)) % self.length[rows, None]
        into[rows] += self._arena.frames[self.first[rows, None] + place].reshape(len(rows), steps, FRAME)
        self.position[rows] += steps
        self.left[rows] -= np.where(self.left[rows] == ENDLESS, 0, steps)
        ended = np.zeros(len(self.left), np.bool_)
        ended[rows] = self.left[rows] == 0
        return np.flatnonzero(ended)
