"""A long sound on its way into a plane, piece by piece: no tick takes all of it."""

from __future__ import annotations

from collections import deque

import numpy as np

from hoyhoy.audio import FRAME

from .arena import Arena, ArenaFull, Clip


class Loading:
    """The pieces of one clip. Once it is refused, whatever else comes of it is thrown away."""

    def __init__(self, arena: Arena) -> None:
        self.clip: Clip | None = None
        """Where it lies, when all pieces have come."""
        self._arena = arena
        self._pieces: deque[bytes] = deque()
        self._samples = self._copied = 0
        self._is_refused = False

    @property
    def is_over(self) -> bool:
        """It is whole, or it is refused."""
        return self._is_refused or (self.clip is not None and not self._pieces)

    def take(self, piece: bytes, *, more: bool) -> None:
        """Keep a piece, the last one without `more`. ArenaFull, as soon as it is certain that there will be no room;
        ValueError when a piece is no whole number of samples of 16 bits."""
        if self._is_refused:
            return
        try:
            if len(piece) % 2:
                raise ValueError("half a sample: a sound with an odd number of octets")
            self._pieces.append(piece)
            self._samples += len(piece) // 2
            if not more:
                self.clip = self._arena.take(self._samples)
            elif self._samples > self._arena.free * FRAME:
                raise ArenaFull(f"no room for more than {self._arena.free} frames, and more are to come")
        except (ArenaFull, ValueError):
            self._is_refused = True
            self._pieces.clear()
            raise

    def copy(self, most: int) -> int:
        """Copy about so many samples of what has come into the arena; how many it were."""
        if self.clip is None:
            return 0
        place, before = self._arena.frames[self.clip.first :][: self.clip.frames].reshape(-1), self._copied
        while self._pieces and self._copied - before < most:
            piece = np.frombuffer(self._pieces.popleft(), np.int16)
            place[self._copied : self._copied + len(piece)] = piece
            self._copied += len(piece)
        if not self._pieces:
            place[self._copied :] = 0
        return self._copied - before

    def abandon(self) -> None:
        """Nobody wants it any more."""
        if self.clip is not None:
            self._arena.drop(self.clip)
