"""Recordings played by URL (voice reference 1.7, 2.2): fetched, decoded once, and kept as HTTP allows.

What is kept is the sound, by the content of its file; beside it, how long the URL's answer is good for and how
to ask whether it still is.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from hoyhoy.audio.g711 import Samples
from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.events import Params
from hoyhoy.exchange.ports import FetchFailed, Page
from hoyhoy.wire import freshness

from .cache import SoundCache, key_of
from .decoding import LAWFUL
from .worker import Worker, WorkFailed

CONTENT_TYPE = 13420
"""Within Gather it is 13325 (17.2): whoever plays for Gather says so."""

RETRIEVAL = 11200
LONGEST = 2400.0
"""Seconds: a longer file is played as far as this (2.2)."""

DECODING = 60.0
"""Real seconds for one file."""

MOST_URLS = 1024
MAKING = "decoded 2"
"""To be changed whenever the same file comes to sound different because of something here."""


class Fetcher(Protocol):
    """What app.py brings: callbacks.media.MediaFetcher."""

    async def get(self, url: str, asked: Params = ()) -> Page:
        """An answer with 200, or 304 when `asked` made it possible; FetchFailed for all else."""


@dataclass(slots=True)
class _Kept:
    sound: str
    fresh_until: float
    validators: dict[str, str]


class Recordings:
    """Sounds by URL."""

    def __init__(
        self, clock: Clock, fetcher: Fetcher, decoder: Worker, cache: SoundCache, *, longest: float = LONGEST
    ) -> None:
        """`decoder` is a Worker for "decode"; it is the caller's to close. `longest` is in seconds."""
        self._clock, self._fetcher, self._decoder, self._cache = clock, fetcher, decoder, cache
        self._longest = longest
        self._urls: OrderedDict[tuple[str, str], _Kept] = OrderedDict()
        self._making: dict[tuple[str, str], asyncio.Task[Samples | FetchFailed]] = {}

    async def sound(self, url: str, account: str) -> Samples:
        """The recording, int16 at 8,000 Hz, not to be written to.

        FetchFailed with the reference's code: those of fetching (17.1), and 13420 for a content type or a file
        that cannot be played. What is kept for one account is not used for another.
        """
        key = (account, url)
        making = self._making.get(key)
        if making is None:
            making = self._clock.spawn(self._made(key), "recording")
            self._making[key] = making
            making.add_done_callback(lambda _: self._making.pop(key, None))
        made = await asyncio.shield(making)
        if isinstance(made, FetchFailed):
            raise FetchFailed(made.code, made.message, made.page)
        return made

    async def _made(self, key: tuple[str, str]) -> Samples | FetchFailed:
        try:
            return await self._get(key)
        except FetchFailed as why:
            return why

    async def _get(self, key: tuple[str, str]) -> Samples:
        kept = self._urls.get(key)
        sound = await self._cache.get(kept.sound) if kept else None
        if kept and sound is not None:
            self._urls.move_to_end(key)
            if kept.fresh_until > self._clock.now():
                return sound
            page = await self._fetcher.get(key[1], tuple(kept.validators.items()))
            if page.status == 304:
                kept.fresh_until = self._clock.now() + freshness.lifetime(page.headers, self._clock.now())
                return sound
        else:
            page = await self._fetcher.get(key[1])
        return await self._take(key, page)

    async def _take(self, key: tuple[str, str], page: Page) -> Samples:
        self._urls.pop(key, None)
        kind = page.content_type.partition(";")[0].strip().lower()
        if not kind:
            raise FetchFailed(
                RETRIEVAL, "The answer has no Content-Type; a recording needs one such as audio/wav.", page
            )
        if kind not in LAWFUL:
            raise FetchFailed(
                CONTENT_TYPE,
                f"The answer's Content-Type is {kind[:60]!r}, which is no kind of sound that is played.",
                page,
            )
        name = key_of(MAKING, str(self._longest), kind, hashlib.sha256(page.body).hexdigest())
        sound = await self._cache.get(name)
        if sound is None:
            try:
                _, octets = await self._decoder.ask({"kind": kind, "longest": self._longest}, page.body)
            except WorkFailed as why:
                raise FetchFailed(CONTENT_TYPE, str(why), page) from None
            sound = np.frombuffer(octets, "<i2").astype(np.int16, copy=False)
            await self._cache.put(name, sound)
        self._keep(key, name, page)
        return sound

    def _keep(self, key: tuple[str, str], name: str, page: Page) -> None:
        validators = freshness.validators(page.headers)
        seconds = freshness.lifetime(page.headers, self._clock.now())
        if freshness.may_be_kept(page.headers) and (validators or seconds > 0):
            self._urls[key] = _Kept(name, self._clock.now() + seconds, validators)
            if len(self._urls) > MOST_URLS:
                self._urls.popitem(last=False)
