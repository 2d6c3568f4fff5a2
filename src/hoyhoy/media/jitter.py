"""Jitter rings: what arrives in packets of any length, late, twice or out of order, leaves as frames.

A ring holds the last samples of a leg by their RTP timestamps. A pointer follows behind the newest
packet at the leg's delay; each tick takes the frame at the pointer and moves on. What is not there by
then is concealed: the last frame again, fainter and fainter, as long as a gap may be a lost packet.

What lies in a ring is octets as they came: only what somebody hears, records or listens for is decoded.

The far end's clock runs a little faster or slower than ours. When the ring grows fuller than the
delay needs, a frame that says nothing is left out; when it runs dry the pointer waits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hoyhoy.audio import FRAME
from hoyhoy.audio.g711 import Law, Octets, Samples, decode

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

EMPTY = -2


class Jitter:
    """Rings of `rows` legs."""

    def __init__(self, rows: int) -> None:
        self._ring = np.zeros((rows, RING), np.uint8)
        self._slots = self._ring.reshape(-1).view(f"V{SLOT}")
        """The same octets: whole slots are copied at once where packets begin with one, as nearly all do."""
        self._stamp = np.full(rows * SLOTS, EMPTY, np.int64)
        """What lies in each slot: twice its number, and one more for A-law."""
        self._pointer = np.zeros(rows, np.int64)
        self._newest = np.zeros(rows, np.int64)
        self._base = np.zeros(rows, np.int64)
        """The timestamp that position 0 stands for, unwrapped: positions only grow."""
        self.running = np.zeros(rows, np.bool_)
        self._late_in_a_row = np.zeros(rows, np.int64)
        self._made_up = np.zeros(rows, np.int64)
        self._last = np.zeros((rows, FRAME), np.int16)
        self.arrived = np.zeros(rows, np.bool_)
        """Whether the frame that was taken last was there, or was made up for one that was lost."""
        self.late = np.zeros(rows, np.int64)
        """Packets that came after their turn."""
        self.concealed = np.zeros(rows, np.int64)
        """Frames that were made up."""

    def forget(self, rows: NDArray[np.intp] | int) -> None:
        """A new leg, or a new stream of the same: whatever comes next is its beginning."""
        self.running[rows] = False
        self._stamp.reshape(-1, SLOTS)[rows] = EMPTY
        self._made_up[rows] = CONCEALED
        self._late_in_a_row[rows] = 0

    def put(self, rows: NDArray[np.intp], timestamps: Integers, payloads: Octets, law: Law) -> None:
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
        slots = (place[:, None] + SLOT // 2 + np.arange(0, length, SLOT)) // SLOT
        at = rows[:, None] * SLOTS + slots % SLOTS
        self._store(rows, place, at, payloads)
        self._stamp[at] = slots * 2 + (law is not Law.ULAW)
        np.maximum.at(self._newest, rows, place + length)

    def _store(self, rows: NDArray[np.intp], place: Integers, at: Integers, payloads: Octets) -> None:
        length = payloads.shape[1]
        if length % SLOT == 0 and not (place % SLOT).any():
            whole = np.ascontiguousarray(payloads).view(self._slots.dtype)
            for i in range(length // SLOT):
                self._slots[at[:, i]] = whole[:, i]
        else:
            where = (place[:, None] + np.arange(length)) % RING
            self._ring[rows[:, None], where] = payloads

    def take(self, used: NDArray[np.intp], wanted: NDArray[np.bool_] | None = None) -> Samples:
        """The next frame of these rows, each of them once [used, 160]; silence where nothing is, or where what is there
        is not `wanted`."""
        slots, there, stamps = self._next(used)
        running, made_up = self.running[used], self._made_up[used]
        something = there.any(axis=1)
        is_missing = running & ~something & (made_up < CONCEALED)
        missing = np.flatnonzero(is_missing)
        self.arrived[used] = something | is_missing
        heard = np.flatnonzero(something if wanted is None else something & wanted)
        if len(heard) == len(used):
            frames = self._decoded(used, slots, there, stamps)
        else:
            frames = np.zeros((len(used), FRAME), np.int16)
            frames[heard] = self._decoded(used[heard], slots[heard], there[heard], stamps[heard])
        self._made_up[used[something]] = 0
        if len(missing):
            self._make_up(used, missing, frames)
        self._move_on(used, running)
        return frames

    def _next(self, rows: NDArray[np.intp], back: int = 0) -> tuple[Integers, NDArray[np.bool_], Integers]:
        """The two slots [rows, 2] at the pointers, which always stand where a slot begins, or so many before; which of
        them are there, and their stamps."""
        slots = (self._pointer[rows] // SLOT - back)[:, None] + np.arange(2)
        stamps = self._stamp.take(rows[:, None] * SLOTS + slots % SLOTS)
        return slots, (stamps >> 1 == slots) & self.running[rows, None], stamps

    def _decoded(self, rows: NDArray[np.intp], slots: Integers, there: NDArray[np.bool_], stamps: Integers) -> Samples:
        octets = self._slots.take(rows[:, None] * SLOTS + slots % SLOTS).view(np.uint8)
        frames = decode(octets, Law.ULAW)
        halves = frames.reshape(-1, 2, SLOT)
        is_alaw = stamps & 1 == 1
        if is_alaw.any():
            halves[is_alaw] = decode(octets.reshape(-1, 2, SLOT)[is_alaw], Law.ALAW)
        if not there.all():  # half a frame was lost: what lies there is long past
            halves[~there] = 0
        return frames

    def _make_up(self, used: NDArray[np.intp], missing: NDArray[np.intp], frames: Samples) -> None:
        """The last frame again, fainter each time."""
        rows = used[missing]
        first = rows[self._made_up[rows] == 0]
        self._last[first] = self._decoded(first, *self._next(first, back=2))
        self._last[rows] //= 2
        frames[missing] = self._last[rows]
        self._made_up[rows] += 1
        self.concealed[rows] += 1

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

    def _move_on(self, used: NDArray[np.intp], running: NDArray[np.bool_]) -> None:
        ahead = self._newest[used] - self._pointer[used]
        goes = running & (ahead >= -FRAME)  # dry for longer than a frame: wait for the far end
        self._pointer[used] += np.where(goes, FRAME, 0)
        fuller = used[running & (ahead - FRAME > FULLEST)]
        if len(fuller):
            quiet = np.abs(self._decoded(fuller, *self._next(fuller)).astype(np.int32)).max(axis=1) <= SILENT
            far_behind = self._newest[fuller] - self._pointer[fuller] > 2 * FULLEST
            self._pointer[fuller[quiet | far_behind]] += FRAME


def _on_grid(place: Integers) -> Integers:
    """The beginning of a slot: frames are two whole slots, however the far end cuts its packets."""
    return place // SLOT * SLOT
