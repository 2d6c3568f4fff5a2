"""SRTP of all rows: packets are decrypted where they arrived, and encrypted where they were written (RFC 3711)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .datagrams import Batch
from .packets import Integers
from .srtp import REFUSED, Rows, Srtp

MOST_STREAMS = 16
"""SSRCs of one far end: each costs libsrtp memory, so that no more are listened to."""

HEAD = 12
"""Octets of a packet up to its SSRC; that of a report comes earlier."""

RTCP_FIRST, RTCP_LAST = 192, 223
"""Second octets of reports (RFC 5761 4)."""

NO_STREAM = -1
NEVER = -1e9


class Encryption:
    """Keys of `rows` legs. Packets arrive in `into` and leave in `out`."""

    def __init__(self, rows: int, into: Batch, out: Batch) -> None:
        self.refused = 0
        """Packets that were forged, repeated or broken."""
        self.heard = np.full(rows, NEVER, np.float64)
        """Seconds when the last authentic packet came."""
        self._into, self._out = into, out
        self._rows_in, self._rows_out = Rows(into.data), Rows(out.data)
        self._keys: dict[int, Srtp] = {}
        self.has_keys = np.zeros(rows, np.bool_)
        """Nothing is sent to other secure rows: it would not be encrypted."""
        self._stream = np.full(rows, NO_STREAM, np.int64)
        """The SSRC a row was last heard with."""
        self._streams: dict[int, set[int]] = {}
        """All of these."""
        self._places: list[int] = []
        self._legs: list[Srtp] = []
        """Of the packets that are encrypted in each tick: where they are, and whose keys they need."""

    def begin(self, row: int, keys: Srtp) -> None:
        """The row's far end is who it should be."""
        self._keys[row], self._streams[row] = keys, set()
        self.has_keys[row] = True
        self._stream[row], self.heard[row] = NO_STREAM, NEVER

    def end(self, row: int) -> None:
        """Nothing comes or goes any more."""
        self._keys.pop(row, None)
        self._streams.pop(row, None)
        self.has_keys[row] = False

    def decrypt(self, rows: Integers, places: NDArray[np.intp], now: float) -> None:
        """The packets in these places of what arrived, each of the row beside it; those that nobody is to look at have
        length 0 afterwards."""
        data, lengths = self._into.data, self._into.lengths
        head = np.ascontiguousarray(data[places, :HEAD]).view(">u4").astype(np.int64)
        is_control = (head[:, 0] >> 16 & 0xFF >= RTCP_FIRST) & (head[:, 0] >> 16 & 0xFF <= RTCP_LAST)
        stream = np.where(is_control, head[:, 1], head[:, 2])
        good = self.has_keys[rows] & (lengths[places] >= HEAD)
        good[good] = self._may_come(rows[good], stream[good])
        if not good.all():
            self.refused += int((~good).sum())
            lengths[places[~good]] = REFUSED
            rows, places, is_control, stream = rows[good], places[good], is_control[good], stream[good]
        keys = [self._keys[row] for row in rows.tolist()]
        after = np.array(
            self._rows_in.unprotect(keys, places.tolist(), lengths[places].tolist(), is_control.tolist()), np.int64
        )
        lengths[places] = after
        is_authentic = after != REFUSED
        if not is_authentic.all():
            self.refused += int((~is_authentic).sum())
            rows, stream = rows[is_authentic], stream[is_authentic]
        for i in np.flatnonzero(self._stream[rows] != stream).tolist():
            self._streams[int(rows[i])].add(int(stream[i]))
        self._stream[rows], self.heard[rows] = stream, now

    def _may_come(self, rows: Integers, stream: Integers) -> NDArray[np.bool_]:
        """Which of these streams are known, or could be listened to besides."""
        may = np.ones(len(rows), np.bool_)
        strange: dict[int, set[int]] = {}
        for i in np.flatnonzero(stream != self._stream[rows]).tolist():
            row, ssrc = int(rows[i]), int(stream[i])
            if ssrc not in self._streams[row]:
                others = strange.setdefault(row, set())
                others.add(ssrc)
                may[i] = len(self._streams[row]) + len(others) <= MOST_STREAMS
        return may

    def arrange(self, order: NDArray[np.intp]) -> None:
        """The rows that are sent to, in the order of their packets."""
        self._places = np.flatnonzero(self.has_keys[order]).tolist()
        self._legs = [self._keys[row] for row in order[self._places].tolist()]

    def encrypt(self) -> None:
        """What goes to rows with keys, when all of it is written. What cannot be encrypted is empty afterwards."""
        if self._places:
            lengths = self._out.lengths
            lengths[self._places] = self._rows_out.protect(self._legs, self._places, lengths[self._places].tolist())

    def report(self, row: int, packet: bytes) -> bytes:
        """A report to a row's far end, encrypted; b"" without keys."""
        keys = self._keys.get(row)
        return keys.protect_control(packet) if keys else b""
