"""A long sound on its way into a plane, piece by piece: nobody waits while an hour of it is unpacked."""

from __future__ import annotations

import numpy as np

from hoyhoy.audio import FRAME

from .arena import Arena, ArenaFull, Clip


class Loading:
    """The pieces of one clip. Once it is refused, whatever else comes of it is thrown away."""

    def __init__(self, arena: Arena) -> None:
        self._arena = arena
        self._pieces: list[bytes] = []
        self._octets = 0
        self._is_refused = False

    def take(self, piece: bytes, *, more: bool) -> Clip | None:
        """The clip, when this was its last piece. ArenaFull, as soon as it is certain that there will be no room;
        ValueError when a piece is no whole number of samples of 16 bits."""
        if self._is_refused:
            return None
        try:
            if len(piece) % 2:
                raise ValueError("half a sample: a sound with an odd number of octets")
            self._pieces.append(piece)
            self._octets += len(piece)
            if not more:
                return self._arena.load(np.frombuffer(b"".join(self._pieces), np.int16))
            if self._octets > self._arena.free * FRAME * 2:
                raise ArenaFull(f"no room for more than {self._arena.free} frames, and more are to come")
        except (ArenaFull, ValueError):
            self._is_refused = True
            self._pieces.clear()
            raise
        return None
