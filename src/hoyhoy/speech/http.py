"""An engine that is asked over HTTP: POST the text, get a WAV file. Also the example for engines of your own.

    POST <the URL>            Content-Type: application/json
    {"text": "Hello there", "ssml": "Hello <emphasis>there</emphasis>", "voice": "Polly.Joanna", "language": "en-US"}

    200 OK                    Content-Type: audio/wav

The URL is the operator's own, so no guard stands before it; but it is not followed elsewhere, and what comes
is bounded in time and size and decoded in another process.
"""

from __future__ import annotations

import aiohttp
import numpy as np
from yarl import URL

from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.sound import Speech

from . import LONGEST, SpeechFailed, Spoken
from .cache import key_of
from .decoding import LAWFUL
from .worker import Worker, WorkFailed

SECONDS, CONNECT = 15.0, 3.0
"""Real seconds for the whole answer, and to the connection."""

LARGEST = 64 << 20
CONNECTIONS = 16


class HttpEngine:
    """The `Engine` at a URL; a user name and password in it are sent as Basic authentication."""

    def __init__(
        self, clock: Clock, url: str, decoder: Worker, *, seconds: float = SECONDS, largest: int = LARGEST
    ) -> None:
        """`decoder` is a Worker for "decode", the caller's to close; `largest` is in octets. ValueError for no URL."""
        self._url = URL(url)
        if self._url.scheme not in ("http", "https") or not self._url.host:
            raise ValueError(f"{url[:200]!r} is not the http or https URL of a speech engine.")
        self._clock, self._decoder, self._seconds, self._largest = clock, decoder, seconds, largest
        self._client: aiohttp.ClientSession | None = None

    @property
    def version(self) -> str:
        return f"http 1 {key_of(str(self._url))}"

    async def speak(self, speech: Speech) -> Spoken:
        """SpeechFailed for any answer but a sound in time."""
        with self._clock.busy("speech engine"):
            try:
                kind, file = await self._ask(speech)
                _, octets = await self._decoder.ask({"kind": kind, "longest": LONGEST}, file)
            except TimeoutError:
                raise SpeechFailed(
                    f"The speech engine at {self._place} gave no answer in {self._seconds:g} s."
                ) from None
            except aiohttp.ClientError as why:
                raise SpeechFailed(f"The speech engine at {self._place} gave no answer: {why}.") from None
            except WorkFailed as why:
                raise SpeechFailed(f"What the speech engine at {self._place} sent is no sound: {why}") from None
        return Spoken(np.frombuffer(octets, "<i2").astype(np.int16, copy=False))

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    @property
    def _place(self) -> str:
        return f"{self._url.host}:{self._url.port}"

    async def _ask(self, speech: Speech) -> tuple[str, bytes]:
        told = {"text": speech.text, "ssml": speech.ssml, "voice": speech.voice, "language": speech.language}
        async with self._session().post(self._url, json=told, allow_redirects=False) as answer:
            if answer.status != 200:
                raise SpeechFailed(f"The speech engine at {self._place} answered with status {answer.status}.")
            if answer.content_type not in LAWFUL:
                raise SpeechFailed(
                    f"The speech engine at {self._place} sent {answer.content_type[:60]!r}, not audio/wav."
                )
            taken = bytearray()
            while not answer.content.at_eof():
                taken += await answer.content.readany()
                if len(taken) > self._largest:
                    raise SpeechFailed(f"The speech engine at {self._place} sent more than {self._largest} octets.")
            return answer.content_type, bytes(taken)

    def _session(self) -> aiohttp.ClientSession:
        if self._client is None:
            self._client = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS),
                timeout=aiohttp.ClientTimeout(self._seconds, sock_connect=CONNECT),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Accept": "audio/wav"},
            )
        return self._client
