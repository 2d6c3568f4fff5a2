"""TURN tokens (messaging reference 3.6)."""

import pytest

from hoyhoy.rest.kit import Settings
from hoyhoy.wire.turn import credentials
from tests.rest.world import ACCOUNT, BASE, OTHER, OTHER_TOKEN, SHARED, START, world

SERVERS = ("stun:stun.example.com:3478", "turn:turn.example.com:3478?transport=udp", "turns:turn.example.com:443")


async def tokens(exchange):
    return f"{BASE}/Tokens"


SPECIMENS = {"Token": tokens}


async def test_representation():
    async with world(ice_servers=SERVERS, turn_secret="north") as exchange:
        answer = await exchange.post("/Tokens.json")
        username, password = credentials("north", ACCOUNT, int(START) + 86400)
        opened = {"username": username, "credential": password}
        assert answer.status_code == 201 and answer.json() == {
            "account_sid": ACCOUNT,
            "date_created": "Thu, 01 Jan 2026 00:00:00 +0000",
            "date_updated": "Thu, 01 Jan 2026 00:00:00 +0000",
            "ice_servers": [
                {"url": SERVERS[0], "urls": SERVERS[0]},
                {"url": SERVERS[1], "urls": SERVERS[1], **opened},
                {"url": SERVERS[2], "urls": SERVERS[2], **opened},
            ],
            "username": username,
            "password": password,
            "ttl": "86400",
            "uri": f"{BASE}/Tokens.json",
        }


@pytest.mark.works("Token.create", "Ttl")
async def test_how_long_a_token_is_good():
    async with world(ice_servers=SERVERS, turn_secret="north") as exchange:
        token = await exchange.sdk(lambda client: client.tokens.create(ttl=60))
        assert token.ttl == "60"
        assert (token.username, token.password) == credentials("north", ACCOUNT, int(START) + 60)


async def test_what_nobody_could_open_is_left_out():
    async with world(ice_servers=SERVERS) as exchange:
        token = (await exchange.post("/Tokens.json")).json()
        assert token["ice_servers"] == [{"url": SERVERS[0], "urls": SERVERS[0]}]


@SHARED
async def test_without_servers(shared):
    one, two = [(await shared.post("/Tokens.json")).json() for _ in range(2)]
    assert one["ice_servers"] == [] and one["password"] != two["password"]
    for wrong in ("0", "-1", "long", "9" * 30):
        answer = await shared.post("/Tokens.json", Ttl=wrong)
        assert (answer.status_code, answer.json()["code"]) == (400, 20001)
    assert (await shared.get("/Tokens.json")).status_code == 405
    foreign = await shared.request("POST", f"{BASE}/Tokens.json", auth=(OTHER, OTHER_TOKEN))
    assert foreign.status_code == 401


def test_the_secret_is_never_shown():
    assert "north" not in repr(Settings(turn_secret="north"))
