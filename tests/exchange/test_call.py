"""Calls from their creation to their final status: voice 1.5, 3.2, 5.1 to 5.3."""

import asyncio

import pytest

from hoyhoy.exchange.events import (
    CallCreated,
    CallMoved,
    CallRedirected,
    Noticed,
    PhoneHeard,
    PhoneReleased,
    RecordingMoved,
    SoundPlayed,
    VerbStarted,
)
from hoyhoy.exchange.media import NotPlayed
from hoyhoy.exchange.orders import Record
from hoyhoy.exchange.ports import Webhook
from hoyhoy.wire.errors import Fault

from .world import ALL, NUMBER, PHONE, World

HELLO = "<Response><Say>Hello there</Say></Response>"


def told(exchange: World) -> list[dict[str, str]]:
    return [dict(callback.params) for callback in exchange.callbacks]


async def test_the_story_of_an_answered_call(exchange):
    exchange.app.pages["http://app/start"] = HELLO
    exchange.phone()
    sid = exchange.place()
    await exchange.run()
    row = await exchange.row("calls", sid)
    assert row | {"status": "completed", "duration": 1, "direction": "outbound-api", "to": PHONE} == row
    assert [call["CallStatus"] for call in told(exchange)] == ["initiated", "ringing", "in-progress", "completed"]
    assert [call["SequenceNumber"] for call in told(exchange)] == ["0", "1", "2", "3"]
    last = told(exchange)[-1]
    assert (
        last
        | {
            "CallDuration": "1",
            "Duration": "1",
            "CallbackSource": "call-progress-events",
            "Direction": "outbound-api",
            "From": NUMBER,
            "To": PHONE,
            "Caller": NUMBER,
        }
        == last
    )
    assert last["Timestamp"].endswith("+0000") or last["Timestamp"].endswith("-0000")
    # trap 8: the document of a REST call is asked for at the answer
    assert exchange.app.params()["CallStatus"] == "in-progress"


async def test_only_completed_is_told_by_default(exchange):
    # trap 11
    exchange.app.pages["http://app/start"] = HELLO
    exchange.phone()
    exchange.place(events=("completed",))
    await exchange.run()
    assert [(call["CallStatus"], call["SequenceNumber"]) for call in told(exchange)] == [("completed", "0")]


@pytest.mark.parametrize(
    ("answering", "status", "sip"),
    [
        ("busy", "busy", "486"),
        ("decline", "busy", "603"),
        ("unreachable", "failed", "404"),
    ],
)
async def test_a_call_that_is_not_taken(exchange, answering, status, sip):
    exchange.phone(answering=answering)
    sid = exchange.place()
    await exchange.run()
    row = await exchange.row("calls", sid)
    assert (row["status"], row["duration"], row["end_time"] is None) == (status, None, False)
    assert row["minutes"] is None
    last = told(exchange)[-1]
    assert (last["CallStatus"], last["CallDuration"], last["SipResponseCode"]) == (status, "0", sip)
    assert not exchange.app.asked


async def test_nobody_answers(exchange):
    exchange.phone(answering="ring-out")
    sid = exchange.place(timeout=20)
    await exchange.run()
    row = await exchange.row("calls", sid)
    assert row["status"] == "no-answer" and row["end_time"] - row["start_time"] == 20


@pytest.mark.parametrize("answering", ["answer", "manual", "voicemail", "fax"])
async def test_every_other_behaviour_ends_too(exchange, answering):
    exchange.app.pages["http://app/start"] = HELLO
    exchange.phone(answering=answering)
    sid = exchange.place(timeout=30)
    await exchange.run()
    expected = "no-answer" if answering == "manual" else "completed"
    assert (await exchange.row("calls", sid))["status"] == expected


async def test_inline_twiml(exchange):
    exchange.phone()
    exchange.place(twiml="<Response><Say>Inline</Say></Response>")
    await exchange.run()
    assert [event.text for event in exchange.events(PhoneHeard)] == ["Inline"]


async def test_send_digits_come_before_the_document(exchange):
    exchange.app.pages["http://app/start"] = HELLO
    exchange.phone()
    exchange.place(send_digits="w12#")
    await exchange.run()
    assert [event.text for event in exchange.events(PhoneHeard)] == ["w12#", "Hello there"]


async def test_the_time_limit_ends_a_call(exchange):
    exchange.app.pages["http://app/start"] = '<Response><Pause length="3600"/></Response>'
    exchange.phone()
    sid = exchange.place(time_limit=60)
    await exchange.run()
    assert (await exchange.row("calls", sid))["duration"] == 60


async def test_the_phone_hangs_up(exchange):
    exchange.app.pages["http://app/start"] = '<Response><Pause length="3600"/></Response>'
    exchange.phone(PHONE, {"wait": 7, "hang_up": True})
    sid = exchange.place()
    await exchange.run()
    assert (await exchange.row("calls", sid)) | {"status": "completed", "duration": 7} == await exchange.row(
        "calls", sid
    )


@pytest.mark.parametrize(
    ("says", "then"),
    [
        ("<Say>", "<Say>And one more thing</Say>"),
        ("<Say loop='0'>", ""),
        ("<Say>", "<Record/>"),
        ("<Say>", "<Play digits='12345'/>"),
        ("<Say>", "<Dial>+14155550200</Dial>"),
        ("<Gather><Say>", "</Gather><Dial>+14155550200</Dial>"),
    ],
)
async def test_nothing_follows_what_a_hang_up_cut_short(exchange, says, then):
    """1.4: when the caller leaves the document is over; what was cut short was not played to its end."""
    end = "" if then.startswith("</") else "</Say>"
    then = then.replace("</Gather>", "</Say></Gather>")
    exchange.app.pages["http://app/start"] = f"<Response>{says}One two three four five six seven{end}{then}</Response>"
    exchange.phone(PHONE, {"wait": 1, "hang_up": True})
    exchange.phone("+14155550200")
    sid = exchange.place()
    await exchange.run()
    assert [(one.seconds, one.whole) for one in exchange.events(SoundPlayed)] == [(1, False)]
    assert len(exchange.events(PhoneHeard)) == len(exchange.events(VerbStarted)) == 1
    assert len(exchange.events(CallCreated)) == 1 and not exchange.events(RecordingMoved)
    assert (await exchange.row("calls", sid))["duration"] == 1


async def test_nothing_follows_an_answer_of_the_app_that_came_too_late(exchange):
    def page(webhook: Webhook) -> str:
        exchange.network.phone(PHONE).calls[-1].leg.put_down()
        return HELLO

    exchange.app.pages["http://app/start"] = page
    exchange.phone()
    exchange.place()
    await exchange.run()
    assert not exchange.events(VerbStarted) and not exchange.events(PhoneHeard)


# Inbound ---------------------------------------------------------------------------------


async def test_an_inbound_call_rings_until_its_document_answers(exchange):
    exchange.app.pages["http://app/in"] = HELLO
    exchange.own(NUMBER, voice_url="http://app/in", status_callback="http://app/status")
    call = exchange.network.place_call(exchange.phone(), NUMBER)
    await exchange.run()
    assert (
        exchange.app.params()
        | {"CallStatus": "ringing", "Direction": "inbound", "From": PHONE, "To": NUMBER, "ApiVersion": "2010-04-01"}
        == exchange.app.params()
    )
    assert [moved.status for moved in exchange.events(CallMoved, call.sid)] == ["in-progress", "completed"]
    assert [one["CallStatus"] for one in told(exchange)] == ["completed"]


async def test_an_empty_document_answers_and_completes(exchange):
    # voice 1.4, 4
    exchange.app.pages["http://app/in"] = "<Response/>"
    exchange.own(NUMBER, voice_url="http://app/in")
    call = exchange.network.place_call(exchange.phone(), NUMBER)
    await exchange.run()
    assert (await exchange.row("calls", call.sid))["status"] == "completed"


async def test_a_caller_who_gives_up_before_the_answer_has_cancelled(exchange):
    exchange.app.pages["http://app/in"] = '<Response><Pause length="60"/></Response>'
    exchange.own(NUMBER, voice_url="http://app/in")
    call = exchange.network.place_call(exchange.phone(), NUMBER)
    await exchange.run(5)
    call.leg.put_down()
    await exchange.run(5)
    assert (await exchange.row("calls", call.sid))["status"] == "canceled"


@pytest.mark.parametrize("document", [HELLO, "<Response/>", "<Response><Hangup/></Response>"])
async def test_a_caller_who_gives_up_as_the_app_answers_has_cancelled(exchange, document):
    """5.2: nobody was there to be answered."""

    def page(webhook: Webhook) -> str:
        call.leg.put_down()
        return document

    exchange.app.pages["http://app/in"] = page
    exchange.own(NUMBER, voice_url="http://app/in", status_callback="http://app/status")
    call = exchange.network.place_call(exchange.phone(), NUMBER)
    await exchange.run()
    assert [moved.status for moved in exchange.events(CallMoved, call.sid)] == ["canceled"]
    assert [one["CallStatus"] for one in told(exchange)] == ["canceled"]


async def test_a_caller_who_gives_up_while_he_is_answered_has_cancelled(exchange):
    exchange.app.pages["http://app/in"] = HELLO
    exchange.own(NUMBER, voice_url="http://app/in")
    call = exchange.network.place_call(exchange.phone(), NUMBER)
    call.leg.answer = lambda: exchange.clock.sleep(10)  # as one whose ACK is late
    await exchange.run(5)
    call.leg.put_down()
    await exchange.run()
    assert [moved.status for moved in exchange.events(CallMoved, call.sid)] == ["canceled"]
    assert not exchange.events(PhoneHeard)


async def test_a_caller_who_was_answered_and_left_before_his_ack_has_been_there(exchange):
    """RFC 3261 13.3.1.4: the 200 was sent."""
    exchange.app.pages["http://app/in"] = HELLO
    exchange.own(NUMBER, voice_url="http://app/in")
    call = exchange.network.place_call(exchange.phone(), NUMBER)

    async def answer():
        call.leg._answered()
        call.leg.put_down()

    call.leg.answer = answer
    await exchange.run()
    assert [moved.status for moved in exchange.events(CallMoved, call.sid)] == ["in-progress", "completed"]
    assert not exchange.events(PhoneHeard)


async def test_a_number_that_nobody_owns_is_refused(exchange):
    with pytest.raises(Fault) as fault:
        exchange.network.place_call(exchange.phone(), "+14155559999")
    assert fault.value.code == 21214


async def test_a_number_of_our_own_leads_back_in(exchange):
    exchange.app.pages |= {
        "http://app/start": "<Response><Pause/><Play digits='5'/><Pause/></Response>",
        "http://app/in": '<Response><Gather numDigits="1" action="/got"/></Response>',
        "http://app/got": "<Response/>",
    }
    exchange.own("+15005550001", voice_url="http://app/in")
    exchange.place(to="+15005550001")
    await exchange.run()
    assert exchange.app.params()["Digits"] == "5"
    assert {moved.status for moved in exchange.events(CallMoved)} == {"ringing", "in-progress", "completed"}


# Orders ----------------------------------------------------------------------------------


async def running(exchange: World, page: str = '<Response><Pause length="3600"/></Response>', **order) -> str:
    exchange.app.pages["http://app/start"] = page
    exchange.phone()
    sid = exchange.place(**order)
    await exchange.run(30)
    return sid


async def test_a_redirect_interrupts_a_long_pause(exchange):
    sid = await running(exchange)
    exchange.app.pages["http://app/new"] = HELLO
    exchange.switchboard.redirect_call(sid, webhook=Webhook("http://app/new"))
    await exchange.run()
    row = await exchange.row("calls", sid)
    assert row["status"] == "completed" and row["duration"] == 29
    assert [event.text for event in exchange.events(PhoneHeard)] == ["Hello there"]


async def test_a_redirect_drops_the_pending_action(exchange):
    sid = await running(exchange, '<Response><Gather timeout="600" action="/never"/></Response>')
    exchange.switchboard.redirect_call(sid, twiml="<Response><Say>Instead</Say></Response>")
    await exchange.run()
    assert [w.url for w in exchange.app.asked] == ["http://app/start"]


async def test_only_a_call_in_progress_can_be_redirected(exchange):
    # trap 20
    exchange.phone(answering="ring-out")
    sid = exchange.place()
    await exchange.run(5)
    with pytest.raises(Fault) as fault:
        exchange.switchboard.redirect_call(sid, twiml=HELLO)
    assert fault.value.code == 21220
    await exchange.run()
    with pytest.raises(Fault) as fault:
        exchange.switchboard.redirect_call(sid, twiml=HELLO)
    assert fault.value.code == 21220


async def test_a_call_whose_far_end_is_gone_cannot_be_redirected(exchange):
    """5.3: its end waits for the file of its recording, and nobody would hear another document."""
    exchange.app.pages["http://app/start"] = '<Response><Pause length="3600"/></Response>'
    exchange.phone(PHONE, {"wait": 5, "hang_up": True})
    sid = exchange.place(record=Record(source="OutboundAPI"))
    tapes, disk = exchange.switchboard.facilities.tapes, asyncio.Event()
    work = tapes.work

    async def slow(what):
        await disk.wait()
        return await work(what)

    tapes.work = slow
    gone = asyncio.Event()
    exchange.database.journal.subscribe(lambda entry, rows: isinstance(entry.event, PhoneReleased) and gone.set())
    end = asyncio.ensure_future(exchange.run(30))
    await gone.wait()
    with pytest.raises(Fault) as fault:
        exchange.switchboard.redirect_call(sid, twiml=HELLO)
    assert fault.value.code == 21220 and (await exchange.row("calls", sid))["status"] == "in-progress"
    disk.set()
    await end
    assert not exchange.events(CallRedirected) and (await exchange.row("calls", sid))["status"] == "completed"


@pytest.mark.parametrize("status", ["canceled", "completed"])
async def test_a_ringing_call_is_cancelled_by_either(exchange, status):
    exchange.phone(answering="ring-out")
    sid = exchange.place()
    await exchange.run(5)
    exchange.switchboard.end_call(sid, status)
    await exchange.run()
    assert (await exchange.row("calls", sid))["status"] == "canceled"
    assert told(exchange)[-1]["CallStatus"] == "canceled"


async def test_a_call_cancelled_in_the_queue_tells_nothing(exchange):
    # voice 3.2
    exchange.phone()
    sid = exchange.place()
    exchange.switchboard.end_call(sid, "canceled")
    await exchange.run()
    assert (await exchange.row("calls", sid))["status"] == "canceled"
    assert not exchange.callbacks


async def test_completed_ends_a_call_in_progress_and_canceled_does_not(exchange):
    sid = await running(exchange)
    exchange.switchboard.end_call(sid, "canceled")
    await exchange.run(5)
    assert exchange.switchboard.is_live(sid)
    exchange.switchboard.end_call(sid, "completed")
    await exchange.run(5)
    assert (await exchange.row("calls", sid))["status"] == "completed"
    assert not exchange.switchboard.is_live(sid)


async def test_an_end_that_was_taken_stands(exchange):
    sid = await running(exchange)
    exchange.switchboard.end_call(sid, "completed")
    with pytest.raises(Fault) as fault:
        exchange.switchboard.redirect_call(sid, twiml=HELLO)
    assert fault.value.code == 21220
    await exchange.run(5)
    assert not exchange.switchboard.is_live(sid)


@pytest.mark.parametrize("ring_after", [5, 100])
async def test_a_call_is_cancelled_before_it_rings(exchange, ring_after):
    exchange.phone(ring_after=ring_after)
    sid = exchange.place()
    await exchange.run(1)
    exchange.switchboard.end_call(sid, "canceled")
    await exchange.run()
    row = await exchange.row("calls", sid)
    assert (row["status"], row["end_time"] - row["start_time"]) == ("canceled", 1)
    assert [one["CallStatus"] for one in told(exchange)] == ["initiated", "canceled"]


@pytest.mark.parametrize("by", ["order", "phone", "limit"])
async def test_sending_digits_can_be_interrupted(exchange, by):
    exchange.app.pages["http://app/start"] = HELLO
    exchange.phone(PHONE, *([{"wait": 5, "hang_up": True}] if by == "phone" else []))
    sid = exchange.place(send_digits="W" * 32, time_limit=5 if by == "limit" else 14400)
    await exchange.run(2.2 + 5)
    if by == "order":
        exchange.switchboard.end_call(sid, "completed")
    await exchange.run(1)
    assert (await exchange.row("calls", sid)) | {"status": "completed", "duration": 5} == await exchange.row(
        "calls", sid
    )


async def test_an_inbound_call_cannot_ring_for_ever(exchange):
    exchange.app.pages["http://app/in"] = '<Response><Pause length="60"/><Redirect/></Response>'
    exchange.own(NUMBER, voice_url="http://app/in")
    call = exchange.network.place_call(exchange.phone(), NUMBER)
    await exchange.run(3600)
    row = await exchange.row("calls", call.sid)
    assert (row["status"], row["end_time"] - row["start_time"]) == ("no-answer", 600)


async def test_callbacks_can_be_pointed_elsewhere_and_the_limit_moved(exchange):
    sid = await running(exchange)
    exchange.switchboard.amend_call(sid, {"status_callback": "http://app/other", "time_limit": 40})
    await exchange.run()
    assert exchange.callbacks[-1].url == "http://app/other"
    assert (await exchange.row("calls", sid))["duration"] == 40


async def test_an_exchange_that_stops_ends_its_calls(exchange):
    sid = await running(exchange, events=ALL)
    await exchange.switchboard.close()
    assert (await exchange.row("calls", sid))["status"] == "completed"
    assert told(exchange)[-1]["CallStatus"] == "completed"


async def test_our_own_failure_is_told_and_the_call_ends(exchange, caplog):
    exchange.app.pages["http://app/start"] = RuntimeError("a bug")
    exchange.phone()
    sid = exchange.place()
    await exchange.run()
    assert [notice.code for notice in exchange.events(Noticed)] == [12400]
    assert (await exchange.row("calls", sid))["status"] == "completed"
    assert "a bug" in caplog.text


@pytest.mark.parametrize(("seconds", "minutes"), [(1, 1), (60, 1), (61, 2), (600, 10)])
async def test_an_answered_call_counts_in_begun_minutes(exchange, seconds, minutes):
    # messaging 3.4: usage of calls is their rounded, billed minutes
    exchange.app.pages["http://app/start"] = '<Response><Pause length="3600"/></Response>'
    exchange.phone(PHONE, {"wait": seconds, "hang_up": True})
    sid = exchange.place()
    await exchange.run()
    row = await exchange.row("calls", sid)
    assert (row["duration"], row["minutes"], row["usage_category"]) == (seconds, minutes, "calls-outbound")


async def test_a_sound_that_the_plane_cannot_take_is_told_and_the_call_goes_on(exchange):
    exchange.app.pages["http://app/start"] = (
        "<Response><Say loop='0'>Unheard</Say><Pause/><Say>Hello there</Say></Response>"
    )
    exchange.phone()
    sid = exchange.place()
    await exchange.until(CallMoved, status="ringing")
    leg = exchange.switchboard.facilities.calls[sid].line
    play = leg.play

    async def full(prompt):
        if prompt.wish.text == "Unheard":
            raise NotPlayed("its arena is full")
        await play(prompt)

    leg.play = full
    await exchange.run()
    [notice] = exchange.events(Noticed)
    assert (notice.code, notice.message) == (12400, "A sound was not played: its arena is full.")
    assert [(one.text, one.whole) for one in exchange.events(SoundPlayed)] == [
        ("Unheard", False),
        ("Hello there", True),
    ]
    assert [one.text for one in exchange.events(PhoneHeard)] == ["Hello there"]
    assert (await exchange.row("calls", sid))["duration"] == 2
