"""Recordings of one conference: listed, paused, stopped, given up (voice reference 8.1)."""

import pytest

from tests.rest.world import ACCOUNT, BASE, OTHER, OTHER_TOKEN

from .meeting import meets
from .test_recordings import samples


async def recorded(exchange):
    """A conference that is being recorded, and that recording; their sids."""
    made, _ = await meets(exchange, "Room", ConferenceRecord="record-from-start", ConferenceTrim="do-not-trim")
    room = made["conference_sid"]
    [found] = (await exchange.get(f"/Conferences/{room}/Recordings.json")).json()["recordings"]
    return room, found["sid"]


async def make_recording(exchange):
    room, sid = await recorded(exchange)
    await exchange.run(10)
    await exchange.post(f"/Conferences/{room}/Recordings/{sid}.json", Status="stopped")
    await exchange.run(1)
    return f"{BASE}/Conferences/{room}/Recordings/{sid}"


SPECIMENS = {"ConferenceRecording": make_recording}


async def test_representation(exchange):  # Appendix B
    room, sid = await recorded(exchange)
    body = (await exchange.get(f"/Conferences/{room}/Recordings/{sid}.json")).json()
    assert body == {
        "sid": sid,
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "call_sid": body["call_sid"],
        "conference_sid": room,
        "date_created": body["date_created"],
        "date_updated": body["date_created"],
        "start_time": body["date_created"],
        "duration": None,
        "price": None,
        "price_unit": "USD",
        "status": "in-progress",
        "channels": 1,
        "source": "StartConferenceRecordingAPI",
        "error_code": None,
        "encryption_details": None,
        "uri": f"{BASE}/Conferences/{room}/Recordings/{sid}.json",
    }
    assert (await exchange.get(f"/Recordings.json?ConferenceSid={room}")).json()["recordings"][0]["sid"] == sid


@pytest.mark.works("ConferenceRecording.update", "Status", "PauseBehavior")
async def test_with_the_official_client(exchange):
    room, sid = await recorded(exchange)

    def order(**form):
        return lambda client: client.conferences(room).recordings("Twilio.CURRENT").update(**form)

    await exchange.run(4)
    paused = await exchange.sdk(order(status="paused", pause_behavior="skip"))
    assert (paused.sid, paused.status) == (sid, "paused")
    await exchange.run(10)
    assert (await exchange.sdk(order(status="in-progress"))).status == "in-progress"
    await exchange.run(4)
    assert (await exchange.sdk(order(status="stopped"))).status in ("stopped", "processing", "completed")
    await exchange.run(1)

    def look(client):
        recordings = client.conferences(room).recordings
        [found] = recordings.list()
        assert (found.sid, found.status) == (sid, "completed")
        return int(recordings(sid).fetch().duration)

    assert 7 <= await exchange.sdk(look) <= 9
    assert len(samples(await exchange.get(f"/Conferences/{room}/Recordings/{sid}.wav"))) > 7 * 8000
    assert await exchange.sdk(lambda client: client.conferences(room).recordings(sid).delete())
    assert (await exchange.get(f"/Conferences/{room}/Recordings/{sid}.json")).status_code == 404


@pytest.mark.works("ConferenceRecording.list", "DateCreated", "IncludeSoftDeleted")
@pytest.mark.works("ConferenceRecording.fetch", "IncludeSoftDeleted")
async def test_lists(exchange):
    path = (await make_recording(exchange)).removeprefix(BASE)
    at = path.rpartition("/")[0] + ".json"

    async def found(query=""):
        return len((await exchange.get(at + query)).json()["recordings"])

    assert await found() == await found("?DateCreated=2026-01-01") == 1
    assert await found("?DateCreated=2026-01-02") == await found("?DateCreated%3E=2026-01-02") == 0
    assert (await exchange.delete(path + ".json")).status_code == 204
    assert (await found(), await found("?IncludeSoftDeleted=true")) == (0, 1)
    assert (await exchange.get(path + ".json")).status_code == 404
    assert (await exchange.get(path + ".json?IncludeSoftDeleted=true")).json()["status"] == "deleted"


@pytest.mark.works("ConferenceRecording.fetch", "RequestedChannels")
async def test_it_has_one_channel(exchange):
    path = await make_recording(exchange)
    answer = await exchange.request("GET", path + ".wav?RequestedChannels=2")
    assert answer.status_code == 400 and "16113" in answer.text


async def test_refused(exchange):
    room, sid = await recorded(exchange)
    at = f"/Conferences/{room}/Recordings/{sid}.json"
    assert (await exchange.post(at, Status="completed")).json()["code"] == 20001
    assert (await exchange.delete(at)).json()["code"] == 16114
    assert (await exchange.request("POST", BASE + f"/Conferences/{room}/Recordings.json")).status_code == 405
    theirs = f"/2010-04-01/Accounts/{OTHER}{at}"
    assert (await exchange.request("GET", theirs, auth=(OTHER, OTHER_TOKEN))).status_code == 404
    await exchange.post(f"/Conferences/{room}.json", Status="completed")
    await exchange.run(1)
    assert (await exchange.post(at, Status="paused")).json()["code"] == 16114
    assert (await exchange.post(at.replace(sid, "Twilio.CURRENT"), Status="paused")).status_code == 404
