"""After a restart nothing is left non-final and nothing accepted is lost (design, durability)."""

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from hoyhoy.exchange.events import Noticed, PhoneGotMessage, PhoneHeard
from hoyhoy.exchange.facilities import Rules
from hoyhoy.exchange.orders import Attend, PlaceCall, Record, SendMessage, Terms
from hoyhoy.exchange.ports import Steering
from hoyhoy.exchange.recording import CALL_API
from hoyhoy.exchange.recovery import AT_ONCE, recover
from hoyhoy.exchange.switchboard import Switchboard

from .away import with_away
from .meeting import TELLING, Meeting
from .talking import BOB, calls_in, children, says
from .test_senders import SERVICE, serve
from .world import ACCOUNT, ALL, NUMBER, PHONE, App, World, world

LONG = '<Response><Pause length="3600"/></Response>'


@asynccontextmanager
async def restarted(exchange: World, folder: Path, rules: Rules | None = None) -> AsyncIterator[World]:
    """What a new exchange finds on the disk of one that stopped dead at this moment."""
    await exchange.database.journal.settled()
    shutil.copytree(exchange.database.folder, folder)
    async with world(seed=2, rules=rules, place=folder, start=exchange.clock.now() + 60) as again:
        again.app = exchange.app
        again.phone()
        facilities = replace(again.switchboard.facilities, fetcher=exchange.app)
        again.switchboard = again.network.exchange = Switchboard(facilities)
        await recover(again.switchboard, again.database)
        await again.run()
        yield again


async def test_a_call_in_progress_is_completed_with_a_duration_up_to_its_last_event(exchange, tmp_path):
    exchange.app.pages["http://app/start"] = "<Response><Say>Hello</Say><Pause length='3600'/></Response>"
    exchange.phone()
    sid = exchange.place(events=ALL)
    await exchange.run(100)
    async with restarted(exchange, tmp_path / "data") as again:
        row = await again.row("calls", sid)
        assert (row["status"], row["duration"]) == ("completed", 0)  # "Hello" took half a second
        assert row["end_time"] == row["answer_time"] + 0.5
        (last,) = again.callbacks
        assert dict(last.params) | {"CallStatus": "completed", "SequenceNumber": "3"} == dict(last.params)
        assert [notice.code for notice in again.events(Noticed, sid)] == [12400]


async def test_a_ringing_call_fails(exchange, tmp_path):
    exchange.phone(answering="ring-out")
    sid = exchange.place()
    await exchange.run(10)
    async with restarted(exchange, tmp_path / "data") as again:
        row = await again.row("calls", sid)
        assert (row["status"], row["duration"]) == ("failed", None)
        assert [dict(callback.params)["CallStatus"] for callback in again.callbacks] == ["failed"]


@pytest.mark.parametrize(("rang", "ends"), [(100, ["failed"]), (2, ["completed"])])
async def test_what_a_call_dialled_ends_with_it(exchange, tmp_path, rang, ends):
    noun = f'<Number statusCallback="http://app/status">{BOB}</Number>'
    ann = calls_in(exchange, f'<Dial timeout="600">{noun}</Dial>')
    exchange.phone(BOB, answer_after=rang)
    await exchange.run(50)
    (bob,) = await children(exchange, ann.sid)
    async with restarted(exchange, tmp_path / "data") as again:
        assert [(await again.row("calls", sid))["status"] for sid in (ann.sid, bob["sid"])] == ["completed", *ends]
        (told,) = [dict(callback.params) for callback in again.callbacks]
        assert (told["CallStatus"], told["ParentCallSid"]) == (ends[0], ann.sid)


@pytest.mark.parametrize(("rules", "status"), [(Rules(), "completed"), (Rules(requeue_younger_than=30), "failed")])
async def test_a_queued_call_is_dialled_when_it_is_young(exchange, tmp_path, rules, status):
    exchange.app.pages["http://app/start"] = "<Response><Say>Hello</Say></Response>"
    sid = exchange.place()
    async with restarted(exchange, tmp_path / "data", rules) as again:
        assert (await again.row("calls", sid))["status"] == status


async def test_an_inline_document_survives(exchange, tmp_path):
    sid = exchange.place(twiml="<Response><Say>Kept</Say></Response>")
    async with restarted(exchange, tmp_path / "data") as again:
        assert (await again.row("calls", sid))["status"] == "completed"
        assert [event.text for event in again.events(PhoneHeard)] == ["Kept"]


async def test_an_application_is_still_the_calls_own(exchange, tmp_path):
    # voice 3.1
    steering = Steering(url="http://app/start", application="AP1")
    exchange.switchboard.place_call(PlaceCall(account=ACCOUNT, to=PHONE, caller=NUMBER, steering=steering))
    exchange.app.pages["http://app/start"] = "<Response><Say>Hello</Say></Response>"
    async with restarted(exchange, tmp_path / "data"):
        assert exchange.app.params()["ApplicationSid"] == "AP1"


@pytest.mark.parametrize("reached", ["queued", "sent"])
async def test_messages_go_on(exchange, tmp_path, reached):
    exchange.phone()
    sid = exchange.send()
    if reached == "sent":
        await exchange.clock.settle()
        assert (await exchange.row("messages", sid))["status"] == "sent"
    async with restarted(exchange, tmp_path / "data") as again:
        assert (await again.row("messages", sid))["status"] == "delivered"


class Slow(App):
    """An app that is asked and has not answered yet."""

    async def fetch(self, webhook, *, account, session):
        self.asked.append(webhook)
        return await asyncio.Event().wait()


async def test_an_app_that_was_not_done_with_an_inbound_message_is_asked_again(exchange, tmp_path):
    # messaging 1.6: a message is `receiving` until its app has answered, so a crash loses no inbound message.
    slow = Slow()
    exchange.network.exchange = Switchboard(replace(exchange.switchboard.facilities, fetcher=slow))
    exchange.own(sms_url="http://app/sms")
    exchange.app.pages["http://app/sms"] = "<Response><Message>Here you are.</Message></Response>"
    sid = exchange.network.send_text(exchange.phone(), NUMBER, "Hi")
    await exchange.run()
    assert len(slow.asked) == 1 and (await exchange.row("messages", sid))["status"] == "receiving"
    async with restarted(exchange, tmp_path / "data") as again:
        assert (await again.row("messages", sid))["status"] == "received"
        assert [event.body for event in again.events(PhoneGotMessage)] == ["Here you are."]
        async with restarted(again, tmp_path / "later") as later:
            assert not later.entries, "an app that was done is not asked again"


async def test_sound_whose_row_never_became_durable_is_dropped(exchange, tmp_path):
    """Nobody could find it, and nobody delete it; what a row tells of is finished."""
    sid = exchange.place(twiml="<Response><Pause length='60'/></Response>")
    await exchange.run(10)
    kept = exchange.switchboard.record_call(sid, Record(source=CALL_API)).sid
    await exchange.run(10)
    lost = "RE" + "1" * 32
    tapes = exchange.switchboard.facilities.tapes
    tapes.open(lost, 1).write(bytes(16000))
    await tapes.work(lambda: None)
    assert {one.name for one in tapes.folder.iterdir()} == {f"{kept}.raw", f"{lost}.raw"}
    async with restarted(exchange, tmp_path / "data") as again:
        there = again.switchboard.facilities.tapes.folder
        assert {one.name for one in there.iterdir()} == {f"{kept}.wav"}
        assert (await again.row("recordings", kept))["status"] == "completed"


async def test_what_is_over_is_left_alone(exchange, tmp_path):
    exchange.app.pages["http://app/start"] = "<Response/>"
    exchange.phone()
    sid = exchange.place()
    await exchange.run()
    before = await exchange.row("calls", sid)
    async with restarted(exchange, tmp_path / "data") as again:
        assert await again.row("calls", sid) == before
        assert not again.entries


async def test_a_scheduled_message_is_sent_at_its_time(exchange, tmp_path):
    # messaging 1.4
    exchange.phone()
    serve(exchange, NUMBER)
    at = exchange.clock.now() + 20 * 60
    order = SendMessage(
        account=ACCOUNT, to=PHONE, sender="", body="Hello", terms=Terms(service=SERVICE, send_at=at, as_mms=True)
    )
    sid = exchange.switchboard.send_message(order)["sid"]
    await exchange.run(600)
    async with restarted(exchange, tmp_path / "data") as again:
        row = await again.row("messages", sid)
        assert (row["status"], row["from"], row["date_sent"]) == ("delivered", NUMBER, at)
        assert row["num_segments"] == 1 and row["messaging_service_sid"] == SERVICE


async def test_a_scheduled_message_can_be_canceled_after_a_restart(exchange, tmp_path):
    exchange.phone()
    serve(exchange, NUMBER)
    terms = Terms(service=SERVICE, send_at=exchange.clock.now() + 5 * 3600)
    order = SendMessage(account=ACCOUNT, to=PHONE, sender="", body="Hello", terms=terms)
    sid = exchange.switchboard.send_message(order)["sid"]
    async with restarted(exchange, tmp_path / "data") as again:
        again.switchboard.cancel_message(sid)
        await again.run(6 * 3600)
        assert (await again.row("messages", sid))["status"] == "canceled"
        assert not again.switchboard.is_live(sid)


@pytest.mark.parametrize(("validity", "status"), [(30, "failed"), (3600, "delivered")])
async def test_what_waited_too_long_is_not_sent_any_more(exchange, tmp_path, validity, status):
    # messaging 1.2, 1.14: 30001
    exchange.phone()
    sid = exchange.send(terms=Terms(validity_period=validity))
    async with restarted(exchange, tmp_path / "data") as again:
        row = await again.row("messages", sid)
        assert (row["status"], row["error_code"]) == (status, 30001 if status == "failed" else None)


async def test_what_is_to_be_forgotten_is_forgotten_after_a_restart_too(exchange, tmp_path):
    exchange.phone()
    sid = exchange.send(terms=Terms(discard=True, obfuscate=True), media=("http://app/cat.png",))
    async with restarted(exchange, tmp_path / "data") as again:
        row = await again.row("messages", sid)
        assert (row["status"], row["body"], row["media"]) == ("delivered", "", "[]")
        assert row["to"] == PHONE[:-4] + "XXXX"
        assert [event.body for event in again.events(PhoneGotMessage)] == ["Hello"]


async def test_a_store_that_refuses_after_a_restart_fails_nothing_accepted_before(exchange, tmp_path):
    sid = exchange.send()
    await exchange.database.journal.settled()
    shutil.copytree(exchange.database.folder, tmp_path / "data")
    async with world(seed=2, place=tmp_path / "data", start=exchange.clock.now() + 60) as again:
        again.phone()
        store = with_away(again)
        with store.for_("record", "settled", lost=True):
            await recover(again.switchboard, again.database)
            await again.run(60)
        await again.run(60)
        row = await again.row("messages", sid)
        assert (row["status"], row["error_code"]) == ("delivered", None)


class StuckAtTheSecond(App):
    """An app whose second document never comes."""

    async def fetch(self, webhook, *, account, session):
        if webhook.url.endswith("second"):
            return await asyncio.Event().wait()
        return await super().fetch(webhook, account=account, session=session)


async def test_a_message_that_was_being_answered_is_not_answered_twice(exchange, tmp_path):
    # docs/decisions/0003
    app = StuckAtTheSecond()
    app.pages["http://app/sms"] = "<Response><Message>Hi</Message><Redirect>second</Redirect></Response>"
    exchange.network.exchange = Switchboard(replace(exchange.switchboard.facilities, fetcher=app))
    exchange.own(sms_url="http://app/sms")
    exchange.app.pages["http://app/sms"] = "<Response><Message>Hi</Message></Response>"
    sid = exchange.network.send_text(exchange.phone(), NUMBER, "Hello")
    await exchange.run()
    assert (await exchange.row("messages", sid))["status"] == "receiving"
    async with restarted(exchange, tmp_path / "data") as again:
        assert (await again.row("messages", sid))["status"] == "received"
        assert not again.events(PhoneGotMessage)


async def test_messages_are_taken_up_some_at_a_time(exchange):
    at = exchange.clock.now() + 7200
    sids = [exchange.send(terms=Terms(send_at=at)) for _ in range(120)]
    await exchange.database.journal.settled()
    switchboard = exchange.switchboard = Switchboard(exchange.switchboard.facilities)
    taking_up = asyncio.ensure_future(recover(switchboard, exchange.database))
    counts = [0]
    while not taking_up.done():
        await asyncio.sleep(0)
        counts.append(sum(map(switchboard.is_live, sids)))
    assert counts[-1] == 120 and max(b - a for a, b in itertools.pairwise(counts)) <= AT_ONCE


async def test_a_conference_is_over_and_that_is_told(exchange, tmp_path):
    meeting = Meeting(exchange)
    noun = f'{TELLING} beep="false" record="true" recordingStatusCallback="/recorded"'
    for phone in (PHONE, BOB):
        await meeting.comes(phone, noun)
    says(exchange, BOB, "This is on the record, and I go on for a while")
    await exchange.run(5)
    sid = meeting.conference.sid
    await exchange.switchboard.facilities.tapes.work(lambda: None)  # what was recorded is on the disk
    async with restarted(exchange, tmp_path / "data") as again:
        row = await again.row("conferences", sid)
        assert (row["status"], row["reason_conference_ended"]) == ("completed", "last-participant-left")
        (recording,) = await again.database.rows.page("recordings")
        assert (recording["status"], recording["conference_sid"], recording["call_sid"]) == ("completed", sid, None)
        recorded, told = [dict(callback.params) for callback in again.callbacks]
        assert (recorded["ConferenceSid"], "CallSid" in recorded) == (sid, False)
        assert (
            told
            | {
                "ConferenceSid": sid,
                "FriendlyName": "Room",
                "SequenceNumber": "4",
                "StatusCallbackEvent": "conference-end",
                "ReasonConferenceEnded": "last-participant-left",
            }
            == told
        )


async def test_who_was_to_be_called_to_a_conference_is_not_called(exchange, tmp_path):
    sid = exchange.place("", twiml="", delay=100, attend=Attend(name="Room"))
    await exchange.run(1)
    async with restarted(exchange, tmp_path / "data") as again:
        assert (await again.row("calls", sid))["status"] == "failed"
        assert [row["status"] for row in await again.database.rows.page("conferences")] == ["completed"]
