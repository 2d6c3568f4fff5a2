"""voice 2.6: every attribute, what ends a recording, and what is asked after that."""

import asyncio

import numpy as np
import pytest

from hoyhoy.audio import FRAME, RATE, tones, wav
from hoyhoy.exchange.events import (
    CallMoved,
    Noticed,
    PhoneHeard,
    PhoneReleased,
    RecordingMoved,
    ResourceChanged,
    TranscriptionMoved,
    WebhookAnswered,
)
from hoyhoy.exchange.facilities import Rules
from hoyhoy.exchange.ports import Row, Webhook
from hoyhoy.speech.placeholder import murmur, seconds_of

from ...disk import hangs
from ...talking import application
from ...world import ACCOUNT, AUDIO_SECONDS, NUMBER, PHONE, START, World, world

WORDS = "Please call me back"
LONG = "Please call me back as soon as you can, whatever the time"
SPOKEN = murmur(WORDS)
SAID = len(SPOKEN) / RATE


async def record(exchange: World, attributes: str, *steps: dict, after: str = "", **more) -> dict[str, str] | None:
    """Record what the steps say after the beep; what was told with the action, None when it was not requested."""
    exchange.app.pages |= {
        "http://app/start": f'<Response><Record action="/done" {attributes}/>{after}</Response>',
        "http://app/done": "<Response><Say>Thank you</Say></Response>",
    }
    exchange.phone(PHONE, *steps)
    exchange.place(**more)
    await exchange.run()
    asked = [one for one in exchange.app.asked if one.url.endswith("/done")]
    return dict(asked[-1].extra) if asked else None


def say(text: str = WORDS, hear: str = "beep", wait: float = 1, **more) -> dict:
    return {"hear": hear, "wait": wait, "say": text, **more}


def moves(exchange: World) -> list[tuple[float, str]]:
    """When the recording came to each status, in seconds since the answer."""
    return [
        (round(e.at - START - 2.2, 2), e.event.status) for e in exchange.entries if isinstance(e.event, RecordingMoved)
    ]


async def sound(exchange: World) -> np.ndarray:
    file = await exchange.switchboard.facilities.tapes.read(exchange.events(RecordingMoved)[0].recording)
    return wav.read(file)


def heard(exchange: World) -> list[str]:
    return [event.text for event in exchange.events(PhoneHeard)]


async def test_silence_ends_it_and_the_words_are_in_the_file(exchange):
    told = await record(exchange, 'trim="do-not-trim"', say())
    sid = exchange.events(RecordingMoved)[0].recording
    assert told == {
        "RecordingUrl": f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Recordings/{sid}",
        "RecordingSid": sid,
        "RecordingDuration": str(round(1.3 - 0.3 + SAID + 5)),
        "Digits": "",
    }
    # The beep lasts 0.3 s and the phone hears it begin; then 5 s of silence, in whole frames.
    begun, *ended = moves(exchange)
    assert begun == (0.3, "in-progress")
    assert [status for _, status in ended] == ["stopped", "processing", "completed"]
    assert [at for at, _ in ended] == 3 * [pytest.approx(1 + SAID + 5, abs=0.02)]
    recorded = await sound(exchange)
    begin = round(0.7 * RATE)
    assert np.array_equal(recorded[begin : begin + len(SPOKEN)], SPOKEN)
    assert not recorded[:begin].any() and not recorded[begin + len(SPOKEN) :].any()
    assert heard(exchange) == ["beep", "Thank you"]


async def test_the_silence_is_trimmed(exchange):
    await record(exchange, "", say())
    recorded = await sound(exchange)
    assert len(recorded) - len(SPOKEN) < FRAME and np.array_equal(recorded[: len(SPOKEN)], SPOKEN)


@pytest.mark.parametrize(
    ("attributes", "keys", "digits", "after"),
    [
        ("", "5", "5", 0),  # any key
        ("", "#", "#", 0),
        ('finishOnKey="#*"', "12*", "*", 0.5 + 2 * (tones.KEY_SECONDS)),  # the others are part of what is recorded
        ('finishOnKey=""', "5", "", None),
        ('finishOnKey="9"', "5", "", None),
    ],
)
async def test_a_key_ends_it(exchange, attributes, keys, digits, after):
    told = await record(exchange, attributes, say(), {"wait": 1, "press": keys})
    assert told is not None and told["Digits"] == digits
    ended = moves(exchange)[-1][0]
    assert (ended < 1 + SAID + 3) is (after is not None)


async def test_the_longest_time(exchange):
    told = await record(exchange, 'maxLength="3" timeout="0" trim="do-not-trim"', say(wait=0.3))
    assert told is not None and (told["RecordingDuration"], told["Digits"]) == ("3", "")
    assert moves(exchange)[1] == (3.3, "processing")  # it ended by itself


async def test_without_a_timeout_silence_does_not_end_it(exchange):
    told = await record(exchange, 'maxLength="60" timeout="0"', say())
    assert told is not None and moves(exchange)[-1] == (60.3, "completed")


async def test_silence_alone_is_no_recording(exchange):
    """18 row 22: nothing recorded and no key, the next verb."""
    told = await record(exchange, 'recordingStatusCallback="/told"', after="<Say>Nothing came</Say>")
    assert told is None and heard(exchange) == ["beep", "Nothing came"]
    assert moves(exchange)[-1] == (5.3, "absent")
    assert [(one.code, one.level) for one in exchange.events(Noticed)] == [(16102, "warning")]
    assert not [one for one in exchange.callbacks if one.url.endswith("/told")]  # completed alone was asked for


async def test_a_key_and_nothing_else_asks_the_action(exchange):
    told = await record(exchange, "", {"hear": "beep", "wait": 0.5, "press": "1"}, after="<Say>Nothing came</Say>")
    assert told is not None and (told["RecordingDuration"], told["Digits"]) == ("0", "1")
    assert moves(exchange)[-1][1] == "absent"


async def test_keys_of_before_the_beep_do_not_end_it(exchange):
    exchange.app.pages["http://app/start"] = (
        '<Response><Say>After the beep</Say><Record action="/done" playBeep="true"/></Response>'
    )
    exchange.app.pages["http://app/done"] = "<Response/>"
    exchange.phone(PHONE, {"hear": "After", "press": "1"}, say())
    exchange.place()
    await exchange.run()
    assert dict(exchange.app.asked[-1].extra)["Digits"] == ""


async def test_without_a_beep(exchange):
    told = await record(exchange, 'playBeep="false" trim="do-not-trim"', say(hear="", wait=0.5))
    assert told is not None and "beep" not in heard(exchange)
    recorded = await sound(exchange)
    assert np.array_equal(recorded[RATE // 2 : RATE // 2 + len(SPOKEN)], SPOKEN)


async def test_whoever_hangs_up_is_told_of_although_the_call_is_over(exchange):
    """2.6: the request has CallStatus=completed and all three Recording parameters; its answer is not performed."""
    told = await record(exchange, "", say(), {"wait": 0.5, "hang_up": True})
    assert told is not None and set(told) == {"RecordingUrl", "RecordingSid", "RecordingDuration", "Digits"}
    assert told["Digits"] == "hangup" and int(told["RecordingDuration"]) == round(SAID)
    assert exchange.app.params()["CallStatus"] == "completed"
    assert heard(exchange) == ["beep"]
    assert [e.by for e in exchange.events(PhoneReleased)] == ["phone"]
    recorded = await sound(exchange)
    assert np.array_equal(recorded[: len(SPOKEN)], SPOKEN)
    last = exchange.entries[-1]
    assert isinstance(last.event, WebhookAnswered) and not exchange.switchboard.facilities.calls


async def test_whoever_hangs_up_without_a_word_is_not(exchange):
    assert await record(exchange, "", {"hear": "beep", "wait": 2, "hang_up": True}) is None
    assert moves(exchange)[-1] == (2.0, "absent")


async def test_who_is_redirected_is_recorded_no_more_and_no_action_is_asked(exchange):
    """5.3: the pending action of the verb is not requested."""
    exchange.app.pages |= {
        "http://app/start": '<Response><Record action="/done"/></Response>',
        "http://app/other": "<Response><Pause length='5'/></Response>",
    }
    exchange.phone(PHONE, say())
    sid = exchange.place()
    await exchange.clock.advance(2.3 + 1 + SAID)
    exchange.switchboard.redirect_call(sid, webhook=exchange.app.asked[0].__class__("http://app/other"))
    await exchange.run()
    assert [one.url for one in exchange.app.asked] == ["http://app/start", "http://app/other"]
    assert moves(exchange)[-1][1] == "completed"


async def test_who_is_redirected_while_the_file_is_made(exchange, caplog):
    """Others wait for it too: the callback of the recording's own events, for one."""
    exchange.app.pages |= {
        "http://app/start": '<Response><Record action="/done"/></Response>',
        "http://app/other": "<Response><Pause length='5'/></Response>",
    }
    exchange.phone(PHONE, say(), {"wait": 1, "press": "1"})
    sid = exchange.place()
    tapes = exchange.switchboard.facilities.tapes
    work = tapes.work

    async def slow(what):
        exchange.switchboard.redirect_call(sid, webhook=Webhook("http://app/other"))
        for _ in range(10):
            await asyncio.sleep(0)
        return await work(what)

    tapes.work = slow
    await exchange.run()
    assert [one.url for one in exchange.app.asked] == ["http://app/start", "http://app/other"]
    assert moves(exchange)[-1][1] == "completed" and "crashed" not in caplog.text


async def test_a_disk_that_hangs_keeps_no_caller_for_ever(exchange):
    """The document goes on as after nothing was said; that the file is late is told."""
    disk, facilities = hangs(exchange), exchange.switchboard.facilities
    assert await record(exchange, 'timeout="2"', say(), after="<Say>Goodbye then</Say>") is None
    assert heard(exchange)[-1] == "Goodbye then" and not facilities.calls
    assert [one.code for one in exchange.events(Noticed)] == [12400]
    disk.set()
    await facilities.recordings[exchange.events(RecordingMoved)[0].recording].done
    assert moves(exchange)[-1][1] == "completed"


async def test_who_hangs_up_over_a_disk_that_hangs_is_over(exchange):
    disk, facilities = hangs(exchange), exchange.switchboard.facilities
    assert await record(exchange, "", say(hang_up=True)) is None
    assert not facilities.calls
    disk.set()
    await facilities.recordings[exchange.events(RecordingMoved)[0].recording].done
    assert moves(exchange)[-1][1] == "completed"


async def test_a_recording_that_takes_no_time_does_not_keep_documents_from_going_in_circles():
    """2.11. The plane records as much as it can."""
    async with world(rules=Rules(documents_without_sound=3)) as exchange:
        exchange.app.pages["http://app/start"] = '<Response><Record playBeep="false"/><Redirect/></Response>'
        exchange.phone()
        sid = exchange.place()
        await exchange.until(CallMoved, status="ringing")
        calls = exchange.switchboard.facilities.calls
        calls[sid].line.media.record = lambda track, seconds, tape: Refused()
        await exchange.run()
        assert len(exchange.app.asked) == 3
        assert {one.code for one in exchange.events(Noticed)} == {12400, 11215}


class Refused:
    """A recorder of a plane that has no room for it."""

    why = "the plane makes as many recordings as it can"

    def __init__(self) -> None:
        self.ended = asyncio.get_running_loop().create_future()
        self.ended.set_result(None)

    def stop(self) -> None: ...


async def play_back(exchange: World, address: str) -> tuple[list[float], list[int]]:
    """Record, then play what `address` says of the RecordingUrl: seconds of what the phone hears, and notices."""
    exchange.app.pages |= {
        "http://app/start": '<Response><Record action="/done"/></Response>',
        "http://app/done": lambda asked: (
            f"<Response><Play>{address.format(dict(asked.extra)['RecordingUrl'])}</Play></Response>"
        ),
    }
    exchange.phone(PHONE, say())
    exchange.place()
    await exchange.run()
    heard = [event.seconds for event in exchange.events(PhoneHeard) if event.kind == "audio"]
    return heard, [one.code for one in exchange.events(Noticed)]


@pytest.mark.parametrize("address", ["{}", "{}.wav", "{}.mp3", "{}.wav?RequestedChannels=1"])
async def test_what_was_recorded_is_played_back(exchange, address):
    """Nobody is asked for it: the address that apps are told is the platform's."""
    heard, notices = await play_back(exchange, address)
    assert heard == [pytest.approx(SAID, abs=0.03)] and not notices


async def test_a_recording_that_is_not_there_cannot_be_played(exchange):
    nobody = "https://api.twilio.com/2010-04-01/Accounts/{}/Recordings/RE" + "0" * 32
    assert await play_back(exchange, nobody.format(ACCOUNT) + "{0:.0}") == ([], [11200])


async def test_a_recording_of_somebody_else_is_asked_for_like_anything_else(exchange):
    heard, _ = await play_back(
        exchange, f"https://api.twilio.com/2010-04-01/Accounts/AC{'b' * 32}/Recordings/RE{'0' * 32}" + "{0:.0}"
    )
    assert heard == [AUDIO_SECONDS]


async def test_the_address_of_one_account_does_not_open_the_recording_of_another(exchange):
    other, sid = "AC" + "b" * 32, "RE" + "1" * 32
    values = {"account_sid": other, "status": "completed", "call_sid": "CA" + "1" * 32}
    exchange.database.journal.record(
        sid, other, ResourceChanged(table="recordings", change="created"), (Row("recordings", sid, values, new=True),)
    )
    tape = exchange.switchboard.facilities.tapes.open(sid, 1)
    tape.write(SPOKEN.tobytes())
    await tape.finish(False)
    mine = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Recordings/{sid}"
    assert await play_back(exchange, mine + "{0:.0}") == ([], [11200])


async def test_who_hangs_up_later_is_not_told_of_again(exchange):
    exchange.app.pages["http://app/start"] = '<Response><Record action="/done"/></Response>'
    exchange.app.pages["http://app/done"] = "<Response><Pause length='60'/></Response>"
    exchange.phone(PHONE, say(), {"wait": 1, "press": "1"}, {"wait": 5, "hang_up": True})
    exchange.place()
    await exchange.run()
    assert [dict(one.extra).get("Digits") for one in exchange.app.asked] == [None, "1"]


async def test_keys_of_after_a_recording_are_for_what_follows(exchange):
    exchange.app.pages["http://app/start"] = (
        '<Response><Record timeout="1"/><Gather numDigits="2" action="/typed"/></Response>'
    )
    exchange.app.pages["http://app/typed"] = "<Response/>"
    exchange.phone(PHONE, {"hear": "beep", "wait": 3, "press": "42"})
    exchange.place()
    await exchange.run()
    assert dict(exchange.app.asked[-1].extra)["Digits"] == "42"


async def test_a_caller_who_is_recorded_is_answered(exchange):
    """1.5."""
    exchange.own(voice_url="http://app/start")
    exchange.app.pages["http://app/start"] = '<Response><Record action="/done" playBeep="false"/></Response>'
    exchange.app.pages["http://app/done"] = "<Response/>"
    exchange.network.place_call(exchange.phone(PHONE, {"wait": 1, "say": WORDS}), NUMBER)
    await exchange.run()
    assert dict(exchange.app.asked[-1].extra)["RecordingDuration"] == str(round(SAID))


async def test_whoever_is_recorded_again_and_again_does_not_go_round_in_circles():
    """2.11: a recording is no document without a sound."""
    async with world(rules=Rules(documents_without_sound=3)) as exchange:
        exchange.app.pages["http://app/start"] = '<Response><Record playBeep="false"/></Response>'
        exchange.phone(PHONE, *[{"wait": 2, "press": "1"}] * 8, {"hang_up": True})
        exchange.place()
        await exchange.run()
        assert len(exchange.app.asked) == 9 and {one.code for one in exchange.events(Noticed)} <= {16101, 16102}


async def test_without_an_action_the_document_is_asked_again(exchange):
    asked = []

    def start(webhook):
        asked.append(webhook)
        return "<Response><Record/></Response>" if len(asked) == 1 else "<Response/>"

    exchange.app.pages["http://app/start"] = start
    exchange.phone(PHONE, say())
    exchange.place()
    await exchange.run()
    assert len(asked) == 2 and "RecordingUrl" in dict(asked[1].extra)


async def test_an_inline_document_needs_an_action(exchange):
    exchange.phone(PHONE, say())
    exchange.place(twiml="<Response><Record/></Response>")
    await exchange.run()
    assert [one.code for one in exchange.events(Noticed)] == [15004]


async def test_an_inline_document_without_an_action_whose_caller_hangs_up(exchange):
    exchange.phone(PHONE, say(), {"wait": 0.1, "hang_up": True})
    exchange.place(twiml="<Response><Record/></Response>")
    await exchange.run()
    assert [one.code for one in exchange.events(Noticed)] == [15004]
    assert exchange.events(RecordingMoved)[-1].status == "completed"


async def test_callbacks_are_told_of_the_events_asked_for(exchange):
    await record(
        exchange,
        'recordingStatusCallback="/told" recordingStatusCallbackMethod="GET" '
        'recordingStatusCallbackEvent="in-progress completed"',
        say(),
    )
    told = [one for one in exchange.callbacks if one.url == "http://app/told"]
    assert [(one.method, dict(one.params)["RecordingStatus"]) for one in told] == [
        ("GET", "in-progress"),
        ("GET", "completed"),
    ]


@pytest.mark.parametrize(
    ("attribute", "code"),
    [  # 17.2
        ('method="PUT"', 13610),
        ('timeout="-1"', 13611),
        ('timeout="x"', 13611),
        ('timeout="200000000000000000"', 13611),
        ('timeout="99999999999999999999"', 13611),
        ('maxLength="1"', 13612),
        ('maxLength="14401"', 13612),
        ('finishOnKey="A"', 13613),
        ('transcribe="yes"', 13614),
        ('playBeep="1"', 13616),
        ('trim="yes"', 13699),
        ('recordingStatusCallback="ftp://app/"', 13256),
        ('recordingStatusCallbackMethod="PUT"', 13610),
        ('recordingStatusCallbackEvent="begun"', 13621),
        ('recordingStatusCallbackEvent=""', 13621),
        ('transcribe="true" maxLength="121"', 13615),
        ('transcribe="true" transcribeCallback="ftp://x"', 13257),
        ('transcribeCallback="/x"', 12200),
        ('recordingConfigurationId="x"', 12200),
        ('length="3"', 12200),
    ],
)
async def test_what_is_wrong_is_told_and_recorded_all_the_same(exchange, attribute, code):
    told = await record(exchange, attribute, say(LONG))
    assert [one.code for one in exchange.events(Noticed)] == [code]
    assert told is not None and int(told["RecordingDuration"]) == round(seconds_of(LONG))


async def test_what_is_not_asked_for_is_not_told(exchange):
    await record(exchange, 'transcribe="false"', say())
    assert not exchange.events(Noticed)


async def test_nothing_may_stand_inside(exchange):
    exchange.app.pages["http://app/start"] = "<Response><Record><Say>x</Say></Record></Response>"
    exchange.phone(PHONE)
    exchange.place()
    await exchange.run()
    assert exchange.events(Noticed)[0].code == 12200


# What is asked for, one by one (2.6)


@pytest.mark.obeys("Record", "action", "method", "trim", "timeout", "playBeep")
async def test_how_it_is_recorded(exchange):
    verb = '<Record action="/done" method="GET" trim="do-not-trim" timeout="2" playBeep="false"/>'
    exchange.app.pages |= {
        "http://app/start": lambda asked: f"<Response>{'' if asked.extra else verb}</Response>",
        "http://app/done": "<Response/>",
    }
    exchange.phone(PHONE, say(hear="", wait=1.0))
    exchange.place()
    await exchange.run()
    asked = exchange.app.asked[-1]
    told = dict(asked.extra)
    assert (asked.url, asked.method) == ("http://app/done", "GET")
    assert "beep" not in heard(exchange) and told["RecordingDuration"] == str(round(1 + SAID + 2))
    assert len(await sound(exchange)) / RATE == pytest.approx(1 + SAID + 2, abs=0.05)


@pytest.mark.obeys("Record", "maxLength", "finishOnKey")
async def test_what_ends_it(exchange):
    told = await record(exchange, 'maxLength="4" finishOnKey="9" timeout="0"', say(LONG), {"press": "1"})
    assert told is not None and (told["Digits"], told["RecordingDuration"]) == ("", "3")
    exchange.app.asked.clear()
    told = await record(exchange, 'maxLength="30" finishOnKey="9" timeout="0"', say(LONG), {"press": "1w9"})
    assert told is not None and told["Digits"] == "9"


@pytest.mark.obeys("Record", "recordingStatusCallback", "recordingStatusCallbackMethod", "recordingStatusCallbackEvent")
async def test_what_a_callback_says_of_it_exactly(exchange):
    """2.6: no From, To or CallStatus."""
    await record(
        exchange,
        'recordingStatusCallback="/told" recordingStatusCallbackMethod="GET" '
        'recordingStatusCallbackEvent="in-progress completed"',
        say(LONG),
    )
    began, ended = [one for one in exchange.callbacks if one.url == "http://app/told"]
    sid = exchange.events(RecordingMoved)[0].recording
    common = {
        "AccountSid": ACCOUNT,
        "CallSid": exchange.app.params(0)["CallSid"],
        "RecordingSid": sid,
        "RecordingUrl": f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Recordings/{sid}",
        "RecordingChannels": "1",
        "RecordingStartTime": "Tue, 14 Nov 2023 22:13:22 +0000",
        "RecordingSource": "RecordVerb",
        "RecordingTrack": "both",
        "ErrorCode": "0",
    }
    assert (began.method, ended.method) == ("GET", "GET")
    assert dict(began.params) == common | {"RecordingStatus": "in-progress"}
    length = str(round(seconds_of(LONG)))
    assert dict(ended.params) == common | {"RecordingStatus": "completed", "RecordingDuration": length}


@pytest.mark.obeys("Record", "transcribe", "transcribeCallback")
async def test_it_is_transcribed(exchange):
    """2.6: what is said while it is recorded, and nothing else; the call does not wait for it."""
    steps = [{"say": "Not this"}, say(LONG), say("really", hear="", wait=1), say("Nor this", hear="Thank")]
    await record(exchange, 'transcribe="true" transcribeCallback="/text"', *steps)
    (told,) = [one for one in exchange.callbacks if one.url == "http://app/text"]
    params = dict(told.params)
    assert (told.method, params["TranscriptionText"]) == ("POST", f"{LONG} really")
    assert (params["url"], params["TranscriptionStatus"]) == ("http://app/text", "completed")
    assert [one.status for one in exchange.events(TranscriptionMoved)] == ["in-progress", "completed"]
    assert exchange.events(Noticed) == []


async def test_a_transcription_that_nobody_is_told_of(exchange):
    await record(exchange, 'transcribe="true"', say(LONG))
    assert [one.status for one in exchange.events(TranscriptionMoved)] == ["in-progress", "completed"]


async def test_who_hangs_up_is_transcribed_too(exchange):
    await record(exchange, 'transcribe="true" transcribeCallback="/text"', say(LONG), {"wait": 0.5, "hang_up": True})
    (told,) = [dict(one.params) for one in exchange.callbacks if one.url == "http://app/text"]
    assert (told["TranscriptionText"], told["CallStatus"]) == (LONG, "completed")


async def test_who_says_nothing_is_not(exchange):
    """2.6: not sent when the recording is absent."""
    await record(exchange, 'transcribe="true" transcribeCallback="/text"')
    assert not [one for one in exchange.callbacks if one.url == "http://app/text"]


async def test_what_is_transcribed_is_two_minutes_long_at_most(exchange):
    told = await record(exchange, 'transcribe="true" timeout="0" trim="do-not-trim"', say(LONG))
    assert told is not None and told["RecordingDuration"] == "120"
    assert [one.status for one in exchange.events(TranscriptionMoved)] == ["in-progress", "completed"]


@pytest.mark.parametrize(
    ("far", "is_inbound", "seconds"), [("client:eve", True, 600), ("client:eve", False, 600), (PHONE, True, 3600)]
)
async def test_how_long_it_may_be_when_nobody_says_so(exchange, far, is_inbound, seconds):  # 2.6
    page = '<Response><Record timeout="0"/></Response>'
    exchange.app.pages |= {"http://app/in": page, "http://app/start": page}
    exchange.own(NUMBER, voice_url="http://app/in")
    phone = exchange.phone(far)
    if not is_inbound:
        exchange.place(to=far)
    elif far == PHONE:
        exchange.network.place_call(phone, NUMBER)
    else:
        exchange.network.call_application(phone, application(exchange, voice_url="http://app/in"), "")
    await exchange.run(700)
    assert (exchange.events(RecordingMoved)[-1].status == "in-progress") is (seconds > 600)
    await exchange.run(3000)
    assert exchange.events(RecordingMoved)[-1].status != "in-progress"
