"""Recordings as MP3 files (voice 8.2), by the child process that makes them in life."""

import asyncio
import sys

import numpy as np
import pytest

from hoyhoy.audio import tones, wav
from hoyhoy.exchange.ports import NotEncoded
from hoyhoy.speech import encoding
from hoyhoy.speech.decoding import decode
from hoyhoy.speech.encoding import KILOBITS, Mp3

SECONDS = 4


class Tape:
    """A finished recording, read a second at a time; `reading` says by how many requests."""

    reading = most = 0

    def __init__(self, sound):
        self.file = wav.head(1, len(sound)) + sound
        self.size = len(self.file)

    async def parts(self, begin, end):
        Tape.reading += 1
        Tape.most = max(Tape.most, Tape.reading)
        for at in range(begin, end, 16000):
            await asyncio.sleep(0)
            yield self.file[at : min(at + 16000, end)]
        Tape.reading -= 1


@pytest.fixture
async def mp3(clock):
    made = Mp3(clock)
    yield made
    await made.close()


def loudest(sound):
    """The strongest frequency, in hertz."""
    return float(np.argmax(np.abs(np.fft.rfft(sound))) * 8000 / len(sound))


@pytest.mark.parametrize("channels", [1, 2])
async def test_what_is_in_the_file_is_the_sound(mp3, channels):
    sound = np.repeat(tones.tone(SECONDS, 440), channels)
    file = await mp3.mp3(Tape(sound.astype("<i2").tobytes()), channels)
    assert len(file) == pytest.approx(SECONDS * KILOBITS * 1000 / 8, rel=0.1)
    heard = decode("audio/mpeg", file, 60)
    assert len(heard) / 8000 == pytest.approx(SECONDS, abs=0.3)
    assert loudest(heard) == pytest.approx(440, abs=1)


async def test_what_it_refuses(mp3):
    with pytest.raises(NotEncoded):
        await mp3.mp3(Tape(bytes(100)), 9)


async def test_one_recording_is_read_at_a_time(mp3):
    """However many ask at once: an hour in two channels is 115 MB."""
    Tape.most = 0
    files = await asyncio.gather(*(mp3.mp3(Tape(bytes(160_000)), 1) for _ in range(6)))
    assert len(set(files)) == 1 and (Tape.reading, Tape.most) == (0, 1)


def test_without_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "lameenc", None)
    with pytest.raises(RuntimeError, match=r"hoyhoy\[mp3\]"):
        encoding.load()
