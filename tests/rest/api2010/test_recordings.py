"""Recordings and their sound (voice reference 8.2)."""

import numpy as np
import pytest
from twilio.base.exceptions import TwilioRestException

from hoyhoy.audio import RATE, wav
from hoyhoy.exchange.orders import Record
from hoyhoy.exchange.recording import CALL_API, OUTBOUND_API
from hoyhoy.lines.simulated.script import Behaviour, Step
from hoyhoy.speech.placeholder import murmur
from tests.rest.world import ACCOUNT, BASE, NUMBER, OTHER, OTHER_TOKEN, PHONE, SHARED

WORDS = "This is the phone"
SAID = murmur(WORDS)


async def talking(exchange, **form):
    """A call that is in progress, to a phone that says something a second after that; its sid."""
    exchange.network.phone(PHONE).behaviour = Behaviour(script=(Step(wait=1, say=WORDS),))
    answer = await exchange.post("/Calls.json", **{"To": PHONE, "From": NUMBER, "Url": "http://app/voice", **form})
    sid = answer.json()["sid"]
    for _ in range(100):
        await exchange.run(0.1)
        if (await exchange.database.rows.fetch("calls", sid))["status"] == "in-progress":
            return sid
    raise AssertionError("never answered")


async def recorded(exchange, seconds=10, **order):
    """A finished recording of so many seconds; its sid."""
    call = await talking(exchange)
    recording = exchange.switchboard.record_call(call, Record(source=CALL_API, **order))
    await exchange.run(seconds)
    recording.stop()
    await exchange.run(1)
    return recording.sid


async def make_recording(exchange):
    return f"{BASE}/Recordings/{await recorded(exchange)}"


SPECIMENS = {"Recording": make_recording}


def samples(answer, channels=1):
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "audio/x-wav")
    assert int.from_bytes(answer.content[22:24], "little") == channels
    return np.frombuffer(answer.content, "<i2", offset=wav.HEAD).reshape(-1, channels)


async def test_representation(exchange):  # Appendix B
    sid = await recorded(exchange)
    body = (await exchange.get(f"/Recordings/{sid}.json")).json()
    call = body["call_sid"]
    assert body == {
        "sid": sid,
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "call_sid": call,
        "conference_sid": None,
        "date_created": body["date_created"],
        "date_updated": body["date_updated"],
        "start_time": body["date_created"],
        "duration": "10",
        "price": None,
        "price_unit": "USD",
        "status": "completed",
        "channels": 1,
        "source": "StartCallRecordingAPI",
        "error_code": None,
        "encryption_details": None,
        "media_url": f"https://api.twilio.com{BASE}/Recordings/{sid}",
        "uri": f"{BASE}/Recordings/{sid}.json",
    }
    assert (await exchange.get("/Recordings.json")).json()["recordings"] == [body]
    assert (await exchange.get(f"/Recordings/{sid}.xml")).text.count(f"<Sid>{sid}</Sid>") == 1


async def test_official_client(exchange):
    sid = await recorded(exchange)

    def work(client):
        (listed,) = client.recordings.list()
        one = client.recordings(sid).fetch()
        assert (listed.sid, one.status, one.duration, one.channels) == (sid, "completed", "10", 1)
        assert client.recordings(sid).delete()
        return client.recordings.list()

    assert await exchange.sdk(work) == []


@pytest.mark.parametrize("suffix", ["", ".wav"])
async def test_the_sound(exchange, suffix):
    """What the phone said is what the file holds."""
    sid = await recorded(exchange)
    sound = samples(await exchange.get(f"/Recordings/{sid}{suffix}"))[:, 0]
    assert len(sound) == 10 * RATE
    begin = int(np.flatnonzero(sound)[0]) - int(np.flatnonzero(SAID)[0])
    assert np.array_equal(sound[begin : begin + len(SAID)], SAID)
    call = (await exchange.get(f"/Recordings/{sid}.json")).json()["call_sid"]
    assert np.array_equal(samples(await exchange.get(f"/Calls/{call}/Recordings/{sid}{suffix}"))[:, 0], sound)
    head = await exchange.request("HEAD", f"{BASE}/Recordings/{sid}{suffix}")
    assert head.status_code == 200 and not head.content and int(head.headers["Content-Length"]) > 16000


@pytest.mark.works("Recording.fetch", "RequestedChannels")
async def test_two_channels_as_one(exchange):
    sid = await recorded(exchange, channels=2)
    both = samples(await exchange.get(f"/Recordings/{sid}.wav"), 2)
    assert both[:, 0].any() and not both[:, 1].any()
    mixed = samples(await exchange.get(f"/Recordings/{sid}.wav", params={"RequestedChannels": "1"}))
    assert np.array_equal(mixed[:, 0], both[:, 0])
    asked = await exchange.get(f"/Recordings/{sid}.wav", params={"RequestedChannels": "2"})
    assert np.array_equal(samples(asked, 2), both)


@pytest.mark.works("CallRecording.fetch", "RequestedChannels")
async def test_one_channel_is_never_two(exchange):
    sid = await recorded(exchange)
    call = (await exchange.get(f"/Recordings/{sid}.json")).json()["call_sid"]
    for path in (f"/Recordings/{sid}", f"/Recordings/{sid}.wav", f"/Calls/{call}/Recordings/{sid}"):
        answer = await exchange.get(path, params={"RequestedChannels": "2"})
        assert answer.status_code == 400 and "16113" in answer.text
        assert samples(await exchange.get(path, params={"RequestedChannels": "1"})).any()
    answer = await exchange.get(f"/Recordings/{sid}.wav", params={"RequestedChannels": "3"})
    assert answer.status_code == 400


async def test_there_are_no_mp3_files(exchange):
    answer = await exchange.get(f"/Recordings/{await recorded(exchange)}.mp3")
    assert answer.status_code == 400 and "had as .wav" in answer.text


async def test_sound_is_for_its_account_alone(exchange):
    sid = await recorded(exchange)
    assert (await exchange.get(f"/Recordings/{sid}", auth=None)).status_code == 401
    for path in (f"/Recordings/{sid}", f"/Recordings/{sid}.wav", f"/Recordings/{sid}.json"):
        others = BASE.replace(ACCOUNT, OTHER) + path
        assert (await exchange.request("GET", others, auth=(OTHER, OTHER_TOKEN))).status_code == 404


@SHARED
@pytest.mark.parametrize("sid", ["RE" + "0" * 32, "RE1", "..%2F" + "RE" + "0" * 32, "CA" + "0" * 32, "Twilio.CURRENT"])
async def test_what_is_not_there(shared, sid):
    for suffix in ("", ".wav", ".mp3", ".json"):
        assert (await shared.get(f"/Recordings/{sid}{suffix}")).status_code == 404


async def test_what_is_not_finished_has_no_sound_and_stays(exchange):
    call = await talking(exchange)
    recording = exchange.switchboard.record_call(call, Record(source=CALL_API))
    await exchange.run(2)
    assert (await exchange.get(f"/Recordings/{recording.sid}")).status_code == 404
    body = (await exchange.get(f"/Recordings/{recording.sid}.json")).json()
    assert (body["status"], body["duration"]) == ("in-progress", None)
    answer = await exchange.delete(f"/Recordings/{recording.sid}.json")
    assert (answer.status_code, answer.json()["code"]) == (400, 16114)


@pytest.mark.works("Recording.fetch", "IncludeSoftDeleted")
@pytest.mark.works("Recording.list", "IncludeSoftDeleted")
async def test_what_is_deleted_is_seen_by_who_asks_for_it(exchange):
    sid = await recorded(exchange)
    assert (await exchange.delete(f"/Recordings/{sid}.wav")).status_code == 404  # the sound is no resource of its own
    assert (await exchange.delete(f"/Recordings/{sid}.json")).status_code == 204
    for path in ("", ".wav", ".json"):
        assert (await exchange.get(f"/Recordings/{sid}{path}")).status_code == 404
    assert (await exchange.delete(f"/Recordings/{sid}.json")).status_code == 404
    assert (await exchange.get("/Recordings.json")).json()["recordings"] == []
    asking = {"IncludeSoftDeleted": "true"}
    (listed,) = (await exchange.get("/Recordings.json", params=asking)).json()["recordings"]
    one = (await exchange.get(f"/Recordings/{sid}.json", params=asking)).json()
    assert listed == one and one["status"] == "deleted"
    assert (await exchange.get(f"/Recordings/{sid}.wav", params=asking)).status_code == 404
    assert not list((exchange.database.folder / "recordings").iterdir())


async def test_what_failed_is_absent(exchange):
    exchange.write("recordings", "RE" + "1" * 32, account_sid=ACCOUNT, status="failed", error_code=12400)
    body = (await exchange.get(f"/Recordings/RE{'1' * 32}.json")).json()
    assert (body["status"], body["error_code"]) == ("absent", 12400)


@pytest.mark.works("Recording.list", "CallSid", "ConferenceSid", "DateCreated")
async def test_filters(exchange):
    calls = ["CA" + one * 32 for one in "123"]
    for number, call in enumerate(calls):
        exchange.write(
            "recordings",
            "RE" + str(number) * 32,
            account_sid=ACCOUNT,
            call_sid=call,
            conference_sid="CF" + str(number) * 32,
            status="completed",
            date_created=exchange.clock.now() + number * 86400,
        )

    async def found(**query):
        return [one["call_sid"] for one in (await exchange.get("/Recordings.json", params=query)).json()["recordings"]]

    assert await found(CallSid=calls[1]) == [calls[1]]
    assert await found(ConferenceSid="CF" + "2" * 32) == [calls[2]]
    assert await found(DateCreated="2026-01-02") == [calls[1]]
    assert await found(**{"DateCreated>": "2026-01-02"}) == [calls[2], calls[1]]


# Ordered with the call (5.1) ---------------------------------------------------------------


async def of_call(exchange, **form):
    """The recording of a call that is over, and what was told meanwhile: URL, method and parameters."""
    callbacks = []
    exchange.database.journal.deliver_to(callbacks.extend)
    exchange.app.document = "<Response><Pause length='8'/></Response>"
    sid = await talking(exchange, **form)
    await exchange.run(30)
    (recording,) = (await exchange.get("/Recordings.json", params={"CallSid": sid})).json()["recordings"]
    return recording, [(one.url, one.method, dict(one.params)) for one in callbacks]


RECORDED = {"Record": "true", "StatusCallback": "http://app/status"}


@pytest.mark.works("Call.create", "Record")
async def test_a_call_that_is_recorded(exchange):
    """3.2: what is told of its end has the recording."""
    recording, told = await of_call(exchange, **RECORDED)
    assert (recording["source"], recording["status"], recording["channels"]) == (OUTBOUND_API, "completed", 1)
    assert recording["duration"] == str(round(len(SAID) / RATE))  # trimmed, unless it is asked not to be
    [(_, _, params)] = told
    assert (params["CallStatus"], params["RecordingSid"]) == ("completed", recording["sid"])
    assert params["RecordingDuration"] == recording["duration"]
    assert params["RecordingUrl"] == recording["media_url"]


@pytest.mark.works("Call.create", "Trim", "RecordingChannels")
async def test_how_a_call_is_recorded(exchange):
    recording, _ = await of_call(exchange, **RECORDED, Trim="do-not-trim", RecordingChannels="dual")
    assert (recording["channels"], recording["duration"]) == (2, "8")
    both = samples(await exchange.get(f"/Recordings/{recording['sid']}"), 2)
    assert both[:, 0].any() and not both[:, 1].any()


@pytest.mark.works("Call.create", "RecordingTrack")
async def test_one_track_of_a_call_is_never_on_two_channels(exchange):
    recording, _ = await of_call(
        exchange, **RECORDED, RecordingTrack="outbound", RecordingChannels="dual", Trim="do-not-trim"
    )
    assert recording["channels"] == 1
    assert not samples(await exchange.get(f"/Recordings/{recording['sid']}")).any()


@pytest.mark.works(
    "Call.create", "RecordingStatusCallback", "RecordingStatusCallbackMethod", "RecordingStatusCallbackEvent"
)
async def test_who_is_told_of_a_calls_recording(exchange):
    _, told = await of_call(
        exchange,
        Record="true",
        RecordingStatusCallback="http://app/told",
        RecordingStatusCallbackMethod="GET",
        RecordingStatusCallbackEvent="in-progress completed",
    )
    assert [(url, method, params["RecordingStatus"]) for url, method, params in told] == [
        ("http://app/told", "GET", "in-progress"),
        ("http://app/told", "GET", "completed"),
    ]


async def test_a_call_that_is_not_recorded(exchange):
    await talking(exchange, RecordingStatusCallback="http://app/told")
    assert (await exchange.get("/Recordings.json")).json()["recordings"] == []


async def test_a_missing_recording_is_refused_by_the_client_too(exchange):
    with pytest.raises(TwilioRestException) as missing:
        await exchange.sdk(lambda client: client.recordings("RE" + "0" * 32).fetch())
    assert missing.value.code == 20404
