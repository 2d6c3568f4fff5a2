"""Jitter rings: what arrives in packets of any length, late, twice or out of order, leaves as frames.

A ring holds the last samples of a leg by their RTP timestamps. A pointer follows behind the newest
packet at the leg's delay; each tick takes the frame at the pointer and moves on. What is not there by
then is concealed: the last frame again, fainter and fainter, as long as a gap may be a lost packet.

The far end's clock runs a little faster or slower than ours. When the ring grows fuller than the
delay needs, a frame that says nothing is left out; when it runs dry the pointer waits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hoyhoy.audio import FRAME
from hoyhoy.audio.g711 import Law, Samples, decode

from .packets import Integers

SLOT = 80
"""Samples whose presence is known together: 10 ms."""

SLOTS = 64
RING = SLOT * SLOTS
"""Samples a ring holds: 640 ms."""

DELAY = 2 * FRAME
"""Samples between a packet's arrival and its frame's turn: 40 ms of jitter are heard by nobody."""

FULLEST = DELAY + 4 * FRAME
"""A ring that holds more is behind: frames are left out."""

FARTHEST = RING - 8 * FRAME
"""A timestamp farther from the pointer than this belongs to a new stream."""

LATE_IN_A_ROW = 5
"""Packets that come too late before the pointer goes back to where they are."""

CONCEALED = 3
"""Frames that are made up in a row."""

SILENT = 150
"""No sample louder: a frame that may be left out unheard."""

EMPTY = -1


class Jitter:
    """Rings of `rows` legs."""

    def __init__(self, rows: int) -> None:
        self._slots = np.zeros((rows, SLOTS, SLOT), np.int16)
        self._ring = self._slots.reshape(rows, RING)
        """The same samples: whole slots are copied at once where packets begin with one, as nearly all do."""
        self._slot = np.full((rows, SLOTS), EMPTY, np.int64)
        self._pointer = np.zeros(rows, np.int64)
        self._newest = np.zeros(rows, np.int64)
        self._base = np.zeros(rows, np.int64)
        """The timestamp that position 0 stands for, unwrapped: positions only grow."""
        self.running = np.zeros(rows, np.bool_)
        self._late_in_a_row = np.zeros(rows, np.int64)
        self._made_up = np.zeros(rows, np.int64)
        self._last = np.zeros((rows, FRAME), np.int16)
        self.late = np.zeros(rows, np.int64)
        """Packets that came after their turn."""
        self.concealed = np.zeros(rows, np.int64)
        """Frames that were made up."""

    def forget(self, rows: NDArray[np.intp] | int) -> None:
        """A new leg, or a new stream of the same: whatever comes next is its beginning."""
        self.running[rows] = False
        self._slot[rows] = EMPTY
        self._made_up[rows] = CONCEALED
        self._late_in_a_row[rows] = 0

    def put(self, rows: NDArray[np.intp], timestamps: Integers, payloads: NDArray[np.uint8], law: Law) -> None:
        """Payloads [n, length] of packets, in the order of arrival; a leg may have several of them."""
        length = payloads.shape[1]
        if not length or not len(rows):
            return
        self._begin(rows, timestamps)
        place = self._position(rows, timestamps)
        ahead = place - self._pointer[rows]
        strange = (ahead > FARTHEST) | (ahead < -FARTHEST)
        if strange.any():  # a far end that began anew without saying so
            again = np.unique(rows[strange])
            self.forget(again)
            self._begin(rows, timestamps)
            place = self._position(rows, timestamps)
            ahead = place - self._pointer[rows]
        dry = (self._newest[rows] + FRAME <= self._pointer[rows]) & (place > self._newest[rows] - FRAME)
        if dry.any():  # after a silence that was not sent, the delay is built up anew
            again, first = np.unique(rows[dry], return_index=True)
            self._pointer[again] = _on_grid(place[dry][first] - DELAY)
            ahead = place - self._pointer[rows]
        too_late = ahead + length <= 0
        self._count_late(rows, too_late, place)
        good = ~too_late & (ahead <= FARTHEST) & (ahead >= -FARTHEST)
        if not good.all():
            rows, place, payloads = rows[good], place[good], payloads[good]
        self._store(rows, place, decode(payloads, law))
        slots = (place[:, None] + SLOT // 2 + np.arange(0, length, SLOT)) // SLOT
        self._slot[rows[:, None], slots % SLOTS] = slots
        np.maximum.at(self._newest, rows, place + length)

    def _store(self, rows: NDArray[np.intp], place: Integers, samples: Samples) -> None:
        length = samples.shape[1]
        if length % SLOT == 0 and not (place % SLOT).any():
            slot = place // SLOT % SLOTS
            for i in range(length // SLOT):
                self._slots[rows, (slot + i) % SLOTS] = samples[:, i * SLOT : (i + 1) * SLOT]
        else:
            where = (place[:, None] + np.arange(length)) % RING
            self._ring[rows[:, None], where] = samples

    def _load(self, rows: NDArray[np.intp]) -> Samples:
        """The frames at the pointers of these rows, which always stand where a slot begins."""
        slot = self._pointer[rows] // SLOT % SLOTS
        frames = np.empty((len(rows), FRAME), np.int16)
        frames[:, :SLOT] = self._slots[rows, slot]
        frames[:, SLOT:] = self._slots[rows, (slot + 1) % SLOTS]
        return frames

    def take(self, used: NDArray[np.intp]) -> Samples:
        """The next frame of these rows, each of them once [used, 160]; silence where nothing is."""
        slot = self._pointer[used] // SLOT
        running = self.running[used]
        first = running & (self._slot[used, slot % SLOTS] == slot)
        second = running & (self._slot[used, (slot + 1) % SLOTS] == slot + 1)
        there = first | second
        if there.all():
            frames, rows = self._load(used), used
        else:
            places = np.flatnonzero(there)
            rows = used[places]
            frames = np.zeros((len(used), FRAME), np.int16)
            frames[places] = self._load(rows)
        halves = np.flatnonzero(first != second)
        if len(halves):  # half a frame was lost: what lies there is long past
            frames[halves[~first[halves]], :SLOT] = 0
            frames[halves[~second[halves]], SLOT:] = 0
        self._made_up[rows] = 0
        self._last[rows] = frames if rows is used else frames[places]
        missing = np.flatnonzero(running & ~there & (self._made_up[used] < CONCEALED))
        if len(missing):
            rows = used[missing]
            self._last[rows] //= 2
            frames[missing] = self._last[rows]
            self._made_up[rows] += 1
            self.concealed[rows] += 1
        self._move_on(used, running, frames)
        return frames

    # The pointer -------------------------------------------------------------------------------

    def _begin(self, rows: NDArray[np.intp], timestamps: Integers) -> None:
        """Legs that were not running start with the first packet they have here."""
        new = ~self.running[rows]
        if not new.any():
            return
        fresh, first = np.unique(rows[new], return_index=True)
        start = timestamps[new][first]
        self._base[fresh] = start - RING  # positions stay positive when earlier packets come later
        self._pointer[fresh] = RING - DELAY
        self._newest[fresh] = RING
        self.running[fresh] = True

    def _position(self, rows: NDArray[np.intp], timestamps: Integers) -> Integers:
        """32 bits unwrapped: the position nearest to the newest one that has this timestamp."""
        expected = self._newest[rows]
        ahead = (timestamps - self._base[rows] - expected + 2**31) % 2**32 - 2**31
        return expected + ahead

    def _count_late(self, rows: NDArray[np.intp], too_late: NDArray[np.bool_], place: Integers) -> None:
        np.add.at(self.late, rows[too_late], 1)
        np.add.at(self._late_in_a_row, rows[too_late], 1)
        self._late_in_a_row[rows[~too_late]] = 0
        behind = np.unique(rows[too_late & (self._late_in_a_row[rows] >= LATE_IN_A_ROW)])
        if len(behind):
            newest = np.zeros(len(self.late), np.int64)
            np.maximum.at(newest, rows, place)
            self._pointer[behind] = _on_grid(newest[behind] - DELAY)
            self._late_in_a_row[behind] = 0

    def _move_on(self, used: NDArray[np.intp], running: NDArray[np.bool_], frames: Samples) -> None:
        ahead = self._newest[used] - self._pointer[used]
        goes = running & (ahead >= -FRAME)  # dry for longer than a frame: wait for the far end
        self._pointer[used] += np.where(goes, FRAME, 0)
        fuller = np.flatnonzero(running & (ahead - FRAME > FULLEST))
        if len(fuller):
            quiet = np.abs(frames[fuller].astype(np.int32)).max(axis=1) <= SILENT
            far_behind = ahead[fuller] - FRAME > 2 * FULLEST
            self._pointer[used[fuller[quiet | far_behind]]] += FRAME


def _on_grid(place: Integers) -> Integers:
    """The beginning of a slot: frames are two whole slots, however the far end cuts its packets."""
    return place // SLOT * SLOT
