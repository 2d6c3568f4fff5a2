"""API keys (messaging reference 3.2, 3.3)."""

import re

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.rest.world import ACCOUNT, BASE, OTHER, OTHER_TOKEN, SHARED, SUB, SUB_TOKEN

KEYS = BASE + "/Keys"


async def make_key(exchange):
    return f"{KEYS}/{(await exchange.post('/Keys.json')).json()['sid']}"


SPECIMENS = {"Key": make_key}


@pytest.mark.works("Key.create", "FriendlyName")
async def test_representation(exchange):
    made = (await exchange.post("/Keys.json", FriendlyName="For the shop")).json()
    assert made == {
        "sid": made["sid"],
        "friendly_name": "For the shop",
        "date_created": "Thu, 01 Jan 2026 00:00:00 +0000",
        "date_updated": "Thu, 01 Jan 2026 00:00:00 +0000",
        "secret": made["secret"],
    }
    assert re.fullmatch("SK[0-9a-f]{32}", made["sid"]) and re.fullmatch("[0-9A-Za-z]{32}", made["secret"])
    secret = made.pop("secret")
    assert (await exchange.get(f"/Keys/{made['sid']}.json")).json() == made
    assert (await exchange.get("/Keys.json")).json()["keys"] == [made]
    assert (await exchange.post("/Keys.json")).json()["friendly_name"] is None
    assert (await exchange.post(f"/Keys/{made['sid']}.json")).json() == made
    for form in ("", ".csv", ".xml"):
        assert secret not in (await exchange.get("/Keys" + form)).text


@pytest.mark.works("Key.update", "FriendlyName")
async def test_a_keys_life_with_the_official_client(exchange):
    made = await exchange.sdk(lambda client: client.new_keys.create(friendly_name="One"))
    await exchange.run(60)
    renamed = await exchange.sdk(lambda client: client.keys(made.sid).update(friendly_name="Two"))
    assert (renamed.friendly_name, (renamed.date_updated - renamed.date_created).seconds) == ("Two", 60)
    assert [one.friendly_name for one in await exchange.sdk(lambda client: client.keys.list())] == ["Two"]
    calls = await exchange.sdk(lambda client: client.api.v2010.accounts(ACCOUNT).calls.list(), made.sid, made.secret)
    assert calls == []
    assert await exchange.sdk(lambda client: client.keys(made.sid).delete())
    with pytest.raises(TwilioRestException) as gone:
        await exchange.sdk(lambda client: client.keys(made.sid).delete())
    assert (gone.value.status, gone.value.code) == (404, 20404)


@SHARED
async def test_refused(shared):
    answer = await shared.post("/Keys.json", FriendlyName="x" * 65)
    assert (answer.status_code, answer.json()["code"]) == (400, 70001)


async def test_a_restricted_key_cannot_be_made_here(exchange):
    """The platform ignores KeyType and Policy here, and so do we: only the newer API knows them."""
    made = (await exchange.post("/Keys.json", KeyType="restricted", Policy='{"allow": []}')).json()
    assert (await exchange.get("/Calls.json", auth=(made["sid"], made["secret"]))).status_code == 200
    assert exchange.database.directory.key(made["sid"]).kind == "standard"


async def test_whose_keys(exchange):
    sid = (await make_key(exchange)).rpartition("/")[2]
    for path in (f"/2010-04-01/Accounts/{SUB}/Keys/{sid}.json", f"/2010-04-01/Accounts/{SUB}/Keys.json"):
        answer = await exchange.request("GET", path, auth=(SUB, SUB_TOKEN))
        assert answer.status_code == 404 or answer.json()["keys"] == []
    for method in ("GET", "POST", "DELETE"):
        for auth in ((SUB, SUB_TOKEN), (OTHER, OTHER_TOKEN)):
            answer = await exchange.request(method, f"{KEYS}/{sid}.json", auth=auth)
            assert (answer.status_code, answer.json()["code"]) == (401, 20003)
    assert (await exchange.request("POST", f"/2010-04-01/Accounts/{SUB}/Keys.json")).status_code == 201


async def test_keys_do_not_reach_keys(exchange):
    made = (await exchange.post("/Keys.json")).json()
    auth = (made["sid"], made["secret"])
    for method, path in (
        ("GET", "/Keys.json"),
        ("POST", "/Keys.json"),
        ("POST", "/SigningKeys.json"),
        ("GET", f"/Keys/{made['sid']}.json"),
        ("DELETE", f"/Keys/{made['sid']}.json"),
        ("GET", ".json"),
    ):
        answer = await exchange.request(method, BASE + path, auth=auth)
        assert (answer.status_code, answer.json()["code"]) == (401, 20003)


async def test_secrets_are_in_no_event_and_no_log(exchange, caplog):
    with caplog.at_level("DEBUG"):
        made = (await exchange.post("/Keys.json", FriendlyName="Hush")).json()
        await exchange.get("/Calls.json", auth=(made["sid"], made["secret"]))
        await exchange.delete(f"/Keys/{made['sid']}.json")
    entries = await exchange.database.events(0)
    assert any(entry.subject == made["sid"] for entry in entries)
    for told in (repr(entries), caplog.text, repr(exchange.log)):
        assert made["secret"] not in told
