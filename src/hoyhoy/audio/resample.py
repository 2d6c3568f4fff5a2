"""Any rate to 8,000 samples a second, for sounds that were fetched or spoken.

A windowed sinc. Two whole numbers say how the rates stand to one another, so the weights of one period serve for all.
"""

from __future__ import annotations

from math import gcd
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from . import RATE
from .g711 import Samples

WINGS = 16
"""Zero crossings of the sinc on each side: what would fold back is 60 dB down."""

AT_ONCE = 8000
"""Output samples of one phase per step, which bounds the memory an hour of sound takes."""


def resample(sound: NDArray[Any], rate: int) -> Samples:
    """`sound` (any numbers in the range of 16 bits) at `rate` as a sound at 8,000 Hz, as long as before to a sample."""
    if rate == RATE or not len(sound):
        return _to_samples(np.asarray(sound, np.float32))
    count = max(1, round(len(sound) * RATE / rate))
    cut = min(1.0, RATE / rate) * 0.95  # of the lower rate's half: what a telephone cannot carry is taken away first
    reach = int(np.ceil(WINGS / cut))
    padded = np.pad(np.asarray(sound, np.float32), reach + 1)
    out = np.empty(count, np.float32)
    offsets = np.arange(-reach, reach + 1)
    near = sliding_window_view(padded, len(offsets))
    common = gcd(rate, RATE)
    period, step = RATE // common, rate // common  # so many output samples later the same weights come again
    for phase in range(min(period, count)):
        whole, rest = divmod(phase * rate, RATE)
        distance = offsets - rest / RATE
        window = np.cos(np.clip(distance / (reach + 1), -1, 1) * np.pi / 2) ** 2
        weights = (np.sinc(distance * cut) * cut * window).astype(np.float32)
        turns = len(range(phase, count, period))
        for start in range(0, turns, AT_ONCE):
            first, last = whole + 1 + start * step, whole + 1 + min(start + AT_ONCE, turns) * step
            out[phase + start * period : phase + (start + AT_ONCE) * period : period] = near[first:last:step] @ weights
    return _to_samples(out)


def _to_samples(values: NDArray[np.float32]) -> Samples:
    return np.clip(np.rint(values), -32768, 32767).astype(np.int16)
