"""What is most often got wrong (voice reference 19), one test a line, each with the number of its line.

Line 24 is in tests/wire/test_signature.py, 25 and 26 in tests/rest/kit/test_conventions.py; 27 (media streams) and 30
(tokens of browsers) belong to what is not built yet.
"""

from __future__ import annotations

from typing import Any

import pytest

from hoyhoy.exchange.events import (
    CallDequeued,
    CallMoved,
    ConferenceMoved,
    Noticed,
    ParticipantLeft,
    PhoneAnswered,
    PhoneHeard,
)
from hoyhoy.exchange.ports import FetchFailed, Page, Webhook
from hoyhoy.wire.errors import Fault

from .world import NUMBER, PHONE, World

ANN, BOB, EVE = PHONE, "+14155550142", "+14155550199"


def heard(exchange: World, phone: str = "") -> list[str]:
    """What was spoken to a phone, or to all."""
    return [one.text for one in exchange.events(PhoneHeard) if phone in (one.phone, "") and one.kind == "speech"]


def asked(exchange: World, path: str) -> list[dict[str, str]]:
    """The parameters of each request for this page."""
    return [dict(one.params + one.extra) for one in exchange.app.asked if one.url.endswith(path)]


def pages(exchange: World, **documents: Any) -> None:
    """`start="<Say>Hi</Say>"` is the page at http://app/start."""
    exchange.app.pages |= {
        f"http://app/{name}": f"<Response>{inside}</Response>" if isinstance(inside, str) else inside
        for name, inside in documents.items()
    }


async def called(exchange: World, number: str = ANN, *steps: dict[str, Any], url: str = "start", **more: Any) -> str:
    """The exchange calls a phone, which answers; its sid."""
    exchange.phone(number, *steps, answer_after=0.1)
    return exchange.place(f"http://app/{url}", number, **more)


async def calls_in(exchange: World, *steps: dict[str, Any], **behaviour: Any) -> str:
    """Ann calls the number, whose document is /in."""
    exchange.own(NUMBER, voice_url="http://app/in")
    return exchange.network.place_call(exchange.phone(ANN, *steps, **behaviour), NUMBER).sid


async def test_1_without_an_action_dial_goes_on_and_gather_and_record_ask_again(exchange):
    pages(exchange, start=f"<Dial>{BOB}</Dial><Say>After Dial</Say>")
    exchange.phone(BOB, answering="busy")
    await called(exchange)
    await exchange.run()
    assert heard(exchange, ANN) == ["After Dial"]

    for verb, steps in (
        ('<Gather numDigits="1"/>', [{"wait": 1, "press": "5"}]),
        ("<Record/>", [{"wait": 2, "say": "A message that is long enough"}, {"wait": 4, "press": "5"}]),
    ):
        pages(exchange, again=lambda webhook, verb=verb: (
            f"<Response>{'<Say>Again</Say>' if dict(webhook.extra).get('Digits') == '5' else verb}</Response>"
        ))  # fmt: skip
        before = len(asked(exchange, "/again"))
        await called(exchange, ANN, *steps, url="again")
        await exchange.run()
        assert len(asked(exchange, "/again")) == before + 2
        assert heard(exchange, ANN)[-1] == "Again"


async def test_2_behind_a_verb_with_an_action_everything_is_dead(exchange):
    pages(exchange, start=f'<Dial action="/after">{BOB}</Dial><Say>Never</Say>', after="<Say>After</Say>")
    exchange.phone(BOB, answering="unreachable")
    await called(exchange)
    await exchange.run()
    assert heard(exchange, ANN) == ["After"]


async def test_3_a_gather_with_no_input_falls_through(exchange):
    pages(exchange, start='<Gather action="/picked"/><Say>Nothing</Say>', picked="<Say>Picked</Say>")
    await called(exchange)
    await exchange.run()
    assert heard(exchange) == ["Nothing"] and not asked(exchange, "/picked")


async def test_4_the_timeout_begins_after_the_prompt_and_anew_with_each_key(exchange):
    pages(exchange, start='<Gather timeout="4" action="/picked"><Pause length="9"/></Gather>', picked="")
    await called(exchange, ANN, {"wait": 12, "press": "1"}, {"wait": 3, "press": "2"}, {"wait": 3, "press": "3"})
    await exchange.run()
    assert [one["Digits"] for one in asked(exchange, "/picked")] == ["123"]


async def test_5_the_finishing_key_is_no_digit_of_gather_and_every_key_finishes_record(exchange):
    pages(exchange, start='<Gather action="/picked"/><Say>Nothing</Say>', picked='<Record action="/kept"/>', kept="")
    await called(exchange, ANN, {"wait": 1, "press": "12#"}, {"wait": 3, "say": "Quite a message"}, {"press": "7"})
    await exchange.run()
    assert asked(exchange, "/picked")[0]["Digits"] == "12"
    assert asked(exchange, "/kept")[0]["Digits"] == "7"
    await called(exchange, ANN, {"wait": 1, "press": "#"})
    await exchange.run()
    assert len(asked(exchange, "/picked")) == 1 and heard(exchange)[-1] == "Nothing"


async def test_6_a_caller_who_hangs_up_is_the_digits_of_record(exchange):
    pages(exchange, start='<Record action="/kept"/>', kept="")
    await called(exchange, ANN, {"wait": 2, "say": "Quite a message"}, {"wait": 3, "hang_up": True})
    await exchange.run()
    (kept,) = asked(exchange, "/kept")
    assert (kept["Digits"], kept["CallStatus"]) == ("hangup", "completed") and kept["RecordingSid"]


async def test_7_dial_rings_five_seconds_longer_than_it_says(exchange):
    pages(exchange, start=f'<Dial timeout="5">{BOB}</Dial>')
    exchange.phone(BOB, answering="ring-out", ring_after=0)
    await called(exchange)
    await exchange.run()
    (row,) = await exchange.database.rows.page("calls", [("to", "=", BOB)])
    assert row["status"] == "no-answer" and row["end_time"] - row["start_time"] == pytest.approx(10)


async def test_8_a_call_out_asks_when_it_is_answered_and_a_call_in_while_it_rings(exchange):
    pages(exchange, start="", **{"in": ""})
    await called(exchange)
    await calls_in(exchange)
    await exchange.run()
    assert [asked(exchange, path)[0]["CallStatus"] for path in ("/start", "/in")] == ["in-progress", "ringing"]


async def test_9_reject_is_for_the_first_verb_redirect_goes_on_ringing_and_pause_delays(exchange):
    pages(exchange, **{"in": "<Redirect>/two</Redirect>"}, two='<Pause length="3"/><Redirect>/three</Redirect>',
          three='<Reject reason="busy"/>')  # fmt: skip
    sid = await calls_in(exchange)
    await exchange.run()
    row = await exchange.row("calls", sid)
    assert row["status"] == "busy" and not exchange.events(PhoneAnswered)


async def test_10_answer_on_bridge_counts_for_the_first_verb_alone(exchange):
    pages(exchange, **{"in": f'<Dial answerOnBridge="true">{BOB}</Dial>'})
    exchange.phone(BOB, {"wait": 1, "hang_up": True}, answer_after=7, ring_after=0)
    sid = await calls_in(exchange)
    await exchange.run()
    row = await exchange.row("calls", sid)
    assert row["answer_time"] - row["start_time"] == pytest.approx(7)
    pages(exchange, **{"in": f'<Say>Hello</Say><Dial answerOnBridge="true">{BOB}</Dial>'})
    sid = exchange.network.place_call(exchange.network.phone(ANN), NUMBER).sid
    await exchange.run()
    row = await exchange.row("calls", sid)
    assert row["answer_time"] == row["start_time"]


async def test_11_the_default_event_is_completed_and_a_call_cancelled_in_the_queue_tells_nothing(exchange):
    pages(exchange, start="")
    sid = await called(exchange, events=("completed",))
    waiting = await called(exchange, BOB, delay=30)
    exchange.switchboard.end_call(waiting, "canceled")
    await exchange.run()
    told = [dict(one.params) for one in exchange.callbacks]
    assert [(one["CallSid"], one["CallStatus"]) for one in told] == [(sid, "completed")]
    assert "initiated" not in {event.status for event in exchange.events(CallMoved)}


async def test_12_callbacks_are_counted_from_zero_and_no_document_waits_for_them(exchange):
    pages(exchange, start="<Say>At once</Say>")
    await called(exchange)
    await exchange.run()
    told = [dict(one.params) for one in exchange.callbacks]
    assert [one["SequenceNumber"] for one in told] == ["0", "1", "2", "3"]
    assert heard(exchange) == ["At once"]  # and nobody has delivered any of them


async def test_13_a_screening_document_that_runs_out_connects_and_hangup_declines(exchange):
    pages(exchange, start=f'<Dial action="/after"><Number url="/screen">{BOB}</Number></Dial>', after="",
          screen="<Say>A call for you</Say>")  # fmt: skip
    exchange.phone(BOB, {"wait": 5, "hang_up": True}, answer_after=0.1)
    sid = await called(exchange)
    await exchange.run()
    screen, after = asked(exchange, "/screen")[0], asked(exchange, "/after")[0]
    assert (screen["ParentCallSid"], screen["CallSid"]) == (sid, after["DialCallSid"])
    assert after["DialBridged"] == "true"
    pages(exchange, screen="<Hangup/>")
    await called(exchange)
    await exchange.run()
    assert asked(exchange, "/after")[1]["DialBridged"] == "false"
    pages(exchange, screen=f"<Dial>{EVE}</Dial>")
    await called(exchange)
    await exchange.run()
    assert [notice.code for notice in exchange.events(Noticed)] == [13201]


CONFERENCE = "<Dial{0}><Conference{1}>room</Conference></Dial>"


async def test_14_the_first_participant_says_who_is_told_and_music_does_not_begin_again(exchange):
    first = CONFERENCE.format("", ' statusCallback="/first" statusCallbackEvent="join" waitUrl="/music"')
    second = CONFERENCE.format("", ' statusCallback="/second" statusCallbackEvent="join"')
    pages(exchange, start=first, other=second, music="<Say>Music</Say>")
    await called(exchange, ANN, {"wait": 60, "hang_up": True})
    await exchange.run(30)
    assert heard(exchange, ANN) == ["Music"]
    await called(exchange, BOB, {"wait": 5, "hang_up": True}, url="other")
    await exchange.run()
    told = [one.url for one in exchange.callbacks if "ConferenceSid" in dict(one.params)]
    assert told == ["http://app/first"] * 2
    pages(exchange, queued='<Enqueue waitUrl="/music">line</Enqueue>')
    await called(exchange, EVE, {"wait": 30, "hang_up": True}, url="queued")
    await exchange.run()
    assert len(asked(exchange, "/music")) > 3  # that of a queue does


async def test_15_a_conference_needs_two_and_one_of_them_to_start_it(exchange):
    pages(exchange, start=CONFERENCE.format("", ' startConferenceOnEnter="false"'), starter=CONFERENCE.format("", ""))
    await called(exchange, ANN)
    await called(exchange, BOB)
    await exchange.run(10)
    (row,) = await exchange.database.rows.page("conferences")
    assert row["status"] == "init"
    await called(exchange, EVE, {"wait": 5, "hang_up": True}, url="starter")
    await exchange.until(ConferenceMoved, status="in-progress")


async def test_16_who_ends_the_conference_ends_the_dials_of_all_and_their_documents_go_on(exchange):
    pages(exchange, start=CONFERENCE.format("", "") + "<Say>It is over</Say>",
          boss=CONFERENCE.format("", ' endConferenceOnExit="true"'))  # fmt: skip
    await called(exchange, ANN)
    await called(exchange, EVE)
    await called(exchange, BOB, {"wait": 9, "hang_up": True}, url="boss")
    await exchange.run()
    assert heard(exchange, ANN) == heard(exchange, EVE) == ["It is over"]
    assert len(exchange.events(ParticipantLeft)) == 3


async def test_17_the_status_of_a_dial_to_a_conference_is_answered(exchange):
    pages(exchange, start=CONFERENCE.format(' action="/after" hangupOnStar="true"', ""), after="<Say>Out</Say>")
    await called(exchange, ANN, {"wait": 5, "press": "*"})
    await exchange.run()
    (after,) = asked(exchange, "/after")
    assert after["DialCallStatus"] == "answered"
    assert not {"DialCallSid", "DialCallDuration"} & after.keys()


QUEUED = '<Enqueue action="/after" waitUrl="/wait">line</Enqueue>'


async def test_18_the_action_of_enqueue_comes_once_and_after_the_bridge(exchange):
    pages(exchange, start=QUEUED, wait='<Pause length="60"/>', after="", agent="<Dial><Queue>line</Queue></Dial>")
    await called(exchange, ANN)
    await exchange.run(20)
    await called(exchange, BOB, {"wait": 30, "hang_up": True}, url="agent")
    await exchange.run(20)
    assert not asked(exchange, "/after")
    await exchange.run()
    assert [one["QueueResult"] for one in asked(exchange, "/after")] == ["bridged"]

    pages(exchange, wait="<Leave/>")
    await called(exchange, ANN)
    await exchange.run()
    assert [one["QueueResult"] for one in asked(exchange, "/after")] == ["bridged", "leave"]


async def test_19_the_words_of_a_queue(exchange):
    pages(exchange, start=QUEUED, wait='<Pause length="60"/>', after="", whisper="<Say>You are next</Say>",
          agent='<Dial><Queue url="/whisper">line</Queue></Dial>')  # fmt: skip
    sid = await called(exchange, ANN)
    await exchange.run(20)
    agent = await called(exchange, BOB, url="agent")
    await exchange.run(20)
    assert asked(exchange, "/whisper")[0]["DequeingCallSid"] == agent
    exchange.switchboard.redirect_call(sid, webhook=Webhook("http://app/whisper"))
    await exchange.run()
    assert [one["QueueResult"] for one in asked(exchange, "/after")] == ["redirected-from-bridged"]
    assert len(exchange.events(CallDequeued, sid)) == 1


async def test_20_a_call_that_is_not_live_is_not_redirected(exchange):
    pages(exchange, start='<Pause length="9"/>')
    sid = await called(exchange)
    with pytest.raises(Fault) as refused:
        exchange.switchboard.redirect_call(sid, webhook=Webhook("http://app/start"))
    assert refused.value.code == 21220
    await exchange.run(5)
    exchange.switchboard.end_call(sid, "canceled")  # no effect on a call that goes on
    await exchange.run(1)
    assert exchange.switchboard.is_live(sid)
    exchange.switchboard.end_call(sid, "completed")
    await exchange.run(1)
    assert not exchange.switchboard.is_live(sid)


async def test_21_an_inline_document_has_no_base(exchange):
    exchange.phone(answer_after=0.1)
    exchange.place(twiml='<Response><Gather action="/relative" numDigits="1"/></Response>')
    exchange.phone(ANN, {"wait": 1, "press": "1"}, answer_after=0.1)
    await exchange.run()
    assert [notice.code for notice in exchange.events(Noticed)] == [15004]


async def test_22_plain_text_is_read_aloud_and_sound_is_played(exchange):
    exchange.app.pages["http://app/start"] = Page("http://app/start", 200, "text/plain", b"Read this")
    await called(exchange)
    await exchange.run()
    exchange.app.pages["http://app/start"] = Page("http://app/start", 200, "audio/mpeg", b"...")
    await called(exchange)
    await exchange.run()
    assert [(one.kind, one.text) for one in exchange.events(PhoneHeard)] == [
        ("speech", "Read this"),
        ("audio", "http://app/start"),
    ]


async def test_23_what_is_not_known_is_a_warning_and_what_is_broken_is_fatal(exchange):
    pages(exchange, start='<say>Small</say><Say colour="red">Hello</Say><Frob/>')
    await called(exchange)
    await exchange.run()
    assert heard(exchange) == ["Hello"]
    assert [notice.code for notice in exchange.events(Noticed)] == [12200] * 3
    exchange.app.pages["http://app/start"] = "<response/>"
    await called(exchange)
    await exchange.run()
    exchange.app.pages["http://app/start"] = "<Response>"
    await called(exchange)
    await exchange.run()
    assert [notice.code for notice in exchange.events(Noticed)][3:] == [12102, 12100]


async def test_28_behind_a_start_the_next_verb_follows_and_without_one_the_call_ends(exchange):
    pages(exchange, start="<Start><Recording/></Start>")
    sid = await called(exchange)
    await exchange.run()
    assert (await exchange.row("calls", sid))["duration"] == 0


async def test_29_whom_a_caller_may_show(exchange):
    pages(exchange, start=f'<Dial callerId="+14155559999">{BOB}</Dial>', after="")
    exchange.switchboard.facilities.rules = exchange.switchboard.facilities.rules.__class__(strict=True)
    exchange.phone(BOB)
    await called(exchange)
    await exchange.run()
    assert [notice.code for notice in exchange.events(Noticed)] == [13214]


async def test_a_document_that_is_not_to_be_had_is_replaced_by_the_fallback(exchange):
    """Not on the list, and wrong as often (voice 3.6)."""
    pages(exchange, start=FetchFailed(11200, "HTTP 500"), spare="<Say>Spare</Say>")
    await called(exchange, fallback_url="http://app/spare")
    await exchange.run()
    assert heard(exchange) == ["Spare"]
    assert asked(exchange, "/spare")[0]["ErrorCode"] == "11200"
