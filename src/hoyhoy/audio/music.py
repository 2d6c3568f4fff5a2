"""Music to wait by, made of arithmetic: nobody's recording, and nothing to be downloaded.

A plucked voice plays chords note by note, in the manner and with the harmonies of the first prelude of Bach's
Well-Tempered Clavier (1722).
"""

from __future__ import annotations

from functools import cache

import numpy as np

from . import RATE
from .g711 import Samples

NOTE = 0.21
"""Seconds from one note to the next."""

ORDER = (0, 1, 2, 3, 4, 2, 3, 4)
"""How the five notes of a chord follow one another, twice in a bar."""

CHORDS = (
    "C4 E4 G4 C5 E5", "C4 D4 A4 D5 F5", "B3 D4 G4 D5 F5", "C4 E4 G4 C5 E5", "C4 E4 A4 E5 A5", "C4 D4 F#4 A4 D5",
    "B3 D4 G4 D5 G5", "B3 C4 E4 G4 C5", "A3 C4 E4 G4 C5", "D3 A3 D4 F#4 C5", "G3 B3 D4 G4 B4", "G3 A#3 E4 G4 C#5",
    "F3 A3 D4 A4 D5", "F3 G#3 D4 F4 B4", "E3 G3 C4 G4 C5", "G2 D3 G3 B3 F4", "C3 C4 G4 A#4 E5", "C4 E4 G4 C5 E5",
)  # fmt: skip

STEPS = {"C": -9, "D": -7, "E": -5, "F": -4, "G": -2, "A": 0, "B": 2}
LEVEL = 0.12


def hertz(note: str) -> float:
    """Of a note such as F#4; A4 is 440."""
    steps = STEPS[note[0]] + ("#" in note) + 12 * (int(note[-1]) - 4)
    return float(440.0 * 2 ** (steps / 12))


@cache
def prelude() -> Samples:
    """The piece, about a minute, which may begin again at its end; not to be written to."""
    notes = [chord.split()[place] for chord in CHORDS for _ in (0, 1) for place in ORDER]
    step = round(NOTE * RATE)
    sound = np.zeros((len(notes) + 6) * step, np.float64)
    for i, note in enumerate(notes):
        voice = _plucked(hertz(note), 6 * step)
        sound[i * step : i * step + len(voice)] += voice
    piece: Samples = np.clip(sound * LEVEL * 32767, -32768, 32767).astype(np.int16)
    piece.flags.writeable = False
    return piece


def _plucked(pitch: float, count: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A string that fades, its overtones sooner."""
    time = np.arange(count) / RATE
    wave = np.zeros(count)
    for overtone in (1, 2, 3, 4):
        if pitch * overtone < RATE / 2.4:
            wave += np.sin(2 * np.pi * pitch * overtone * time) / overtone**1.5 * np.exp(-time * (2.5 + 1.5 * overtone))
    return wave * np.minimum(1, time / 0.004) * np.minimum(1, time[::-1] / 0.02)
