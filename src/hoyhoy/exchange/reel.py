"""A tape on which silence takes the place of what was left out: what comes does not say where it was (voice 8.1)."""

from __future__ import annotations

from collections import deque

from hoyhoy.audio import FRAME, FRAME_SECONDS

from .ports import OpenTape


class Reel:
    """`channels` of 16 bits, interleaved; places and lengths are in samples."""

    def __init__(self, tape: OpenTape, channels: int) -> None:
        self._tape, self._width = tape, 2 * channels
        self._written = 0
        self._gaps: deque[tuple[int, int]] = deque()

    def gap(self, at: int, samples: int) -> None:
        """Silence after the first `at` samples of what comes."""
        self._gaps.append((at, samples))
        self.write(b"")

    def write(self, sound: bytes) -> None:
        while self._gaps and self._gaps[0][0] * self._width <= self._written + len(sound):
            at, samples = self._gaps.popleft()
            before = max(0, at * self._width - self._written)
            self._put(sound[:before])
            self._tape.silence(samples)
            sound = sound[before:]
        self._put(sound)

    def end(self) -> None:
        """Nothing more comes, even if a little less came than the clock made one expect."""
        while self._gaps:
            self._tape.silence(self._gaps.popleft()[1])

    def _put(self, sound: bytes) -> None:
        if sound:
            self._written += len(sound)
            self._tape.write(sound)


def samples(seconds: float) -> int:
    """In whole frames, as a plane counts."""
    return round(seconds / FRAME_SECONDS) * FRAME
