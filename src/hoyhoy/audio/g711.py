"""G.711: the two companding laws, by table (ITU-T G.711).

Decoding looks up 256 values, encoding 65,536: a frame of every leg is one indexing operation.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]
Octets = NDArray[np.uint8]


class Law(IntEnum):
    """By the static RTP payload type (RFC 3551 6)."""

    ULAW = 0
    ALAW = 8


SILENCE = {Law.ULAW: 0xFF, Law.ALAW: 0xD5}
"""The octet of the value 0."""


def _ulaw_values() -> Samples:
    """Table 2a of G.711, scaled to 16 bits."""
    code = ~np.arange(256, dtype=np.uint8)
    magnitude = (((code & 0x0F).astype(np.int32) << 3) + 0x84 << ((code & 0x70) >> 4)) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _alaw_values() -> Samples:
    """Table 1a of G.711, scaled to 16 bits."""
    code = np.arange(256, dtype=np.uint8) ^ 0x55
    segment = ((code & 0x70) >> 4).astype(np.int32)
    step = (code & 0x0F).astype(np.int32) << 4
    magnitude = np.where(segment == 0, step + 8, (step + 0x108) << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


def _nearest(values: Samples) -> Octets:
    """For each of the 65,536 samples, offset by 32,768, the code whose value is nearest."""
    order = np.argsort(values, kind="stable")
    ordered = values[order].astype(np.int32)
    borders = (ordered[1:] + ordered[:-1] + 1) // 2
    return order[np.searchsorted(borders, np.arange(-32768, 32768), side="right")].astype(np.uint8)


_VALUES = {Law.ULAW: _ulaw_values(), Law.ALAW: _alaw_values()}
_PAIRS = {
    law: values[np.arange(1 << 16, dtype=np.uint16).view(np.uint8)].view(np.uint32) for law, values in _VALUES.items()
}
"""Two samples at once, indexed by two octets read as one number, whatever the order of octets is."""

_CODES = {law: np.roll(_nearest(values), -32768) for law, values in _VALUES.items()}
"""Indexed by the sample read as 16 unsigned bits."""


def decode(octets: Octets, law: Law = Law.ULAW) -> Samples:
    """Samples of the same shape."""
    if octets.ndim and octets.shape[-1] % 2 == 0 and octets.flags.c_contiguous:
        return _PAIRS[law].take(octets.view(np.uint16)).view(np.int16)
    return _VALUES[law].take(octets)


def encode(samples: Samples, law: Law = Law.ULAW) -> Octets:
    """Octets of the same shape; what comes back from `decode` is the nearest value the law has."""
    return _CODES[law].take(samples.view(np.uint16))
