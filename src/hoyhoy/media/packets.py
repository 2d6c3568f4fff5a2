"""RTP headers as columns, read and written for a whole batch (RFC 3550 5.1, RFC 4733 2.3, RFC 5761 4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hoyhoy.audio import FRAME

HEADER = 12
PLAIN = 0x80
"""The first octet of most packets: version 2, without padding, extension and contributing sources."""

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
    head = np.ascontiguousarray(data[:, :HEADER]).view(">u4").astype(np.int64)
    word, timestamp, ssrc = head[:, 0], head[:, 1], head[:, 2]
    first, second = word >> 24, word >> 16 & 0xFF
    control = np.zeros(0, np.intp)
    length = lengths - HEADER
    start: Integers = np.full(len(data), HEADER)
    is_control = (second >= 192) & (second <= 223)
    if (first == PLAIN).all() and (length >= 0).all() and not is_control.any():
        index = np.arange(len(data))
    else:
        version_two = (first >> 6 == 2) & (lengths >= 8)
        is_control &= version_two
        start, length = _payloads(data, lengths, first)
        index = np.flatnonzero(version_two & ~is_control & (length >= 0))
        control = np.flatnonzero(is_control)
        start, length = start[index], length[index]
        word, second, timestamp, ssrc = word[index], second[index], timestamp[index], ssrc[index]
    marked, sequence = second & 0x80 != 0, word & 0xFFFF
    return Packets(index, second & 0x7F, marked, sequence, timestamp, ssrc, start, length), control


def _payloads(data: NDArray[np.uint8], lengths: Integers, first: Integers) -> tuple[Integers, Integers]:
    """Where the payload of each packet begins, and how long it is: negative if the packet is broken."""
    rows = np.arange(len(data))
    start = HEADER + 4 * (first & 15)
    extended = (first & 0x10 != 0) & (start + 4 <= lengths) & (start + 4 <= data.shape[1])
    words = np.zeros(len(data), np.int64)
    at = start[extended]
    words[extended] = data[rows[extended], at + 2].astype(np.int64) << 8 | data[rows[extended], at + 3]
    start = start + np.where(first & 0x10 != 0, 4 + 4 * words, 0)
    padded = first & 0x20 != 0
    padding = np.where(padded, data[rows, np.maximum(lengths - 1, 0)].astype(np.int64), 0)
    return start, np.where(padded & (padding == 0), -1, lengths - start - padding)


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
