import asyncio
import socket

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
    got = await ask(server.port, b"GET /x HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 8.8.8.8\r\nX-Forwarded-Proto: https\r\n"
                                 b"Connection: close\r\n\r\n")
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
