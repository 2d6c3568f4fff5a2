"""Who is told what the program of a client says in a call (voice reference 13.3)."""

import json

import pytest

from hoyhoy.exchange.conversing import LONGEST_KEY, MOST_SUBSCRIPTIONS
from tests.rest.world import ACCOUNT, BASE, OTHER, OTHER_TOKEN, PHONE

from .test_user_defined_messages import ALICE, called, refusal

TOLD = "https://app.example/told"


async def subscribe(exchange, call, **form):
    return await exchange.post(f"/Calls/{call}/UserDefinedMessageSubscriptions.json", **form)


async def make_subscription(exchange):
    call = await called(exchange)
    sid = (await subscribe(exchange, call, Callback=TOLD)).json()["sid"]
    return f"{BASE}/Calls/{call}/UserDefinedMessageSubscriptions/{sid}"


SPECIMENS = {"UserDefinedMessageSubscription": make_subscription}


def callbacks(exchange):
    found = []
    exchange.database.journal.deliver_to(found.extend)
    return found


def says(exchange, content, phone=ALICE):
    return exchange.network.phone(phone).calls[-1].leg.send_message(content)


async def test_representation(exchange):
    call = await called(exchange)
    answer = await subscribe(exchange, call, Callback=TOLD)
    body = answer.json()
    assert answer.status_code == 201 and body["sid"].startswith("ZY")
    assert body == {
        "sid": body["sid"],
        "account_sid": ACCOUNT,
        "call_sid": call,
        "date_created": "Thu, 01 Jan 2026 00:00:05 +0000",
        "uri": f"{BASE}/Calls/{call}/UserDefinedMessageSubscriptions/{body['sid']}.json",
    }


@pytest.mark.works("UserDefinedMessageSubscription.create", "Method", Callback="https://app.example/elsewhere")
async def test_with_the_official_client(exchange):
    call, told = await called(exchange), callbacks(exchange)

    def subscribe(client):
        subscriptions = client.calls(call).user_defined_message_subscriptions
        made = subscriptions.create(callback=TOLD, method="GET")
        assert (made.account_sid, made.call_sid) == (ACCOUNT, call) and made.uri.endswith(f"/{made.sid}.json")
        return made

    made = await exchange.sdk(subscribe)
    assert says(exchange, '{"key1":"This is a message from the SDK"}')
    await exchange.run(1)
    ((url, method, params),) = [(one.url, one.method, dict(one.params)) for one in told]
    assert (url, method, params["CallSid"], params["SequenceNumber"]) == (TOLD, "GET", call, "1")
    assert json.loads(params["Content"]) == {"key1": "This is a message from the SDK"}

    assert await exchange.sdk(lambda client: made.delete())
    assert says(exchange, "{}")
    await exchange.run(1)
    assert len(told) == 1


@pytest.mark.works("UserDefinedMessageSubscription.create", "IdempotencyKey")
async def test_a_repeated_request_has_the_same_answer(exchange):
    call, told = await called(exchange), callbacks(exchange)
    one, same, other = [
        (await subscribe(exchange, call, Callback=TOLD, IdempotencyKey=key)).json() for key in ("1", "1", "2")
    ]
    assert one == same != other
    says(exchange, "{}")
    await exchange.run(1)
    assert len(told) == 2


async def test_it_is_posted_unless_told_otherwise(exchange):
    call, told = await called(exchange), callbacks(exchange)
    await subscribe(exchange, call, Callback=TOLD)
    says(exchange, "{}")
    await exchange.run(1)
    assert [one.method for one in told] == ["POST"]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, 32711),
        ({"Callback": "nowhere"}, 32711),
        ({"Callback": "ftp://app.example/"}, 32711),
        ({"Callback": "https://my_app.example/"}, 32711),  # no underscores in its host
        ({"Callback": TOLD, "Method": "PUT"}, 21209),
        ({"Callback": TOLD, "IdempotencyKey": "k" * (LONGEST_KEY + 1)}, 32707),
    ],
)
async def test_what_is_refused(exchange, form, code):
    call, told = await called(exchange), callbacks(exchange)
    assert refusal(await subscribe(exchange, call, **form))[:2] == (400, code)
    says(exchange, "{}")
    await exchange.run(1)
    assert told == []


async def test_a_call_has_so_many(exchange):
    call = await called(exchange)
    answers = [await subscribe(exchange, call, Callback=TOLD) for _ in range(MOST_SUBSCRIPTIONS + 1)]
    assert {one.status_code for one in answers[:-1]} == {201}
    assert refusal(answers[-1])[:2] == (400, 20001)


async def test_calls_of_which_nobody_can_be_told(exchange):
    telephone = await called(exchange, PHONE)
    status, code, sentence = refusal(await subscribe(exchange, telephone, Callback=TOLD))
    assert (status, code) == (400, 32704) and sentence
    call = await called(exchange)
    made = (await subscribe(exchange, call, Callback=TOLD)).json()
    path = f"/Calls/{call}/UserDefinedMessageSubscriptions/{made['sid']}.json"
    exchange.network.phone(ALICE).calls[-1].leg.put_down()
    await exchange.run(1)
    assert refusal(await subscribe(exchange, call, Callback=TOLD))[:2] == (400, 32700)
    assert (await exchange.delete(path)).status_code == 404  # it has ended with the call


async def test_it_is_its_calls_own(exchange):
    one, other = await called(exchange), await called(exchange, "client:bob")
    sid = (await subscribe(exchange, one, Callback=TOLD)).json()["sid"]
    for call in (other, "CA" + "0" * 32):
        assert (await exchange.delete(f"/Calls/{call}/UserDefinedMessageSubscriptions/{sid}.json")).status_code == 404
    path = f"/2010-04-01/Accounts/{OTHER}/Calls/{one}/UserDefinedMessageSubscriptions/{sid}.json"
    assert (await exchange.request("DELETE", path, auth=(OTHER, OTHER_TOKEN))).status_code == 404
    path = f"/Calls/{one}/UserDefinedMessageSubscriptions/{sid}.json"
    assert [(await exchange.delete(path)).status_code for _ in range(2)] == [204, 404]
