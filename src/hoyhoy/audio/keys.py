"""Keys heard in the sound itself, for all legs at once (ITU-T Q.23, Q.24).

Each half frame of every leg is multiplied with one matrix of sines and cosines at the sixteen frequencies
that matter: the eight of the keypad and their doubles, which a voice has and a keypad has not. Two halves
in turn are a window of 20 ms, of which one begins every 10 ms. A window shows a key only when the tones
fill most of it, so three in a row are 28 ms of tone at least, and any 38 ms hold three (Q.24: 40 ms is a key,
23 ms is none). Four without it are its end: a pause of 40 ms holds as many, a lost packet does not.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import FRAME, RATE
from .g711 import Samples
from .tones import HIGH, KEYS, LOW

HALF = FRAME // 2

FREQUENCIES = (*LOW, *HIGH, *(2 * hertz for hertz in (*LOW, *HIGH)))

QUIETEST = 200.0**2
"""Mean square of the faintest key: -44 dBm0, below the -25 dBm0 that Q.24 asks to be heard."""

NORMAL_TWIST, REVERSE_TWIST = 10**0.8, 10**0.4
"""How much stronger the low tone (8 dB) or the high one (4 dB) may be, and somewhat more."""

PURITY = 0.7
"""The part of a frame's energy that the two tones must hold; speech holds less."""

CLEARER = 6.0
"""How much stronger than the next frequency of its group each tone must be."""

BEGINS, ENDS = 3, 4
"""Windows in a row that show a key, or do not."""

NONE = -1

Spectra = NDArray[np.complex64]


def _waves() -> tuple[NDArray[np.float32], Spectra]:
    """What a half frame is multiplied with, cosines first; and how the second half of a window is turned so that it
    goes on where the first ends."""
    turns = -2j * np.pi * np.array(FREQUENCIES) / RATE
    waves = np.exp(turns[:, None] * np.arange(HALF)) * (2 / FRAME)
    return np.concatenate([waves.real, waves.imag]).astype(np.float32), np.exp(turns * HALF).astype(np.complex64)


_WAVES, _TURN = _waves()


def _spectra(halves: NDArray[np.float32]) -> Spectra:
    """Of half frames [n, 80]: their spectra [16, n]."""
    parts = _WAVES @ halves.T
    count = len(FREQUENCIES)
    spectra = np.empty((count, len(halves)), np.complex64)
    spectra.real, spectra.imag = parts[:count], parts[count:]
    return spectra


def _energy(halves: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of half frames [n, 80]."""
    energy: NDArray[np.float32] = np.einsum("ij,ij->i", halves, halves)
    return energy


def _shown(spectra: Spectra, energy: NDArray[np.float32]) -> NDArray[np.int8]:
    """The key that each window shows. Nearly all are given up after the first test, which is all that silence and
    speech cost."""
    power = (spectra.real**2 + spectra.imag**2) / 2  # mean square of each sine
    low = np.maximum(np.maximum(power[0], power[1]), np.maximum(power[2], power[3]))
    high = np.maximum(np.maximum(power[4], power[5]), np.maximum(power[6], power[7]))
    shown = np.full(len(energy), NONE, np.int8)
    maybe = np.flatnonzero((low + high > QUIETEST) & (low + high > PURITY / FRAME * energy))
    if len(maybe):
        shown[maybe] = _keys_of(power[:, maybe].T)
    return shown


def _keys_of(power: NDArray[Any]) -> NDArray[Any]:
    low, high = power[:, :4], power[:, 4:8]
    row, column = low.argmax(axis=1), high.argmax(axis=1)
    every = np.arange(len(power))
    strong_low, strong_high = low[every, row], high[every, column]
    next_low, next_high = np.partition(low, 2, axis=1)[:, 2], np.partition(high, 2, axis=1)[:, 2]
    doubled = power[every, 8 + row] + power[every, 12 + column]
    is_key = (
        (strong_low < NORMAL_TWIST * strong_high)
        & (strong_high < REVERSE_TWIST * strong_low * 2)
        & (strong_low > CLEARER * next_low)
        & (strong_high > CLEARER * next_high)
        & (doubled < 0.1 * (strong_low + strong_high))
    )
    return np.where(is_key, 4 * row + column, NONE)


def keys_in(frames: Samples) -> NDArray[np.int8]:
    """The index in KEYS of the key each row of frames [n, 160] shows, NONE without."""
    halves = frames.reshape(-1, HALF).astype(np.float32)
    spectra, energy = _spectra(halves), _energy(halves)
    return _shown(spectra[:, ::2] + _TURN[:, None] * spectra[:, 1::2], energy[::2] + energy[1::2])


class KeyDetector:
    """Remembers of each of `rows` legs the last half frame and what the last windows showed."""

    def __init__(self, rows: int) -> None:
        self._spectra = np.zeros((rows, len(FREQUENCIES)), np.complex64)
        self._energy = np.zeros(rows, np.float32)
        self._shown = np.full(rows, NONE, np.int8)
        self._often = np.zeros(rows, np.int64)
        """Windows in a row that showed that."""
        self._held = np.full(rows, NONE, np.int8)
        self._without = np.zeros(rows, np.int64)
        """Windows in a row that did not show the key that is held."""

    def forget(self, rows: NDArray[np.intp]) -> None:
        """Rows that begin anew."""
        self._spectra[rows], self._energy[rows] = 0, 0
        self._shown[rows] = self._held[rows] = NONE
        self._often[rows] = self._without[rows] = 0

    def hear(self, rows: NDArray[np.intp], frames: Samples) -> list[tuple[int, str]]:
        """Keys that begin in the next frame of these rows: row and key."""
        halves = frames.reshape(-1, HALF).astype(np.float32)
        energy = _energy(halves).reshape(-1, 2)
        windows = np.stack([self._energy[rows] + energy[:, 0], energy[:, 0] + energy[:, 1]])
        self._energy[rows] = energy[:, 1]
        loud = np.flatnonzero(windows.max(axis=0) > QUIETEST * FRAME)  # what is fainter shows no key anyway
        shown = np.full((2, len(rows)), NONE, np.int8)
        before = self._spectra[rows[loud]].T
        if len(loud) < len(rows):
            self._spectra[rows] = 0
            halves = halves.reshape(-1, 2, HALF)[loud].reshape(-1, HALF)
        if len(loud):
            spectra = _spectra(halves)
            first, second = spectra[:, ::2], spectra[:, 1::2]
            turn = _TURN[:, None]
            self._spectra[rows[loud]] = second.T
            both = np.concatenate([before + turn * first, first + turn * second], axis=1)
            shown[:, loud] = _shown(both, windows[:, loud].ravel()).reshape(2, -1)
        return [told for one in shown for told in self._follow(rows, one)]

    def _follow(self, rows: NDArray[np.intp], shown: NDArray[np.int8]) -> list[tuple[int, str]]:
        """One window of each row; only those with a key in the air are looked at."""
        some = np.flatnonzero((shown != NONE) | (self._shown[rows] != NONE) | (self._held[rows] != NONE))
        if not len(some):
            return []
        rows, shown = rows[some], shown[some]
        often = np.where(shown == self._shown[rows], self._often[rows] + 1, 1)
        held = self._held[rows]
        begins = (often == BEGINS) & (shown != NONE) & (shown != held)
        held = np.where(begins, shown, held)
        without = np.where(shown == held, 0, self._without[rows] + 1)
        self._held[rows] = np.where(without >= ENDS, NONE, held)
        self._shown[rows], self._often[rows], self._without[rows] = shown, often, without
        return [(int(rows[i]), KEYS[shown[i]]) for i in np.flatnonzero(begins)]
