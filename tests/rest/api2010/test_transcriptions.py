"""Transcriptions of recordings (voice reference 8.4)."""

import pytest

from hoyhoy.exchange.recognition import hearing
from hoyhoy.exchange.transcription import Transcription
from tests.rest.world import ACCOUNT, BASE, OTHER, OTHER_TOKEN

from .test_recordings import WORDS, Record, talking


async def transcribed(exchange, seconds=10):
    """The recording of a call and its transcription: their sids."""
    call = exchange.switchboard.facilities.calls[await talking(exchange)]
    recording = exchange.switchboard.record_call(call.sid, Record(source="RecordVerb"))
    made = Transcription.start(call, recording)
    with hearing(call.line, made.words.append):
        await exchange.run(seconds)
    recording.stop()
    await exchange.run(1)
    return recording.sid, made.sid


async def make_transcription(exchange):
    return f"{BASE}/Transcriptions/{(await transcribed(exchange))[1]}"


SPECIMENS = {"Transcription": make_transcription}


async def test_representation(exchange):  # Appendix B
    recording, sid = await transcribed(exchange)
    body = (await exchange.get(f"/Transcriptions/{sid}.json")).json()
    assert body == {
        "sid": sid,
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "date_created": body["date_created"],
        "date_updated": body["date_updated"],
        "duration": "10",
        "price": None,
        "price_unit": "USD",
        "recording_sid": recording,
        "status": "completed",
        "transcription_text": WORDS,
        "type": "fast",
        "uri": f"{BASE}/Transcriptions/{sid}.json",
    }
    assert (await exchange.get("/Transcriptions.json")).json()["transcriptions"] == [body]
    assert (await exchange.get(f"/Transcriptions/{sid}")).text.count(f"<TranscriptionText>{WORDS}<") == 1
    below = (await exchange.get(f"/Recordings/{recording}/Transcriptions/{sid}.json")).json()
    assert below == body | {"uri": f"{BASE}/Recordings/{recording}/Transcriptions/{sid}.json"}
    assert (await exchange.get(f"/Recordings/{recording}/Transcriptions.json")).json()["transcriptions"] == [below]


@pytest.mark.parametrize("below", ["", "/Recordings/{}"])
async def test_the_words_alone(exchange, below):
    recording, sid = await transcribed(exchange)
    answer = await exchange.get(f"{below.format(recording)}/Transcriptions/{sid}.txt")
    assert (answer.status_code, answer.text) == (200, WORDS)
    assert answer.headers["Content-Type"].startswith("text/plain")


async def test_the_words_of_one_that_failed(exchange):
    _, sid = await transcribed(exchange, seconds=1)
    assert (await exchange.get(f"/Transcriptions/{sid}.json")).json()["status"] == "failed"
    answer = await exchange.get(f"/Transcriptions/{sid}.txt")
    assert (answer.status_code, answer.text) == (200, "")


async def test_official_client(exchange):
    recording, sid = await transcribed(exchange)

    def work(client):
        (listed,) = client.transcriptions.list()
        (below,) = client.recordings(recording).transcriptions.list()
        one = client.transcriptions(sid).fetch()
        assert {listed.sid, below.sid, one.sid} == {sid}
        assert (one.transcription_text, one.status, one.duration) == (WORDS, "completed", "10")
        assert client.recordings(recording).transcriptions(sid).fetch().recording_sid == recording
        assert client.recordings(recording).transcriptions(sid).delete()
        return client.transcriptions.list()

    assert await exchange.sdk(work) == []


async def test_deleting(exchange):
    _, sid = await transcribed(exchange)
    assert (await exchange.delete(f"/Transcriptions/{sid}.txt")).status_code == 404  # the words are no resource
    assert (await exchange.delete(f"/Transcriptions/{sid}.json")).status_code == 204
    for suffix in (".json", ".txt", ""):
        assert (await exchange.get(f"/Transcriptions/{sid}{suffix}")).status_code == 404


async def test_of_other_recordings_and_accounts(exchange):
    _, sid = await transcribed(exchange)
    other = exchange.write("recordings", "RE" + "1" * 32, account_sid=ACCOUNT, status="completed")
    assert (await exchange.get(f"/Recordings/{other}/Transcriptions/{sid}.json")).status_code == 404
    assert (await exchange.get(f"/Recordings/{other}/Transcriptions.json")).json()["transcriptions"] == []
    assert (await exchange.get("/Recordings/RE" + "0" * 32 + "/Transcriptions.json")).status_code == 404
    for suffix in (".json", ".txt"):
        theirs = f"{BASE}/Transcriptions/{sid}{suffix}".replace(ACCOUNT, OTHER)
        assert (await exchange.request("GET", theirs, auth=(OTHER, OTHER_TOKEN))).status_code == 404
