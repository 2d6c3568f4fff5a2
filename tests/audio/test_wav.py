import io
import struct
import wave

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoyhoy.audio import g711, tones, wav


def file(kind, channels, rate, bits, data, *, before=b""):
    head = struct.pack("<HHIIHH", kind, channels, rate, rate * channels * bits // 8, channels * bits // 8, bits)
    inside = b"WAVE" + before + b"fmt " + struct.pack("<I", 16) + head + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(inside)) + inside


SOUND = tones.tone(0.25, 440)


def test_what_is_written_others_read():
    with wave.open(io.BytesIO(wav.write(SOUND))) as made:
        assert (made.getnchannels(), made.getframerate(), made.getsampwidth()) == (1, 8000, 2)
        assert made.readframes(9999) == SOUND.astype("<i2").tobytes()
    with wave.open(io.BytesIO(wav.write(np.stack([SOUND, -SOUND], axis=1), 2))) as made:
        assert (made.getnchannels(), made.getnframes()) == (2, len(SOUND))


def test_what_is_written_comes_back():
    assert (wav.read(wav.write(SOUND)) == SOUND).all()
    assert (wav.read(wav.write(np.stack([SOUND, SOUND], axis=1), 2)) == SOUND).all()


@pytest.mark.parametrize(
    ("kind", "bits", "data", "near"),
    [
        (1, 8, (SOUND // 256 + 128).astype(np.uint8).tobytes(), 256),
        (1, 24, b"".join((int(one) * 256).to_bytes(3, "little", signed=True) for one in SOUND), 0),
        (1, 32, (SOUND.astype(np.int32) * 65536).tobytes(), 0),
        (3, 32, (SOUND / 32767).astype("<f4").tobytes(), 1),
        (7, 8, g711.encode(SOUND).tobytes(), 300),
        (6, 8, g711.encode(SOUND, g711.Law.ALAW).tobytes(), 300),
    ],
)
def test_other_encodings(kind, bits, data, near):
    assert np.abs(wav.read(file(kind, 1, 8000, bits, data)).astype(int) - SOUND).max() <= near


def test_other_chunks_are_passed_over_and_the_end_may_be_missing():
    whole = file(1, 1, 8000, 16, SOUND.tobytes(), before=b"LIST\x03\0\0\0abc\0")
    assert (wav.read(whole) == SOUND).all()
    assert (wav.read(whole[:-1001]) == SOUND[:-501]).all()


def test_no_longer_than_is_wanted():
    assert len(wav.read(wav.write(SOUND), longest=0.1)) == 800


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (b"", "does not begin"),
        (b"ID3\x04 a song", "does not begin"),
        (file(1, 1, 8000, 16, b"")[:36], "holds no sound"),
        (file(1, 1, 8000, 16, b"")[:20], "cut off"),
        (file(85, 1, 8000, 16, b"1234"), "number 85"),
        (file(1, 0, 8000, 16, b"1234"), "0 channels"),
        (file(1, 1, 8000, 4, b"1234"), "4 bits"),
        (b"RIFF\0\0\0\0WAVEdata\x02\0\0\0ab", "before its format"),
        (b"RIFF\0\0\0\0WAVEfmt \x02\0\0\0ab", "cut off"),
    ],
)
def test_what_is_no_wav_says_why(broken, why):
    with pytest.raises(wav.NotWav, match=why):
        wav.read(broken)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 60))
def test_nothing_else_happens(junk, at):
    whole = file(1, 1, 8000, 16, bytes(40))
    try:
        assert wav.read(whole[:at] + junk).dtype == np.int16
    except wav.NotWav:
        pass


def test_two_channels_become_one_and_are_limited():
    """Voice reference 8.2 RequestedChannels."""
    both = np.array([[100, 50], [-100, 50], [30000, 30000], [-30000, -30000]], np.int16)
    mixed = np.array([150, -50, 32767, -32768], "<i2").tobytes()
    for half_a_sample in (b"", b"\1", b"\1\2\3"):
        assert wav.mixed(both.astype("<i2").tobytes() + half_a_sample) == mixed


def test_the_head_of_a_file_that_is_still_to_be_written():
    sound = np.arange(100, dtype=np.int16)
    assert wav.head(1, 200) + sound.tobytes() == wav.write(sound) and len(wav.head(2, 0)) == wav.HEAD
