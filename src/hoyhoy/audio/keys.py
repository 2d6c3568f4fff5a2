"""Keys heard in the sound itself, for all legs at once (ITU-T Q.23, Q.24).

A frame of every leg is multiplied with one matrix of sines and cosines at the sixteen frequencies
that matter: the eight of the keypad and their doubles, which a voice has and a keypad has not. A key
counts when two frames in a row show it, and is over when two show it no more, so it is told once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import FRAME, RATE
from .g711 import Samples
from .tones import HIGH, KEYS, LOW

FREQUENCIES = (*LOW, *HIGH, *(2 * hertz for hertz in (*LOW, *HIGH)))

QUIETEST = 200.0**2
"""Mean square of the faintest key: -44 dBm0, below the -25 dBm0 that Q.24 asks to be heard."""

NORMAL_TWIST, REVERSE_TWIST = 10**0.8, 10**0.4
"""How much stronger the low tone (8 dB) or the high one (4 dB) may be, and somewhat more."""

PURITY = 0.7
"""The part of a frame's energy that the two tones must hold; speech holds less."""

CLEARER = 6.0
"""How much stronger than the next frequency of its group each tone must be."""

NONE = -1


def _matrix() -> NDArray[np.float32]:
    time = np.arange(FRAME) / RATE
    waves = [wave(2 * np.pi * hertz * time) for hertz in FREQUENCIES for wave in (np.cos, np.sin)]
    return np.ascontiguousarray(np.array(waves, np.float32).T * (2 / FRAME))


_MATRIX = _matrix()


def keys_in(frames: Samples) -> NDArray[np.int8]:
    """The index in KEYS of the key each row of frames [n, 160] shows, NONE without."""
    sound = frames.astype(np.float32)
    parts = sound @ _MATRIX
    power = (parts[:, ::2] ** 2 + parts[:, 1::2] ** 2) / 2  # mean square of each sine
    total = np.einsum("ij,ij->i", sound, sound) / FRAME
    low, high = power[:, :4], power[:, 4:8]
    row, column = low.argmax(axis=1), high.argmax(axis=1)
    every = np.arange(len(frames))
    strong_low, strong_high = low[every, row], high[every, column]
    next_low, next_high = np.partition(low, 2, axis=1)[:, 2], np.partition(high, 2, axis=1)[:, 2]
    doubled = power[every, 8 + row] + power[every, 12 + column]
    both = strong_low + strong_high
    is_key = (
        (both > QUIETEST)
        & (both > PURITY * total)
        & (strong_low < NORMAL_TWIST * strong_high)
        & (strong_high < REVERSE_TWIST * strong_low * 2)
        & (strong_low > CLEARER * next_low)
        & (strong_high > CLEARER * next_high)
        & (doubled < 0.1 * both)
    )
    return np.where(is_key, 4 * row + column, NONE).astype(np.int8)


class KeyDetector:
    """Remembers of each of `rows` legs what the last frames showed."""

    def __init__(self, rows: int) -> None:
        self._shown = np.full(rows, NONE, np.int8)
        self._held = np.full(rows, NONE, np.int8)

    def forget(self, rows: NDArray[np.intp]) -> None:
        """Rows that begin anew."""
        self._shown[rows] = self._held[rows] = NONE

    def hear(self, rows: NDArray[np.intp], frames: Samples) -> list[tuple[int, str]]:
        """Keys that begin in the next frame of these rows: row and key."""
        now = keys_in(frames)
        before, held = self._shown[rows], self._held[rows]
        twice = now == before
        begins = twice & (now != NONE) & (now != held)
        self._held[rows] = np.where(twice, now, held)
        self._shown[rows] = now
        return [(int(rows[i]), KEYS[now[i]]) for i in np.flatnonzero(begins)]
