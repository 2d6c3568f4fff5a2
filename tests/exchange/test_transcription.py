"""Transcriptions of recordings (voice 2.6, 8.4): what is said meanwhile, or what a recogniser makes of it."""

import numpy as np
import pytest

from hoyhoy.audio import RATE
from hoyhoy.exchange.events import Noticed, TranscriptionMoved
from hoyhoy.exchange.ports import Recognised, RecognitionFailed
from hoyhoy.exchange.recognition import hearing
from hoyhoy.exchange.recovery import recover
from hoyhoy.exchange.transcription import (
    FINAL,
    LANGUAGE,
    TABLE,
    TRANSCRIPTION,
    Transcription,
    TranscriptionStatus,
)

from .test_recording import SAID, SAYING, crashed, start, talking
from .world import ACCOUNT, NUMBER, PHONE, World, world

URL = "http://app/transcribed"


class Recogniser:
    def __init__(self, answer="What a recogniser  heard") -> None:
        self.answer, self.asked = answer, []

    async def recognise(self, sound, language, hints):
        self.asked.append((sound, language, hints))
        if isinstance(self.answer, Exception):
            raise self.answer
        return Recognised(self.answer, 0.5)


async def transcribed(exchange: World, seconds: float = 10, *, words: bool = True, says: str = SAYING, **order):
    """A transcription of so many seconds of a call, to its end."""
    sid = await talking(exchange, {"wait": 1, "say": says} if says else {})
    call = exchange.switchboard.facilities.calls[sid]
    call.line.has_words = words
    recording = start(exchange, sid, **order)
    made = Transcription.start(call, recording, URL)
    with hearing(call.line, made.words.append if words else str):
        await exchange.run(seconds)
    recording.stop()
    await exchange.run(1)
    return made


def told(exchange: World) -> list[dict[str, str]]:
    return [dict(one.params) for one in exchange.callbacks if one.url == URL]


def statuses(exchange: World) -> list[str]:
    return [one.status for one in exchange.events(TranscriptionMoved)]


def codes(exchange: World) -> list[int]:
    return [one.code for one in exchange.events(Noticed)]


def test_lifecycle():
    assert FINAL == (TranscriptionStatus.COMPLETED, TranscriptionStatus.FAILED)
    assert TRANSCRIPTION.may_move(TranscriptionStatus.IN_PROGRESS, TranscriptionStatus.FAILED)


async def test_the_words_of_a_virtual_phone_and_what_is_told_of_them(exchange):
    """2.6: exactly these, by POST."""
    made = await transcribed(exchange)
    assert statuses(exchange) == ["in-progress", "completed"] and codes(exchange) == []
    base = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Recordings/{made.recording}"
    assert told(exchange) == [
        {
            "TranscriptionSid": made.sid,
            "TranscriptionText": SAYING,
            "TranscriptionStatus": "completed",
            "TranscriptionUrl": f"{base}/Transcriptions/{made.sid}",
            "TranscriptionType": "fast",
            "RecordingSid": made.recording,
            "RecordingUrl": base,
            "CallSid": made.call,
            "AccountSid": ACCOUNT,
            "From": NUMBER,
            "To": PHONE,
            "Caller": NUMBER,
            "Called": PHONE,
            "CallStatus": "in-progress",
            "ApiVersion": "2010-04-01",
            "Direction": "outbound-api",
            "url": URL,
        }
    ]
    assert {one.method for one in exchange.callbacks if one.url == URL} == {"POST"}
    row = await exchange.row(TABLE, made.sid)
    expected = {
        "account_sid": ACCOUNT,
        "call_sid": made.call,
        "recording_sid": made.recording,
        "status": "completed",
        "transcription_text": SAYING,
        "duration": 10,
        "type": "fast",
    }
    assert row | expected == row


async def test_who_says_nothing_is_transcribed_as_that(exchange):
    await transcribed(exchange, says="")
    assert [one["TranscriptionText"] for one in told(exchange)] == [""] and statuses(exchange)[-1] == "completed"


async def test_a_call_that_was_diverted(exchange):
    """2.6 ForwardedFrom, where the call has it."""
    sid = await talking(exchange)
    call = exchange.switchboard.facilities.calls[sid]
    call.params = (("ForwardedFrom", "+14155550000"), ("CalledVia", "+14155550000"))
    recording = start(exchange, sid)
    Transcription.start(call, recording, URL)
    await exchange.run(10)
    recording.stop()
    await exchange.run(1)
    (params,) = told(exchange)
    assert params["ForwardedFrom"] == "+14155550000" and "CalledVia" not in params


async def test_the_sound_is_recognised_where_no_words_are_known(exchange):
    recogniser = exchange.switchboard.facilities.recogniser = Recogniser()
    await transcribed(exchange, words=False)
    ((sound, language, hints),) = recogniser.asked
    assert (language, hints) == (LANGUAGE, ())
    begin = int(np.flatnonzero(sound)[0]) - int(np.flatnonzero(SAID)[0])
    assert np.array_equal(sound[begin : begin + len(SAID)], SAID) and len(sound) == 10 * RATE
    assert [one["TranscriptionText"] for one in told(exchange)] == ["What a recogniser heard"]


@pytest.mark.parametrize(
    ("recogniser", "why"),
    [(None, "no recogniser"), (Recogniser(RecognitionFailed("It is on fire.")), "on fire")],
)
async def test_what_nobody_understands_fails(exchange, recogniser, why):
    exchange.switchboard.facilities.recogniser = recogniser
    await transcribed(exchange, words=False)
    assert statuses(exchange) == ["in-progress", "failed"]
    [notice] = exchange.events(Noticed)
    assert notice.code == 13617 and why in notice.message
    [params] = told(exchange)
    assert (params["TranscriptionStatus"], params["TranscriptionText"]) == ("failed", "")


async def test_a_recording_that_was_deleted_at_once(exchange):
    exchange.switchboard.facilities.recogniser = Recogniser()

    async def gone(sid, most=-1):
        return None

    exchange.switchboard.facilities.tapes.read = gone
    await transcribed(exchange, words=False)
    assert statuses(exchange)[-1] == "failed" and codes(exchange) == [13617]


@pytest.mark.parametrize(("seconds", "code"), [(1.9, 13618), (2, 13618), (121, 13619)])
async def test_what_is_too_short_or_too_long_is_not_transcribed(exchange, seconds, code):
    """2.6: more than 2 s and 120 s at most."""
    await transcribed(exchange, seconds)
    assert statuses(exchange)[-1] == "failed" and codes(exchange) == [code]


async def test_of_a_recording_that_is_absent_there_is_none(exchange):
    made = await transcribed(exchange, says="", trim=True)
    assert statuses(exchange) == ["in-progress"] and told(exchange) == []
    assert await exchange.database.rows.fetch(TABLE, made.sid) is None


# After a crash -----------------------------------------------------------------------------


@pytest.mark.parametrize("says", [SAYING, ""])
async def test_a_restart_leaves_none_under_way(exchange, tmp_path, says):
    sid = await talking(exchange, *([{"wait": 1, "say": says}] if says else []))
    made = Transcription.start(
        exchange.switchboard.facilities.calls[sid], start(exchange, sid, trim=not says), URL
    )  # fmt: skip
    await exchange.run(10.5)
    await crashed(exchange, tmp_path / "data")
    async with world(seed=2, place=tmp_path / "data", start=exchange.clock.now() + 60) as again:
        await recover(again.switchboard, again.database)
        row = await again.database.rows.fetch(TABLE, made.sid)
        if not says:
            assert row is None and told(again) == []
            return
        assert row is not None and (row["status"], row["duration"]) == ("failed", 10)
        [params] = told(again)
        assert (params["TranscriptionStatus"], params["CallSid"], params["From"]) == ("failed", sid, NUMBER)
        assert 13617 in codes(again)
        await recover(again.switchboard, again.database)
        assert len(told(again)) == 1
