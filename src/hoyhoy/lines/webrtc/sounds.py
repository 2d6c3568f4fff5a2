"""The sounds that browser phones fetch and play, made of tones: nobody's recordings (official-clients B12).

They are WAV files under names that end in `.mp3`: browsers decode what a file is, not what it is called.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from hoyhoy.audio import RATE, tones, wav
from hoyhoy.audio.g711 import Samples
from hoyhoy.audio.music import hertz

KEYS = {**{digit: digit for digit in "0123456789"}, "star": "*", "hash": "#"}
"""By the last word of its file's name, the key that a sound is of."""

KEY_SECONDS = 0.16
"""The SDK begins with the next one after 0.2 s."""

RING = ("C5", "E5") * 3
"""What an incoming call sounds like, note by note; then it is silent. The file is played again and again."""
NOTE_SECONDS, QUIET_SECONDS = 0.3, 2.2

COWBELL = (540.0, 800.0)
COWBELL_SECONDS = 16
"""What stands in for a microphone while a connection is tested (B12): longer than the test, which hears it once."""

NAMES = ("cowbell", "disconnect", "incoming", "outgoing", *(f"dtmf-{name}" for name in KEYS))


@cache
def file(name: str) -> bytes | None:
    """The WAV file of a sound; None when none is called so."""
    return wav.write(_made(name)) if name in NAMES else None


def _made(name: str) -> Samples:
    match name:
        case "incoming":
            return np.concatenate(
                [*(_struck(NOTE_SECONDS, hertz(note)) for note in RING), tones.silence(QUIET_SECONDS)]
            )
        case "outgoing":
            return np.concatenate([_struck(0.12, hertz("G4")), _struck(0.2, hertz("C5"))])
        case "disconnect":
            return np.concatenate([_struck(0.12, hertz("C5")), _struck(0.25, hertz("G4"))])
        case "cowbell":
            return _beaten()
    return tones.tone(KEY_SECONDS, *tones.hertz(KEYS[name.removeprefix("dtmf-")]), level=0.12)


def _struck(seconds: float, *pitches: float, level: float = 0.22) -> Samples:
    """A note that fades as a bell's does."""
    note = tones.tone(seconds, *pitches, level=level)
    fading: Samples = (note * np.exp(-4 * np.arange(len(note)) / len(note))).astype(np.int16)
    return fading


def _beaten() -> Samples:
    """Loud and soft in turn: what never changes is taken for a microphone that does not work."""
    beat = [
        np.concatenate([_struck(0.2, *COWBELL, level=level), tones.silence(0.3)]) for level in (0.3, 0.12, 0.2, 0.06)
    ]
    once = np.concatenate(beat)
    whole: Samples = np.tile(once, COWBELL_SECONDS * RATE // len(once))
    return whole
