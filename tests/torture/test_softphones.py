"""Crowds of browsers that say anything: they are refused, and whoever telephones notices nothing of them.

Frames are made from a seed, so that what fails once fails again.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from hoyhoy.app import Exchange
from hoyhoy.settings import Settings
from tests.lines.webrtc.booth import described

pytestmark = [pytest.mark.torture, pytest.mark.timeout(300)]

CROWD, ROUNDS, FRAMES = 100, 5, 30
MEGABYTE = 1 << 20
STEADY = 48 * MEGABYTE
"""What the memory of an exchange moves by without anything being kept."""


@pytest.fixture
async def exchange(tmp_path: Path) -> AsyncIterator[Exchange]:
    running = await Exchange.start(
        Settings(data=tmp_path / "data", port=0, proxy_port=0, media_port=0, sip=False, speech="none")
    )
    yield running
    await running.close()


def resident() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def token(exchange: Exchange, identity: str) -> str:
    keys = exchange.keys()
    made = AccessToken(keys.account_sid, keys.api_key, keys.api_secret, identity=identity)
    made.add_grant(VoiceGrant(incoming_allow=True, outgoing_application_sid="AP" + "0" * 32))
    return str(made.to_jwt())


def frames(good: str, chance: random.Random) -> str:
    """Some word of the protocol, mostly right, often wounded."""
    call = chance.choice(("TJSone", "CA" + "1" * 32, "", "x" * 100))
    word = chance.choice(("listen", "register", "invite", "answer", "reject", "hangup", "reinvite", "dtmf", "message"))
    payload = {
        "token": chance.choice((good, good[:-3], "a.b.c", "")),
        "callsid": call,
        "sdp": chance.choice((described(), "v=0", "x" * 5000)),
        "media": {"audio": chance.random() < 0.5},
        "twilio": {"params": chance.choice(("To=%2B1", "%", "a=b&" * 90))},
        "dtmf": "12#",
        "content": {"a": 1},
        "messagetype": "user-defined-message",
        "voiceeventsid": "KX" + "1" * 32,
    }
    if word == "invite" and chance.random() < 0.5:
        payload["reconnect"] = chance.choice(("0" * 32, "", "x" * 600))
    text = json.dumps({"type": word, "version": "1.6", "payload": payload})
    if chance.random() < 0.3:
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice(("", '"', "}", "\x00", "é" * 9)) + text[at + chance.randrange(9) :]
    return text


async def stranger(url: str, good: str, chance: random.Random) -> None:
    with suppress(WebSocketException, OSError, TimeoutError):
        async with asyncio.timeout(30), connect(url, open_timeout=20) as client:
            for _ in range(FRAMES):
                await client.send(frames(good, chance))
            if chance.random() < 0.5:
                client.transport.abort()


async def heard(client: ClientConnection, kind: str) -> None:
    async with asyncio.timeout(20):
        while True:
            frame = str(await client.recv())
            if frame.strip() and json.loads(frame)["type"] == kind:
                return


async def test_a_crowd_that_says_anything(exchange: Exchange, caplog: pytest.LogCaptureFixture) -> None:
    url, good = exchange.url.replace("http", "ws") + "/signal", token(exchange, "mallory")
    caplog.set_level(logging.ERROR)
    before = 0
    for number in range(ROUNDS):
        crowd = [stranger(url, good, random.Random(1000 * number + one)) for one in range(CROWD)]
        await asyncio.gather(*crowd)
        async with connect(url) as client:
            await client.send(json.dumps({"type": "listen", "payload": {"token": token(exchange, "alice")}}))
            await heard(client, "connected")
            await client.send(json.dumps({"type": "register", "payload": {"media": {"audio": True}}}))
            await heard(client, "ready")
        before = before or resident()
    assert exchange.softphones
    async with asyncio.timeout(30):
        while len(exchange.softphones.line.equipment.presence):  # noqa: ASYNC110  nobody tells when the last has left
            await asyncio.sleep(0.1)
    assert not exchange.softphones.line.equipment.legs and not exchange.switchboard.facilities.calls
    assert resident() - before < STEADY
    assert [one.message for one in caplog.records] == []
