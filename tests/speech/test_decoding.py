"""Files as sounds (voice 2.2): read here, and by the child process that reads them in life."""

import struct
from pathlib import Path

import numpy as np
import pytest

from hoyhoy.audio import g711, tones, wav
from hoyhoy.speech import decoding
from hoyhoy.speech.decoding import decode
from hoyhoy.speech.frames import Refusal

from .conftest import Child, likeness, seconds

TONE = tones.tone(0.5, 440)
MP3 = (Path(__file__).parent / "files" / "two-tones.mp3").read_bytes()


def aiff(octets, bits=16, rate=8000, channels=1, form=b""):
    exponent = rate.bit_length() - 1
    extended = struct.pack(">HQ", 16383 + exponent, rate << (63 - exponent))
    frames = len(octets) // max(1, channels * bits // 8)
    common = struct.pack(">HIH", channels, frames, bits) + extended + (form + b"\0\0" if form else b"")
    chunks = b"COMM" + struct.pack(">I", len(common)) + common
    chunks += b"SSND" + struct.pack(">I", len(octets) + 8) + bytes(8) + octets
    return b"FORM" + struct.pack(">I", len(chunks) + 4) + (b"AIFC" if form else b"AIFF") + chunks


def loudest(sound):
    """The strongest frequency, in hertz."""
    return float(np.argmax(np.abs(np.fft.rfft(sound))) * 8000 / len(sound))


@pytest.mark.parametrize("kind", sorted(decoding.WAV))
def test_wav(kind):
    assert (decode(kind, wav.write(TONE), 60) == TONE).all()


def test_mp3():
    sound = decode("audio/mpeg", MP3, 60)
    assert seconds(sound) == pytest.approx(1.05, abs=0.15)
    assert loudest(sound[400:3600]) == pytest.approx(440, abs=5)
    assert loudest(sound[5000:8000]) == pytest.approx(880, abs=5)


def test_mp3_without_its_library(monkeypatch):
    monkeypatch.setattr(decoding, "find_spec", lambda name: None)
    with pytest.raises(Refusal, match="miniaudio"):
        decode("audio/mpeg", MP3, 60)


@pytest.mark.parametrize(
    "file",
    [
        aiff(TONE.astype(">i2").tobytes()),
        aiff(np.repeat(TONE, 2).astype(">i2").tobytes(), channels=2),
        aiff(TONE.astype("<i2").tobytes(), form=b"sowt"),
        aiff(TONE.astype(">i2").tobytes(), form=b"NONE"),
    ],
)
def test_aiff(file):
    assert (decode("audio/aiff", file, 60) == TONE).all()


def test_aiff_of_other_kinds():
    law = g711.encode(TONE)
    assert (decode("audio/x-aifc", aiff(law.tobytes(), form=b"ulaw"), 60) == g711.decode(law)).all()
    eight = (TONE // 256).astype(np.int8)
    assert likeness(decode("audio/aiff", aiff(eight.tobytes(), bits=8), 60), TONE) > 0.99
    wide = tones.tone(0.5, 440)
    assert seconds(decode("audio/aiff", aiff(np.repeat(wide, 2).astype(">i2").tobytes(), rate=16000), 60)) == 0.5


def test_raw_mu_law():
    law = g711.encode(TONE)
    assert (decode("audio/ulaw", law.tobytes(), 60) == g711.decode(law)).all()
    headed = b".snd" + struct.pack(">IIIII", 24, len(law), 1, 8000, 1) + law.tobytes()
    assert (decode("audio/basic", headed, 60) == g711.decode(law)).all()


def test_the_file_says_what_it_is():
    assert (decode("audio/mpeg", wav.write(TONE), 60) == TONE).all()


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("audio/wav", b""),
        ("audio/wav", b"RIFF\0\0\0\0WAVE"),
        ("audio/mpeg", b""),
        ("audio/mpeg", b"no music"),
        ("audio/mpeg", b"\xff\xfb\x90\x64" + b"\0" * 10),
        ("audio/aiff", b"FORM"),
        ("audio/aiff", aiff(b"")[:30]),
        ("audio/aiff", aiff(b"\0" * 100, form=b"ima4")),
        ("audio/aiff", aiff(b"\0" * 100, channels=0)),
        ("audio/gsm", b"\xd0" * 33),
    ],
)
def test_what_is_no_sound(kind, file):
    with pytest.raises(Refusal):
        decode(kind, file, 60)


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("audio/wav", wav.write(TONE[:0])),
        ("audio/wav", wav.write(TONE)[:45]),
        ("audio/mpeg", wav.write(TONE[:0])),
        ("audio/mpeg", MP3[:100]),
        ("audio/aiff", aiff(b"")),
        ("audio/aiff", aiff(b"\0", channels=2)),
        ("audio/ulaw", b""),
        ("audio/basic", b".snd" + struct.pack(">IIIII", 24, 0, 1, 8000, 1)),
    ],
)
def test_an_empty_sound_is_none(kind, file):
    with pytest.raises(Refusal, match=f"^The file is called {kind}, (and is one, but there is no sound|but it is no)"):
        decode(kind, file, 60)


@pytest.mark.parametrize(
    ("kind", "file"),
    [("audio/wav", wav.write(TONE)), ("audio/mpeg", MP3), ("audio/ulaw", bytes(8000)),
     ("audio/aiff", aiff(TONE.astype(">i2").tobytes()))],
)  # fmt: skip
def test_no_more_than_the_longest(kind, file):
    assert seconds(decode(kind, file, 0.25)) == 0.25


def test_in_a_process_of_its_own():
    child = Child("decode")
    head, body = child.ask({"kind": "audio/wav", "longest": 60}, wav.write(TONE))
    assert head == {} and (np.frombuffer(body, "<i2") == TONE).all()
    head, _ = child.ask({"kind": "audio/mpeg", "longest": 60}, b"noise" * 1000)
    assert "no MP3" in head["refused"] or "no sound" in head["refused"]
    head, body = child.ask({"kind": "audio/mpeg", "longest": 60}, MP3)
    assert head == {} and len(body) > 12000
    assert child.close() == 0


def test_mutilated_files_end_in_a_refusal_or_a_sound():
    random = np.random.default_rng(4)
    for file, kind in ((MP3, "audio/mpeg"), (aiff(TONE.astype(">i2").tobytes()), "audio/aiff")):
        for _ in range(60):
            broken = bytearray(file[: random.integers(1, len(file))])
            for place in random.integers(0, len(broken), 8):
                broken[place] = random.integers(256)
            try:
                assert decode(kind, bytes(broken), 5).dtype == np.int16
            except Refusal:
                pass
