"""Asking something of the operator's over HTTP: one POST, one answer, bounded in time and size.

The URL is the operator's own, so no guard stands before it; but it is not followed elsewhere. Where it is, and what the
network says of it, is for the operator's log alone: customers are told only that there was no answer, and of what kind.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any

import aiohttp
from yarl import URL

from hoyhoy.exchange.clock import Clock

log = logging.getLogger(__name__)

CONNECT = 3.0
"""Real seconds to the connection."""

CONNECTIONS = 16
"""At one time; of a recogniser, half of them for what is said so far (`exchange.partly.AT_ONCE`)."""


class NotAnswered(Exception):
    """There was no answer that can be used; the text says why, in a sentence for the customer."""


class Address:
    """A URL that is asked; a user name and password in it are sent as Basic authentication."""

    def __init__(self, clock: Clock, url: str, what: str, *, accept: str, seconds: float, largest: int) -> None:
        """`what` is there, in words; `seconds` are real ones for the whole answer, `largest` its octets. ValueError
        for no URL."""
        self.url = URL(url)
        if self.url.scheme not in ("http", "https") or not self.url.host:
            raise ValueError(f"{url[:200]!r} is not the http or https URL of a {what}.")
        self.name = f"The {what}"
        self._clock, self._what, self._accept = clock, what, accept
        self._seconds, self._largest = seconds, largest
        self._client: aiohttp.ClientSession | None = None

    async def ask(self, lawful: Collection[str], url: URL | None = None, **body: Any) -> tuple[str, bytes]:
        """Kind and octets of an answer of one of the `lawful` kinds; `url` is ours with a query. Virtual time stands
        still meanwhile. NotAnswered."""
        with self._clock.busy(self._what):
            try:
                return await self._ask(lawful, url or self.url, body)
            except TimeoutError:
                raise self._failed(f"gave no answer in {self._seconds:g} s") from None
            except aiohttp.ClientError as why:
                raise self._failed("gave no answer", f": {why}") from None

    def _failed(self, how: str, why: str = "") -> NotAnswered:
        """With `why` for the operator alone."""
        log.warning("%s at %s:%s %s%s", self.name, self.url.host, self.url.port, how, why)
        return NotAnswered(f"{self.name} {how}.")

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def _ask(self, lawful: Collection[str], url: URL, body: dict[str, Any]) -> tuple[str, bytes]:
        async with self._session().post(url, allow_redirects=False, **body) as answer:
            if answer.status != 200:
                raise self._failed(f"answered with status {answer.status}")
            if answer.content_type not in lawful:
                raise self._failed(f"sent {answer.content_type[:60]!r}, not {self._accept}")
            taken = bytearray()
            while not answer.content.at_eof():
                taken += await answer.content.readany()
                if len(taken) > self._largest:
                    raise self._failed(f"sent more than {self._largest} octets")
            return answer.content_type, bytes(taken)

    def _session(self) -> aiohttp.ClientSession:
        if self._client is None:
            self._client = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS),
                timeout=aiohttp.ClientTimeout(self._seconds, sock_connect=CONNECT),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Accept": self._accept},
            )
        return self._client
