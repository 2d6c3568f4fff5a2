"""What is heard when nothing can speak: a soft murmur of tones, as long as the speech would have been.

One tone for each word, as long as the word, so that a call keeps its timing and a person who listens hears
that something is being said, and that it is not the words.
"""

from __future__ import annotations

import zlib
from functools import cache

import numpy as np
from numpy.typing import NDArray

from hoyhoy.audio import RATE
from hoyhoy.audio.g711 import Samples

SPEECH_RATE = 15.0
"""Characters a voice speaks in a second: about 180 words a minute."""

SHORTEST, LONGEST = 0.5, 600.0
LEVEL = 0.06
"""Of full scale."""

EDGE = round(0.005 * RATE)
HERTZ = (220, 247, 262, 294, 330, 349, 370, 392)
"""Lower than what machines beep and ring with: whoever listens for that is not misled."""


def seconds_of(text: str) -> float:
    """How long a voice would take, to a hundredth."""
    return round(min(max(SHORTEST, len(text) / SPEECH_RATE), LONGEST), 2)


def murmur(text: str) -> Samples:
    """The placeholder of `text`, the same for the same text."""
    sound = np.zeros(round(seconds_of(text) * RATE), np.int16)
    place = 0
    for word in text.split(" "):
        start, end = (round(at / SPEECH_RATE * RATE) for at in (place, place + len(word)))
        place += len(word) + 1
        room = sound[start:end]
        if len(room):
            pitch = HERTZ[zlib.crc32(word.encode("utf-8", "replace")) % len(HERTZ)]
            room[:] = np.resize(_second(pitch), len(room)) * _edges(len(room))
    return sound


@cache
def _second(hertz: int) -> Samples:
    """After a second of a whole number of hertz the wave comes again."""
    return np.round(np.sin(2 * np.pi * hertz * np.arange(RATE) / RATE) * LEVEL * 32767).astype(np.int16)


def _edges(count: int) -> NDArray[np.float32]:
    """5 ms of rise and fall, so that nothing clicks."""
    ramp = np.minimum(np.arange(min(count, EDGE), dtype=np.float32) / EDGE, 1)
    edges = np.ones(count, np.float32)
    edges[: len(ramp)] = ramp
    edges[count - len(ramp) :] *= ramp[::-1]
    return edges
