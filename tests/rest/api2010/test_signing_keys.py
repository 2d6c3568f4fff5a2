"""SigningKeys, the older twin of Keys (messaging reference 3.3)."""

import pytest

from tests.rest.world import ACCOUNT, BASE, SHARED


async def make_signing_key(exchange):
    return f"{BASE}/SigningKeys/{(await exchange.post('/SigningKeys.json')).json()['sid']}"


SPECIMENS = {"SigningKey": make_signing_key}


@pytest.mark.works("SigningKey.create", "FriendlyName")
@pytest.mark.works("SigningKey.update", "FriendlyName")
async def test_a_life_with_the_official_client(exchange):
    made = await exchange.sdk(lambda client: client.new_signing_keys.create(friendly_name="One"))
    assert made.friendly_name == "One" and len(made.secret) == 32
    key = client_key = exchange.database.directory.key(made.sid)
    assert (key.account, key.secret, client_key.kind) == (ACCOUNT, made.secret, "standard")
    await exchange.sdk(lambda client: client.signing_keys(made.sid).update(friendly_name="Two"))
    [one] = await exchange.sdk(lambda client: client.signing_keys.list())
    assert (one.sid, one.friendly_name) == (made.sid, "Two")
    assert await exchange.sdk(lambda client: client.signing_keys(made.sid).delete())
    assert exchange.database.directory.key(made.sid) is None


async def test_the_same_store_as_keys(exchange):
    made = (await exchange.post("/SigningKeys.json", FriendlyName="x")).json()
    assert made.keys() == {"sid", "friendly_name", "date_created", "date_updated", "secret"}
    del made["secret"]
    assert (await exchange.get(f"/Keys/{made['sid']}.json")).json() == made
    assert (await exchange.get("/SigningKeys.json")).json()["signing_keys"] == [made]
    assert (await exchange.get("/Calls.json", auth=(made["sid"], "wrong"))).status_code == 401
    await exchange.delete(f"/Keys/{made['sid']}.json")
    assert (await exchange.get(f"/SigningKeys/{made['sid']}.json")).status_code == 404


@SHARED
async def test_refused(shared):
    answer = await shared.post("/SigningKeys.json", FriendlyName="x" * 65)
    assert (answer.status_code, answer.json()["code"]) == (400, 70001)
