"""What a short piece of sound is made of: one steady tone, two, noise, or a voice.

Forty milliseconds are looked at, through a window whose tones are 50 Hz wide at their feet. A tone of a telephone
holds nearly all there is within them; a voice has its harmonics; noise has something everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from . import FRAME, RATE
from .g711 import Samples

WINDOW = 2 * FRAME
STEP = RATE / WINDOW
"""Hertz from one line of a spectrum to the next."""

LOWEST, HIGHEST = round(100 / STEP), round(3800 / STEP)
"""Lines that a telephone carries: hum is below them."""

WIDTH = 2
"""Lines on each side of a tone's own that belong to it."""

PURE = 0.9
"""The part of the power that one tone holds, or two together."""

TONES_FROM, PAIRS_FROM = 395.0, 340.0
"""Hertz: what is purer than a voice below is a voice all the same (hums and murmurs), for nothing signals there but
the lower half of a dial tone."""

PITCHES = 80.0, 400.0
"""Hertz between two neighbours among the harmonics of a voice, which are multiples of it: no pair of tones is."""

FLAT = 0.4
"""The geometric mean of the lines by their arithmetic one, above which they are noise: 0.56 is all there is of it,
and a voice that is as loud as the noise it is in has 0.3."""

_HANN = np.hanning(WINDOW + 1)[:-1].astype(np.float32)


class Kind(Enum):
    TONE = "tone"
    TONES = "tones"
    NOISE = "noise"
    VOICE = "voice"


@dataclass(frozen=True, slots=True)
class Made:
    """What it is, and the frequencies of its tones in hertz, the lower one first."""

    kind: Kind
    hertz: tuple[float, ...] = ()


VOICE, NOISE = Made(Kind.VOICE), Made(Kind.NOISE)


def made_of(sound: Samples) -> Made:
    """Of 320 samples, which are not silent."""
    lines = np.abs(np.fft.rfft(sound * _HANN)[LOWEST : HIGHEST + 1]) ** 2
    whole = float(lines.sum()) or 1.0
    if float(np.exp(np.log(lines + 1e-9 * whole).mean())) * len(lines) > FLAT * whole:
        return NOISE
    held, first = _strongest(lines)
    if held >= PURE * whole:
        return Made(Kind.TONE, (first,)) if first >= TONES_FROM else VOICE
    more, second = _strongest(lines)
    is_pair = min(first, second) >= PAIRS_FROM and not _are_harmonics(first, second)
    if is_pair and held + more >= PURE * whole:
        return Made(Kind.TONES, (min(first, second), max(first, second)))
    return VOICE


def _are_harmonics(first: float, second: float) -> bool:
    pitch = abs(first - second)
    return PITCHES[0] <= pitch <= PITCHES[1] and abs(first / pitch - round(first / pitch)) < 0.08


def _strongest(lines: NDArray[np.float32]) -> tuple[float, float]:
    """The power and the frequency of the strongest tone, which is taken out of the lines."""
    peak = int(lines.argmax())
    around = slice(max(0, peak - WIDTH), peak + WIDTH + 1)
    near = lines[around]
    power = float(near.sum())
    middle = float((near * np.arange(around.start, around.start + len(near))).sum()) / (power or 1.0)
    lines[around] = 0
    return power, (LOWEST + middle) * STEP
