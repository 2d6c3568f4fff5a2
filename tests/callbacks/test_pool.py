"""callbacks/pool.py: one attempt at one address, over connections that come and go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from hoyhoy.callbacks.guard import Guard
from hoyhoy.callbacks.overrides import Limits
from hoyhoy.callbacks.pool import Pool

from .conftest import read_request

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    pool = Pool(Guard(), body_limit=10)
    yield pool
    await pool.close()


async def send(pool: Pool, port: int, seconds: float = 3.0):
    return await pool.send("POST", f"http://127.0.0.1:{port}/", {}, b"a=b", Limits(), pool.now() + seconds)


async def test_connections_are_kept(pool, raw):
    connections = []

    async def serve(reader, writer):
        connections.append(writer)
        while True:
            await read_request(reader)
            writer.write(OK)

    port = await raw(serve)
    for _ in range(3):
        assert (await send(pool, port)).body == b"ok"
    assert len(connections) == 1


async def test_a_kept_connection_that_the_app_closes_under_the_request_is_replaced(pool, raw):
    """The close crosses the request on the wire; nothing was answered, so it is asked once more (RFC 9112 9.3.1)."""
    requests = []

    async def serve(reader, writer):
        requests.append(await read_request(reader))
        writer.write(OK)
        requests.append(await read_request(reader))  # and leaves

    port = await raw(serve)
    for _ in range(3):
        assert (await send(pool, port)).body == b"ok"
    assert len(requests) == 5


async def test_a_new_connection_closed_without_an_answer_is_a_failure(pool, raw):
    requests = []

    async def leave(reader, writer):
        requests.append(await read_request(reader))

    with pytest.raises(aiohttp.ServerDisconnectedError):
        await send(pool, await raw(leave))
    assert len(requests) == 1


async def test_a_body_is_cut_at_the_limit_and_its_connection_is_not_used_again(pool, raw):
    connections = []

    async def serve(reader, writer):
        connections.append(writer)
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n" + b"x" * 100)
        await reader.read()

    port = await raw(serve)
    for _ in range(2):
        answer = await send(pool, port)
        assert (answer.body, answer.whole, answer.trouble) == (b"x" * 10, False, None)
    assert len(connections) == 2


async def test_what_came_before_an_answer_broke_off_is_told(pool, raw):
    async def half(reader, writer):
        await read_request(reader)
        writer.write(b"HTTP/1.1 500 No\r\nContent-Length: 9\r\n\r\nhalf")
        await writer.drain()

    answer = await send(pool, await raw(half))
    assert (answer.status, answer.body, answer.whole) == (500, b"half", False)
    assert isinstance(answer.trouble, aiohttp.ClientPayloadError)


async def test_a_deadline_that_has_passed(pool, raw):
    async def never(reader, writer):
        raise AssertionError("nothing was to be sent")

    with pytest.raises(TimeoutError):
        await send(pool, await raw(never), seconds=-1)


async def test_a_request_for_which_no_connection_is_free_waits_within_its_time(raw):
    release = asyncio.Event()

    async def serve(reader, writer):
        await read_request(reader)
        await release.wait()
        writer.write(OK)
        await reader.read()

    narrow, port = Pool(Guard(), connections=1), await raw(serve)
    first = asyncio.get_running_loop().create_task(send(narrow, port))
    await asyncio.sleep(0)
    with pytest.raises(TimeoutError):
        await send(narrow, port, seconds=0.05)
    release.set()
    assert (await first).body == b"ok"
    await narrow.close()


async def test_a_proxy_of_the_environment_is_not_asked(raw, monkeypatch):
    # Not even where `hoyhoy run` has made asking the default (official-clients A4): it would connect past the guard.
    async def serve(reader, writer):
        await read_request(reader)
        writer.write(OK)

    port = await raw(serve)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setitem(aiohttp.ClientSession.__init__.__kwdefaults__, "trust_env", True)
    pool = Pool(Guard(), body_limit=10)
    try:
        assert (await send(pool, port)).status == 200
    finally:
        await pool.close()
