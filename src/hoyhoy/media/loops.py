"""Calls from the exchange to itself: each of two legs says what the other one hears, a frame later."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hoyhoy.audio import FRAME
from hoyhoy.audio.g711 import Samples

from .players import Rows
from .rooms import NOWHERE, add


class Loops:
    """The two ends of each such call, among `rows` legs."""

    def __init__(self, rows: int) -> None:
        self._other: NDArray[np.intp] = np.full(rows, NOWHERE, np.intp)
        self._last: dict[int, Samples] = {}
        """What each end heard in its last frame."""

    def __len__(self) -> int:
        return len(self._last)

    def connect(self, row: int, other: int) -> None:
        for one, far in ((row, other), (other, row)):
            self._other[one] = far
            self._last[one] = np.zeros(FRAME, np.int16)

    def have_any(self, rows: NDArray[np.bool_]) -> bool:
        """Whether an end is among these."""
        return any(rows[row] for row in self._last)

    def hush(self) -> None:
        """Nothing is under way between the ends: what each heard last is long past."""
        for sound in self._last.values():
            sound[:] = 0

    def cut(self, row: int) -> None:
        """One end is gone; the other one hears nothing more."""
        other = int(self._other[row])
        for one in (row, other) if other != NOWHERE else ():
            self._other[one] = NOWHERE
            del self._last[one]

    def are_quiet(self, speaking: NDArray[np.bool_]) -> bool:
        """Whether nothing goes from one end to the other, and nothing will while only these rows are `speaking` or
        hear anything."""
        return not any(speaking[row] or sound.any() for row, sound in self._last.items())

    def speak(self, used: Rows, said: Samples) -> None:
        """Add to what comes from each end what the other one heard before; `said` is [used, 1, 160]."""
        for row in self._last:
            add(said, np.searchsorted(used, [row]), self._last[int(self._other[row])][None, None])

    def listen(self, used: Rows, heard: Samples) -> None:
        """Keep what each end hears now."""
        for row in self._last:
            self._last[row] = heard[np.searchsorted(used, row), -1].copy()
