"""RTP headers as columns, read and written for a whole batch (RFC 3550 5.1, RFC 4733 2.3, RFC 5761 4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hoyhoy.audio import FRAME

HEADER = 12
SIZE = HEADER + FRAME
"""Octets of a packet with one frame of G.711."""

LONGEST = 640
"""Octets of the longest packet that is read: 60 ms and extensions."""

KEYS = "0123456789*#ABCD"
"""By RFC 4733's event numbers; 16 is the hook flash, which nobody listens to."""

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Packets:
    """What can be read of a batch, a row per packet; `index` is the packet's place in the batch."""

    index: NDArray[np.intp]
    kind: Integers
    marker: NDArray[np.bool_]
    sequence: Integers
    timestamp: Integers
    ssrc: Integers
    start: Integers
    """Where the payload begins, and how long it is."""
    length: Integers

    def only(self, which: NDArray[np.bool_]) -> Packets:
        return Packets(*(getattr(self, name)[which] for name in self.__slots__))


def read(data: NDArray[np.uint8], lengths: Integers) -> tuple[Packets, NDArray[np.intp]]:
    """RTP packets of a batch, and the places of RTCP packets. What is neither is left out, whatever it holds."""
    first, second = data[:, 0].astype(np.int64), data[:, 1].astype(np.int64)
    version_two = (first >> 6 == 2) & (lengths >= 8)
    control = version_two & (second >= 192) & (second <= 223)
    start = HEADER + 4 * (first & 15)
    rows = np.arange(len(data))
    extended = (first & 0x10 != 0) & (start + 4 <= lengths) & (start + 4 <= data.shape[1])
    words = np.zeros(len(data), np.int64)
    at = start[extended]
    words[extended] = data[rows[extended], at + 2].astype(np.int64) << 8 | data[rows[extended], at + 3]
    start = start + np.where(first & 0x10 != 0, 4 + 4 * words, 0)
    last = np.maximum(lengths - 1, 0)
    padding = np.where(first & 0x20 != 0, data[rows, last].astype(np.int64), 0)
    length = lengths - start - padding
    broken = (first & 0x20 != 0) & (padding == 0)
    is_media = version_two & ~control & (length >= 0) & ~broken
    index = np.flatnonzero(is_media)
    wide = data[index, 2:12].astype(np.int64)
    return (
        Packets(
            index=index,
            kind=second[index] & 0x7F,
            marker=second[index] & 0x80 != 0,
            sequence=wide[:, 0] << 8 | wide[:, 1],
            timestamp=wide[:, 2] << 24 | wide[:, 3] << 16 | wide[:, 4] << 8 | wide[:, 5],
            ssrc=wide[:, 6] << 24 | wide[:, 7] << 16 | wide[:, 8] << 8 | wide[:, 9],
            start=start[index],
            length=length[index],
        ),
        np.flatnonzero(control),
    )


def write_headers(
    into: NDArray[np.uint8], kind: Integers, marker: NDArray[np.bool_], sequence: Integers, timestamp: Integers
) -> None:
    """The columns of a packet that change; the SSRC, octets 8 to 11, stays what it is."""
    into[:, 0] = 0x80
    into[:, 1] = kind | marker.astype(np.int64) << 7
    into[:, 2:4] = sequence.astype(">u2").view(np.uint8).reshape(-1, 2)
    into[:, 4:8] = timestamp.astype(">u4").view(np.uint8).reshape(-1, 4)


def key_payload(key: str, *, end: bool, duration: int, volume: int = 10) -> bytes:
    """A telephone event: `duration` in samples since the key was pressed (RFC 4733 2.3)."""
    return bytes([KEYS.index(key.upper()), (0x80 if end else 0) | volume]) + duration.to_bytes(2, "big")
