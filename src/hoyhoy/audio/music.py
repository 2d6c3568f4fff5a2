"""Music to wait by, made of arithmetic: nobody's recording, and nothing to be downloaded.

A piece is a row of chords whose notes are played in some order by some voice. The classical one plays in the manner
and with the harmonies of the first prelude of Bach's Well-Tempered Clavier (1722); the others are progressions that
belong to everybody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from . import RATE
from .g711 import Samples

Wave = NDArray[np.float64]

STEPS = {"C": -9, "D": -7, "E": -5, "F": -4, "G": -2, "A": 0, "B": 2}
LOUDEST = 17000
"""The peak of every piece: some 6 dB below full scale."""


def hertz(note: str) -> float:
    """Of a note such as F#4; A4 is 440."""
    steps = STEPS[note[0]] + ("#" in note) + 12 * (int(note[-1]) - 4)
    return float(440.0 * 2 ** (steps / 12))


def _plucked(pitch: float, count: int) -> Wave:
    """A string that fades, its overtones sooner."""
    time = np.arange(count) / RATE
    wave = np.zeros(count)
    for overtone in (1, 2, 3, 4):
        if pitch * overtone < RATE / 2.4:
            wave += np.sin(2 * np.pi * pitch * overtone * time) / overtone**1.5 * np.exp(-time * (2.5 + 1.5 * overtone))
    wave *= _edges(count, 0.004, 0.02)
    return wave


def _breath(pitch: float, count: int) -> Wave:
    """Comes and goes slowly, between two that are hardly apart."""
    time = np.arange(count) / RATE
    wave: Wave = np.sin(2 * np.pi * pitch * time) + np.sin(2 * np.pi * pitch * 1.003 * time)
    wave += 0.3 * np.sin(4 * np.pi * pitch * time)
    wave *= np.sin(np.pi * np.arange(count) / count) ** 2
    return wave


def _hollow(pitch: float, count: int) -> Wave:
    """Odd overtones, as a machine has them, and short."""
    time = np.arange(count) / RATE
    wave = np.zeros(count)
    for overtone in (1, 3, 5, 7):
        if pitch * overtone < RATE / 2.4:
            wave += np.sin(2 * np.pi * pitch * overtone * time) / overtone
    wave *= np.exp(-time * 7) * _edges(count, 0.002, 0.02)
    return wave


def _driven(pitch: float, count: int) -> Wave:
    """A string with its fifth, more than the amplifier can take."""
    time = np.arange(count) / RATE
    wave = np.sin(2 * np.pi * pitch * time) + 0.8 * np.sin(3 * np.pi * pitch * time)
    driven: Wave = np.tanh(3 * wave * np.exp(-time * 1.2))
    return driven * _edges(count, 0.003, 0.03)


def _edges(count: int, rise: float, fall: float) -> Wave:
    """No clicks: so many seconds to the full and back to nothing."""
    time = np.arange(count) / RATE
    shape: Wave = np.minimum(1, time / rise) * np.minimum(1, time[::-1] / fall)
    return shape


@dataclass(frozen=True, slots=True)
class Score:
    """`order` says which notes of a chord sound, step by step, `rounds` times for each chord. A step is `step`
    seconds, a note sounds for `held` steps."""

    chords: tuple[str, ...]
    order: tuple[tuple[int, ...], ...]
    voice: Callable[[float, int], Wave]
    step: float = 0.21
    held: int = 6
    rounds: int = 2
    times: int = 1


def _single(*places: int) -> tuple[tuple[int, ...], ...]:
    return tuple((place,) for place in places)


SCORES = {
    "classical": Score(
        (
            "C4 E4 G4 C5 E5", "C4 D4 A4 D5 F5", "B3 D4 G4 D5 F5", "C4 E4 G4 C5 E5", "C4 E4 A4 E5 A5",
            "C4 D4 F#4 A4 D5", "B3 D4 G4 D5 G5", "B3 C4 E4 G4 C5", "A3 C4 E4 G4 C5", "D3 A3 D4 F#4 C5",
            "G3 B3 D4 G4 B4", "G3 A#3 E4 G4 C#5", "F3 A3 D4 A4 D5", "F3 G#3 D4 F4 B4", "E3 G3 C4 G4 C5",
            "G2 D3 G3 B3 F4", "C3 C4 G4 A#4 E5", "C4 E4 G4 C5 E5",
        ),
        _single(0, 1, 2, 3, 4, 2, 3, 4), _plucked,
    ),
    "ambient": Score(
        ("D3 A3 E4 F#4", "B3 F#4 A4 D5", "G3 D4 A4 B4", "A3 E4 B4 C#5"),
        ((0, 1), (2,), (1, 3)), _breath, step=1.6, held=3,
    ),
    "electronica": Score(
        ("A3 C4 E4 A4", "F3 A3 C4 F4", "C4 E4 G4 C5", "G3 B3 D4 G4"),
        _single(0, 2, 1, 3, 0, 3, 2, 1), _hollow, step=0.125, held=3, rounds=4, times=2,
    ),
    "guitars": Score(
        ("E3 B3 E4 G#4 B4", "A3 C#4 E4 A4 C#5", "B3 D#4 F#4 B4 D#5", "C#4 E4 G#4 C#5 E5"),
        ((0,), (1, 2), (3,), (2, 4), (1,), (3, 4)), _plucked, step=0.27, held=5, times=4,
    ),
    "rock": Score(
        ("E3", "E3", "A3", "E3", "B3", "A3", "E3", "B3"),
        ((0,), (0,), (), (0,), (0,), (), (0,), (0,)), _driven, step=0.2, held=2, times=2,
    ),
    "soft-rock": Score(
        ("G3 B3 D4 G4", "E3 G3 B3 E4", "C4 E4 G4 C5", "D4 F#4 A4 D5"),
        ((0,), (1, 2, 3), (2,), (1, 2, 3)), _plucked, step=0.34, held=4, rounds=2, times=3,
    ),
}  # fmt: skip
"""By genre."""


def prelude() -> Samples:
    """The classical piece, about a minute."""
    return piece("classical")


@cache
def piece(genre: str) -> Samples:
    """A piece of half a minute to a whole one, which may begin again at its end; not to be written to.

    To compose it takes a while, the first time: not for a loop that serves others.
    """
    score = SCORES[genre]
    notes = [[chord.split()[place] for place in step]
             for chord in score.chords * score.times for _ in range(score.rounds) for step in score.order]  # fmt: skip
    step = round(score.step * RATE)
    sound = np.zeros((len(notes) + score.held) * step, np.float64)
    voices = {note: score.voice(hertz(note), score.held * step) for note in {one for part in notes for one in part}}
    for i, together in enumerate(notes):
        for note in together:
            sound[i * step : (i + score.held) * step] += voices[note]
    made: Samples = (sound * (LOUDEST / np.abs(sound).max())).astype(np.int16)
    made.flags.writeable = False
    return made
