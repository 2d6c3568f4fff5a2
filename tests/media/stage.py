"""A board over a virtual desk, what its legs are played kept as sound."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np

from hoyhoy.audio import RATE
from hoyhoy.audio.g711 import Samples
from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.clock import VirtualClock
from hoyhoy.media.board import Board
from hoyhoy.media.virtual import VirtualDesk


class Reel:
    """A tape in memory."""

    def __init__(self) -> None:
        self.sound = bytearray()

    def write(self, sound: bytes) -> None:
        self.sound += sound

    @property
    def samples(self) -> Samples:
        return np.frombuffer(bytes(self.sound), np.int16)

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE


@asynccontextmanager
async def stage() -> AsyncIterator[tuple[VirtualClock, Board, VirtualDesk]]:
    clock = VirtualClock(1000.0)
    board = Board(clock, SeededChance(1))
    desk = board.add(lambda hear, lost: VirtualDesk(clock, hear, rows=64))
    desk.start()
    try:
        yield clock, board, desk
    finally:
        await clock.close()
