"""A recogniser that is asked over HTTP: POST a WAV file, get its words. Also the example for recognisers of your own.

    POST <the URL>?language=en-US&hint=Pizza&hint=Ham            Content-Type: audio/wav

    200 OK                                                       Content-Type: application/json
    {"text": "I want a pizza with ham", "confidence": 0.93}

The file holds one channel of 16 bits at 8,000 Hz, two minutes at most. A text without words means that nothing was
understood; the confidence, from 0 to 1, may be missing. What comes is bounded in time and size (asking.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

import msgspec

from hoyhoy.audio import wav
from hoyhoy.audio.g711 import Samples
from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.ports import Recognised, RecognitionFailed

from .asking import Address, NotAnswered

SECONDS = 30.0
"""Real seconds for the whole answer."""

LARGEST = 1 << 18
LAWFUL = ("application/json",)

MOST_QUERY = 4000
"""Octets of hints that are told: servers take lines of 8,190."""


class _Answer(msgspec.Struct):
    text: str
    confidence: float | None = None


class HttpRecogniser:
    """The `Recogniser` at a URL."""

    def __init__(self, clock: Clock, url: str, *, seconds: float = SECONDS, largest: int = LARGEST) -> None:
        """`largest` is in octets. ValueError for no URL."""
        self._address = Address(clock, url, "recogniser", accept="application/json", seconds=seconds, largest=largest)

    async def recognise(self, sound: Samples, language: str, hints: Sequence[str]) -> Recognised:
        """RecognitionFailed for any answer but words in time."""
        asked = self._address.url.extend_query([("language", language), *_first(hints)])
        headers = {"Content-Type": "audio/wav"}
        try:
            _, octets = await self._address.ask(LAWFUL, asked, data=wav.write(sound), headers=headers)
            answer = msgspec.json.decode(octets, type=_Answer)
        except NotAnswered as why:
            raise RecognitionFailed(str(why)) from None
        except (msgspec.DecodeError, UnicodeDecodeError) as why:
            raise RecognitionFailed(f"{self._address.name} sent no words: {why}.") from None
        if answer.confidence is not None and not 0 <= answer.confidence <= 1:
            raise RecognitionFailed(f"{self._address.name} sent the confidence {answer.confidence}, not 0 to 1.")
        return Recognised(answer.text, answer.confidence)

    async def close(self) -> None:
        await self._address.close()


def _first(hints: Sequence[str]) -> list[tuple[str, str]]:
    """As many as a line of HTTP may hold."""
    found, left = [], MOST_QUERY
    for hint in hints:
        left -= len("&hint=") + len(quote(hint))
        if left < 0:
            break
        found.append(("hint", hint))
    return found
