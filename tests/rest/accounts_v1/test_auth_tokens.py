"""Two tokens, and the change from one to the other (messaging reference 3.3)."""

import asyncio
import re

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.rest.world import ACCOUNT, BASE, SUB, SUB_TOKEN, TOKEN

SECONDARY, PROMOTE = "/accounts/v1/AuthTokens/Secondary", "/accounts/v1/AuthTokens/Promote"


async def make_secondary(exchange):
    await exchange.request("POST", SECONDARY)
    return SECONDARY


async def make_promotion(exchange):
    await exchange.request("POST", SECONDARY)
    return PROMOTE


SPECIMENS = {"SecondaryAuthToken": make_secondary, "AuthTokenPromotion": make_promotion}


async def opens(exchange, token, sid=ACCOUNT):
    return (
        await exchange.request("GET", f"/2010-04-01/Accounts/{sid}/Calls.json", auth=(sid, token))
    ).status_code == 200


async def test_representation(exchange):
    answer = await exchange.request("POST", SECONDARY)
    second = answer.json()
    assert answer.status_code == 201
    assert second == {
        "account_sid": ACCOUNT,
        "date_created": "2026-01-01T00:00:00Z",
        "date_updated": "2026-01-01T00:00:00Z",
        "secondary_auth_token": second["secondary_auth_token"],
        "url": "http://localhost:8980" + SECONDARY,
    }
    assert re.fullmatch("[0-9a-f]{32}", second["secondary_auth_token"])
    answer = await exchange.request("POST", PROMOTE)
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "account_sid": ACCOUNT,
            "auth_token": second["secondary_auth_token"],
            "date_created": "2026-01-01T00:00:00Z",
            "date_updated": "2026-01-01T00:00:00Z",
            "url": "http://localhost:8980" + PROMOTE,
        },
    )


async def test_a_change_of_tokens_with_the_official_client(exchange):
    made = await exchange.sdk(lambda client: client.accounts.v1.secondary_auth_token().create())
    second = made.secondary_auth_token
    assert await opens(exchange, TOKEN) and await opens(exchange, second)
    account = exchange.database.directory.account(ACCOUNT)
    assert (account.auth_token, account.secondary_token) == (TOKEN, second), "the primary one signs"
    promoted = await exchange.sdk(
        lambda client: client.accounts.v1.auth_token_promotion().update(suppress_email_notification=True), token=second
    )
    assert promoted.auth_token == second
    assert not await opens(exchange, TOKEN) and await opens(exchange, second)
    account = exchange.database.directory.account(ACCOUNT)
    assert (account.auth_token, account.secondary_token) == (second, "")
    shown = await exchange.request("GET", BASE + ".json", auth=(ACCOUNT, second))
    assert shown.json()["auth_token"] == second


async def test_deletion(exchange):
    second = (await exchange.request("POST", SECONDARY)).json()["secondary_auth_token"]
    assert await exchange.sdk(lambda client: client.accounts.v1.secondary_auth_token().delete())
    assert await opens(exchange, TOKEN) and not await opens(exchange, second)
    for method, path in (("DELETE", SECONDARY), ("POST", PROMOTE)):
        answer = await exchange.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (404, 20404)


async def test_there_is_one_at_most(exchange):
    answers = await asyncio.gather(*(exchange.request("POST", SECONDARY) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    [second] = [answer.json()["secondary_auth_token"] for answer in answers if answer.status_code == 201]
    assert await opens(exchange, second)
    with pytest.raises(TwilioRestException) as refused:
        await exchange.sdk(lambda client: client.accounts.v1.secondary_auth_token().create())
    assert refused.value.code == 20409


@pytest.mark.parametrize(("method", "path", "status"), [("POST", SECONDARY, 409), ("POST", PROMOTE, 200)])
async def test_what_happened_while_the_body_was_on_its_way_counts(exchange, method, path, status):
    asked, sent = asyncio.Event(), asyncio.Event()

    async def body():
        asked.set()
        await sent.wait()
        yield b""

    slow = asyncio.create_task(exchange.request(method, path, content=body()))
    await asked.wait()
    second = (await exchange.request("POST", SECONDARY)).json()["secondary_auth_token"]
    sent.set()
    assert (await slow).status_code == status
    assert await opens(exchange, second)


async def test_each_account_has_its_own(exchange):
    second = (await exchange.request("POST", SECONDARY, auth=(SUB, SUB_TOKEN))).json()
    assert second["account_sid"] == SUB
    assert await opens(exchange, second["secondary_auth_token"], SUB)
    assert not await opens(exchange, second["secondary_auth_token"])
    assert (await exchange.request("POST", PROMOTE)).status_code == 404


async def test_keys_do_not_reach_tokens(exchange):
    key = (await exchange.post("/Keys.json")).json()
    for method, path in (("POST", SECONDARY), ("DELETE", SECONDARY), ("POST", PROMOTE)):
        answer = await exchange.request(method, path, auth=(key["sid"], key["secret"]))
        assert (answer.status_code, answer.json()["code"]) == (401, 20003)


async def test_tokens_are_in_no_event(exchange):
    second = (await exchange.request("POST", SECONDARY)).json()["secondary_auth_token"]
    await exchange.request("POST", PROMOTE)
    entries = await exchange.database.events(0)
    assert second not in repr(entries) and second not in repr(exchange.log)
    assert "secondary_token" in repr(entries), "but that it changed is"
