"""The rest of the world, and the caller's own proxy before it."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hoyhoy.intercept.authority import Authority
from hoyhoy.intercept.tunnel import Unreachable, Upstream, Watch, dial, first_of, join, pipe

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(serve: Serve, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        finally:
            writer.close()

    running = await asyncio.start_server(once, "127.0.0.1", 0, ssl=context)
    async with running:
        yield running.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://corp:3128", Upstream("corp", 3128)),
        ("corp:3128", Upstream("corp", 3128)),
        ("http://corp", Upstream("corp", 80)),
        ("https://corp", Upstream("corp", 443, tls=True)),
        ("http://u@corp:1", Upstream("corp", 1, authorization="Basic dTo=")),
        ("http://[::1]:1", Upstream("::1", 1)),
    ],
)
def test_what_https_proxy_may_hold(url: str, told: Upstream) -> None:
    assert Upstream.parse(url) == told


@pytest.mark.parametrize("url", ["socks5h://corp:1080", "ftp://corp", "http://", "http://corp:port"])
def test_what_cannot_be_chained_to(url: str) -> None:
    with pytest.raises(ValueError):
        Upstream.parse(url)


def test_a_proxys_password_is_not_shown_by_its_errors() -> None:
    with pytest.raises(ValueError) as refusal:
        Upstream.parse("socks5://me:secret@corp:1080")
    assert "secret" not in str(refusal.value)


async def test_tls_through_the_callers_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority.open(tmp_path, time.time)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    asked = []

    async def origin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"you said " + await reader.readline())
        await writer.drain()

    async with server(origin, authority.context("localhost")) as port:

        async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            asked.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(b"HTTP/1.0 200 OK\r\n\r\n")
            far = await dial("127.0.0.1", port, None)
            await join((reader, writer), far, 10)
            far[1].close()

        async with server(proxy) as upstream:
            reader, writer = await dial("localhost", port, Upstream("127.0.0.1", upstream), tls=True)
            writer.write(b"hello\n")
            assert await reader.readline() == b"you said hello\n"
            writer.close()
    assert asked == [f"CONNECT localhost:{port} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode()]


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200 OK\r\n", b"garbage\r\n\r\n", b"\r\n\r\n", b"x" * 200_000, b"HTTP/1.1 403 No\r\n\r\n"]
)
async def test_an_upstream_that_talks_nonsense(answer: bytes) -> None:
    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)

    async with server(proxy) as port:
        with pytest.raises(Unreachable):
            await dial("example.com", 443, Upstream("127.0.0.1", port))


@pytest.mark.parametrize("host", ["a" * 70 + ".example", "name.invalid", "\udcff"])
async def test_hosts_that_are_none(host: str) -> None:
    with pytest.raises(Unreachable):
        await dial(host, 443, None)


async def test_a_host_that_does_not_answer() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with server(silent) as port:
        with pytest.raises(Unreachable, match="did not answer"):
            await dial("example.com", 443, Upstream("127.0.0.1", port), within=0.02)


async def test_a_watch_waits_while_something_moves() -> None:
    watch = Watch(0.03)
    ends = asyncio.get_running_loop().time() + 0.06

    async def move() -> None:
        while asyncio.get_running_loop().time() < ends:
            watch.moved()
            await asyncio.sleep(0.005)
        await asyncio.Event().wait()

    await first_of(watch, move())
    assert asyncio.get_running_loop().time() >= ends


async def test_a_pipe_waits_for_a_slow_reader() -> None:
    """What a slow reader has not taken is not piled up here."""
    moved = 0

    async def far(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await gate.wait()
        await reader.read(1)

    def count(piece: bytes) -> bytes:
        nonlocal moved
        moved += len(piece)
        return piece

    gate = asyncio.Event()
    async with server(far) as port:
        _, writer = await dial("127.0.0.1", port, None)
        source = asyncio.StreamReader()
        source.feed_data(b"x" * 64_000_000)
        copying = asyncio.create_task(pipe(source, writer, Watch(10), count))
        for _ in range(1000):
            await asyncio.sleep(0)
        assert 0 < moved < 32_000_000
        copying.cancel()
        gate.set()
        writer.transport.abort()  # with what is piled up in it, a close would wait for the reader
        await asyncio.wait({copying})
