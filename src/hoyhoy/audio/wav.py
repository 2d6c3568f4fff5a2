"""WAV files as sounds and sounds as WAV files, in memory (RIFF; voice reference 2.2, 8.2).

Written without the standard library's `wave`, which reads neither G.711 nor floating point.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from . import RATE
from .g711 import Law, Octets, Samples, decode
from .resample import resample

PCM, FLOAT, ALAW, ULAW, EXTENSIBLE = 1, 3, 6, 7, 0xFFFE


class NotWav(ValueError):
    """What was to be read is no WAV file, or of a kind that telephones do not know; the text says which."""


HEAD = 44
"""Bytes before the sound in the files written here."""


def write(sound: Samples, channels: int = 1) -> bytes:
    """A 16-bit PCM file at 8,000 Hz; `sound` is [samples] or, of several channels, [samples, channels]."""
    data = np.ascontiguousarray(sound, "<i2").tobytes()
    return head(channels, len(data)) + data


def head(channels: int, size: int) -> bytes:
    """What stands before so many bytes of 16-bit PCM at 8,000 Hz; a file holds at most 4 GB."""
    fmt = struct.pack("<HHIIHH", PCM, channels, RATE, RATE * channels * 2, channels * 2, 16)
    chunk = b"fmt " + struct.pack("<I", len(fmt)) + fmt
    return b"RIFF" + struct.pack("<I", 4 + len(chunk) + 8 + size) + b"WAVE" + chunk + b"data" + struct.pack("<I", size)


def mixed(sound: bytes) -> bytes:
    """16-bit PCM of two channels with both in one, of its whole samples; they are added up, and limited."""
    both: Samples = np.frombuffer(sound, "<i2", count=len(sound) // 4 * 2).reshape(-1, 2)
    one: Samples = np.clip(both.sum(axis=1, dtype=np.int32), -32768, 32767).astype("<i2")
    return one.tobytes()


def read(file: bytes, longest: float = 3600.0) -> Samples:
    """One channel at 8,000 Hz, the mean of all that the file has. NotWav for anything else; `longest` in seconds.

    A file that was cut off, or whose header was never completed, is read as far as it goes.
    """
    if file[:4] != b"RIFF" or file[8:12] != b"WAVE":
        raise NotWav("it does not begin as a WAV file does")
    form: tuple[int, int, int, int] | None = None
    for name, chunk in _chunks(file):
        if name == b"fmt ":
            form = _form(chunk)
        elif name == b"data":
            if form is None:
                raise NotWav("its data come before its format")
            return _sound(chunk, *form, longest)
    raise NotWav("it holds no sound")


def _chunks(file: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(file):
        size = int.from_bytes(file[at + 4 : at + 8], "little")
        yield file[at : at + 4], file[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _form(chunk: bytes) -> tuple[int, int, int, int]:
    """Kind, channels, samples a second, bits of each."""
    if len(chunk) < 16:
        raise NotWav("its format is cut off")
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", chunk)
    if kind == EXTENSIBLE and len(chunk) >= 26:
        kind = int.from_bytes(chunk[24:26], "little")
    if not 1 <= channels <= 8 or not 1000 <= rate <= 192_000:
        raise NotWav(f"it has {channels} channels at {rate} Hz")
    return kind, channels, rate, bits


def _sound(data: bytes, kind: int, channels: int, rate: int, bits: int, longest: float) -> Samples:
    width = bits // 8 * channels
    if not width:
        raise NotWav(f"its samples have {bits} bits")
    count = min(len(data) // width, round(longest * rate))
    whole = _values(data[: count * width], kind, bits).reshape(count, channels)
    mono = whole[:, 0] if channels == 1 else whole.mean(axis=1)
    return resample(mono, rate)


def _values(data: bytes, kind: int, bits: int) -> NDArray[np.float32]:
    octets: Octets = np.frombuffer(data, np.uint8)
    match kind, bits:
        case (1, 8):
            return (octets.astype(np.float32) - 128) * 256
        case (1, 16):
            return octets.view("<i2").astype(np.float32)
        case (1, 24):
            wide = octets.reshape(-1, 3).astype(np.int32)
            return ((wide[:, 0] | wide[:, 1] << 8 | wide[:, 2] << 16) << 8 >> 16).astype(np.float32)
        case (1, 32):
            return (octets.view("<i4") >> 16).astype(np.float32)
        case (3, 32):
            return np.nan_to_num(octets.view("<f4") * np.float32(32767))
        case (6, 8) | (7, 8):
            return decode(octets, Law.ALAW if kind == ALAW else Law.ULAW).astype(np.float32)
    raise NotWav(f"its encoding is number {kind} with {bits} bits")
