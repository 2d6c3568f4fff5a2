"""Recordings as MP3 files (voice reference 8.2): LAME, which is LGPL, in a process of its own (child.py).

Constant 32 kbit/s at 8,000 Hz, as the platform has it.
"""

from __future__ import annotations

from typing import Any

from hoyhoy.audio import RATE, wav
from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.ports import FinishedTape, NotEncoded

from .frames import LONGEST_BODY, Head, Perform
from .worker import Portions, Worker, WorkFailed

SECONDS = 60.0
"""Real seconds for one file: an hour of sound takes a few."""

KILOBITS = 32
QUALITY = 5
"""From 2, the best, to 7, the fastest."""

MISSING = "the Python package lameenc is not installed: pip install 'hoyhoy[mp3]'"


class Mp3:
    """The exchange's `Encoder`; `close` it."""

    longest = LONGEST_BODY
    """Octets."""

    def __init__(self, clock: Clock) -> None:
        self._worker = Worker(clock, "mp3", SECONDS)

    async def mp3(self, sound: FinishedTape, channels: int) -> bytes:
        """NotEncoded when it cannot be had, as without the package."""
        body = Portions(sound.size - wav.HEAD, lambda: sound.parts(wav.HEAD, sound.size))
        try:
            _, file = await self._worker.ask({"channels": channels}, body)
        except WorkFailed as why:
            raise NotEncoded(str(why)) from None
        return file

    async def close(self) -> None:
        await self._worker.close()


def load() -> tuple[str, Perform]:
    """Work of child.py."""
    try:
        import lameenc  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError:
        raise RuntimeError(MISSING) from None

    def perform(head: Head, body: bytes) -> tuple[Head, bytes]:
        """16 bits at 8,000 Hz, `channels` interleaved; the answer is the file."""
        encoder: Any = lameenc.Encoder()
        encoder.set_bit_rate(KILOBITS)
        encoder.set_in_sample_rate(RATE)
        encoder.set_out_sample_rate(RATE)
        encoder.set_channels(head["channels"])
        encoder.set_quality(QUALITY)
        encoder.silence()
        return {}, bytes(encoder.encode(body)) + bytes(encoder.flush())

    return "mp3 1", perform
