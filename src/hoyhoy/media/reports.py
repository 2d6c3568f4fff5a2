"""Reports of all legs to their far ends, and what these report of us (RFC 3550 6).

Each leg reports about every five seconds, each at a moment of its own: chance spreads them, and a tick
writes only so many. A far end's report counts when it names our stream or its own; whoever guesses
a leg's address has to guess these too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hoyhoy.audio import FRAME_SECONDS, RATE
from hoyhoy.wire.rtp import rtcp
from hoyhoy.wire.rtp.rtcp import Block, Compound, Report, Sending

NO_REPORTS = -1
WITH_SOUND = 0
"""Where reports go: nowhere; where the leg's sound goes (RFC 5761); else host and port as one number."""

INTERVAL = 5.0
"""Seconds between two reports of a leg, before chance makes them half to one and a half of it (RFC 3550 6.2, 6.3.1)."""

MOST_AT_ONCE = 32
"""Reports written in one tick, and read: legs that began at once must not hold the others' sound up for long."""

NEVER = np.iinfo(np.int64).max
UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Reported:
    """What a far end said last of what it hears: packets `lost` of all we sent it, jitter and round trip in seconds,
    None when it has not told; `has_left` when its stream has ended (BYE)."""

    row: int
    lost: int | None
    jitter: float | None
    round_trip: float | None
    has_left: bool


class Reports:
    """Reports of `rows` legs. `chance` gives numbers from 0 to 1; `name` is the canonical one (RFC 3550 6.5.1)."""

    def __init__(self, rows: int, chance: Callable[[], float], name: str) -> None:
        self.to = np.full(rows, NO_REPORTS, np.int64)
        self._chance, self._name = chance, name
        self._due = np.full(rows, NEVER, np.int64)
        self._has_spoken = np.zeros(rows, np.bool_)
        self._sent = np.zeros(rows, np.int64)
        """Packets of sound at the last report: who has sent none since is no sender (RFC 3550 6.4)."""
        self._theirs = np.zeros(rows, np.int64)
        """The middle of the NTP time of their last SR, and when it came."""
        self._theirs_at = np.zeros(rows, np.float64)
        self._lost = np.full(rows, UNKNOWN, np.int64)
        self._jitter = np.full(rows, UNKNOWN, np.float64)
        self._round_trip = np.full(rows, UNKNOWN, np.float64)
        self._has_left = np.zeros(rows, np.bool_)
        self._told = np.zeros(rows, np.int64)

    def begin(self, row: int) -> None:
        """A new leg, which does not report yet."""
        self.to[row], self._due[row], self._told[row] = NO_REPORTS, NEVER, -NEVER // 2
        self._sent[row] = self._theirs[row] = 0
        self._lost[row] = self._jitter[row] = self._round_trip[row] = UNKNOWN
        self._has_spoken[row] = self._has_left[row] = False

    def agree(self, row: int, to: int, tick: int) -> None:
        """Where reports go from this tick on; the first comes after half the time (RFC 3550 6.2)."""
        self.to[row] = to
        if to == NO_REPORTS:
            self._due[row] = NEVER
        elif self._due[row] == NEVER:
            self._due[row] = tick + self._wait() // 2

    def end_stream(self, row: int) -> None:
        """The far end begins another stream: what it said of the one before is not to be answered."""
        self._theirs[row], self._has_left[row] = 0, False

    def close(self, row: int) -> None:
        self.to[row], self._due[row] = NO_REPORTS, NEVER

    def due(self, tick: int) -> list[int]:
        """The legs that report in this tick."""
        rows = np.flatnonzero(self._due <= tick)[:MOST_AT_ONCE]
        for row in rows.tolist():
            self._due[row] = tick + self._wait()
        return [int(row) for row in rows]

    def has_spoken(self, row: int) -> bool:
        """Whether a report of this leg was written: nobody else says goodbye (RFC 3550 6.3.7)."""
        return bool(self._has_spoken[row])

    def write(
        self,
        row: int,
        now: float,
        ssrc: int,
        sending: tuple[int, int, int],
        heard: tuple[int, int, int, int, float] | None,
        *,
        is_leaving: bool = False,
    ) -> bytes:
        """A leg's report. `sending` is our timestamp at `now`, packets and octets; `heard` the far end's SSRC, what
        part of its packets was lost, how many, the highest and their jitter, None when nothing was heard."""
        timestamp, packets, octets = sending
        sent = Sending(rtcp.ntp_of(now), timestamp, packets, octets) if packets > self._sent[row] else None
        self._sent[row] = packets
        self._has_spoken[row] = True
        blocks = []
        if heard is not None:
            theirs, fraction, lost, highest, jitter = heard
            since = round((now - self._theirs_at[row]) * 65536) if self._theirs[row] else 0
            blocks = [Block(theirs, fraction, lost, highest, round(jitter), int(self._theirs[row]), max(0, since))]
        return rtcp.write(Report(ssrc, sent, tuple(blocks)), self._name, is_leaving=is_leaving)

    def hear(self, row: int, found: Compound, ours: int, theirs: int, at: float) -> None:
        """A report that came `at` this second for the leg whose stream is `ours` and whose far end's is `theirs`."""
        for report in found.reports:
            if report.ssrc == theirs and report.sending is not None:
                self._theirs[row], self._theirs_at[row] = rtcp.middle(report.sending.ntp), at
            for block in report.blocks:
                if block.ssrc == ours:
                    self._lost[row], self._jitter[row] = max(0, block.lost), block.jitter / RATE
                    took = rtcp.round_trip(rtcp.middle(rtcp.ntp_of(at)), block)
                    self._round_trip[row] = self._round_trip[row] if took is None else took
        if theirs in found.leaving:
            self._has_left[row] = True

    def last(self, row: int) -> Reported:
        lost, jitter, round_trip = int(self._lost[row]), float(self._jitter[row]), float(self._round_trip[row])
        return Reported(
            row,
            None if lost == UNKNOWN else lost,
            None if jitter == UNKNOWN else jitter,
            None if round_trip == UNKNOWN else round_trip,
            bool(self._has_left[row]),
        )

    def tell(self, row: int, tick: int) -> Reported | None:
        """What the far end said, unless that was told less than five seconds ago."""
        if tick - self._told[row] < INTERVAL / FRAME_SECONDS:
            return None
        self._told[row] = tick
        return self.last(row)

    def _wait(self) -> int:
        """Ticks until the next report."""
        return round(INTERVAL / FRAME_SECONDS * (0.5 + self._chance()))
