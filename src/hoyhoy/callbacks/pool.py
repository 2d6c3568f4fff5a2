"""One attempt at one address: connect within the guard, send, read a bounded answer.

All times here are real seconds kept by the HTTP client's own timers; this is the only file of
the callbacks that waits in real time.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass

import aiohttp
from aiohttp.abc import AbstractResolver
from multidict import CIMultiDictProxy

from .guard import Guard, GuardedResolver, Place
from .overrides import Limits
from .target import to_yarl

KEEP_ALIVE = 15.0
"""Seconds an idle connection is kept."""


@dataclass(slots=True)
class _Wire:
    """Whether an attempt opened a connection of its own, or went out on one that was kept."""

    opened: bool = False


_WIRE: ContextVar[_Wire] = ContextVar("wire")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came. `whole` is False when `body` was cut at the limit or broke off; then `trouble` says by what."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes
    whole: bool = True
    trouble: Exception | None = None


class Pool:
    """The connections to all apps."""

    def __init__(
        self,
        guard: Guard,
        *,
        tls: ssl.SSLContext | bool = True,
        resolver: AbstractResolver | None = None,
        connections: int = 512,
        body_limit: int = 64 * 1024,
    ) -> None:
        """`body_limit` is in bytes, after decompression."""
        self._guard, self._body_limit = guard, body_limit
        self._client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=connections,
                ssl=tls,
                ttl_dns_cache=10,
                keepalive_timeout=KEEP_ALIVE,
                resolver=GuardedResolver(guard, resolver),
                socket_factory=self._open_socket,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            read_bufsize=body_limit,
            trust_env=False,
        )  # a proxy of the environment would connect past the guard; under `run` it is our own

    async def close(self) -> None:
        await self._client.close()

    def now(self) -> float:
        """Real seconds, for deadlines given to `send`."""
        return asyncio.get_running_loop().time()

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, limits: Limits, deadline: float
    ) -> Answer:
        """Ask once. What goes wrong before the answer's headers are in raises: aiohttp's errors (Refused is within
        a connector error) and TimeoutError past the deadline.

        A connection kept from an earlier request may be closed by the app at the very moment it is
        used. Nothing was answered then, and the request goes out once more (RFC 9112 9.3.1; the
        idempotency token lets an app that did see it know it again).
        """
        wire = _Wire()
        reset = _WIRE.set(wire)
        try:
            while True:
                try:
                    return await self._send(method, url, headers, body, limits, deadline)
                except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
                    if wire.opened or isinstance(error, aiohttp.ClientConnectorError):
                        raise
        finally:
            _WIRE.reset(reset)

    async def _send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, limits: Limits, deadline: float
    ) -> Answer:
        left = deadline - self.now()
        if left <= 0:
            raise TimeoutError
        times = aiohttp.ClientTimeout(left, sock_connect=limits.connect, sock_read=limits.read, ceil_threshold=1e9)
        answer = await self._client.request(
            method, to_yarl(url), headers=headers, data=body, allow_redirects=False, timeout=times
        )
        content, taken = answer.content, bytearray()
        try:
            while not content.at_eof() and len(taken) <= self._body_limit:
                taken += await content.readany()
            return Answer(
                answer.status, answer.headers, bytes(taken[: self._body_limit]), len(taken) <= self._body_limit
            )
        except (aiohttp.ClientError, OSError) as trouble:
            return Answer(answer.status, answer.headers, bytes(taken), False, trouble)
        finally:
            answer.close()  # a connection whose answer was read to its end is already back in the pool

    def _open_socket(self, place: Place) -> socket.socket:
        if wire := _WIRE.get(None):
            wire.opened = True
        return self._guard.open_socket(place)
