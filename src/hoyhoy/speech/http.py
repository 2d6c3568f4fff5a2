"""An engine that is asked over HTTP: POST the text, get a WAV file. Also the example for engines of your own.

    POST <the URL>            Content-Type: application/json
    {"text": "Hello there", "ssml": "Hello <emphasis>there</emphasis>", "voice": "Polly.Joanna", "language": "en-US"}

    200 OK                    Content-Type: audio/wav

What comes is bounded in time and size (asking.py) and decoded in another process.
"""

from __future__ import annotations

import numpy as np

from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.sound import Speech

from . import LONGEST, SpeechFailed, Spoken
from .asking import Address, NotAnswered
from .cache import key_of
from .decoding import LAWFUL
from .worker import Worker, WorkFailed

SECONDS = 15.0
"""Real seconds for the whole answer."""

LARGEST = 64 << 20


class HttpEngine:
    """The `Engine` at a URL."""

    def __init__(
        self, clock: Clock, url: str, decoder: Worker, *, seconds: float = SECONDS, largest: int = LARGEST
    ) -> None:
        """`decoder` is a Worker for "decode", the caller's to close; `largest` is in octets. ValueError for no URL."""
        self._address = Address(clock, url, "speech engine", accept="audio/wav", seconds=seconds, largest=largest)
        self._clock, self._decoder = clock, decoder

    @property
    def version(self) -> str:
        return f"http 1 {key_of(str(self._address.url))}"

    async def speak(self, speech: Speech) -> Spoken:
        """SpeechFailed for any answer but a sound in time."""
        told = {"text": speech.text, "ssml": speech.ssml, "voice": speech.voice, "language": speech.language}
        with self._clock.busy("speech engine"):
            try:
                kind, file = await self._address.ask(LAWFUL, json=told)
                _, octets = await self._decoder.ask({"kind": kind, "longest": LONGEST}, file)
            except NotAnswered as why:
                raise SpeechFailed(str(why)) from None
            except WorkFailed as why:
                raise SpeechFailed(f"What {_lowered(self._address.name)} sent is no sound: {why}") from None
        return Spoken(np.frombuffer(octets, "<i2").astype(np.int16, copy=False))

    async def close(self) -> None:
        await self._address.close()


def _lowered(name: str) -> str:
    return name[:1].lower() + name[1:]
