"""What an app tells the program of a client in a call (voice reference 13.3)."""

import json

import pytest
from twilio.base.exceptions import TwilioRestException

from hoyhoy.exchange.conversing import LONGEST, LONGEST_KEY
from hoyhoy.lines.simulated.script import Behaviour
from tests.rest.world import ACCOUNT, BASE, NUMBER, OTHER, OTHER_TOKEN, PHONE, SUB, SUB_TOKEN

ALICE = "client:alice"


async def called(exchange, to=ALICE, **behaviour):
    """A call to a client, which is answered after two seconds unless it is told otherwise; its sid."""
    exchange.network.phone(to).behaviour = Behaviour(**behaviour)
    sid = (await exchange.post("/Calls.json", To=to, From=NUMBER, Url="http://app/voice")).json()["sid"]
    await exchange.run(5)
    return sid


async def tell(exchange, call, **form):
    return await exchange.post(f"/Calls/{call}/UserDefinedMessages.json", **form)


def messages(exchange, to=ALICE):
    """What the program of the last call was told."""
    return [one.content for one in exchange.network.phone(to).calls[-1].messages]


async def list_of_a_call(exchange):
    return f"{BASE}/Calls/{await called(exchange)}/UserDefinedMessages"


SPECIMENS = {"UserDefinedMessage": list_of_a_call}


def refusal(answer):
    body = answer.json()
    return answer.status_code, body["code"], body["message"]


async def test_representation(exchange):
    call = await called(exchange)
    answer = await tell(exchange, call, Content="{}")
    body = answer.json()
    assert answer.status_code == 201
    assert body == {
        "sid": body["sid"],
        "account_sid": ACCOUNT,
        "call_sid": call,
        "date_created": "Thu, 01 Jan 2026 00:00:05 +0000",
    }
    (kept,) = exchange.network.phone(ALICE).calls[-1].messages
    assert kept.sid == body["sid"] and body["sid"].startswith("KX")


@pytest.mark.works("UserDefinedMessage.create", Content='"nothing"')
async def test_with_the_official_client(exchange):
    call = await called(exchange)
    content = json.dumps({"key1": "Hello from the server side.", "é": [1, None]})
    told = await exchange.sdk(lambda client: client.calls(call).user_defined_messages.create(content=content))
    assert (told.account_sid, told.call_sid) == (ACCOUNT, call) and told.date_created.year == 2026
    assert messages(exchange) == [content]


@pytest.mark.works("UserDefinedMessage.create", "IdempotencyKey")
async def test_a_repeated_request_has_the_same_answer(exchange):
    call = await called(exchange)
    keys = "one", "one", "two", "", ""
    sids = [(await tell(exchange, call, Content=f'"{key}"', IdempotencyKey=key)).json()["sid"] for key in keys]
    assert sids[0] == sids[1] and len(set(sids)) == 4
    assert messages(exchange) == ['"one"', '"two"', '""', '""']


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, 32702),
        ({"Content": ""}, 32702),
        ({"Content": "Hello"}, 32702),
        ({"Content": "{'a': 1}"}, 32702),
        ({"Content": '{"a": NaN}'}, 32702),
        ({"Content": '"' + "x" * (LONGEST - 1) + '"'}, 32703),
        ({"Content": "{}", "IdempotencyKey": "k" * (LONGEST_KEY + 1)}, 32707),
    ],
)
async def test_what_is_refused(exchange, form, code):
    call = await called(exchange)
    assert refusal(await tell(exchange, call, **form))[:2] == (400, code)
    assert messages(exchange) == []


async def test_the_longest_that_is_taken(exchange):
    call, longest = await called(exchange), '"' + "ü" * (LONGEST - 2) + '"'
    answer = await tell(exchange, call, Content=longest, IdempotencyKey="k" * LONGEST_KEY)
    assert answer.status_code == 201 and messages(exchange) == [longest]


async def test_the_refusal_says_what_is_wrong(exchange):
    call = await called(exchange)
    assert "line 1 column 6" in refusal(await tell(exchange, call, Content='{"a" 1}'))[2]
    with pytest.raises(TwilioRestException) as refused:
        await exchange.sdk(lambda client: client.calls(call).user_defined_messages.create(content="["))
    assert (refused.value.status, refused.value.code) == (400, 32702)


async def test_calls_that_take_none(exchange):
    """Active is a call that rings or is in progress, and only a client's has a program at its end."""
    telephone = await called(exchange, PHONE)
    assert refusal(await tell(exchange, telephone, Content="{}"))[:2] == (400, 32704)
    rings = await called(exchange, answering="manual")
    assert (await tell(exchange, rings, Content="{}")).status_code == 201
    await exchange.post(f"/Calls/{rings}.json", Status="canceled")
    await exchange.run(1)
    assert refusal(await tell(exchange, rings, Content="{}"))[:2] == (400, 32700)
    exchange.network.phone(ALICE).behaviour = Behaviour(ring_after=3600)
    queued = (await exchange.post("/Calls.json", To=ALICE, From=NUMBER, Url="http://app/voice")).json()["sid"]
    assert refusal(await tell(exchange, queued, Content="{}"))[:2] == (400, 32700)


async def test_calls_of_others_are_not_there(exchange):
    call = await called(exchange)
    for sid, token in ((OTHER, OTHER_TOKEN), (SUB, SUB_TOKEN)):
        path = f"/2010-04-01/Accounts/{sid}/Calls/{call}/UserDefinedMessages.json"
        answer = await exchange.request("POST", path, auth=(sid, token), data={"Content": "{}"})
        assert refusal(answer)[:2] == (404, 20404)
    assert messages(exchange) == []
