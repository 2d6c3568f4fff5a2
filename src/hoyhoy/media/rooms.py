"""Who hears whom. Two connected parties are a room of two; a conference is a larger one.

All rooms are mixed together: members sorted by room, one `add.reduceat`, and everybody hears the sum
without himself. The order is made anew only when somebody comes, goes or changes his part.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hoyhoy.audio.g711 import Samples

NOWHERE = -1

Mix = NDArray[np.int32]


class Rooms:
    """Memberships of `rows` legs; rooms are numbers the caller gives."""

    def __init__(self, rows: int) -> None:
        self.room = np.full(rows, NOWHERE, np.int64)
        self.muted = np.zeros(rows, np.bool_)
        """Not heard by anybody."""
        self.held = np.zeros(rows, np.bool_)
        """Neither heard nor hearing: only what is played to this leg."""
        self.coaches = np.full(rows, NOWHERE, np.int64)
        """The one row that hears this one, instead of the whole room."""
        self._stale = True
        self._order: NDArray[np.intp] = np.zeros(0, np.intp)
        self._starts: NDArray[np.intp] = np.zeros(0, np.intp)
        self._of: NDArray[np.intp] = np.zeros(0, np.intp)
        self._numbers: NDArray[np.int64] = np.zeros(0, np.int64)

    def join(self, row: int, room: int, *, muted: bool = False, coaches: int = NOWHERE) -> None:
        self.room[row], self.muted[row], self.held[row], self.coaches[row] = room, muted, False, coaches
        self._stale = True

    def leave(self, row: int) -> None:
        """Whoever coached this row is heard by nobody until told otherwise: a whisper must not reach the others."""
        self.join(row, NOWHERE)
        coaches = self.coaches == row
        self.muted[coaches], self.coaches[coaches] = True, NOWHERE

    def members(self, room: int) -> list[int]:
        return [int(row) for row in np.flatnonzero(self.room == room)]

    def mix(self, spoken: Samples) -> tuple[NDArray[np.intp], Mix]:
        """The rows that are in rooms, and what each hears of the others [members, k, 160], before limiting.

        `spoken` [rows, k, 160] is what comes from every leg.
        """
        self._sort()
        order = self._order
        if not len(order):
            return order, np.zeros((0, *spoken.shape[1:]), np.int32)
        voices, sums = self._voices(spoken)
        heard = sums[self._of] - voices
        heard[self.held[order]] = 0
        coaching = np.flatnonzero((self.coaches[order] != NOWHERE) & ~self.muted[order] & ~self.held[order])
        for member in coaching:  # rare: an agent who is being trained
            target = np.flatnonzero(order == self.coaches[order[member]])
            if len(target) and not self.held[order[target[0]]]:
                heard[target[0]] += spoken[order[member]]
        return order, heard

    def sums(self, spoken: Samples) -> tuple[NDArray[np.int64], Mix]:
        """The numbers of all rooms, and everything said in each: what a recording of the room holds."""
        self._sort()
        return self._numbers, self._voices(spoken)[1]

    def _voices(self, spoken: Samples) -> tuple[Mix, Mix]:
        order = self._order
        silent = self.muted[order] | self.held[order] | (self.coaches[order] != NOWHERE)
        voices = spoken[order].astype(np.int32)
        voices[silent] = 0
        return voices, np.add.reduceat(voices, self._starts, axis=0) if len(order) else voices

    def _sort(self) -> None:
        if not self._stale:
            return
        inside = np.flatnonzero(self.room != NOWHERE)
        self._order = inside[np.argsort(self.room[inside], kind="stable")]
        sorted_rooms = self.room[self._order]
        self._numbers, self._starts, self._of = np.unique(sorted_rooms, return_index=True, return_inverse=True)
        self._stale = False


def limited(mix: Mix) -> Samples:
    """Back into 16 bits: what is too loud is cut off."""
    return np.clip(mix, -32768, 32767).astype(np.int16)
