"""The rest of the world, for programs whose proxy we are: dialled directly, or through the caller's own proxy.

Nothing is looked into: bytes go both ways until both sides are done or nothing has moved for a while.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from .head import END, Head

CHUNK: Final = 65536
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Unreachable(Exception):
    """The other side could not be reached; the text is meant for the program that asked."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """The caller's own proxy. `authorization` is the value of Proxy-Authorization, empty without credentials."""

    host: str
    port: int
    tls: bool = False
    authorization: str = ""

    @classmethod
    def parse(cls, url: str) -> Upstream:
        """Read what HTTPS_PROXY holds; ValueError names what we cannot chain to."""
        parts = urlsplit(url if "://" in url else f"http://{url}")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"cannot chain to a proxy of the kind {parts.scheme!r}; http and https can be used")
        authorization = ""
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            authorization = "Basic " + base64.b64encode(pair.encode()).decode()
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return cls(parts.hostname, port, parts.scheme == "https", authorization)

    @property
    def credentials(self) -> tuple[tuple[str, str], ...]:
        return (("Proxy-Authorization", self.authorization),) if self.authorization else ()


async def dial(host: str, port: int, upstream: Upstream | None, *, tls: bool = False, within: float = 30.0) -> Streams:
    """Connect to host and port, through `upstream` if any, and speak TLS there if asked; Unreachable says why not."""
    secured = ssl.create_default_context() if tls else None
    try:
        async with asyncio.timeout(within):
            if upstream is None:
                return await asyncio.open_connection(host, port, ssl=secured, limit=CHUNK)
            reader, writer = await dial_upstream(upstream)
            try:
                await _ask_through(upstream, reader, writer, f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
                if secured:
                    await writer.start_tls(secured, server_hostname=host)
            except BaseException:
                writer.close()
                raise
            return reader, writer
    except TimeoutError:
        raise Unreachable(f"{host} port {port} did not answer in {within:g} seconds.") from None
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"{host} port {port} cannot be reached: {error}") from None


async def dial_upstream(upstream: Upstream) -> Streams:
    """Connect to the caller's own proxy."""
    secured = ssl.create_default_context() if upstream.tls else None
    return await asyncio.open_connection(upstream.host, upstream.port, ssl=secured, limit=CHUNK)


async def _ask_through(
    upstream: Upstream, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: str
) -> None:
    head = Head("CONNECT", target, "HTTP/1.1", (("Host", target), *upstream.credentials))
    writer.write(head.to_bytes())
    try:
        reply = await reader.readuntil(END)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        raise Unreachable(f"The proxy {upstream.host} gave no answer to CONNECT {target}.") from None
    status = reply.split(b"\r\n", 1)[0].decode("latin-1")
    if not status.split(" ", 2)[1:2] or not status.split(" ", 2)[1].startswith("2"):
        raise Unreachable(f"The proxy {upstream.host} refused CONNECT {target}: {status}")


class Watch:
    """Knows since when nothing has moved."""

    def __init__(self, idle: float) -> None:
        self._loop, self._idle = asyncio.get_running_loop(), idle
        self._moved = self._loop.time()

    def moved(self) -> None:
        self._moved = self._loop.time()

    async def expire(self) -> None:
        """Return when nothing has moved for the time agreed."""
        while (left := self._moved + self._idle - self._loop.time()) > 0:  # noqa: ASYNC110  (moved is a busy place)
            await asyncio.sleep(left)


async def pipe(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    watch: Watch,
    through: Callable[[bytes], bytes] = lambda piece: piece,
) -> None:
    """Copy until the reader's end, then tell the writer's side that no more comes (half-close)."""
    while piece := await reader.read(CHUNK):
        watch.moved()
        if kept := through(piece):
            writer.write(kept)
            await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


async def join(near: Streams, far: Streams, idle: float) -> None:
    """Carry bytes both ways until both ends are done, one breaks, or nothing moves for `idle` seconds."""
    watch = Watch(idle)

    async def both() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(pipe(near[0], far[1], watch))
            group.create_task(pipe(far[0], near[1], watch))

    await first_of(watch, both())


async def first_of(watch: Watch, work: Coroutine[Any, Any, None]) -> None:
    """Run `work` until it is done or the watch expires; a broken connection is an end like any other."""
    loop = asyncio.get_running_loop()
    tasks = [loop.create_task(work), loop.create_task(watch.expire())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
