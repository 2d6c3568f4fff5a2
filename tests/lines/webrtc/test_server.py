"""The signalling's connections on a real socket, with an independent WebSocket client (official clients B3)."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from hoyhoy.lines.webrtc import server as module
from hoyhoy.lines.webrtc.server import SignalServer
from hoyhoy.server import LARGEST_FRAME, HttpServer, bind

from .booth import ACCOUNT


@asynccontextmanager
async def served(line):
    signal = SignalServer(line.line)

    async def application(scope, receive, send):
        assert scope["type"] == "websocket"
        await (signal if signal.matches(scope) else refused)(scope, receive, send)

    async def refused(scope, receive, send):
        await send({"type": "websocket.close"})

    listener = bind("127.0.0.1", 0)
    http = HttpServer(application, listener)
    await http.start()
    try:
        yield signal, f"ws://127.0.0.1:{http.port}"
    finally:
        await http.close()


async def heard(client):
    """The next frame that is no heartbeat."""
    while (frame := await asyncio.wait_for(client.recv(), 5)) == "\n":
        pass
    return json.loads(frame)


async def told(client, kind, **payload):
    await client.send(json.dumps({"type": kind, "version": "1.6", "payload": payload}))


async def until(true):
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110  a predicate over what has no event of its own
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("path", ["/signal", "/.twilio.com/signal"])
async def test_a_device_registers_over_a_websocket(line, path):
    async with served(line) as (signal, url), connect(url + path) as client:
        await told(client, "listen", token=line.token())
        assert (await heard(client))["type"] == "connected"
        await told(client, "register", media={"audio": True})
        assert (await heard(client))["type"] == "ready"
        assert line.line.reaches("client:alice", ACCOUNT) and signal.connections == 1
        await client.close()
        await until(lambda: not line.line.reaches("client:alice", ACCOUNT) and not signal.connections)


async def test_the_heart_beats_and_who_is_silent_is_gone(line):
    """B3: a newline, which the SDK answers; ping frames do not count."""
    async with served(line) as (_, url), connect(url + "/signal") as client:
        await told(client, "listen", token=line.token())
        await heard(client)
        for _ in range(2 * module.SILENT_BEATS):
            await line.clock.advance(module.BEAT)
            while await asyncio.wait_for(client.recv(), 5) != "\n":
                pass
            await client.send("\n")
            await asyncio.wait_for(await client.ping(), 5)  # what was sent before has been read
        for _ in range(module.SILENT_BEATS + 1):
            await line.clock.advance(module.BEAT)
        with pytest.raises(ConnectionClosed):
            while True:
                await asyncio.wait_for(client.recv(), 5)


async def test_who_shows_no_token_is_not_kept(line):
    async with served(line) as (_, url), connect(url + "/signal") as client:
        for _ in range(int(module.FIRST_WORD / module.BEAT) + 1):
            await client.send("\n")
            await asyncio.wait_for(await client.ping(), 5)
            await line.clock.advance(module.BEAT)
        with pytest.raises(ConnectionClosed):
            while True:
                await asyncio.wait_for(client.recv(), 5)


async def test_frames_that_no_sdk_sends(line):
    async with served(line) as (signal, url):
        async with connect(url + "/signal") as client:
            await client.send(b"\xff\xfe")
            assert (await heard(client))["type"] == "error"
            await client.send(json.dumps({"type": "listen", "payload": {"token": "x" * (LARGEST_FRAME // 2 + 100)}}))
            assert (await heard(client))["type"] == "error"
        async with connect(url + "/signal", max_size=None) as client:
            with pytest.raises(ConnectionClosed):
                await client.send("x" * (2 * LARGEST_FRAME))
                while True:
                    await asyncio.wait_for(client.recv(), 5)
        await until(lambda: not signal.connections)


async def test_so_many_connections_of_one_address(line, monkeypatch):
    monkeypatch.setattr(module, "MOST_CONNECTIONS", 2)
    async with served(line) as (_, url), connect(url + "/signal"), connect(url + "/signal"):
        third = await connect(url + "/signal")  # a reverse proxy of this machine speaks for everybody
        await third.close()
    monkeypatch.setattr(module, "counted", lambda address: address)
    async with served(line) as (_, url), connect(url + "/signal"), connect(url + "/signal"):
        with pytest.raises(InvalidStatus):
            await connect(url + "/signal")


async def test_other_paths_have_no_websocket(line):
    async with served(line) as (_, url):
        with pytest.raises(InvalidStatus):
            await connect(url + "/elsewhere")


async def test_a_browser_that_does_not_read_is_not_waited_for(line, monkeypatch):
    monkeypatch.setattr(module, "MOST_UNREAD", 5)
    async with served(line) as (signal, url), connect(url + "/signal") as client:
        await told(client, "listen", token=line.token())
        await told(client, "register", media={"audio": True})
        await until(lambda: line.line.reaches("client:alice", ACCOUNT))
        (device,) = line.line.equipment.presence.of((ACCOUNT, "alice"))
        for _ in range(20):  # all in one turn: nothing of it can be written meanwhile
            device.say("{}")
        await until(lambda: not signal.connections)


async def test_a_browser_that_is_gone_while_it_is_spoken_to(line, caplog):
    async with served(line) as (signal, url):
        for _ in range(5):
            client = await connect(url + "/signal")
            await told(client, "listen", token=line.token())
            await told(client, "register", media={"audio": True})
            await until(lambda: line.line.reaches("client:alice", ACCOUNT))
            (device,) = line.line.equipment.presence.of((ACCOUNT, "alice"))
            client.transport.abort()
            while device.is_open:
                device.say("{}")
                await asyncio.sleep(0)
        await until(lambda: not signal.connections)
    assert [one.message for one in caplog.records if one.levelname == "ERROR"] == []
