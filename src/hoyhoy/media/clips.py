"""Sounds that a plane holds for playing, by the exchange's numbers: what is played often is sent there once."""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Callable

from hoyhoy.audio import FRAME
from hoyhoy.audio.g711 import Samples

from .orders import Drop, Load, Order

PIECE = 16000
"""Octets sent at once, a second: no tick has to take more."""


class Clips:
    """At most `most` frames of sound; what was not played for longest makes room."""

    def __init__(self, tell: Callable[[Order], None], numbers: itertools.count[int], most: int) -> None:
        self._tell, self._numbers, self._most = tell, numbers, most
        self._held: OrderedDict[int, tuple[int, Samples]] = OrderedDict()
        self._frames = 0

    def number(self, samples: Samples) -> int:
        """The clip of a sound. The same array is the same sound: whoever made it does not write to it any more."""
        key = id(samples)
        if key in self._held:
            self._held.move_to_end(key)
            return self._held[key][0]
        number = next(self._numbers)
        self._held[key] = number, samples  # keeps the array, and so its id, for as long as the clip is there
        self._frames += _frames(samples)
        while self._frames > self._most and len(self._held) > 1:
            self._drop()
        sound = samples.tobytes()
        for begin in range(0, len(sound), PIECE):
            more = begin + PIECE < len(sound)
            self._tell(Load(clip=number, sound=sound[begin : begin + PIECE], more=more))
        return number

    def forget(self) -> None:
        """The plane is gone, and what it held with it."""
        self._held.clear()
        self._frames = 0

    def _drop(self) -> None:
        _, (number, samples) = self._held.popitem(last=False)
        self._frames -= _frames(samples)
        self._tell(Drop(clip=number))


def _frames(samples: Samples) -> int:
    return -(-len(samples) // FRAME)
