"""Queues (voice reference 7)."""

import asyncio

import pytest

from hoyhoy.exchange.facilities import Rules
from tests.rest.world import ACCOUNT, BASE, NUMBER, OTHER, OTHER_TOKEN, PHONE, SHARED

SUPPORT = "<Response><Enqueue>support</Enqueue></Response>"


async def make(exchange, **form):
    answer = await exchange.post("/Queues.json", **{"FriendlyName": "support", **form})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def make_queue(exchange):
    return f"{BASE}/Queues/{(await make(exchange))['sid']}"


SPECIMENS = {"Queue": make_queue}


async def wait(exchange, *phones):
    """Phones are called and wait in a queue, a second after one another; the sids of the calls."""
    exchange.app.document = SUPPORT
    sids = []
    for phone in phones or (PHONE,):
        exchange.network.phone(phone)
        form = {"To": phone, "From": NUMBER, "Url": "http://app/voice"}
        sids.append((await exchange.post("/Calls.json", **form)).json()["sid"])
        await exchange.run(1)
        while not any(queue.member(sids[-1]) for queue in open_queues(exchange)):
            await exchange.run(0.1)
    return sids


def open_queues(exchange):
    return list(exchange.switchboard.facilities.queues)


@SHARED
@pytest.mark.works("Queue.create", "MaxSize", FriendlyName="other")
async def test_representation(shared):  # Appendix B
    made = await make(shared, FriendlyName=" sales ", MaxSize="7")
    assert made["sid"].startswith("QU") and made == {
        "sid": made["sid"],
        "account_sid": ACCOUNT,
        "friendly_name": "sales",
        "max_size": 7,
        "current_size": 0,
        "average_wait_time": 0,
        "date_created": "Thu, 01 Jan 2026 00:00:00 +0000",
        "date_updated": "Thu, 01 Jan 2026 00:00:00 +0000",
        "uri": f"{BASE}/Queues/{made['sid']}.json",
        "subresource_uris": {"members": f"{BASE}/Queues/{made['sid']}/Members.json"},
    }
    assert (await shared.request("GET", made["uri"])).json() == made


async def test_official_client(exchange):
    def work(client):
        made = client.queues.create(friendly_name="support", max_size=5)
        client.queues(made.sid).update(friendly_name="sales")
        names = [one.friendly_name for one in client.queues.list()]
        return made.max_size, names, client.queues(made.sid).delete(), client.queues.list()

    assert await exchange.sdk(work) == (5, ["sales"], True, [])


async def test_the_size_when_nobody_says(exchange):  # 18 row 1
    assert (await make(exchange))["max_size"] == 1000
    exchange.switchboard.facilities.rules = Rules(queue_size=50)
    assert (await make(exchange, FriendlyName="sales"))["max_size"] == 50


@pytest.mark.parametrize(
    "form",
    [{"FriendlyName": "  "}, {"FriendlyName": "x" * 65}, {"MaxSize": "0"}, {"MaxSize": "5001"}, {"MaxSize": "many"}],
)
async def test_what_cannot_be(exchange, form):
    sid = (await make(exchange))["sid"]
    for path, values in (("/Queues.json", {"FriendlyName": "sales", **form}), (f"/Queues/{sid}.json", form)):
        answer = await exchange.post(path, **values)
        assert (answer.status_code, answer.json()["code"]) == (400, 20001)


async def test_a_queue_needs_a_name(exchange):
    answer = await exchange.post("/Queues.json")
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)


async def test_names_are_unique_in_an_account(exchange):
    first = await make(exchange)
    answer = await exchange.post("/Queues.json", FriendlyName=" support")
    assert answer.status_code == 400 and first["sid"] in answer.json()["message"]
    second = await make(exchange, FriendlyName="sales")
    answer = await exchange.post(f"/Queues/{second['sid']}.json", FriendlyName="support")
    assert answer.status_code == 400
    answer = await exchange.post(f"/Queues/{first['sid']}.json", FriendlyName="support", MaxSize="3")
    assert answer.status_code == 200, "a name of one's own is not taken"
    theirs = await exchange.request(
        "POST",
        f"/2010-04-01/Accounts/{OTHER}/Queues.json",
        auth=(OTHER, OTHER_TOKEN),
        data={"FriendlyName": "support"},
    )
    assert theirs.status_code == 201


async def test_two_of_one_name_at_once(exchange):
    answers = await asyncio.gather(*(exchange.post("/Queues.json", FriendlyName="support") for _ in range(5)))
    assert sorted(one.status_code for one in answers) == [201, 400, 400, 400, 400]


@pytest.mark.works("Queue.update", "FriendlyName", "MaxSize")
async def test_update(exchange):
    (call,) = await wait(exchange)
    (queue,) = open_queues(exchange)
    await exchange.run(3)
    answer = await exchange.post(f"/Queues/{queue.sid}.json", FriendlyName="sales", MaxSize="1")
    body = answer.json()
    assert (body["friendly_name"], body["max_size"], body["current_size"]) == ("sales", 1, 1)
    assert body["date_updated"] > body["date_created"]
    assert (queue.name, queue.max_size) == ("sales", 1), "those who wait are in it"
    listed = (await exchange.get("/Queues.json")).json()["queues"]
    assert [(one["friendly_name"], one["max_size"]) for one in listed] == [("sales", 1)]
    await wait(exchange, "+14155550901")
    assert {one.name for one in open_queues(exchange)} == {"sales", "support"}, "the old name is free"
    assert queue.member(call)


async def test_an_update_of_nothing_changes_nothing(exchange):
    made = await make(exchange, MaxSize="7")
    for form in ({}, {"MaxSize": ""}):
        answer = await exchange.post(f"/Queues/{made['sid']}.json", **form)
        assert answer.status_code == 200
        assert {**answer.json(), "date_updated": ""} == {**made, "date_updated": ""}


async def test_who_waits_is_counted(exchange):
    await wait(exchange, PHONE, "+14155550901")
    await exchange.run(9)
    (listed,) = (await exchange.get("/Queues.json")).json()["queues"]
    waited = [one.waited for one in open_queues(exchange)[0]]
    assert (listed["friendly_name"], listed["current_size"], listed["max_size"]) == ("support", 2, 1000)
    assert listed["average_wait_time"] == sum(waited) // 2 > 9


async def test_a_queue_of_a_document_is_one_of_the_api(exchange):
    sid = (await make(exchange, MaxSize="7"))["sid"]
    await wait(exchange)
    assert [one.sid for one in open_queues(exchange)] == [sid]
    assert len((await exchange.get("/Queues.json")).json()["queues"]) == 1


async def test_only_an_empty_queue_can_be_deleted(exchange):
    (call,) = await wait(exchange)
    (queue,) = open_queues(exchange)
    answer = await exchange.delete(f"/Queues/{queue.sid}.json")
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)
    await exchange.post(f"/Calls/{call}.json", Status="completed")
    await exchange.run(1)
    assert (await exchange.delete(f"/Queues/{queue.sid}.json")).status_code == 204
    assert (await exchange.get(f"/Queues/{queue.sid}.json")).status_code == 404
    await wait(exchange)
    assert [one.name for one in open_queues(exchange)] == ["support"] and open_queues(exchange)[0].sid != queue.sid


async def test_whoever_asks_for_the_head_of_a_deleted_queue_asks_in_vain(exchange):
    sid = (await make(exchange))["sid"]
    exchange.app.document = "<Response><Dial><Queue>support</Queue></Dial></Response>"
    exchange.network.phone(PHONE)
    await exchange.post("/Calls.json", To=PHONE, From=NUMBER, Url="http://app/voice")
    await exchange.run(9)
    assert [one.sid for one in open_queues(exchange)] == [sid]
    assert (await exchange.delete(f"/Queues/{sid}.json")).status_code == 204
    await exchange.run(1)
    assert open_queues(exchange) == []
