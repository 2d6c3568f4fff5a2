"""espeak-ng in a child process of the tests' own, asked without an event loop, and ears to compare what it says."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import numpy as np
import pytest

from hoyhoy.audio import RATE
from hoyhoy.exchange.clock import RealClock
from hoyhoy.exchange.sound import Speech
from hoyhoy.speech import ssml, voices
from hoyhoy.speech.child import exactly
from hoyhoy.speech.frames import PREFIX, framed, lengths, read_head
from hoyhoy.speech.worker import Worker
from tests.obeys import ignored_attribute, pytest_generate_tests  # noqa: F401  what the mark `obeys` does

from .server import shop_open


class Child:
    """`python -m hoyhoy.speech.child` on a socket."""

    def __init__(self, work, seconds=20.0):
        self.sock, theirs = socket.socketpair()
        self.sock.settimeout(30)
        command = [sys.executable, "-m", "hoyhoy.speech.child", str(theirs.fileno()), work, str(seconds)]
        env = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
        self.process = subprocess.Popen(command, pass_fds=[theirs.fileno()], env=env)
        theirs.close()
        self.hello = self.receive()[0]

    def receive(self):
        head, body = lengths(exactly(self.sock, PREFIX))
        return read_head(exactly(self.sock, head)), exactly(self.sock, body)

    def ask(self, head, body=b""):
        self.sock.sendall(framed(head, body))
        return self.receive()

    def say(self, words, voice="Polly.Matthew", language="en-US", plain=False):
        """What espeak-ng makes of SSML, or of a text that has none."""
        choice = voices.choose(voice, language)
        script = ssml.script(Speech(words if plain else "the words alone", words, voice, language), choice)
        head, body = self.ask({"pieces": script.pieces, "longest": 60})
        assert "refused" not in head, head
        return np.frombuffer(body, "<i2")

    def close(self):
        self.sock.close()
        return self.process.wait(30)


@pytest.fixture(scope="session")
def espeak():
    child = Child("espeak")
    yield child
    assert child.close() == 0


@pytest.fixture(scope="session")
def say(espeak):
    return espeak.say


@pytest.fixture
async def clock():
    made = RealClock()
    yield made
    await made.close()


@pytest.fixture
async def shop():
    async with shop_open() as shop:
        yield shop


@pytest.fixture
async def decoder(clock):
    made = Worker(clock, "decode", 20.0)
    yield made
    await made.close()


def seconds(sound):
    return len(sound) / RATE


def loudness(sound):
    """Root of the mean square of what is not silent."""
    heard = sound[np.abs(sound.astype(int)) > 30].astype(float)
    return float(np.sqrt((heard**2).mean())) if len(heard) else 0.0


def spoken_seconds(sound):
    """From the first to the last sample that is not silent."""
    loud = np.flatnonzero(np.abs(sound.astype(int)) > 100)
    return (loud[-1] - loud[0]) / RATE if len(loud) else 0.0


def longest_silence(sound):
    """Seconds of the longest silence between two sounds."""
    loud = np.flatnonzero(np.abs(sound.astype(int)) > 30)
    return float(np.diff(loud).max()) / RATE if len(loud) > 1 else 0.0


def pitch(sound):
    """The voice's fundamental in hertz: the median over pieces of 50 ms that are loud enough."""
    found = []
    for start in range(0, len(sound) - 400, 200):
        piece = sound[start : start + 400].astype(float)
        if np.abs(piece).max() > 2000:
            echo = np.correlate(piece, piece, "full")[399:]
            lag = 20 + int(np.argmax(echo[20:160]))
            if echo[lag] > 0.5 * echo[0]:
                found.append(RATE / lag)
    return float(np.median(found))


def likeness(one, other):
    """1 for equal sounds; near 0 for unlike ones. Both are compared at the best shift of up to 20 ms."""
    size = min(len(one), len(other)) - 320
    a = one[160 : 160 + size].astype(float)
    best = 0.0
    for shift in range(0, 320, 4):
        b = other[shift : shift + size].astype(float)
        best = max(best, float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b) + 1e-9)))
    return best
