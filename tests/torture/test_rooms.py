"""Conferences and queues under hostile names, documents and orders, in numbers, and over a long time (2.8, 2.9, 6, 7).

Whatever is asked gets an answer, and at the end nothing is under way: no call, no row of a plane, no task.
"""

from __future__ import annotations

import asyncio
import gc
import random
from collections import Counter
from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest

from hoyhoy.exchange.conference_callbacks import EVENTS
from hoyhoy.exchange.events import CallDequeued, CallEnqueued, Noticed, ParticipantJoined
from hoyhoy.exchange.orders import Attend, Record, Telling
from hoyhoy.exchange.ports import Webhook
from hoyhoy.exchange.queue import QueueResult
from hoyhoy.wire.errors import Fault
from tests.exchange.meeting import Meeting
from tests.exchange.talking import ANN, BOB, EVE
from tests.exchange.waiting_room import ADA, IDA, call_of, crowd, furnish, queue_of, results, serves, talks, told, waits
from tests.exchange.world import ACCOUNT, NUMBER, World, world
from tests.rest.world import BASE
from tests.rest.world import NUMBER as RESTS_NUMBER
from tests.rest.world import world as rest_world

pytestmark = pytest.mark.torture

NAMES = (
    "x" * (1 << 20),
    "a/b",
    "a%2Fb",
    "%",
    "..",
    "😀" * 60,
    "\u202eright to left",
    "'; DROP TABLE conferences; --",
    "<script>alert(1)</script>",
    "a\x00b",
    "a\r\nX: y",
    "CF" + "0" * 32,
    "QU" + "0" * 32,
    "Twilio.CURRENT",
)


@pytest.fixture
async def exchange(caplog: pytest.LogCaptureFixture) -> AsyncIterator[World]:
    async with world() as made:
        yield made
        over(made)
    assert not [one.getMessage() for one in caplog.records if one.levelname == "ERROR"]


def over(exchange: World) -> None:
    """Nothing is left of all that was."""
    facilities = exchange.switchboard.facilities
    assert not (facilities.calls or facilities.conferences or facilities.recordings or len(facilities.queues))
    assert facilities.plane.legs == 0  # type: ignore[attr-defined]
    assert {task.get_name() for task in exchange.clock._tasks} <= {"media plane"}


# Names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
async def test_a_name_by_rest(name: str, caplog: pytest.LogCaptureFixture) -> None:
    async with rest_world() as exchange:
        room = quote(name[:2000], safe="")
        order = {"From": RESTS_NUMBER, "To": ANN, "TimeLimit": "20"}
        for path, form in (
            (f"/Conferences/{room}/Participants.json", order),
            ("/Conferences/Room/Participants.json", {**order, "Label": name}),
            (f"/Conferences/{room}/Participants/{room}.json", {"Muted": "true"}),
            (f"/Conferences/Room/Participants/{room}.json", {"Muted": "true", "CallSidToCoach": name}),
            (f"/Conferences/{room}.json", {"Status": "completed"}),
            (f"/Conferences/{room}/Recordings/{room}.json", {"Status": "paused"}),
            ("/Queues.json", {"FriendlyName": name}),
            (f"/Queues/{room}.json", {"FriendlyName": "x"}),
            (f"/Queues/{room}/Members/{room}.json", {"Url": "http://app/x"}),
        ):
            answer = await exchange.request("POST", BASE + path, data=form)
            assert answer.status_code < 500, (path[:80], answer.text)
            assert len(answer.text) < 10_000
            for way in ("GET", "DELETE"):
                answer = await exchange.request(way, BASE + path)
                assert answer.status_code < 500, (way, path[:80], answer.text)
        for key, path in (("FriendlyName", "/Conferences.json"), ("FriendlyName", "/Queues.json")):
            answer = await exchange.request("GET", BASE + path, params={key: name[:2000]})
            assert answer.status_code < 500
        await exchange.run(700)
        assert not exchange.switchboard.facilities.conferences and not exchange.switchboard.facilities.calls
    assert not [one.getMessage() for one in caplog.records if one.levelname == "ERROR"]


# Orders in one instant -----------------------------------------------------------------------


async def test_three_hundred_orders_in_one_instant(exchange: World) -> None:
    meeting = Meeting(exchange, hold="<Response><Say>Wait</Say></Response>")
    await meeting.comes(ANN, 'statusCallback="/told" statusCallbackEvent="start end join leave mute hold modify"')
    await meeting.comes(BOB)
    ann = meeting.of(ANN)
    for turn in range(300):
        ann.change(muted=turn % 2 == 0, hold=turn % 3 == 0, hold_url="http://app/hold" if turn % 5 else "")
    await exchange.run(10)
    assert not ann.muted and not ann.held and ann.is_mixed
    numbers = [int(one["SequenceNumber"]) for one in meeting.told()]
    assert numbers == list(range(1, len(numbers) + 1))
    meeting.conference.end()
    with pytest.raises((Fault, ValueError)):
        meeting.conference.end()
    await exchange.run(60)


async def test_two_who_coach_one_another(exchange: World) -> None:
    meeting = Meeting(exchange)
    for phone in (ANN, BOB, EVE):
        await meeting.comes(phone)
    ann, bob, eve = (meeting.of(phone) for phone in (ANN, BOB, EVE))
    ann.change(coaches=bob.call.sid)
    bob.change(coaches=ann.call.sid)
    with pytest.raises(Fault) as refused:
        eve.change(coaches=eve.call.sid)
    assert refused.value.code == 16028
    await exchange.run(2)
    ann.kick()
    bob.change(muted=True, hold=True)
    bob.kick()
    bob.kick()
    await exchange.run(5)
    conference = meeting.conference
    conference.end()
    with pytest.raises(Fault):
        conference.end()
    await exchange.run(60)


async def test_removed_on_the_way_in(exchange: World) -> None:
    """At every moment between the order and the answer."""
    exchange.phone(BOB)
    for wait in (0.0, 0.01, 0.1, 0.2, 1.0, 2.19, 2.2, 2.21, 2.3):
        telling = Telling(callback="http://app/told", events=EVENTS)
        exchange.place("", BOB, twiml="", attend=Attend(name="Room", telling=telling, record=Record(source="x")))
        await exchange.run(wait)
        for conference in list(exchange.switchboard.facilities.conferences.values()):
            for one in list(conference.participants.values()):
                one.kick()
                one.kick()
        await exchange.run(30)
        over(exchange)


async def test_a_member_led_away_twice_in_one_instant(exchange: World) -> None:
    furnish(exchange)
    (ann,) = await waits(exchange, ANN)
    serves(exchange)
    for _ in range(200):
        queue = exchange.switchboard.facilities.queues.get(queue_of(exchange, ann))
        member = queue.member(ann) if queue else None
        if queue and member and len(queue._asking):
            break
        await asyncio.sleep(0)
    for _ in range(2):
        if member and queue and member.is_there:
            queue.remove(member, QueueResult.REDIRECTED)
            member.call.redirect(Webhook("http://app/dialled"))
    await exchange.run(100)
    assert Counter(type(one.event) for one in exchange.entries if one.subject == ann)[CallDequeued] == 1
    for phone in (ANN, ADA):
        exchange.network.phone(phone).calls[-1].leg.put_down()
    await exchange.run(60)


async def test_two_agents_for_one_member(exchange: World) -> None:
    furnish(exchange, dial='timeout="20"')
    (ann,) = await waits(exchange, ANN)
    serves(exchange, ADA)
    serves(exchange, IDA)
    await exchange.run(10)
    assert talks(exchange) == [ann]
    exchange.network.phone(ANN).calls[-1].leg.put_down()
    await exchange.run(200)
    assert results(exchange) == ["bridged"]
    assert sorted(one["DialCallStatus"] for one in told(exchange, "dialled")) == ["completed", "no-answer"]


# Numbers -------------------------------------------------------------------------------------


async def test_a_full_conference_and_one_more(exchange: World) -> None:
    exchange.app.pages["http://app/start"] = (
        '<Response><Dial><Conference beep="false">Room</Conference></Dial></Response>'
    )
    for phone in crowd(251):
        exchange.phone(phone, keeps_sound=False)
        exchange.place(to=phone)
    await exchange.run(30)
    assert len(exchange.events(ParticipantJoined)) == 250
    assert [one.code for one in exchange.events(Noticed)] == [16020]
    (conference,) = exchange.switchboard.facilities.conferences.values()
    conference.end()
    await exchange.run(60)


async def test_a_full_queue_and_one_more(exchange: World) -> None:
    furnish(exchange)
    for phone in crowd(1001):
        exchange.network.place_call(exchange.phone(phone, keeps_sound=False), NUMBER)
    await exchange.run(30)
    assert len(exchange.events(CallEnqueued)) == 1000 and results(exchange) == ["queue-full"]
    for call in list(exchange.switchboard.facilities.calls):
        exchange.switchboard.end_call(call, "completed")
    await exchange.run(60)
    assert Counter(results(exchange)) == {"queue-full": 1, "hangup": 1000}


# Memory --------------------------------------------------------------------------------------


async def evening(exchange: World, conferences: int, passages: int) -> int:
    """Objects that are there when so many conferences and passages through a queue are over."""
    rooms = '<Response><Dial><Conference beep="false" waitUrl="">{}</Conference></Dial></Response>'
    for turn in range(conferences):
        exchange.app.pages["http://app/room"] = rooms.format(f"Room {turn}")
        for phone in (ANN, BOB):
            exchange.phone(phone, keeps_sound=False)
            exchange.place("http://app/room", phone)
        await exchange.run(3)
        (conference,) = exchange.switchboard.facilities.conferences.values()
        conference.end()
        await exchange.run(3)
    for turn in range(passages):
        (ann,) = await waits(exchange, ANN)
        exchange.switchboard.redirect_call(ann, webhook=Webhook("http://app/over"))
        await exchange.run(3)
        if turn % 50 == 0:
            await exchange.run(30)
    await exchange.run(60)
    exchange.entries.clear()
    exchange.callbacks.clear()
    exchange.app.asked.clear()
    await exchange.run(3600)
    gc.collect()
    return len(gc.get_objects())


async def test_nothing_stays_in_memory(exchange: World) -> None:
    furnish(exchange, 'waitUrl=""')
    sizes = [await evening(exchange, 200, 500) for _ in range(4)]
    assert sizes[3] - sizes[1] < 2000, sizes


# A long time ---------------------------------------------------------------------------------


async def test_a_day_of_music(exchange: World) -> None:
    """Nobody records it, and the phone keeps no sound: time that passes costs nothing."""
    furnish(exchange)
    (ann,) = await waits(exchange, ANN)
    exchange.switchboard.amend_call(ann, {"time_limit": 86400})
    await exchange.run(23 * 3600)
    assert call_of(exchange, ANN) == ann and len(exchange.entries) < 2000
    queue = exchange.switchboard.facilities.queues.get(queue_of(exchange, ann))
    assert queue and queue.average_wait == 23 * 3600 + 1
    await exchange.run(2 * 3600)
    over(exchange)


async def test_a_conference_of_two_hours_is_recorded_whole(exchange: World) -> None:
    meeting = Meeting(exchange)
    await meeting.comes(ANN, 'record="record-from-start" trim="do-not-trim" waitUrl=""')
    await meeting.comes(BOB)
    await exchange.run(7200 - 1)
    meeting.conference.end()
    await exchange.run(60)
    (row,) = await exchange.database.rows.page("recordings", limit=5)
    assert row["status"] == "completed" and row["duration"] in (7199, 7200) and row["account_sid"] == ACCOUNT


# Queues under random orders ------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
async def test_random_orders_for_queues(seed: int, caplog: pytest.LogCaptureFixture) -> None:
    """Several at once: members led away, queues renamed, made and deleted while callers come and agents ask."""
    rng = random.Random(seed)
    waiting = '<Enqueue waitUrl="" action="http://app/x">{}</Enqueue>'
    async with rest_world() as exchange:
        exchange.app.document = "<Response><Pause length='5'/></Response>"

        async def order() -> None:
            path, form = "/Queues.json", {"FriendlyName": rng.choice("abc"), "MaxSize": str(rng.choice([1, 2, 50]))}
            listed = (await exchange.get("/Queues.json")).json()["queues"]
            queue = rng.choice(listed)["sid"] if listed else "QU" + "0" * 32
            inside = rng.choice([waiting, waiting, "<Dial timeout='9'><Queue>{}</Queue></Dial>"])
            document = f"<Response>{inside.format(rng.choice('abc'))}</Response>"
            method = "POST"
            match rng.randrange(9):
                case 0:
                    pass
                case 1:
                    path = f"/Queues/{queue}.json"
                case 2:
                    path, form, method = f"/Queues/{queue}.json", {}, "DELETE"
                case 3 | 4:
                    path, form = f"/Queues/{queue}/Members/Front.json", {"Url": "http://app/x"}
                case 5:
                    members = (await exchange.get(f"/Queues/{queue}/Members.json")).json().get("queue_members")
                    one = rng.choice(members)["call_sid"] if members else "Front"
                    path, form = f"/Queues/{queue}/Members/{one}.json", {"Url": "http://app/x", "Method": "GET"}
                case _:
                    phone = f"+1415555{rng.randrange(40):04d}"
                    path = "/Calls.json"
                    form = {"To": phone, "From": RESTS_NUMBER, "Twiml": document, "TimeLimit": "60"}
            answer = await exchange.request(method, BASE + path, data=form)
            assert answer.status_code < 500, (method, path, form, answer.text)

        for _ in range(60):
            await asyncio.gather(*(order() for _ in range(rng.choice([1, 2, 8]))))
            await exchange.run(rng.choice([0.05, 1, 4]))
        await exchange.run(300)
        facilities = exchange.switchboard.facilities
        assert not facilities.calls and not len(facilities.queues) and facilities.plane.legs == 0  # type: ignore[attr-defined]
        names = [one["friendly_name"] for one in (await exchange.get("/Queues.json")).json()["queues"]]
        assert len(names) == len(set(names))
    assert not [one.getMessage() for one in caplog.records if one.levelname == "ERROR"]


@pytest.mark.parametrize("seed", range(5))
async def test_rest_orders_at_the_same_time(seed: int) -> None:
    rng = random.Random(seed)
    async with rest_world() as exchange:
        made = []
        for phone in (ANN, BOB, EVE):
            form = {"From": RESTS_NUMBER, "To": phone, "TimeLimit": "60"}
            made.append((await exchange.post("/Conferences/Room/Participants.json", **form)).json())
        await exchange.run(5)
        sid, (ann, bob, _) = made[0]["conference_sid"], [one["call_sid"] for one in made]
        forms = (
            {"Muted": "true"},
            {"Muted": "false", "Hold": "true"},
            {"Hold": "false"},
            {"CallSidToCoach": bob, "Coaching": "true"},
            {"Coaching": "false"},
            {"AnnounceUrl": "http://app/x"},
        )
        paths = [f"/Conferences/{sid}/Participants/{ann}.json"] * 300
        answers = await asyncio.gather(
            *(exchange.request("POST", BASE + path, data=rng.choice(forms)) for path in paths),
            exchange.request("DELETE", BASE + paths[0]),
            exchange.request("DELETE", BASE + paths[0]),
            *(exchange.post(f"/Conferences/{sid}.json", Status="completed") for _ in range(2)),
        )
        assert max(answer.status_code for answer in answers) < 500
        await exchange.run(200)
        assert not exchange.switchboard.facilities.calls and not exchange.switchboard.facilities.conferences
