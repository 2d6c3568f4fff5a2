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

_Part = tuple[int, int, int]
"""Which array, and from which sample to which."""


class Clips:
    """At most `most` frames of sound; what was not played for longest makes room."""

    def __init__(self, tell: Callable[[Order], None], numbers: itertools.count[int], most: int) -> None:
        self._tell, self._numbers, self._most = tell, numbers, most
        self._held: OrderedDict[_Part, tuple[int, Samples]] = OrderedDict()
        self._parts: dict[int, _Part] = {}
        self._frames = 0

    def number(self, samples: Samples, first: int = 0, last: int | None = None) -> int:
        """The clip of a sound, or of its samples from `first` to `last`. The same array is the same sound: whoever made
        it does not write to it any more."""
        part = id(samples), first, len(samples) if last is None else last
        if part in self._held:
            self._held.move_to_end(part)
            return self._held[part][0]
        number = next(self._numbers)
        self._held[part] = number, samples  # keeps the array, and so its id, for as long as the clip is there
        self._parts[number] = part
        self._frames += _frames(part)
        while self._frames > self._most and len(self._held) > 1:
            self._tell(Drop(clip=self._let_go(next(iter(self._held)))))
        sound = samples[first:last].tobytes()
        for begin in range(0, len(sound), PIECE):
            more = begin + PIECE < len(sound)
            self._tell(Load(clip=number, sound=sound[begin : begin + PIECE], more=more))
        return number

    def refused(self, number: int) -> None:
        """The plane did not take it: the next time it is sent again."""
        if number in self._parts:
            self._let_go(self._parts[number])

    def forget(self) -> None:
        """The plane is gone, and what it held with it."""
        self._held.clear()
        self._parts.clear()
        self._frames = 0

    def _let_go(self, part: _Part) -> int:
        number, _ = self._held.pop(part)
        del self._parts[number]
        self._frames -= _frames(part)
        return number


def _frames(part: _Part) -> int:
    _, first, last = part
    return -(-(last - first) // FRAME)
