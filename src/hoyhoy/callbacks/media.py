"""Fetching recordings: a plain GET without parameters of the call (voice reference 1.7, 2.2), within the guard.

Redirects are followed by hand, each judged anew; bytes and real seconds are bounded. What may be kept and
for how long is for the asker to judge: here nothing is kept.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable

import aiohttp
from aiohttp.abc import AbstractResolver

from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.events import Params
from hoyhoy.exchange.ports import Page
from hoyhoy.wire.errors import Fault

from .documents import genre_at, recording
from .failure import Failed, explained
from .fetch import MOST_REDIRECTS, REDIRECTS
from .guard import Guard
from .overrides import Limits, overridden
from .pool import Pool
from .target import Map, aim, redirected

LARGEST = 40 << 20
"""Bytes: forty minutes of 16-bit sound at 8,000 Hz, which is the longest a file may be (2.2)."""

HEADERS = {"User-Agent": "TwilioProxy/1.1", "Accept": "audio/*, */*;q=0.5", "Accept-Encoding": "identity"}
PATIENCE = Limits(total=60.0)


class MediaFetcher:
    """`start()` before use, `close()` at the end, both on the loop that uses it."""

    def __init__(
        self,
        *,
        clock: Clock,
        guard: Guard | None = None,
        maps: Iterable[Map] = (),
        limits: Limits = PATIENCE,
        tls: ssl.SSLContext | bool = True,
        resolver: AbstractResolver | None = None,
        connections: int = 16,
        largest: int = LARGEST,
    ) -> None:
        """`largest` is in bytes; `connections` bounds the sockets, and so the files that are read at one time."""
        self._clock, self._guard, self._maps, self._limits = clock, guard or Guard(), tuple(maps), limits
        self._tls, self._resolver, self._connections, self._largest = tls, resolver, connections, largest
        self._composing = asyncio.Lock()

    async def start(self) -> None:
        self._pool = Pool(
            self._guard,
            tls=self._tls,
            resolver=self._resolver,
            connections=self._connections,
            body_limit=self._largest,
        )

    async def close(self) -> None:
        await self._pool.close()

    async def get(self, url: str, asked: Params = ()) -> Page:
        """A whole answer with 200, or with 304 when header fields in `asked` made it possible. Failed for all else.

        The overrides of the URL's fragment hold (3.5). One more attempt is made where no connection came about.
        What tutorials play is answered here (documents.py).
        """
        if genre := genre_at(url):
            with self._clock.busy("the music"):
                async with self._composing:
                    return await asyncio.to_thread(recording, url, genre)
        try:
            limits = overridden(url, self._limits)
            with self._clock.busy("recording"):
                deadline = self._pool.now() + limits.total
                return await self._follow(url, asked, limits, deadline)
        except Fault as fault:
            raise Failed(fault.code, fault.message) from fault
        except ValueError as error:
            raise Failed(11100, f"{url[:200]!r} cannot be requested: {error}.") from error

    async def _follow(self, url: str, asked: Params, limits: Limits, deadline: float) -> Page:
        for _ in range(MOST_REDIRECTS + 1):
            page = await self._request(url, asked, limits, deadline)
            if page.status not in REDIRECTS:
                return page
            location = next((value for name, value in page.headers if name.lower() == "location"), "")
            if not location:
                raise Failed(11216, f"The answer was {page.status} without saying where to.", page)
            url = redirected(url, location)
        raise Failed(11215, f"More than {MOST_REDIRECTS} redirects; the last one led to {url}.")

    async def _request(self, url: str, asked: Params, limits: Limits, deadline: float) -> Page:
        target = aim(url, self._maps)
        headers = {**HEADERS, **dict(target.headers), **dict(asked)}
        attempts = 0
        while True:
            attempts += 1
            try:
                self._guard.check_host(target.host)
                answer = await self._pool.send("GET", target.sent, headers, None, limits, deadline)
                break
            except (aiohttp.ClientError, OSError, UnicodeError) as error:
                failure = explained(error, target.place, limits, attempts)
                if failure.cause not in limits.policy or attempts > limits.retries:
                    raise failure from error
        fields = tuple((name, value.encode("utf-8", "replace").decode()) for name, value in answer.headers.items())
        kind = next((value for name, value in fields if name.lower() == "content-type"), "")
        page = Page(url, answer.status, kind, answer.body, fields, attempts=attempts)
        if answer.status in REDIRECTS or (answer.status == 304 and asked):
            return page
        if answer.status != 200:
            raise Failed(11200, f"{target.place} answered with status {answer.status}.", page)
        if answer.trouble:
            raise explained(answer.trouble, target.place, limits, attempts)
        if not answer.whole:
            raise Failed(11200, f"The file is longer than {self._largest >> 20} MB.", page)
        return page
