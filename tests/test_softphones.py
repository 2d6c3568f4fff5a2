"""The browsers' line of a running exchange: signalling and pages on its one port."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant
from websockets.asyncio.client import ClientConnection, connect

from hoyhoy.app import Exchange
from hoyhoy.exchange.events import CallMoved
from hoyhoy.exchange.orders import PlaceCall
from hoyhoy.exchange.ports import Steering
from hoyhoy.settings import Settings


@pytest.fixture
async def exchange() -> AsyncIterator[Exchange]:
    running = await Exchange.start(
        Settings(port=0, proxy_port=0, media_port=0, sip=False, speech="none")  # type: ignore[arg-type]
    )
    yield running
    await running.close()


def token(exchange: Exchange, identity: str) -> str:
    keys = exchange.keys()
    made = AccessToken(keys.account_sid, keys.api_key, keys.api_secret, identity=identity)
    made.add_grant(VoiceGrant(incoming_allow=True))
    return str(made.to_jwt())


async def heard(client: ClientConnection, kind: str) -> dict[str, Any]:
    """The payload of the next frame of this type."""
    async with asyncio.timeout(10):
        while True:
            frame = str(await client.recv())
            if frame.strip() and (read := json.loads(frame))["type"] == kind:
                return dict(read.get("payload", {}))


async def told(client: ClientConnection, kind: str, **payload: Any) -> None:
    await client.send(json.dumps({"type": kind, "version": "1.6", "payload": payload}))


async def test_a_client_registers_is_called_and_declines(exchange: Exchange) -> None:
    """Official clients B6; the offer is the media process's own door."""
    account = exchange.accounts[0].sid
    async with connect(exchange.url.replace("http", "ws") + "/signal") as client:
        await told(client, "listen", token=token(exchange, "alice"))
        assert (await heard(client, "connected"))["home"].startswith("127.0.0.1:")
        await told(client, "register", media={"audio": True})
        await heard(client, "ready")
        order = PlaceCall(
            account=account, to="client:alice?order=1", caller="+15005550006", steering=Steering(), twiml="<Response/>"
        )
        row = exchange.switchboard.place_call(order)
        rings = await heard(client, "invite")
        assert rings["callsid"] == row["sid"] and rings["parameters"]["Params"] == "order=1"
        assert "a=ice-lite" in rings["sdp"] and " 127.0.0.1 " in rings["sdp"]
        await told(client, "reject", callsid=row["sid"])
        async with asyncio.timeout(10):
            while exchange.switchboard.is_live(row["sid"]):  # noqa: ASYNC110  calls leave the table without a word
                await asyncio.sleep(0.01)
    moved = [e.event.status for e in await exchange.database.events(0, limit=1000) if isinstance(e.event, CallMoved)]
    assert moved == ["ringing", "busy"]


async def test_its_pages_are_there_and_other_sockets_are_not(exchange: Exchange) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{exchange.url}/js/client/sounds/releases/1.0.0/incoming.mp3") as sound:
            assert sound.status == 200 and sound.headers["Access-Control-Allow-Origin"] == "*"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(f"{exchange.url}/elsewhere")


async def test_an_exchange_in_virtual_time_has_none() -> None:
    """Browsers live in real time."""
    running = await Exchange.start(Settings(port=0, proxy_port=None, virtual_time=True, speech="none"))
    try:
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(f"{running.url}/signal")
    finally:
        await running.close()
