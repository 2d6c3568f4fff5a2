"""Who speaks: changes between speech and silence, for all legs that are asked about at once.

A frame is loud when it stands out from the noise of its line, which is the faintest frame of the last
second; neither the faintest whisper of a line counts nor does a shout ever count as noise. Speech
begins with 60 ms of it and ends with 200 ms without, so neither a click nor the closing of the lips
before a p is a change.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import FRAME
from .g711 import Samples

SPEECH, SILENCE = 3, 10
"""Frames in a row after which a change is told: so long ago it happened."""

FAINTEST, LOUDEST = 200.0**2, 1000.0**2
"""Mean squares: what is fainter (-38 dBm0) is silence on any line, what is louder (-24 dBm0) never is."""

ABOVE_NOISE = 6.0
"""How much stronger than the line's noise speech is: 8 dB."""

HALF_MEMORY = 25
"""Frames of each of the two stretches whose faintest frame is the noise."""

Rows = NDArray[np.intp]


class Noise:
    """The noise of the lines of `rows` legs."""

    def __init__(self, rows: int) -> None:
        self._faintest = np.full((rows, 2), np.inf, np.float32)
        """Of the last whole stretch, and of the one under way."""
        self._age = np.zeros(rows, np.int64)

    def forget(self, row: int) -> None:
        self._age[row] = 0
        self._faintest[row] = np.inf

    def exceeded(self, rows: Rows, frames: Samples) -> NDArray[np.bool_]:
        """Which of the next frames of these rows are loud; of each row as many."""
        sound = frames.astype(np.float32)
        power = np.einsum("ijk,ijk->ij", sound, sound) / FRAME
        noise = np.minimum(self._least(rows, power), LOUDEST / ABOVE_NOISE)
        loud: NDArray[np.bool_] = power > np.maximum(FAINTEST, ABOVE_NOISE * noise)
        return loud

    def _least(self, rows: Rows, power: NDArray[np.float32]) -> NDArray[np.float32]:
        """The faintest frame of the last half to whole second, up to each of these: as many at a time as end no
        stretch before the last of them."""
        noise, first = np.empty_like(power), 0
        while first < power.shape[1]:
            faintest, age = self._faintest[rows], self._age[rows]
            some = power[:, first : first + HALF_MEMORY - int(age.max())]
            this = np.minimum(faintest[:, 1:], np.minimum.accumulate(some, axis=1))
            noise[:, first : first + some.shape[1]] = np.minimum(faintest[:, :1], this)
            first, age = first + some.shape[1], age + some.shape[1]
            faintest[:, 1] = this[:, -1]
            whole = age == HALF_MEMORY
            faintest[whole, 0], faintest[whole, 1] = faintest[whole, 1], np.inf
            self._faintest[rows], self._age[rows] = faintest, np.where(whole, 0, age)
        return noise


class Levels:
    """What is known of `rows` legs."""

    def __init__(self, rows: int) -> None:
        self.asked = np.zeros(rows, np.bool_)
        self.speaking = np.zeros(rows, np.bool_)
        self._lasted = np.zeros(rows, np.int64)
        """Frames since the last change."""
        self._other = np.zeros(rows, np.int64)
        """Frames in a row that are not like the state they are in."""
        self._noise = Noise(rows)

    def ask(self, row: int, wanted: bool) -> None:
        """Begin to tell, from silence on; a second time changes nothing. Or stop."""
        if wanted and not self.asked[row]:
            self.speaking[row] = False
            self._lasted[row] = self._other[row] = 0
            self._noise.forget(row)
        self.asked[row] = wanted

    def is_changing(self, used: Rows) -> bool:
        """Whether somebody asked about could become silent though nothing more is heard."""
        rows = used[self.asked[used]]
        return bool((self.speaking[rows] | (self._other[rows] > 0)).any())

    def hear(self, rows: Rows, frames: Samples) -> list[tuple[int, bool, int]]:
        """The next frame of these rows: who speaks or has stopped now, and how many frames what was before lasted."""
        loud = self._noise.exceeded(rows, frames[:, None])[:, 0]
        speaking = self.speaking[rows]
        other = np.where(loud != speaking, self._other[rows] + 1, 0)
        lasted = self._lasted[rows] + 1
        changes = np.flatnonzero(other == np.where(speaking, SILENCE, SPEECH))
        told = [(int(rows[i]), not speaking[i], int(lasted[i] - other[i])) for i in changes]
        lasted[changes] = other[changes]
        other[changes] = 0
        self.speaking[rows[changes]] = ~speaking[changes]
        self._other[rows], self._lasted[rows] = other, lasted
        return told
