"""Where sound is not silent, and a sound without the silence at its ends (`trim-silence`, voice reference 2.6)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import FRAME
from .g711 import Samples

LEVEL = 200
"""Of 32,767: what is not louder than this is silence."""


def loud(sound: Samples, level: int = LEVEL) -> NDArray[np.bool_]:
    """Of each frame whether it is not silent; `sound` is [samples] or [samples, channels], the last frame may be
    short."""
    each = np.abs(sound.astype(np.int32))
    if each.ndim > 1:
        each = each.max(axis=1)
    frames: NDArray[np.bool_] = np.pad(each, (0, -len(each) % FRAME)).reshape(-1, FRAME).max(axis=1, initial=0) > level
    return frames


def trimmed(sound: Samples, level: int = LEVEL) -> Samples:
    """Without the silence at both ends; all silent, nothing is left."""
    frames = np.flatnonzero(loud(sound, level))
    if not len(frames):
        return sound[:0]
    return sound[frames[0] * FRAME : (frames[-1] + 1) * FRAME]
