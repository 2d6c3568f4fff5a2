import asyncio
import socket
from contextlib import suppress

import pytest

from hoyhoy.server import HttpServer, PortTaken, bind


async def answer(scope, receive, send):
    who = scope["client"][0] if scope["client"] else "nobody"
    body = f"{scope['scheme']} {who} {scope['path']}".encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


async def ask(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    try:
        return await reader.read(10_000)
    finally:
        writer.close()


def test_a_taken_port_is_said():
    with bind("127.0.0.1", 0) as first:
        with pytest.raises(PortTaken, match=r"Port \d+ on 127.0.0.1 is taken by another program.*--proxy-port"):
            bind("127.0.0.1", first.getsockname()[1], "--proxy-port")
        # It listens at once: whoever is quicker waits instead of being refused.
        socket.create_connection(first.getsockname()).close()


@pytest.fixture
async def server():
    made = HttpServer(answer, bind("127.0.0.1", 0))
    await made.start()
    yield made
    await made.close()


async def test_no_header_says_who_the_client_is(server):
    got = await ask(
        server.port,
        b"GET /x HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 8.8.8.8\r\n"
        b"X-Forwarded-Proto: https\r\nConnection: close\r\n\r\n",
    )
    assert got.endswith(b"http 127.0.0.1 /x")
    assert b"server:" not in got.lower()


async def test_a_connection_accepted_elsewhere_is_served(server):
    here, there = socket.socketpair()
    here.setblocking(False)
    there.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.connect_accepted_socket(server.protocol, there)
    await loop.sock_sendall(here, b"GET /y HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    got = b""
    while piece := await loop.sock_recv(here, 1000):
        got += piece
    here.close()
    assert got.startswith(b"HTTP/1.1 200") and got.endswith(b"/y")


async def test_closing_waits_for_no_idle_connection():
    server = HttpServer(answer, bind("127.0.0.1", 0))
    await server.start()
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    async with asyncio.timeout(5):
        await server.close()
    writer.close()
    with pytest.raises(OSError):
        await asyncio.open_connection("127.0.0.1", server.port)


async def test_an_answer_leaves_in_one_packet(server):
    # A second packet would cost a system call, and small ones may wait for one another.
    sent: asyncio.Queue[bytes] = asyncio.Queue()

    class Transport(asyncio.Transport):
        def write(self, data):
            sent.put_nowait(bytes(data))

        def is_closing(self):
            return False

        def close(self):
            pass

    connection = server.protocol()
    connection.connection_made(Transport())
    connection.data_received(b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
    got = await sent.get()
    assert got.startswith(b"HTTP/1.1 200") and got.endswith(b"/x")
    connection.connection_lost(None)


async def test_a_head_does_not_wait_for_a_body_that_comes_later():
    go_on = asyncio.Event()

    async def slow(scope, receive, send):
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await go_on.wait()
        await send({"type": "http.response.body", "body": b"late"})

    server = HttpServer(slow, bind("127.0.0.1", 0))
    await server.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n")
    # RFC 9110 10.1.1: who expects 100 Continue sends the body only then.
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(b"1")
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 OK\r\n")
    go_on.set()
    assert b"late" in await reader.readuntil(b"0\r\n\r\n")
    writer.close()
    await server.close()


async def test_one_connection_too_many_is_closed_at_once(server, monkeypatch):
    monkeypatch.setattr("hoyhoy.server.MOST_CONNECTIONS", 3)
    request = b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n"
    kept = []
    for _ in range(3):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(request)
        assert (await reader.readuntil(b"/x")).startswith(b"HTTP/1.1 200")
        kept.append((reader, writer))
    with suppress(ConnectionError):
        assert await ask(server.port, request) == b""
    kept[0][1].write(request)
    assert (await kept[0][0].readuntil(b"/x")).startswith(b"HTTP/1.1 200")
    for _, writer in kept:
        writer.close()


async def test_a_body_that_does_not_come_is_given_up(monkeypatch):
    monkeypatch.setattr("hoyhoy.server.BODY_SECONDS", 0.1)
    told = []

    async def listen(scope, receive, send):
        while (message := await receive())["type"] == "http.request" and message["more_body"]:
            pass
        told.append(message["type"])
        await answer(scope, receive, send)

    made = HttpServer(listen, bind("127.0.0.1", 0))
    await made.start()
    head = b"POST /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 9\r\n\r\n"
    assert (await ask(made.port, head + b"abc")).endswith(b"http 127.0.0.1 /x")
    assert (await ask(made.port, head + b"abcdefghi")).endswith(b"http 127.0.0.1 /x")
    assert told == ["http.disconnect", "http.request"]
    await made.close()
