"""Files as sounds: what Play fetches (voice reference 2.2), decoded in a process of its own (child.py).

WAV, AIFF (uncompressed and G.711) and raw mu-law are read here; MP3 by miniaudio. There is no
GSM decoder. What may be played is said by the content type, as it is on the platform; what it is, by the file.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np

from hoyhoy.audio import g711, wav
from hoyhoy.audio.g711 import Samples
from hoyhoy.audio.resample import resample

from .frames import Head, Perform, Refusal

WAV = frozenset({"audio/wav", "audio/wave", "audio/x-wav", "audio/vnd.wave"})
AIFF = frozenset({"audio/aiff", "audio/x-aiff", "audio/x-aifc"})
MP3 = frozenset({"audio/mpeg", "audio/mp3"})
ULAW = frozenset({"audio/ulaw", "audio/basic"})
GSM = frozenset({"audio/gsm", "audio/x-gsm"})
LAWFUL = WAV | AIFF | MP3 | ULAW | GSM
FULL = 8000
"""Frames of MP3 taken at a time."""


def decode(kind: str, file: bytes, longest: float) -> Samples:
    """The first `longest` seconds. Refusal, with a sentence, for a file that is not of its `kind`, cannot be read or
    holds no sound."""
    sound = _decoded(kind, file, longest)
    if not len(sound):
        raise Refusal(f"The file is called {kind}, and is one, but there is no sound in it.")
    return sound


def _decoded(kind: str, file: bytes, longest: float) -> Samples:
    if kind in GSM:
        raise Refusal("This exchange cannot decode GSM files; WAV and MP3 are understood.")
    if file[:4] == b"RIFF" or kind in WAV:
        try:
            return wav.read(file, longest)
        except wav.NotWav as why:
            raise Refusal(f"The file is called {kind}, but {why}.") from None
    if file[:4] == b"FORM" or kind in AIFF:
        return _aiff(file, longest)
    if kind in ULAW:
        start = int.from_bytes(file[4:8], "big") if file[:4] == b".snd" else 0  # the head of a Sun audio file
        return g711.decode(np.frombuffer(file[start : start + round(longest * 8000)], np.uint8), g711.Law.ULAW)
    return _mp3(file, longest)


def _mp3(file: bytes, longest: float) -> Samples:
    if find_spec("miniaudio") is None:
        raise Refusal("MP3 files need the Python package miniaudio, which is not installed. WAV files are played.")
    import miniaudio  # type: ignore[import-untyped]

    try:
        about = miniaudio.mp3_get_info(file)
        most = round(longest * about.sample_rate)
        stream = miniaudio.stream_memory(
            file, miniaudio.SampleFormat.SIGNED16, nchannels=1, sample_rate=about.sample_rate, frames_to_read=FULL
        )
        parts: list[Any] = []
        for part in stream:
            parts.append(np.array(part, np.int16))
            most -= len(part)
            if most <= 0:
                break
        stream.close()
    except miniaudio.DecodeError as why:
        raise Refusal(f"The file is called audio/mpeg, but it is no MP3 file ({why}).") from None
    if not parts:
        raise Refusal("The file is called audio/mpeg, but it holds no sound.")
    return resample(np.concatenate(parts)[: round(longest * about.sample_rate)], about.sample_rate)


def _aiff(file: bytes, longest: float) -> Samples:
    if file[:4] != b"FORM" or file[8:12] not in (b"AIFF", b"AIFC"):
        raise Refusal("The file does not begin as an AIFF file does.")
    chunks: dict[bytes, bytes] = {}
    at = 12
    while at + 8 <= len(file):
        size = int.from_bytes(file[at + 4 : at + 8], "big")
        chunks.setdefault(file[at : at + 4], file[at + 8 : at + 8 + size])
        at += 8 + size + size % 2
    common, sound = chunks.get(b"COMM", b""), chunks.get(b"SSND", b"")
    if len(common) < 18 or len(sound) < 8:
        raise Refusal("The AIFF file holds no sound.")
    channels, bits = int.from_bytes(common[:2], "big"), int.from_bytes(common[6:8], "big")
    form = common[18:22] if file[8:12] == b"AIFC" else b"NONE"
    rate = _extended(common[8:18])
    octets = np.frombuffer(sound, np.uint8)[8 + int.from_bytes(sound[:4], "big") :]
    if not 1 <= channels <= 8 or not 1000 <= rate <= 192_000:
        raise Refusal(f"The AIFF file has {channels} channels at {rate} Hz.")
    octets = octets[: round(longest * rate) * channels * max(1, bits // 8)]
    match form, bits:
        case (b"NONE" | b"twos", 16):
            values = octets[: len(octets) // 2 * 2].view(">i2")
        case (b"sowt", 16):
            values = octets[: len(octets) // 2 * 2].view("<i2")
        case (b"NONE" | b"twos", 8):
            values = octets.view(np.int8).astype(np.int16) * 256
        case (b"ulaw" | b"ULAW" | b"alaw" | b"ALAW", _):
            law = g711.Law.ULAW if form.lower() == b"ulaw" else g711.Law.ALAW
            values = g711.decode(octets, law)
        case _:
            raise Refusal(f"The AIFF file's encoding is {form.decode('latin-1')!r} with {bits} bits.")
    whole = values[: len(values) // channels * channels].reshape(-1, channels).astype(np.float32)
    return resample(whole.mean(axis=1), rate)


def _extended(octets: bytes) -> int:
    """A number of 80 bits, as AIFF writes the rate, to the next whole one; 0 for what is no rate."""
    exponent = int.from_bytes(octets[:2], "big") - 16383 - 63
    return int.from_bytes(octets[2:], "big") >> -exponent if -64 < exponent <= 0 else 0


def perform(head: Head, body: bytes) -> tuple[Head, bytes]:
    """`kind` is the content type, `longest` in seconds; the answer is the sound."""
    sound = decode(head["kind"], body, head["longest"])
    return {}, sound.astype("<i2").tobytes()


def load() -> tuple[str, Perform]:
    """Work of child.py."""
    return "decode 1", perform
