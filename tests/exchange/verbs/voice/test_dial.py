"""voice 2.7, 2.7.1, 2.7.4, 2.7.5: what may be written, who may be called, who is shown. What comes of it is tested
beside exchange/attempt.py and exchange/dialling.py."""

from typing import Any

import numpy as np
import pytest

from hoyhoy.audio import wav
from hoyhoy.exchange.events import (
    CallBridged,
    CallCreated,
    Noticed,
    PhoneHeard,
    PhoneRang,
    ResourceChanged,
    SoundPlayed,
)
from hoyhoy.exchange.facilities import Rules
from hoyhoy.exchange.ports import Row
from hoyhoy.lines.simulated.leg import SimulatedLeg
from hoyhoy.lines.simulated.script import Behaviour, Step
from hoyhoy.speech.placeholder import murmur

from ...talking import ANN, BOB, EVE, callbacks, calls_in, children, dials, heard, notices, read, result
from ...world import ACCOUNT, NUMBER, World, world

OTHERS = "+15005550099"


@pytest.mark.parametrize(
    ("attribute", "code"),
    [
        ('method="PUT"', 13210),
        ('timeout="4"', 13212),
        ('timeout="601"', 13212),
        ('timeout="soon"', 13212),
        ('hangupOnStar="yes"', 13213),
        ('timeLimit="0"', 13216),
        ('record="always"', 13217),
        ('record="record-from-"', 13217),
        ('record="answer"', 13217),
        ('sequential="1"', 13218),
        ('answerOnBridge="on"', 13219),
        ('ringTone="mars"', 13220),
        ('recordingTrack="mine"', 13622),
        ('recordingStatusCallbackEvent="started"', 13621),
        ('recordingStatusCallbackEvent=""', 13621),
        ('recordingStatusCallbackMethod="PUT"', 13256),
        ('trim="short"', 13699),
        ('callReason="Delivery"', 12200),
        ('colour="red"', 12200),
    ],
)
def test_an_illegal_value_is_a_warning_and_the_default_is_used(attribute, code):
    verb, codes = read(f"<Dial {attribute}>{BOB}</Dial>")
    plain, _ = read(f"<Dial>{BOB}</Dial>")
    verb.element = plain.element
    assert (codes, verb) == ([code], plain)


@pytest.mark.parametrize(
    ("mode", "read_as"),
    [
        ("true", "answer"),
        ("false", ""),
        ("do-not-record", ""),
        ("record-from-answer", "answer"),
        ("record-from-ringing", "ringing"),
        ("record-from-answer-dual", "answer-dual"),
        ("record-from-ringing-dual", "ringing-dual"),
    ],
)
def test_modes_of_recording(mode, read_as):
    verb, codes = read(f'<Dial record="{mode}">{BOB}</Dial>')
    assert (verb.record, codes) == (read_as, [])


@pytest.mark.parametrize(
    ("inside", "codes", "nouns"),
    [
        (f"<Number>{BOB}</Number><Say>Hello</Say>", [13215], 1),
        (f"<Number>{BOB}</Number><number>{EVE}</number>", [13215], 1),
        (f"{EVE}<Number>{BOB}</Number>", [12200], 1),
        (f"<Number>{BOB}</Number>" * 11, [13250], 11),
        ("<Conference>Room</Conference>", [], 1),
    ],
)
def test_what_stands_inside(inside, codes, nouns):
    verb, told = read(f"<Dial>{inside}</Dial>")
    assert (told, len(verb.nested)) == (codes, nouns)


async def test_who_cannot_be_called_is_told_and_the_others_are_called(exchange):
    nouns = {
        f"<Number>{BOB}</Number>": [],
        "<Number>911</Number>": [13223],
        "<Number>ann</Number>": [13223],
        "<Number>client:ann</Number>": [13223],
        f'<Number url="ftp://x">{EVE}</Number>': [11100],
        "<Sip>ann@example.com</Sip>": [13246],  # there is no line for it
        "<Sip></Sip>": [13243],
        "<Sip>sip:a n n@example.com</Sip>": [13243],
        f"<Sip>sip:{'a' * 250}@example.com</Sip>": [13243],
        f"<Sip>sip:ann@example.com?x-a={'a' * 1024}</Sip>": [13253],
    }
    told = await dials(exchange, f'<Dial action="/over">{"".join(nouns)}</Dial>')
    assert notices(exchange) == [code for codes in nouns.values() for code in codes]
    assert [event.phone for event in exchange.events(PhoneRang)] == [BOB] and told["DialCallStatus"] == "completed"


@pytest.mark.parametrize("place", ["<Conference>Room</Conference>", "<Queue>support</Queue>"])
async def test_a_place_stands_alone(exchange, place):
    # 2.7.2
    calls_in(exchange, f'<Dial timeout="5"><Number>{BOB}</Number>{place}<Client>ann</Client></Dial>')
    await exchange.run(3)
    assert 13000 in notices(exchange) and not exchange.events(PhoneRang)


async def test_a_dial_without_anybody(exchange):
    assert await dials(exchange, '<Dial action="/over"> </Dial>') == {
        "DialCallStatus": "failed",
        "DialBridged": "false",
    }
    assert notices(exchange) == [13223]


async def test_a_relative_action_needs_a_document_with_an_address(exchange):
    # 1.6: it is told before anybody is called
    exchange.phone(BOB)
    exchange.place(to=EVE, twiml=f'<Response><Dial action="/over">{BOB}</Dial></Response>')
    await exchange.run()
    assert notices(exchange) == [15004]
    assert [event.phone for event in exchange.events(PhoneRang)] == [EVE]


@pytest.mark.obeys("Dial", "action", "method")
async def test_the_action_is_asked_for_its_way(exchange):
    await dials(exchange, f'<Dial action="/over" method="get">{BOB}</Dial>')
    assert exchange.app.asked[-1].method == "GET"


@pytest.mark.obeys("Dial", "timeout")
async def test_how_long_it_rings(exchange):
    # trap 7
    ann = calls_in(exchange, f'<Dial timeout="10">{BOB}</Dial>')
    exchange.phone(BOB, answering="ring-out")
    await exchange.run(60)
    (bob,) = await children(exchange, ann.sid)
    assert (bob["status"], bob["end_time"] - bob["start_time"], bob["timeout"]) == ("no-answer", 15, 15)


@pytest.mark.obeys("Dial", "ringTone")
async def test_ring_tones(exchange):
    tones = {"us": 6.0, "us-old": 6.0, "uk": 3.0, "DE": 5.0, "ru": 5.0}
    calls_in(exchange, "".join(f'<Dial ringTone="{tone}">{BOB}</Dial>' for tone in tones))
    exchange.phone(BOB, answering="busy")
    await exchange.run(10)
    rings = exchange.events(PhoneHeard)[: len(tones)]
    assert [(one.kind, one.text, one.seconds) for one in rings] == [
        ("tone", "ringing", lasts) for lasts in tones.values()
    ]


# Answering with the bridge (1.5) ----------------------------------------------------------------


@pytest.mark.obeys("Dial", "answerOnBridge")
async def test_the_caller_keeps_ringing_until_somebody_answers(exchange):
    ann = calls_in(exchange, f'<Dial answerOnBridge="true" action="/over">{BOB}</Dial>')
    exchange.phone(BOB, {"wait": 5, "hang_up": True}, answer_after=9.8)
    await exchange.run(5)
    assert (await exchange.row("calls", ann.sid))["status"] == "ringing" and not exchange.events(PhoneHeard)
    await exchange.run(60)
    (bob,) = await children(exchange, ann.sid)
    row = await exchange.row("calls", ann.sid)
    assert row["answer_time"] == bob["answer_time"] == row["start_time"] + 10
    assert "tone" not in [one.kind for one in exchange.events(SoundPlayed)]


@pytest.mark.parametrize(
    ("answering", "status"),
    [("busy", "busy"), ("ring-out", "no-answer"), ("unreachable", "failed"), ("answer", "completed")],
)
async def test_a_caller_for_whom_nobody_is_there_is_not_answered(exchange, answering, status):
    ann = calls_in(exchange, f'<Dial answerOnBridge="true" action="/over">{BOB}</Dial>', over="<Response/>")
    exchange.phone(BOB, {"wait": 5, "hang_up": True}, answering=answering)
    await exchange.run(60)
    assert (await exchange.row("calls", ann.sid))["status"] == status


async def test_a_caller_whom_the_called_refuses_is_not_answered(exchange):
    pages = {"ask": "<Response><Hangup/></Response>", "over": "<Response/>"}
    noun = f'<Number url="/ask">{BOB}</Number>'
    ann = calls_in(exchange, f'<Dial answerOnBridge="true" action="/over">{noun}</Dial>', **pages)
    exchange.phone(BOB)
    await exchange.run(60)
    assert (await exchange.row("calls", ann.sid))["status"] == "no-answer"


async def test_a_later_verb_answers_all_the_same(exchange):
    ann = calls_in(exchange, f'<Dial answerOnBridge="true">{BOB}</Dial>')
    exchange.phone(BOB, answering="busy")
    await exchange.run(60)
    assert heard(exchange, ANN) == ["Goodbye then"]
    assert (await exchange.row("calls", ann.sid))["status"] == "completed"


async def test_a_caller_who_gives_up_ringing(exchange):
    ann = calls_in(exchange, f'<Dial answerOnBridge="true" action="/over">{BOB}</Dial>')
    exchange.phone(BOB, answering="ring-out")
    await exchange.run(5)
    ann.leg.put_down()
    await exchange.run(5)
    (bob,) = await children(exchange, ann.sid)
    assert bob["status"] == (await exchange.row("calls", ann.sid))["status"] == "canceled"
    assert result(exchange)["DialCallStatus"] == "canceled"


async def test_it_counts_only_before_the_answer(exchange):
    # trap 10
    calls_in(exchange, f'<Say>One moment</Say><Dial answerOnBridge="true">{BOB}</Dial>')
    exchange.phone(BOB)
    await exchange.until(CallBridged)
    assert heard(exchange, ANN, "speech", "tone") == ["One moment", "ringing"] and notices(exchange) == [13219]


async def test_who_was_called_is_there_already(exchange):
    exchange.phone(BOB)
    exchange.place(to=ANN, twiml=f'<Response><Dial answerOnBridge="true">{BOB}</Dial></Response>')
    await exchange.until(CallBridged)
    assert notices(exchange) == [13219]


BRIDGES = f'<Dial answerOnBridge="true">{BOB}</Dial>'


@pytest.mark.parametrize(
    "document",
    [
        f'<Pause length="2"/>{BRIDGES}',
        f'<Dial answerOnBridge="true">{EVE}</Dial>{BRIDGES}',
        "<Redirect>/second</Redirect>",
    ],
)
async def test_it_counts_only_as_the_first_verb_of_the_first_document(exchange, document):
    # 2.7, trap 10; the caller of all these still rings then (1.5)
    ann = calls_in(exchange, document, second=f"<Response>{BRIDGES}</Response>")
    exchange.phone(EVE, answering="busy")
    exchange.phone(BOB, answer_after=5)
    await exchange.run(3)
    assert (await exchange.row("calls", ann.sid))["status"] == "in-progress"
    await exchange.until(CallBridged)
    assert notices(exchange) == [13219]


# Addresses that name nothing (1.4, 1.6) ---------------------------------------------------------


async def test_an_empty_action_is_none(exchange):
    """This document again would dial for ever."""
    calls_in(exchange, f'<Dial action="">{BOB}</Dial>')
    exchange.phone(BOB, answering="busy")
    await exchange.run(60)
    assert heard(exchange, ANN) == ["Goodbye then"] and notices(exchange) == [12200]
    assert [one.url for one in exchange.app.asked] == ["http://app/in"]


async def test_an_empty_url_screens_nobody(exchange):
    nouns = f'<Number url="">{BOB}</Number>'
    assert (await dials(exchange, f'<Dial action="/over">{nouns}</Dial>'))["DialBridged"] == "true"
    assert notices(exchange) == [12200] and len(exchange.app.asked) == 2


@pytest.mark.parametrize(("url", "code"), [("", 12200), ("ftp://x", 11100)])
async def test_a_refer_url_that_names_nothing_is_none(exchange, url, code):
    told = await dials(exchange, f'<Dial action="/over" referUrl="{url}">{BOB}</Dial>')
    assert (told["DialCallStatus"], told["DialBridged"]) == ("completed", "true")
    assert notices(exchange) == [code]


# Who is shown (2.7.1) ---------------------------------------------------------------------------


def verify(exchange: World, number: str) -> None:
    values = {"account_sid": ACCOUNT, "phone_number": number, "friendly_name": number}
    row = Row("outgoing_caller_ids", "PN" + "7" * 32, values, new=True)
    exchange.database.journal.record(row.sid, ACCOUNT, ResourceChanged(table=row.table, change="created"), (row,))


SHOWN = {
    "": ANN,
    f'callerId="{ANN}"': ANN,
    f'callerId="{NUMBER}"': NUMBER,
    'callerId="+1 (415) 555-0123"': ANN,
    'callerId="+15005550077"': "+15005550077",  # owned
    'callerId="+14155550777"': "+14155550777",  # verified
    'callerId="+14155550888"': None,
    f'callerId="{OTHERS}"': None,
    'callerId="ann"': None,
    'callerId="client:ann"': None,
}


async def test_what_a_telephone_shows():
    async with world(rules=Rules(strict=True)) as exchange:
        exchange.own("+15005550077")
        exchange.own(OTHERS, account_sid="AC" + "b" * 32)
        verify(exchange, "+14155550777")
        calls_in(exchange, "".join(f"<Dial {caller_id}>{BOB}</Dial>" for caller_id in SHOWN))
        exchange.phone(BOB, answering="busy")
        await exchange.run(30)
        assert [event.caller for event in exchange.events(PhoneRang)] == [shown for shown in SHOWN.values() if shown]
        assert notices(exchange) == [13214] * list(SHOWN.values()).count(None)


async def test_everybody_may_show_the_number_of_test_credentials():
    # messaging 1.15
    async with world(rules=Rules(strict=True)) as exchange:
        exchange.app.pages["http://app/in"] = f'<Response><Dial callerId="{NUMBER}">{BOB}</Dial></Response>'
        exchange.own("+15005550077", voice_url="http://app/in")
        exchange.network.place_call(exchange.phone(ANN), "+15005550077")
        await exchange.run(10)
        assert [event.caller for event in exchange.events(PhoneRang)] == [NUMBER]


@pytest.mark.parametrize(("number", "may"), [("+14155550888", True), (OTHERS, False)])
async def test_while_developing_any_number_will_do_that_is_nobody_elses(exchange, number, may):
    exchange.own(OTHERS, account_sid="AC" + "b" * 32)
    await dials(exchange, f'<Dial action="/over" callerId="{number}">{BOB}</Dial>')
    assert [event.caller for event in exchange.events(PhoneRang)] == ([number] if may else [])


@pytest.mark.parametrize("caller", ["client:ann", "sip:ann@acme.sip.twilio.com"])
async def test_clients_and_sip_phones_must_say_what_is_shown(exchange, caller):
    exchange.own(OTHERS, account_sid="AC" + "b" * 32, voice_url="http://app/none")
    allowed = [NUMBER] if caller.startswith("sip") else [NUMBER, OTHERS]  # To is no reason for a SIP phone
    dials = "".join(f"<Dial {shown}>{BOB}</Dial>" for shown in ("", f'callerId="{NUMBER}"', f'callerId="{OTHERS}"'))
    exchange.app.pages["http://app/in"] = f"<Response>{dials}</Response>"
    exchange.own(NUMBER, voice_url="http://app/in")
    exchange.phone(BOB, answering="busy")
    leg = SimulatedLeg(exchange.clock, exchange.network.plane.open(ACCOUNT), caller, lambda _: None, outgoing=False)
    ours = exchange.database.directory.number(NUMBER)
    exchange.switchboard.incoming(leg, caller=caller, called=OTHERS, callee=ours)
    await exchange.run(60)
    assert [event.caller for event in exchange.events(PhoneRang)] == allowed
    assert notices(exchange) == [13214] * (3 - len(allowed))


@pytest.mark.obeys("Dial", "callerId")
async def test_who_is_shown(exchange):
    exchange.own("+15005550077")
    await dials(exchange, f'<Dial action="/over" callerId="+15005550077">{BOB}</Dial>')
    assert [event.caller for event in exchange.events(PhoneRang)] == ["+15005550077"]


# Recording (8) ----------------------------------------------------------------------------------


async def taped(exchange: World) -> tuple[dict[str, Any], np.ndarray]:
    """The row of the one recording, and its sound as [samples, channels]."""
    (row,) = await exchange.database.rows.page("recordings")
    found = await exchange.switchboard.facilities.tapes.read(row["sid"])
    return row, np.frombuffer(found, "<i2", offset=wav.HEAD).reshape(-1, row["channels"])


def holds(sound: np.ndarray, words: str) -> bool:
    """Whether these words sound there, whole and unchanged."""
    said = np.trim_zeros(murmur(words))
    windows = np.lib.stride_tricks.sliding_window_view(sound, len(said))
    return any(np.array_equal(one, said) for one in windows[np.flatnonzero(windows[:, 0] == said[0])])


HIS, HERS = "Bob is speaking now", "Ann is"


async def talk(exchange: World, attributes: str) -> tuple[dict[str, Any], np.ndarray]:
    """Bob speaks three seconds after the answer, Ann answers him, and he goes two seconds later."""
    ann = calls_in(exchange, f'<Dial action="/over" {attributes}>{BOB}</Dial>')
    exchange.phone(BOB, {"wait": 3, "say": HIS}, {"hear": HERS, "wait": 2, "hang_up": True})
    exchange.phone(ANN).behaviour = Behaviour(script=(Step(hear=HIS, wait=3, say=HERS),))
    exchange.network.phone(ANN).calling(ann.leg, ann.sid)
    await exchange.run(60)
    return await taped(exchange)


@pytest.mark.obeys("Dial", "record")
async def test_the_caller_is_on_the_first_channel(exchange):
    # 18 row 26: by their sound
    row, sound = await talk(exchange, 'record="record-from-answer-dual"')
    assert (row["channels"], row["source"], row["track"]) == (2, "DialVerb", "both")
    assert [(holds(channel, HERS), holds(channel, HIS)) for channel in sound.T] == [(True, False), (False, True)]


@pytest.mark.obeys("Dial", "recordingTrack")
async def test_one_track(exchange):
    row, sound = await talk(exchange, 'record="record-from-answer-dual" recordingTrack="outbound"')
    assert (row["channels"], row["track"]) == (1, "outbound")
    assert holds(sound[:, 0], HIS) and not holds(sound[:, 0], HERS)


@pytest.mark.obeys("Dial", "trim")
async def test_silence_is_cut_off(exchange):
    row, sound = await talk(exchange, 'record="record-from-answer" trim="trim-silence"')
    assert holds(sound[:, 0], HIS) and row["duration"] == 3


@pytest.mark.obeys("Dial", "recordingStatusCallback", "recordingStatusCallbackMethod", "recordingStatusCallbackEvent")
async def test_who_is_told_of_the_recording(exchange):
    # 2.7: of the caller's call
    attributes = (
        'record="record-from-ringing" recordingStatusCallback="/told" recordingStatusCallbackMethod="GET" '
        'recordingStatusCallbackEvent="in-progress completed"'
    )
    row, _ = await talk(exchange, attributes)
    told = callbacks(exchange, "/told")
    assert [one["RecordingStatus"] for one in told] == ["in-progress", "completed"]
    assert {one["CallSid"] for one in told} == {row["call_sid"]} and {one.method for one in exchange.callbacks} == {
        "GET"
    }


# Going round in circles -------------------------------------------------------------------------


async def test_a_number_that_dials_itself(exchange):
    ann = calls_in(exchange, f"<Dial>{NUMBER}</Dial>")
    await exchange.run(120)
    assert [notice.code for notice in exchange.events(Noticed)] == [11215]
    assert len(exchange.events(CallCreated)) == 1 + 2 * 30
    assert (await exchange.row("calls", ann.sid))["status"] == "completed" and not exchange.switchboard.facilities.calls


@pytest.mark.parametrize("answering", ["answer", "ring-out"])
async def test_ringing_and_talking_are_sounds(answering):
    # 2.11
    async with world(rules=Rules(documents_without_sound=3)) as exchange:
        calls_in(exchange, f'<Dial timeout="5" action="/in">{BOB}</Dial>')
        exchange.phone(BOB, {"wait": 1, "hang_up": True}, answering=answering)
        await exchange.run(60)
        assert len(exchange.app.asked) > 5 and notices(exchange) == []


async def test_a_dial_that_fails_at_once_and_again(exchange):
    # 2.11: no time passes, so nothing was heard
    calls_in(exchange, '<Dial action="/in"><Number>911</Number></Dial>')
    await exchange.run(60)
    assert notices(exchange)[-1] == 11215 and len(exchange.app.asked) == 100
