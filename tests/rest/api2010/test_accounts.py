"""Accounts (messaging reference 3.1)."""

import pytest

from tests.rest.world import ACCOUNT, BASE, OTHER, SHARED, SUB, SUB_TOKEN, TOKEN

ACCOUNTS = "/2010-04-01/Accounts"


async def make_account(exchange):
    return f"{ACCOUNTS}/{ACCOUNT}"


SPECIMENS = {"Account": make_account}


async def test_representation(exchange):
    answer = (await exchange.get(".json")).json()
    assert answer == {
        "sid": ACCOUNT,
        "friendly_name": "Main",
        "type": "Full",
        "status": "active",
        "auth_token": TOKEN,
        "owner_account_sid": ACCOUNT,
        "date_created": "Thu, 01 Jan 2026 00:00:00 +0000",
        "date_updated": "Thu, 01 Jan 2026 00:00:00 +0000",
        "uri": BASE + ".json",
        "subresource_uris": answer["subresource_uris"],
    }
    assert answer["subresource_uris"]["calls"] == BASE + "/Calls.json"


async def test_login_checks_of_the_official_client(exchange):
    assert (await exchange.sdk(lambda client: client.api.accounts(ACCOUNT).fetch())).friendly_name == "Main"
    assert (await exchange.sdk(lambda client: client.api.v2010.account.fetch())).sid == ACCOUNT


async def test_list(exchange):
    answer = (await exchange.request("GET", ACCOUNTS + ".json")).json()
    assert [one["sid"] for one in answer["accounts"]] == [SUB, ACCOUNT]
    one = (await exchange.request("GET", ACCOUNTS + ".json", auth=(SUB, SUB_TOKEN))).json()
    assert [account["sid"] for account in one["accounts"]] == [SUB]
    named = (await exchange.request("GET", ACCOUNTS + ".json?FriendlyName=Sub&Status=active")).json()
    assert [account["sid"] for account in named["accounts"]] == [SUB]


async def test_who_sees_whom(exchange):
    assert (await exchange.request("GET", f"{ACCOUNTS}/{SUB}.json")).status_code == 200
    assert (await exchange.request("GET", f"{ACCOUNTS}/{OTHER}.json")).status_code == 404
    assert (await exchange.request("GET", f"{ACCOUNTS}/AC{'0' * 32}.json")).status_code == 404
    assert (await exchange.request("GET", f"{ACCOUNTS}/{ACCOUNT}.json", auth=(SUB, SUB_TOKEN))).status_code == 404


@SHARED
@pytest.mark.parametrize(
    ("sid", "form", "code"),
    [
        (ACCOUNT, {"FriendlyName": ""}, 20002),
        (ACCOUNT, {"FriendlyName": "x" * 65}, 20002),
        (ACCOUNT, {"Status": "suspended"}, 21477),
        (SUB, {"Status": "asleep"}, 21478),
    ],
)
async def test_update_refused(shared, sid, form, code):
    answer = await shared.request("POST", f"{ACCOUNTS}/{sid}.json", data=form)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_update(exchange):
    renamed = await exchange.request("POST", f"{ACCOUNTS}/{ACCOUNT}.json", data={"FriendlyName": "New"})
    assert renamed.json()["friendly_name"] == "New"
    path = f"{ACCOUNTS}/{SUB}.json"
    assert (await exchange.request("POST", path, data={"Status": "suspended"})).json()["status"] == "suspended"
    refused = await exchange.request("POST", f"{ACCOUNTS}/{SUB}/Messages.json", auth=(SUB, SUB_TOKEN))
    assert refused.json()["code"] == 20005
    assert (await exchange.request("POST", path, data={"Status": "closed"})).json()["status"] == "closed"
    assert (await exchange.request("POST", path, data={"Status": "active"})).json()["code"] == 21479


async def test_a_subaccount_cannot_change_its_own_status(exchange):
    path, form = f"{ACCOUNTS}/{SUB}.json", {"Status": "suspended"}
    answer = await exchange.request("POST", path, auth=(SUB, SUB_TOKEN), data=form)
    assert answer.json()["code"] == 20003
