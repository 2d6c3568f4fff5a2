"""Members of queues (voice reference 7)."""

import asyncio

import pytest

from tests.rest.world import BASE, OTHER, OTHER_TOKEN, PHONE

from .test_queues import make, open_queues, wait

SECOND, THIRD = "+14155550901", "+14155550902"


async def make_member(exchange):
    (call,) = await wait(exchange)
    return f"{BASE}/Queues/{open_queues(exchange)[0].sid}/Members/{call}"


SPECIMENS = {"Member": make_member}


async def line(exchange, *phones):
    """The calls that wait, and the path of their queue's members."""
    calls = await wait(exchange, *phones)
    return calls, f"/Queues/{open_queues(exchange)[0].sid}/Members"


async def members(exchange, path):
    listed = (await exchange.get(path + ".json")).json()["queue_members"]
    return [(one["call_sid"], one["position"]) for one in listed]


async def test_representation(exchange):  # Appendix B
    (call,), path = await line(exchange)
    await exchange.run(30)
    body = (await exchange.get(f"{path}/{call}.json")).json()
    assert body == {
        "call_sid": call,
        "date_enqueued": body["date_enqueued"],
        "position": 1,
        "queue_sid": open_queues(exchange)[0].sid,
        "wait_time": body["wait_time"],
        "uri": f"{BASE}{path}/{call}.json",
    }
    assert body["date_enqueued"].startswith("Thu, 01 Jan 2026 00:00:") and 30 <= body["wait_time"] <= 33


async def test_official_client(exchange):
    (first, second), path = await line(exchange, PHONE, SECOND)
    sid = path.split("/")[2]

    def work(client):
        listed = [one.call_sid for one in client.queues(sid).members.list()]
        front = client.queues(sid).members("Front").fetch()
        moved = client.queues(sid).members(front.call_sid).update(url="http://app/agent", method="GET")
        return listed, front.call_sid, moved.call_sid, client.queues(sid).members("Front").fetch().call_sid

    assert await exchange.sdk(work) == ([first, second], first, first, second)


async def test_the_list_has_the_head_first_page_by_page(exchange):
    (first, second, third), path = await line(exchange, PHONE, SECOND, THIRD)
    assert await members(exchange, path) == [(first, 1), (second, 2), (third, 3)]
    page = (await exchange.get(f"{path}.json?PageSize=2")).json()
    assert [one["call_sid"] for one in page["queue_members"]] == [first, second]
    page = (await exchange.request("GET", page["next_page_uri"])).json()
    assert ([one["call_sid"] for one in page["queue_members"]], page["next_page_uri"]) == ([third], None)


async def test_nobody_waits(exchange):
    sid = (await make(exchange))["sid"]
    assert await members(exchange, f"/Queues/{sid}/Members") == []
    for who in ("Front", "CA" + "0" * 32, "nobody"):
        answer = await exchange.get(f"/Queues/{sid}/Members/{who}.json")
        assert (answer.status_code, answer.json()["code"]) == (404, 20404)
        answer = await exchange.post(f"/Queues/{sid}/Members/{who}.json", Url="http://app/agent")
        assert (answer.status_code, answer.json()["code"]) == (404, 20404)


@pytest.mark.works("Member.update", Url="http://app/other")
@pytest.mark.works("Member.update", "Method")
async def test_who_is_told_to_perform_another_document_leaves_the_queue(exchange):
    (first, second), path = await line(exchange, PHONE, SECOND)
    exchange.app.document = "<Response><Pause length='600'/></Response>"
    answer = await exchange.post(f"{path}/{second}.json", Url="http://app/agent", Method="GET")
    assert answer.status_code == 200
    assert (answer.json()["call_sid"], answer.json()["position"]) == (second, 2)
    assert await members(exchange, path) == [(first, 1)]
    answer = await exchange.post(f"{path}/{second}.json", Url="http://app/agent")
    assert (answer.status_code, answer.json()["code"]) == (404, 20404)
    await exchange.run(1)
    (asked,) = [one for one in exchange.app.asked if one.url == "http://app/agent"]
    assert (asked.method, dict(asked.params)["CallSid"]) == ("GET", second)


async def test_the_method_is_post_when_nobody_says(exchange):
    _, path = await line(exchange)
    exchange.app.document = "<Response><Pause length='600'/></Response>"
    await exchange.post(f"{path}/Front.json", Url="http://app/agent")
    await exchange.run(1)
    assert [one.method for one in exchange.app.asked if one.url == "http://app/agent"] == ["POST"]


async def test_the_action_is_told_of_it(exchange):
    """QueueResult=redirected, at once (2.9)."""
    exchange.app.document = ""
    _, path = await line(exchange)
    exchange.app.document = "<Response><Enqueue action='http://app/left'>sales</Enqueue></Response>"
    await exchange.post(f"{path}/Front.json", Url="http://app/again")
    await exchange.run(1)
    (sales,) = open_queues(exchange)
    exchange.app.document = "<Response><Pause length='600'/></Response>"
    await exchange.post(f"/Queues/{sales.sid}/Members/Front.json", Url="http://app/agent")
    await exchange.run(1)
    (left,) = [dict(one.extra) for one in exchange.app.asked if one.url == "http://app/left"]
    assert (left["QueueResult"], left["QueueSid"]) == ("redirected", sales.sid)


async def test_many_agents_take_the_front_at_once(exchange):
    """Everybody gets somebody else."""
    calls, path = await line(exchange, PHONE, SECOND, THIRD)
    exchange.app.document = "<Response><Pause length='600'/></Response>"
    answers = await asyncio.gather(*(exchange.post(f"{path}/Front.json", Url=f"http://app/agent{i}") for i in range(4)))
    assert sorted(one.status_code for one in answers) == [200, 200, 200, 404]
    taken = {one.json()["call_sid"] for one in answers if one.status_code == 200}
    assert taken == set(calls)


@pytest.mark.parametrize(
    ("form", "code"),
    [({}, 21205), ({"Url": ""}, 21205), ({"Url": "nowhere"}, 21205), ({"Url": "http://app/a", "Method": "PUT"}, 21209)],
)
async def test_what_cannot_be(exchange, form, code):
    (call,), path = await line(exchange)
    answer = await exchange.post(f"{path}/{call}.json", **form)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert await members(exchange, path) == [(call, 1)]


async def test_whoever_is_about_to_hang_up_is_not_there_any_more(exchange):
    (call,), path = await line(exchange)
    exchange.network.phone(PHONE).calls[-1].leg.put_down()
    answer = await exchange.post(f"{path}/{call}.json", Url="http://app/agent")
    assert (answer.status_code, answer.json()["code"]) == (404, 20404)


async def test_queues_of_others(exchange):
    (call,), path = await line(exchange)
    for who in ("", f"/{call}", "/Front"):
        answer = await exchange.request(
            "GET", f"/2010-04-01/Accounts/{OTHER}{path}{who}.json", auth=(OTHER, OTHER_TOKEN)
        )
        assert answer.status_code == 404
