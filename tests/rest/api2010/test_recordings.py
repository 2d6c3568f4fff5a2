"""Recordings and their sound (voice reference 8.2)."""

import asyncio
import base64

import numpy as np
import pytest
from twilio.base.exceptions import TwilioRestException

from hoyhoy.audio import RATE, wav
from hoyhoy.exchange.orders import Record
from hoyhoy.exchange.ports import NotEncoded
from hoyhoy.exchange.recording import CALL_API
from hoyhoy.exchange.recording_rows import OUTBOUND_API
from hoyhoy.lines.simulated.script import Behaviour, Step
from hoyhoy.speech.placeholder import murmur
from hoyhoy.store import finished
from tests.rest.world import ACCOUNT, BASE, NUMBER, OTHER, OTHER_TOKEN, PHONE, SHARED, TOKEN

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
        "subresource_uris": {"transcriptions": f"{BASE}/Recordings/{sid}/Transcriptions.json"},
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


@pytest.mark.parametrize("channels", ["1", "2"])
async def test_it_is_read_portion_by_portion(exchange, monkeypatch, channels):
    """However long it is: what is in memory is a portion, and the same sound as in one piece."""
    sid = await recorded(exchange, channels=2)
    whole = (await exchange.get(f"/Recordings/{sid}.wav", params={"RequestedChannels": channels})).content
    sizes, read = [], finished.FinishedTape._read

    def seen(tape, at, size):
        part = read(tape, at, size)
        sizes.append(len(part))
        return part

    monkeypatch.setattr(finished, "PORTION", 1001)  # no whole number of samples
    monkeypatch.setattr(finished.FinishedTape, "_read", seen)
    answer = await exchange.get(f"/Recordings/{sid}.wav", params={"RequestedChannels": channels})
    assert answer.content == whole and int(answer.headers["Content-Length"]) == len(whole)
    assert len(sizes) > 300 and max(sizes) == 1001
    assert int.from_bytes(whole[40:44], "little") == len(whole) - wav.HEAD
    sizes.clear()
    head = await exchange.request("HEAD", f"{BASE}/Recordings/{sid}.wav?RequestedChannels={channels}")
    assert head.headers["Content-Length"] == str(len(whole)) and not head.content and sizes == []


@pytest.mark.parametrize("channels", ["1", "2"])
async def test_a_part_of_it(exchange, channels):
    """RFC 9110 14: players ask for the sound from where they are."""
    sid = await recorded(exchange, channels=2)
    path, params = f"/Recordings/{sid}.wav", {"RequestedChannels": channels}
    whole = (await exchange.get(path, params=params)).content
    size = len(whole)
    for asked, begin, end in (
        ("0-", 0, size),
        ("0-3", 0, 4),
        ("10-50", 10, 51),
        ("44-99", 44, 100),
        ("20000-20001", 20000, 20002),
        ("20001-30000", 20001, 30001),
        ("-1", size - 1, size),
    ):
        answer = await exchange.get(path, params=params, headers={"Range": f"bytes={asked}"})
        assert answer.status_code == 206 and answer.content == whole[begin:end], asked
        assert answer.headers["Content-Range"] == f"bytes {begin}-{end - 1}/{size}"
        assert answer.headers["Content-Length"] == str(end - begin)
    answer = await exchange.get(path, params=params, headers={"Range": f"bytes={size}-"})
    assert answer.status_code == 416 and answer.headers["Content-Range"] == f"bytes */{size}"
    for headers in ({"Range": "bytes=0-1,4-5"}, {"Range": "bytes=0-1", "If-Range": '"some version"'}):
        answer = await exchange.get(path, params=params, headers=headers)
        assert answer.status_code == 200 and answer.content == whole
    head = await exchange.request("HEAD", BASE + path, params=params, headers={"Range": "bytes=0-1"})
    assert head.status_code == 200 and head.headers["Accept-Ranges"] == "bytes"


class Reader:
    """A client that takes the sound part by part, as the server is told of it."""

    def __init__(self, exchange, sid, taken):
        self.exchange, self.taken = exchange, taken
        self.parts, self.left, self.is_whole = [], asyncio.Event(), False
        pair = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode())
        self.scope = {
            "type": "http",
            "method": "GET",
            "path": f"{BASE}/Recordings/{sid}.wav",
            "query_string": b"",
            "headers": [(b"authorization", b"Basic " + pair)],
        }

    async def read(self):
        await self.exchange.http._transport.app(self.scope, self.receive, self.send)

    async def receive(self):
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        if message["type"] == "http.response.body":
            self.parts.append(message.get("body", b""))
            self.is_whole = not message.get("more_body", False)
            await self.taken(self)


async def test_time_goes_on_for_whoever_reads_slowly(exchange, monkeypatch):
    """design 4: virtual time waits for an answer, not for a listener to take it."""
    monkeypatch.setattr(finished, "PORTION", 50_000)

    async def slowly(reader):
        await exchange.run(10)

    began = exchange.clock.now()
    reader = Reader(exchange, await recorded(exchange), slowly)
    await reader.read()
    assert reader.is_whole and len(b"".join(reader.parts)) == wav.HEAD + 10 * RATE * 2
    assert exchange.clock.now() - began > 40


async def test_for_whoever_has_left_nothing_is_read(exchange, monkeypatch):
    monkeypatch.setattr(finished, "PORTION", 100)

    async def leave(reader):
        reader.left.set()
        await asyncio.sleep(0)

    reader = Reader(exchange, await recorded(exchange), leave)
    await reader.read()
    assert 1 <= len(reader.parts) < 10 and not reader.is_whole


async def test_what_is_deleted_while_it_is_read_ends_there(exchange, monkeypatch, caplog):
    monkeypatch.setattr(finished, "PORTION", 100)
    sid = await recorded(exchange)

    async def delete(reader):
        if len(reader.parts) == 2:
            assert (await exchange.delete(f"/Recordings/{sid}.json")).status_code == 204

    reader = Reader(exchange, sid, delete)
    await reader.read()
    assert len(reader.parts) == 2 and not reader.is_whole and "could not be sent to its end" in caplog.text


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


class Lame:
    """Makes something of sound; what it cannot do, it says."""

    longest = 10 * RATE * 2

    async def mp3(self, sound, channels):
        if channels == 2:
            raise NotEncoded("the encoder is on fire.")
        return b"mp3 of " + b"".join([part async for part in sound.parts(wav.HEAD, sound.size)])


async def test_a_smaller_file(exchange):
    exchange.switchboard.facilities.encoder = Lame()
    sid = await recorded(exchange)
    sound = (await exchange.get(f"/Recordings/{sid}.wav")).content
    answer = await exchange.get(f"/Recordings/{sid}.mp3")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "audio/mpeg")
    assert answer.content == b"mp3 of " + sound[wav.HEAD :]


async def test_there_is_not_always_one(exchange):
    sid = await recorded(exchange)
    for encoder, why in ((None, "makes no MP3"), (Lame(), "is on fire; RE"), (Lame(), "too long")):
        if encoder:
            sid = await recorded(exchange, channels=2, seconds=5 if "fire" in why else 10)
        exchange.switchboard.facilities.encoder = encoder
        answer = await exchange.get(f"/Recordings/{sid}.mp3")
        assert answer.status_code == 400 and why in answer.text and f"{sid}.wav" in answer.text


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
