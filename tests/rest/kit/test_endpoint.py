"""The five operations on two plain resources, one of each convention, over the real store."""

from typing import Any
from urllib.parse import parse_qsl

import pytest

from hoyhoy.rest.kit import BOTH, LIST, V1, Context, Resource, boolean, computed, integer, text, words
from hoyhoy.wire.errors import Fault
from tests.rest.world import ACCOUNT, BASE, OTHER, OTHER_TOKEN, START, world


class Box(Resource):
    """A plain resource of the classic API."""

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/Boxes", "QU", "boxes"
    below = {"items": "Items"}

    friendly_name: str = text(8, on=BOTH, required=20001, find="=")
    max_size: int = integer(default=1000, between=(1, 5000), on=BOTH)
    tags: list[str] = words(on=BOTH)
    count: int = computed()
    from_: str = text(on=BOTH)
    secret: str = text(on=BOTH, shown=False, secret=True)

    def show_count(self, ctx: Context) -> int:
        return len(self.friendly_name)

    async def on_delete(self, ctx: Context) -> None:
        if self.friendly_name == "full":
            raise Fault(20001, "It is not empty.")


class Pool(Resource):
    """A plain resource of a newer API."""

    product, style = "messaging", V1
    path, prefix, key = "/v1/Pools", "MG", "pools"
    below = {"phone_numbers": "PhoneNumbers"}

    friendly_name: str = text(on=BOTH, required=20001)
    sticky_sender: bool = boolean(default=True, on=BOTH)
    slow: str = computed()

    async def show_slow(self, ctx: Context) -> str:
        await ctx.services.journal.settled()
        return "shown"


class Item(Resource):
    """Below a box."""

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/Boxes/{box_sid}/Items", "RE", "items"
    offers = (LIST, "create", "fetch")
    within = {"box_sid": "boxes"}

    box_sid: str = text()
    name: str = text(on=BOTH, idle=True)
    hint: str = text(on=("fetch",), shown=False, idle=True)


@pytest.fixture
async def exchange():
    async with world([Box, Pool, Item]) as made:
        yield made


async def make(exchange: Any, **form: Any) -> dict[str, Any]:
    answer = await exchange.post("/Boxes.json", **form)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_create(exchange):
    box = await make(exchange, FriendlyName="tools", Tags=["a", "b"], Unknown="x", From="me", Secret="s")
    assert box == {
        "sid": box["sid"],
        "account_sid": ACCOUNT,
        "date_created": "Thu, 01 Jan 2026 00:00:00 +0000",
        "date_updated": "Thu, 01 Jan 2026 00:00:00 +0000",
        "friendly_name": "tools",
        "max_size": 1000,
        "tags": ["a", "b"],
        "count": 5,
        "from": "me",
        "uri": f"{BASE}/Boxes/{box['sid']}.json",
        "subresource_uris": {"items": f"{BASE}/Boxes/{box['sid']}/Items.json"},
    }
    assert (await exchange.get(f"/Boxes/{box['sid']}.json")).json() == box
    row = await exchange.database.rows.fetch("boxes", box["sid"])
    assert row["from"] == "me" and row["secret"] == "s" and row["date_created"] == START


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({}, "Parameter 'FriendlyName' is required."),
        ({"FriendlyName": ""}, "Parameter 'FriendlyName' is required."),
        ({"friendlyname": "x"}, "Parameter 'FriendlyName' is required."),
        ({"FriendlyName": "x" * 9}, "Parameter 'FriendlyName' must have at most 8 characters."),
        ({"FriendlyName": "x", "MaxSize": "5001"}, "Parameter 'MaxSize' must be a whole number from 1 to 5000."),
    ],
)
async def test_create_refused(exchange, form, message):
    answer = await exchange.post("/Boxes.json", **form)
    assert answer.status_code == 400 and (answer.json()["code"], answer.json()["message"]) == (20001, message)
    assert (await exchange.get("/Boxes.json")).json()["boxes"] == []


async def test_update(exchange):
    box = await make(exchange, FriendlyName="tools", MaxSize="5", From="me")
    await exchange.run(10)
    path = f"/Boxes/{box['sid']}.json"
    changed = (await exchange.post(path, MaxSize="7", From="")).json()
    assert changed == {**box, "max_size": 7, "from": "", "date_updated": "Thu, 01 Jan 2026 00:00:10 +0000"}
    assert (await exchange.get(path)).json() == changed
    assert (await exchange.post(path)).json() == changed, "nothing given, nothing changed"
    assert (await exchange.post(path, MaxSize="0")).status_code == 400


async def test_delete(exchange):
    path = f"/Boxes/{(await make(exchange, FriendlyName='tools'))['sid']}.json"
    answer = await exchange.delete(path)
    assert answer.status_code == 204 and answer.content == b"" and "content-type" not in answer.headers
    assert (await exchange.delete(path)).status_code == 404
    full = await make(exchange, FriendlyName="full")
    assert (await exchange.delete(f"/Boxes/{full['sid']}.json")).status_code == 400


async def test_other_accounts_see_nothing(exchange):
    box = await make(exchange, FriendlyName="mine")
    theirs = f"/2010-04-01/Accounts/{OTHER}/Boxes"
    for method in ("GET", "POST", "DELETE"):
        answer = await exchange.request(method, f"{theirs}/{box['sid']}.json", auth=(OTHER, OTHER_TOKEN))
        assert answer.status_code == 404
    listed = await exchange.request("GET", theirs + ".json", auth=(OTHER, OTHER_TOKEN))
    assert listed.json()["boxes"] == []


async def test_pages(exchange):  # messaging 4.5
    made = [(await make(exchange, FriendlyName="a" if i % 2 else "b"))["sid"] for i in range(7)]
    page = (await exchange.get("/Boxes.json?PageSize=3&Nonsense=1")).json()
    assert [box["sid"] for box in page["boxes"]] == made[:3:-1]
    assert (page["page"], page["page_size"], page["start"], page["end"]) == (0, 3, 0, 2)
    assert page["uri"] == page["first_page_uri"] == f"{BASE}/Boxes.json?PageSize=3&Page=0"
    assert page["previous_page_uri"] is None
    await make(exchange, FriendlyName="new")
    second = (await exchange.request("GET", page["next_page_uri"])).json()
    assert [box["sid"] for box in second["boxes"]] == made[3:0:-1], "what came meanwhile shifts nothing"
    third = (await exchange.request("GET", second["next_page_uri"])).json()
    assert [box["sid"] for box in third["boxes"]] == made[:1]
    assert (third["next_page_uri"], third["start"], third["end"]) == (None, 6, 6)
    back = (await exchange.request("GET", third["previous_page_uri"])).json()
    assert back["boxes"] == second["boxes"]
    first = (await exchange.request("GET", back["previous_page_uri"])).json()
    assert first["boxes"] == page["boxes"]


async def test_filters_travel_with_the_pages(exchange):
    for i in range(5):
        await make(exchange, FriendlyName="a&b" if i % 2 else "c")
    page = (await exchange.get("/Boxes.json", params={"FriendlyName": "a&b", "PageSize": 1})).json()
    assert "FriendlyName=a%26b" in page["next_page_uri"]
    second = (await exchange.request("GET", page["next_page_uri"])).json()
    assert [box["friendly_name"] for box in second["boxes"]] == ["a&b"] and second["next_page_uri"] is None


async def test_plain_page_numbers(exchange):
    made = [(await make(exchange, FriendlyName=str(i)))["sid"] for i in range(5)]
    page = (await exchange.get("/Boxes.json?PageSize=2&Page=1")).json()
    assert [box["sid"] for box in page["boxes"]] == [made[2], made[1]]
    assert (await exchange.get("/Boxes.json?PageSize=2&Page=9")).json()["boxes"] == []


async def test_page_size_has_a_limit(exchange):
    answer = await exchange.get("/Boxes.json?PageSize=1001")
    assert (answer.status_code, answer.json()["code"]) == (400, 20007)
    assert (await exchange.get("/Boxes.json?PageSize=1000")).status_code == 200


async def test_a_forged_token_opens_nothing(exchange):
    await make(exchange, FriendlyName="mine")
    token = "PAQU" + f"{2**63:016x}" * 2
    answer = await exchange.request(
        "GET", f"/2010-04-01/Accounts/{OTHER}/Boxes.json?PageToken={token}", auth=(OTHER, OTHER_TOKEN)
    )
    assert answer.status_code == 200 and answer.json()["boxes"] == []


async def test_newer_convention(exchange):  # messaging 4.4
    answer = await exchange.request(
        "POST", "/v1/Pools", data={"FriendlyName": "p"}, headers={"Host": "messaging.twilio.com"}
    )
    pool = answer.json()
    url = f"https://messaging.twilio.com/v1/Pools/{pool['sid']}"
    assert answer.status_code == 201 and pool == {
        "sid": pool["sid"],
        "account_sid": ACCOUNT,
        "date_created": "2026-01-01T00:00:00Z",
        "date_updated": "2026-01-01T00:00:00Z",
        "friendly_name": "p",
        "sticky_sender": True,
        "slow": "shown",
        "url": url,
        "links": {"phone_numbers": url + "/PhoneNumbers"},
    }
    byhand = (await exchange.request("GET", f"/messaging/v1/Pools/{pool['sid']}.json")).json()
    assert byhand["url"] == f"http://localhost:8980/messaging/v1/Pools/{pool['sid']}"
    meta = (await exchange.request("GET", "/messaging/v1/Pools?PageSize=1")).json()["meta"]
    assert meta["key"] == "pools" and meta["url"] == "http://localhost:8980/messaging/v1/Pools?PageSize=1&Page=0"
    assert (await exchange.request("GET", "/v1/Pools")).status_code == 404
    error = await exchange.request("POST", "/messaging/v1/Pools")
    assert error.status_code == 400 and error.headers["Content-Type"] == "application/json"


async def test_below_another_resource(exchange):
    box = await make(exchange, FriendlyName="a")
    other = await make(exchange, FriendlyName="b")
    path = f"/Boxes/{box['sid']}/Items"
    item = (await exchange.post(path + ".json", Name="hammer")).json()
    assert item["box_sid"] == box["sid"] and item["uri"] == f"{BASE}{path}/{item['sid']}.json"
    assert [one["sid"] for one in (await exchange.get(path + ".json")).json()["items"]] == [item["sid"]]
    assert (await exchange.get(f"/Boxes/{other['sid']}/Items.json")).json()["items"] == []
    assert (await exchange.get(f"/Boxes/{other['sid']}/Items/{item['sid']}.json")).status_code == 404
    missing = f"/Boxes/QU{'0' * 32}/Items"
    assert (await exchange.get(missing + ".json")).status_code == 404
    assert (await exchange.post(missing + ".json", Name="x")).status_code == 404


async def test_what_has_no_effect_is_told_to_whoever_asks_for_it(exchange):
    async def told():
        page = (await exchange.get("/Notifications.json")).json()
        return [dict(parse_qsl(one["message_text"]))["Msg"] for one in page["notifications"]]

    box = await make(exchange, FriendlyName="b")
    item = (await exchange.post(f"/Boxes/{box['sid']}/Items.json", Name="n")).json()
    assert await told() == ["Name: kept, but this version of hoyhoy does not act on it."]
    path = f"/Boxes/{box['sid']}/Items/{item['sid']}.json"
    await exchange.get(path, params={"Hint": "", "Other": "x"})
    assert len(await told()) == 1
    await exchange.get(path, params={"Hint": "h"})
    assert await told() == [
        "Hint: read, but this version of hoyhoy does not act on it.",
        "Name: kept, but this version of hoyhoy does not act on it.",
    ]
