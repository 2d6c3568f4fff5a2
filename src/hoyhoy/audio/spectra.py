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

LINES = HIGHEST + 1 - LOWEST

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
_AROUND = np.arange(-WIDTH, WIDTH + 1)
_MOMENTS = np.stack((np.ones(len(_AROUND)), _AROUND), axis=1).astype(np.float32)
_LEAST = np.finfo(np.float32).tiny


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


def made_of(sounds: Samples) -> list[Made]:
    """Of each of these pieces of 320 samples, none of which is silent."""
    spectra = np.fft.rfft(sounds * _HANN)[:, LOWEST : HIGHEST + 1]
    padded = np.zeros((len(sounds), LINES + 2 * WIDTH), np.float32)
    lines = padded[:, WIDTH:-WIDTH]
    lines[:] = spectra.real**2 + spectra.imag**2
    whole = np.maximum(lines.sum(axis=1), 1.0)
    is_flat = np.exp(np.log(lines + 1e-9 * whole[:, None]).sum(axis=1) / LINES) * LINES > FLAT * whole
    held, first = _strongest(padded)
    more, second = _strongest(padded)
    is_one, are_two = held >= PURE * whole, held + more >= PURE * whole
    columns = (is_flat, is_one, are_two, first, second)
    return [_named(*values) for values in zip(*(column.tolist() for column in columns), strict=True)]


def _named(is_flat: bool, is_one: bool, are_two: bool, first: float, second: float) -> Made:
    if is_flat:
        return NOISE
    if is_one:
        return Made(Kind.TONE, (first,)) if first >= TONES_FROM else VOICE
    if are_two and min(first, second) >= PAIRS_FROM and not _are_harmonics(first, second):
        return Made(Kind.TONES, (min(first, second), max(first, second)))
    return VOICE


def _are_harmonics(first: float, second: float) -> bool:
    pitch = abs(first - second)
    return PITCHES[0] <= pitch <= PITCHES[1] and abs(first / pitch - round(first / pitch)) < 0.08


def _strongest(padded: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The power and the frequency of the strongest tone of each row, which is taken out of it. A row has WIDTH lines
    more at either end, which are zero."""
    peak = padded.argmax(axis=1)
    places = (peak + np.arange(0, padded.size, padded.shape[1]))[:, None] + _AROUND
    every = padded.reshape(-1)
    near = every.take(places)
    every[places] = 0
    power, moment = (near @ _MOMENTS).T
    return power, (LOWEST - WIDTH + peak + moment / np.maximum(power, _LEAST)) * STEP
