"""Who hears whom. Two connected parties are a room of two; a conference is a larger one.

All rooms are mixed together: members lie sorted by the size of their room, then by room, so all rooms
of one size are one sum along one axis, and everybody hears the sum without himself. In a room of two,
which most are, the voices are only exchanged. The order is made anew only when somebody comes, goes or
changes his part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hoyhoy.audio import FRAME
from hoyhoy.audio.g711 import Samples

NOWHERE = -1

Mix = NDArray[np.int32]
Places = NDArray[np.intp]

NONE: Places = np.zeros(0, np.intp)


@dataclass(frozen=True, slots=True)
class Block:
    """All rooms of one size: their members are `first` to `last` in the order, the rooms `room` and following."""

    size: int
    first: int
    last: int
    room: int


class Rooms:
    """Memberships of `rows` legs; rooms are numbers the caller gives."""

    def __init__(self, rows: int) -> None:
        self.room = np.full(rows, NOWHERE, np.int64)
        self._muted = np.zeros(rows, np.bool_)
        self._held = np.zeros(rows, np.bool_)
        self._coaches = np.full(rows, NOWHERE, np.int64)
        self._stale = True
        self._used: Places = NONE
        self._places: Places = NONE
        """Where in the rows in use the members are, room after room."""
        self._blocks: list[Block] = []
        self._numbers: NDArray[np.int64] = np.zeros(0, np.int64)
        self._silent: Places = NONE
        self._deaf: Places = NONE
        self._whispers: list[tuple[int, int]] = []

    def join(self, row: int, room: int, *, muted: bool = False, held: bool = False, coaches: int = NOWHERE) -> None:
        """Into a room, out of any other.

        Who is `muted` is heard by nobody; who is `held` neither hears nor is heard; who `coaches` is heard by that one
        row and not by the room, as long as both are in the same.
        """
        self.room[row], self._muted[row], self._held[row], self._coaches[row] = room, muted, held, coaches
        self._stale = True

    def leave(self, row: int) -> None:
        """Whoever coached this row is heard by nobody until told otherwise: a whisper must not reach the others."""
        if self.room[row] == NOWHERE and not (self._coaches == row).any():
            return
        self.join(row, NOWHERE)
        coaches = self._coaches == row
        self._muted[coaches], self._coaches[coaches] = True, NOWHERE

    def members(self, room: int) -> list[int]:
        return [int(row) for row in np.flatnonzero(self.room == room)]

    def listeners(self, room: int) -> Places:
        """The rows of a room that are not held."""
        return np.flatnonzero((self.room == room) & ~self._held)

    def mix(self, used: Places, spoken: Samples) -> tuple[Places, Samples]:
        """The places of all who are in rooms, and what each hears of the others [members, k, 160].

        `spoken` [used, k, 160] is what comes from the legs whose rows are `used`.
        """
        self._sort(used)
        voices = self._voices(spoken)
        heard = np.empty_like(voices)
        k = spoken.shape[1]
        for one in self._blocks:
            said = voices[one.first : one.last].reshape(-1, one.size, k, FRAME)
            into = heard[one.first : one.last].reshape(-1, one.size, k, FRAME)
            if one.size == 1:
                into[:] = 0
            elif one.size == 2:
                into[:] = said[:, ::-1]
            else:
                others = said.sum(axis=1, dtype=np.int32)[:, None] - said
                into[:] = np.clip(others, -32768, 32767, out=others)
        heard[self._deaf] = 0
        for coach, agent in self._whispers:  # rare: an agent who is being trained
            heard[agent] = limited(heard[agent].astype(np.int32) + spoken[self._places[coach]])
        return self._places, heard

    def sums(self, used: Places, spoken: Samples, wanted: NDArray[np.int64]) -> Mix:
        """Everything said in each of these rooms [wanted, k, 160]: what a recording of the room holds."""
        self._sort(used)
        voices = self._voices(spoken)
        k = spoken.shape[1]
        every = np.zeros((len(self._numbers) + 1, k, FRAME), np.int32)  # the last is the room nobody is in
        for one in self._blocks:
            said = voices[one.first : one.last].reshape(-1, one.size, k, FRAME)
            np.sum(said, axis=1, dtype=np.int32, out=every[one.room : one.room + len(said)])
        by_number = np.argsort(self._numbers)
        at = np.searchsorted(self._numbers, wanted, sorter=by_number)
        which = np.append(by_number, len(by_number))[at]
        which[np.append(self._numbers, NOWHERE)[which] != wanted] = len(self._numbers)
        return every.take(which, axis=0)

    def _voices(self, spoken: Samples) -> Samples:
        voices = spoken.take(self._places, axis=0)
        voices[self._silent] = 0
        return voices

    def _sort(self, used: Places) -> None:
        if not self._stale and used is self._used:
            return
        inside = np.flatnonzero(self.room[used] != NOWHERE)
        numbers, of, sizes = np.unique(self.room[used[inside]], return_inverse=True, return_counts=True)
        self._places = inside[np.lexsort((of, sizes[of]))]
        by_size = np.argsort(sizes, kind="stable")
        self._numbers = numbers[by_size]
        self._blocks, first = [], 0
        borders = np.flatnonzero(np.diff(sizes[by_size], prepend=-1, append=-1))
        for room, after in zip(borders[:-1].tolist(), borders[1:].tolist(), strict=True):
            size = int(sizes[by_size[room]])
            last = first + (after - room) * size
            self._blocks.append(Block(size, first, last, room))
            first = last
        rows = used[self._places]
        held = self._held[rows]
        self._deaf = np.flatnonzero(held)
        self._silent = np.flatnonzero(self._muted[rows] | held | (self._coaches[rows] != NOWHERE))
        coaching = np.flatnonzero((self._coaches[rows] != NOWHERE) & ~self._muted[rows] & ~held)
        pairs = [(int(coach), np.flatnonzero(rows == self._coaches[rows[coach]])) for coach in coaching]
        self._whispers = [
            (coach, int(agent[0]))
            for coach, agent in pairs
            if len(agent) and not held[agent[0]] and self.room[rows[agent[0]]] == self.room[rows[coach]]
        ]
        self._used, self._stale = used, False


def limited(mix: Mix) -> Samples:
    """Back into 16 bits: what is too loud is cut off."""
    return np.clip(mix, -32768, 32767).astype(np.int16)


def add(to: Samples, places: Places, sound: Samples) -> None:
    """Let `sound` be heard too at these places."""
    to[places] = limited(to[places].astype(np.int32) + sound)
