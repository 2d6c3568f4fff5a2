"""What came of each leg's stream and what did not: counters of RFC 3550 6.4.1, A.1, A.3 and A.8, by columns."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from hoyhoy.audio import RATE

from .packets import Integers, Packets

Numbers = TypeVar("Numbers", int, Integers)

UNKNOWN = -1

MOST_MISSING, MOST_BEHIND = 3000, 100
"""Packets (RFC 3550 A.1): a sequence number farther ahead or behind belongs to a sender that began anew."""


class Reception:
    """Counters of `rows` legs. A stream ends where the far end begins another one; totals go on."""

    def __init__(self, rows: int) -> None:
        self.ssrc = np.full(rows, UNKNOWN, np.int64)
        """Of the far end's stream; UNKNOWN until it is heard."""
        self.jitter = np.zeros(rows, np.float64)
        """In samples."""
        self._first = np.zeros(rows, np.int64)
        self._highest = np.zeros(rows, np.int64)
        """The highest sequence number, unwrapped: it only grows."""
        self._received = np.zeros(rows, np.int64)
        self._octets = np.zeros(rows, np.int64)
        self._transit = np.zeros(rows, np.float64)
        self._due = np.full(rows, UNKNOWN, np.int64)
        """What follows a packet that may be the first of a sender that began anew."""
        self._received_before = np.zeros(rows, np.int64)
        self._lost_before = np.zeros(rows, np.int64)
        """In streams that are over."""
        self._told = np.zeros((rows, 2), np.int64)
        """Packets expected and received when the last report was written."""

    def begin(self, row: int) -> None:
        """A new leg."""
        self._received[row] = self._octets[row] = self._received_before[row] = self._lost_before[row] = 0
        self.jitter[row] = 0
        self.ssrc[row] = UNKNOWN

    def end_stream(self, row: int) -> None:
        """Whatever comes next is another stream."""
        self.ssrc[row] = UNKNOWN

    def received(self, row: int) -> int:
        return int(self._received_before[row] + self._received[row])

    def lost(self, row: int) -> int:
        """Packets that were sent and did not come. Those that came twice make up for others (RFC 3550 6.4.1)."""
        return max(0, int(self._lost_before[row]) + self._missing(row))

    def octets(self, row: int) -> int:
        return int(self._octets[row])

    def notice_new(self, rows: Integers, found: Packets) -> NDArray[np.intp]:
        """The rows whose far ends have changed their SSRC, which begins a new stream (RFC 3550 8.2)."""
        changed = self.ssrc[rows] != found.ssrc
        if not changed.any():
            return np.zeros(0, np.intp)
        fresh, first = np.unique(rows[changed], return_index=True)
        for row, sequence in zip(fresh.tolist(), found.sequence[changed][first].tolist(), strict=True):
            self._begin_stream(row, sequence)
        self.ssrc[fresh] = found.ssrc[changed][first]
        return fresh

    def count(self, rows: Integers, found: Packets, arrivals: NDArray[np.float64], is_sound: NDArray[np.bool_]) -> None:
        """`arrivals` in Unix seconds, 0 when nobody knows. Keys say nothing of jitter: all packets of one have the
        same timestamp (RFC 4733 2.5.1.2)."""
        np.add.at(self._received, rows, 1)
        np.add.at(self._octets, rows, found.length)
        highest = self._highest[rows]
        ahead = _ahead(found.sequence, highest)
        strange = (ahead > MOST_MISSING) | (ahead < -MOST_BEHIND)
        if strange.any():
            np.maximum.at(self._highest, rows[~strange], (highest + ahead)[~strange])
            for i in np.flatnonzero(strange).tolist():
                self._count_strange(int(rows[i]), int(found.sequence[i]))
        else:
            np.maximum.at(self._highest, rows, highest + ahead)
        if arrivals[0]:
            if not is_sound.all():
                rows, arrivals, timestamps = rows[is_sound], arrivals[is_sound], found.timestamp[is_sound]
            else:
                timestamps = found.timestamp
            self._count_jitter(rows, arrivals, timestamps)

    def since_last_report(self, row: int) -> tuple[int, int, int]:
        """For a report's block: what part was lost since the last one, of 256; all that was lost in this stream; its
        highest sequence number (RFC 3550 A.3)."""
        received = int(self._received[row])
        expected = int(self._highest[row] - self._first[row]) + 1 if received else 0
        lately, arrived = expected - int(self._told[row, 0]), received - int(self._told[row, 1])
        self._told[row] = expected, received
        lost = lately - arrived
        return (lost * 256 // lately if lately > 0 and lost > 0 else 0), expected - received, int(self._highest[row])

    def _count_jitter(self, rows: Integers, arrivals: NDArray[np.float64], timestamps: Integers) -> None:
        transit = (arrivals * RATE - timestamps) % 2**32
        before = self._transit[rows]
        moved = np.abs((transit - np.where(np.isnan(before), transit, before) + 2**31) % 2**32 - 2**31)
        self.jitter[rows] += (moved - self.jitter[rows]) / 16
        self._transit[rows] = transit

    def _count_strange(self, row: int, sequence: int) -> None:
        """One far from the others is no loss of thousands; two in a row are a sender that began anew (A.1)."""
        ahead = _ahead(sequence, int(self._highest[row]))
        if -MOST_BEHIND <= ahead <= MOST_MISSING:  # an earlier packet of the same batch was the second in a row
            self._highest[row] += max(0, ahead)
        elif sequence == self._due[row]:
            self._received[row] -= 2
            self._begin_stream(row, sequence - 1)
            self._received[row], self._highest[row] = 2, sequence
        else:
            self._due[row] = (sequence + 1) % 2**16

    def _begin_stream(self, row: int, sequence: int) -> None:
        self._received_before[row] += self._received[row]
        self._lost_before[row] += self._missing(row)
        self._received[row] = 0
        self._first[row] = self._highest[row] = sequence
        self._transit[row], self._due[row] = np.nan, UNKNOWN
        self._told[row] = 0

    def _missing(self, row: int) -> int:
        received = int(self._received[row])
        return int(self._highest[row] - self._first[row]) + 1 - received if received else 0


def _ahead(sequence: Numbers, highest: Numbers) -> Numbers:
    return (sequence - highest + 2**15) % 2**16 - 2**15
