"""Tones that a telephone makes: keys, beeps and the progress of a call (ITU-T Q.23, E.180)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from . import RATE
from .g711 import Samples

LOW = (697, 770, 852, 941)
HIGH = (1209, 1336, 1477, 1633)
KEYS = "123A456B789C*0#D"
"""Row by row of the keypad: the key of LOW[i] and HIGH[j] is KEYS[4 * i + j]."""

KEY_SECONDS, KEY_PAUSE = 0.1, 0.1
"""How long a key sounds and the silence after it; Q.24 asks for 40 ms of each at least."""

PAUSES = {"w": 0.5, "W": 1.0}
"""Characters in a string of keys that are silence (voice reference 2.2)."""

LEVEL = 0.25
"""Of full scale, for each tone."""


def tone(seconds: float, *hertz: float, level: float = LEVEL) -> Samples:
    """Sine waves together, with 2 ms of rise and fall so that nothing clicks."""
    count = round(seconds * RATE)
    time = np.arange(count) / RATE
    wave = sum((np.sin(2 * np.pi * one * time) for one in hertz), np.zeros(count))
    edge = np.minimum(1.0, np.minimum(np.arange(count) + 1, np.arange(count)[::-1] + 1) / (0.002 * RATE))
    return np.clip(np.rint(wave * edge * level * 32767), -32768, 32767).astype(np.int16)


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), np.int16)


def keys(digits: str) -> Samples:
    """Keys one after the other; `w` and `W` are pauses. ValueError for what is no key."""
    sound, begin = silence(seconds(digits)), 0
    for key in digits:
        if key not in PAUSES:
            one = _key(key)
            sound[begin : begin + len(one)] = one
        begin += round(_seconds(key) * RATE)
    return sound


def seconds(digits: str) -> float:
    """How long these keys take."""
    return sum(map(_seconds, digits))


def _seconds(key: str) -> float:
    return PAUSES.get(key, KEY_SECONDS + KEY_PAUSE)


@lru_cache(2 * len(KEYS))
def _key(key: str) -> Samples:
    """Not to be written to."""
    return tone(KEY_SECONDS, *hertz(key))


def hertz(key: str) -> tuple[int, int]:
    """The two tones of a key. ValueError for what is none."""
    place = KEYS.index(key.upper())
    return LOW[place // 4], HIGH[place % 4]


def beep() -> Samples:
    """What Record plays before it listens (voice reference 2.6)."""
    return tone(0.3, 1000)


RINGING = {
    "us": ((440, 480), (2.0, 4.0)),
    "gb": ((400, 450), (0.4, 0.2, 0.4, 2.0)),
    "de": ((425,), (1.0, 4.0)),
    "fr": ((440,), (1.5, 3.5)),
    "au": ((413, 438), (0.4, 0.2, 0.4, 2.0)),
    "jp": ((400, 420), (1.0, 2.0)),
}
"""By country: the tones, and seconds of tone and of silence in turn (ITU-T E.180 supplement 2)."""


def ringing(country: str = "us") -> Samples:
    """One period of the ringing tone that a caller hears; a country that is not listed rings like most of the world."""
    hertz, cadence = RINGING.get(country, RINGING["de"])
    parts = [silence(seconds) if i % 2 else tone(seconds, *hertz, level=0.1) for i, seconds in enumerate(cadence)]
    return np.concatenate(parts)
