"""Recordings of one call: begun, paused and stopped while it goes on (voice reference 8.1)."""

import numpy as np
import pytest

from hoyhoy.audio import RATE, wav
from hoyhoy.exchange.events import RecordingMoved
from tests.rest.world import ACCOUNT, BASE, OTHER, OTHER_TOKEN

from .test_recordings import SAID, samples, talking


async def begin(exchange, call, **form):
    return await exchange.post(f"/Calls/{call}/Recordings.json", **form)


async def change(exchange, call, sid, **form):
    return await exchange.post(f"/Calls/{call}/Recordings/{sid}.json", **form)


async def make_recording(exchange):
    call = await talking(exchange)
    sid = (await begin(exchange, call)).json()["sid"]
    await exchange.run(10)
    await change(exchange, call, sid, Status="stopped")
    await exchange.run(1)
    return f"{BASE}/Calls/{call}/Recordings/{sid}"


SPECIMENS = {"CallRecording": make_recording}


async def whole(exchange, call, sid, channels=1):
    """The sound of a recording that ends now."""
    await change(exchange, call, sid, Status="stopped")
    await exchange.run(1)
    return samples(await exchange.get(f"/Recordings/{sid}"), channels)


def told(exchange):
    callbacks = []
    exchange.database.journal.deliver_to(callbacks.extend)
    return lambda: [(one.url, one.method, dict(one.params)["RecordingStatus"]) for one in callbacks]


async def test_representation(exchange):  # Appendix B
    call = await talking(exchange)
    answer = await begin(exchange, call)
    assert answer.status_code == 201
    body = answer.json()
    assert body == {
        "sid": body["sid"],
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "call_sid": call,
        "conference_sid": None,
        "date_created": body["date_created"],
        "date_updated": body["date_created"],
        "start_time": body["date_created"],
        "duration": None,
        "price": None,
        "price_unit": "USD",
        "status": "in-progress",
        "channels": 1,
        "source": "StartCallRecordingAPI",
        "error_code": None,
        "encryption_details": None,
        "track": "both",
        "uri": f"{BASE}/Calls/{call}/Recordings/{body['sid']}.json",
    }
    assert (await exchange.get(f"/Calls/{call}/Recordings.json")).json()["recordings"] == [body]
    assert (await exchange.get(f"/Calls/{call}/Recordings/{body['sid']}.json")).json() == body


async def test_official_client(exchange):
    call = await talking(exchange)

    def begin(client):
        made = client.calls(call).recordings.create(recording_channels="dual")
        assert (made.status, made.channels, made.source) == ("in-progress", 2, "StartCallRecordingAPI")
        paused = client.calls(call).recordings("Twilio.CURRENT").update(status="paused", pause_behavior="skip")
        assert (paused.sid, paused.status) == (made.sid, "paused")
        assert client.calls(call).recordings(made.sid).update(status="in-progress").status == "in-progress"
        return made.sid

    sid = await exchange.sdk(begin)
    await exchange.run(5)

    def end(client):
        recordings = client.calls(call).recordings
        assert recordings(sid).update(status="stopped").status in ("stopped", "processing", "completed")
        assert [one.sid for one in recordings.list()] == [sid]
        return True

    assert await exchange.sdk(end)
    await exchange.run(1)
    done = await exchange.sdk(lambda client: client.calls(call).recordings(sid).fetch())
    assert (done.status, done.duration) == ("completed", "5")
    assert await exchange.sdk(lambda client: client.calls(call).recordings(sid).delete())
    assert await exchange.sdk(lambda client: client.calls(call).recordings.list()) == []


@pytest.mark.works("CallRecording.update", "Status", "PauseBehavior")
async def test_what_is_said_in_a_pause_is_silence_or_left_out(exchange):
    call = await talking(exchange)
    lengths = []
    for form in ({}, {"PauseBehavior": "silence"}, {"PauseBehavior": "skip"}):
        sid = (await begin(exchange, call)).json()["sid"]
        await exchange.run(4)
        paused = await change(exchange, call, sid, Status="paused", **form)
        assert paused.json()["status"] == "paused"
        await exchange.run(3)
        assert (await change(exchange, call, "Twilio.CURRENT", Status="in-progress")).json()["sid"] == sid
        await exchange.run(2)
        lengths.append(round(len(await whole(exchange, call, sid)) / RATE))
    assert lengths == [9, 9, 6]


@pytest.mark.works("CallRecording.create", "RecordingChannels")
async def test_two_channels_the_phone_on_the_first(exchange):
    call = await talking(exchange)
    sid = (await begin(exchange, call, RecordingChannels="dual")).json()["sid"]
    await exchange.run(5)
    first, second = (await whole(exchange, call, sid, 2)).T
    assert first.any() and not second.any()


@pytest.mark.works("CallRecording.create", "RecordingTrack")
async def test_one_track_is_on_one_channel(exchange):
    call = await talking(exchange)
    made = (await begin(exchange, call, RecordingTrack="outbound", RecordingChannels="dual")).json()
    assert (made["track"], made["channels"]) == ("outbound", 1)
    await exchange.run(5)
    assert not (await whole(exchange, call, made["sid"])).any()


@pytest.mark.works("CallRecording.create", "Trim")
async def test_silence_stays_unless_it_is_to_go(exchange):
    call = await talking(exchange)
    sid = (await begin(exchange, call, Trim="trim-silence")).json()["sid"]
    await exchange.run(8)
    assert len(await whole(exchange, call, sid)) / RATE == pytest.approx(len(SAID) / RATE, abs=0.05)
    sid = (await begin(exchange, call)).json()["sid"]
    await exchange.run(8)
    assert len(await whole(exchange, call, sid)) == 8 * RATE


@pytest.mark.works(
    "CallRecording.create",
    "RecordingStatusCallback",
    "RecordingStatusCallbackMethod",
    "RecordingStatusCallbackEvent",
)
async def test_who_is_told(exchange):
    call, callbacks = await talking(exchange), told(exchange)
    await begin(
        exchange,
        call,
        RecordingStatusCallback="http://app/told",
        RecordingStatusCallbackMethod="GET",
        RecordingStatusCallbackEvent="in-progress absent",
    )
    await change(exchange, call, "Twilio.CURRENT", Status="stopped")
    await exchange.run(1)
    assert callbacks() == [("http://app/told", "GET", "in-progress"), ("http://app/told", "GET", "absent")]


async def test_while_there_is_one_there_is_no_second(exchange):
    call = await talking(exchange)
    first, second = [(await begin(exchange, call)).json()["sid"] for _ in range(2)]
    assert first == second and len((await exchange.get(f"/Calls/{call}/Recordings.json")).json()["recordings"]) == 1


async def test_a_call_that_is_not_in_progress_is_not_recorded(exchange):
    call = await talking(exchange)
    await exchange.post(f"/Calls/{call}.json", Status="completed")
    await exchange.run(1)
    answer = await begin(exchange, call)
    assert (answer.status_code, answer.json()["code"]) == (400, 21220)
    assert (await begin(exchange, "CA" + "0" * 32)).status_code == 404


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"RecordingChannels": "three"}, 20001),
        ({"RecordingTrack": "left"}, 13622),
        ({"Trim": "yes"}, 20001),
        ({"RecordingStatusCallback": "nonsense"}, 21609),
        ({"RecordingStatusCallbackMethod": "PUT"}, 21209),
        ({"RecordingStatusCallbackEvent": "begun"}, 20001),
    ],
)
async def test_what_is_wrong_is_refused(exchange, form, code):
    call = await talking(exchange)
    answer = await begin(exchange, call, **form)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert (await exchange.get("/Recordings.json")).json()["recordings"] == []


async def test_changes_in_the_wrong_state_are_refused(exchange):
    call = await talking(exchange)
    assert (await change(exchange, call, "Twilio.CURRENT", Status="paused")).status_code == 404
    sid = (await begin(exchange, call)).json()["sid"]
    refused = await change(exchange, call, sid, Status="in-progress")
    assert (refused.status_code, refused.json()["code"]) == (400, 16114)
    assert (await change(exchange, call, sid, Status="completed")).status_code == 400
    assert (await change(exchange, call, sid)).json()["status"] == "in-progress"  # nothing was asked for
    await exchange.run(3)
    await change(exchange, call, sid, Status="stopped")
    await exchange.run(1)
    for status in ("paused", "in-progress", "stopped"):
        refused = await change(exchange, call, sid, Status=status)
        assert (refused.status_code, refused.json()["code"]) == (400, 16114)


async def test_the_recordings_of_another_call_or_account_are_not_here(exchange):
    path = await make_recording(exchange)
    sid = path.rpartition("/")[2]
    call = await talking(exchange)
    for suffix in ("", ".wav", ".json"):
        assert (await exchange.get(f"/Calls/{call}/Recordings/{sid}{suffix}")).status_code == 404
    others = (path + ".json").replace(ACCOUNT, OTHER)
    assert (await exchange.request("GET", others, auth=(OTHER, OTHER_TOKEN))).status_code == 404


@pytest.mark.works("CallRecording.list", "IncludeSoftDeleted")
@pytest.mark.works("CallRecording.fetch", "IncludeSoftDeleted")
async def test_what_is_deleted(exchange):
    path = await make_recording(exchange)
    assert (await exchange.request("DELETE", path + ".json")).status_code == 204
    assert (await exchange.request("GET", path + ".json")).status_code == 404
    listed = await exchange.request("GET", path.rpartition("/")[0] + ".json?IncludeSoftDeleted=true")
    assert [one["status"] for one in listed.json()["recordings"]] == ["deleted"]
    assert (await exchange.request("GET", path + ".json?IncludeSoftDeleted=true")).json()["status"] == "deleted"


@pytest.mark.works("CallRecording.list", "DateCreated")
async def test_a_list_by_its_dates(exchange):
    path = (await make_recording(exchange)).rpartition("/")[0] + ".json"
    assert len((await exchange.request("GET", path + "?DateCreated=2026-01-01")).json()["recordings"]) == 1
    assert (await exchange.request("GET", path + "?DateCreated=2026-01-02")).json()["recordings"] == []


async def test_it_is_in_the_story_of_its_call(exchange):
    path = await make_recording(exchange)
    entries = await exchange.database.events(subject=path.split("/")[5])
    moves = [one.event.status for one in entries if isinstance(one.event, RecordingMoved)]
    assert moves == ["in-progress", "stopped", "processing", "completed"]


async def test_the_sound_is_the_same_at_both_addresses(exchange):
    path = await make_recording(exchange)
    below = await exchange.request("GET", path)
    alone = await exchange.get(f"/Recordings/{path.rpartition('/')[2]}")
    assert below.content == alone.content and np.any(wav.read(alone.content))


async def test_the_current_one_is_stopped(exchange):
    call = await talking(exchange)
    sid = (await begin(exchange, call)).json()["sid"]
    await exchange.run(3)
    answer = await change(exchange, call, "Twilio.CURRENT", Status="stopped")
    assert (answer.status_code, answer.json()["sid"]) == (200, sid)
    assert answer.json()["status"] in ("stopped", "processing", "completed")
    assert (await change(exchange, call, "Twilio.CURRENT", Status="stopped")).status_code == 404
