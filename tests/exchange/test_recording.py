"""Recordings (voice reference 8): what is said is what the file holds, whoever asked for it and however it ends."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from hoyhoy.audio import FRAME, RATE, wav
from hoyhoy.exchange.events import CallMoved, Noticed, PhoneSaid, RecordingMoved
from hoyhoy.exchange.orders import Record
from hoyhoy.exchange.recording import CALL_API, FILE_SECONDS, MOST_AT_ONCE, Recording
from hoyhoy.exchange.recording import recover as recover_recording
from hoyhoy.exchange.recording_rows import OUTBOUND_API, RecordingStatus
from hoyhoy.exchange.recovery import recover
from hoyhoy.exchange.switchboard import Switchboard
from hoyhoy.speech.placeholder import murmur
from hoyhoy.wire.errors import Fault

from .disk import hangs
from .world import ACCOUNT, PHONE, World, world

ORDER = Record(source=CALL_API)
SAYING, PLAYING = "This is the phone", "This is the exchange"
SAID, PLAYED = murmur(SAYING), murmur(PLAYING)


async def talking(exchange: World, *steps: dict, **order) -> str:
    """A call that was answered just now and pauses for an hour; its sid."""
    exchange.app.pages["http://app/start"] = "<Response><Pause length='3600'/></Response>"
    exchange.phone(PHONE, *steps)
    sid = exchange.place(**order)
    await exchange.until(CallMoved, status="in-progress")
    return sid


def start(exchange: World, sid: str, **changes) -> Recording:
    return Recording.start(exchange.switchboard.facilities.calls[sid], replace(ORDER, **changes))


async def file(exchange: World, recording: Recording) -> np.ndarray:
    """Its samples as [samples, channels]."""
    found = await exchange.switchboard.facilities.tapes.read(recording.sid)
    assert found is not None
    return np.frombuffer(found, "<i2", offset=wav.HEAD).reshape(-1, recording.order.channels)


def begins(sound: np.ndarray, where: np.ndarray) -> float:
    """Seconds at which a sound is found in a channel, whole and unchanged."""
    first = int(np.flatnonzero(sound)[0])
    places = np.flatnonzero(where[: len(where) - len(sound) + 1] == sound[first])
    for place in (int(one) - first for one in places):
        if place >= 0 and np.array_equal(where[place : place + len(sound)], sound):
            return place / RATE
    raise AssertionError("the sound is not there")


def told(exchange: World, url: str = "http://app/told") -> list[dict[str, str]]:
    return [dict(one.params) for one in exchange.callbacks if one.url == url]


def statuses(exchange: World, recording: Recording) -> list[str]:
    return [one.status for one in exchange.events(RecordingMoved) if one.recording == recording.sid]


# What is on it -----------------------------------------------------------------------------


async def test_both_sides_in_one_channel(exchange):
    sid = await talking(exchange, {"wait": 1, "say": SAYING})
    recording = start(exchange, sid)
    await exchange.run(10)
    recording.stop()
    await exchange.run(1)
    sound = await file(exchange, recording)
    assert sound.shape == (10 * RATE, 1) and begins(SAID, sound[:, 0]) == pytest.approx(1, abs=0.02)
    assert statuses(exchange, recording) == ["in-progress", "stopped", "processing", "completed"]
    assert recording.done.done() and not exchange.switchboard.facilities.calls[sid].recordings
    assert not exchange.switchboard.facilities.recordings


async def test_two_channels_the_leg_on_the_first(exchange):
    """18 row 26: channel 1 is what comes from the leg, channel 2 what it hears."""
    exchange.app.pages["http://app/start"] = f"<Response><Pause length='3'/><Say>{PLAYING}</Say></Response>"
    exchange.phone(PHONE, {"wait": 1, "say": SAYING}, {"hear": "exchange", "wait": 0.1, "say": SAYING})
    sid = exchange.place()
    await exchange.until(CallMoved, status="in-progress")
    recording = start(exchange, sid, channels=2)
    await exchange.run(60)
    from_leg, to_leg = (await file(exchange, recording)).T
    assert begins(SAID, from_leg) == pytest.approx(1, abs=0.02)
    assert begins(PLAYED, to_leg) == pytest.approx(3, abs=0.02)
    again = from_leg[round(2.9 * RATE) :]
    assert begins(SAID, again) == pytest.approx(0.2, abs=0.03)
    assert not from_leg[round((1 + len(SAID) / RATE + 0.04) * RATE) : 3 * RATE].any()
    assert not to_leg[: round(2.96 * RATE)].any()


@pytest.mark.parametrize(("track", "spoken", "heard"), [("inbound", True, False), ("outbound", False, True)])
async def test_one_track_alone(exchange, track, spoken, heard):
    exchange.app.pages["http://app/start"] = f"<Response><Pause length='3'/><Say>{PLAYING}</Say></Response>"
    exchange.phone(PHONE, {"wait": 0.5, "say": SAYING})
    sid = exchange.place()
    await exchange.until(CallMoved, status="in-progress")
    recording = start(exchange, sid, track=track)
    await exchange.run(60)
    sound = (await file(exchange, recording))[:, 0]
    assert sound[: 2 * RATE].any() == spoken and sound[round(2.9 * RATE) :].any() == heard


async def test_trimmed_at_both_ends(exchange):
    sid = await talking(exchange, {"wait": 2, "say": SAYING})
    recording = start(exchange, sid, trim=True)
    await exchange.run(10)
    recording.stop()
    await exchange.run(1)
    sound = (await file(exchange, recording))[:, 0]
    assert begins(SAID, sound) < FRAME / RATE and len(sound) - len(SAID) < 2 * FRAME
    assert recording.duration == round(len(SAID) / RATE)


async def test_it_ends_when_it_is_as_long_as_it_may_be(exchange):
    recording = start(exchange, await talking(exchange), seconds=4)
    await exchange.run(10)
    assert len(await file(exchange, recording)) == 4 * RATE
    assert statuses(exchange, recording) == ["in-progress", "processing", "completed"]


# Pauses ------------------------------------------------------------------------------------


@pytest.mark.parametrize("silence", [True, False])
async def test_what_is_said_in_a_pause_is_left_out(exchange, silence):
    """8.1 PauseBehavior: silence takes its place, or nothing does."""
    steps = [{"wait": 1, "say": SAYING}, {"wait": 1, "say": "My card number"}, {"wait": 2, "say": SAYING}]
    recording = start(exchange, await talking(exchange, *steps))
    await exchange.until(PhoneSaid)
    await exchange.run(len(SAID) / RATE + 0.5)
    recording.pause(silence=silence)
    paused = exchange.clock.now()
    await exchange.until(PhoneSaid)
    await exchange.run(2)
    recording.resume()
    left_out = exchange.clock.now() - paused
    await exchange.run(10)
    recording.stop()
    await exchange.run(1)
    whole = exchange.clock.now() - 1 - recording.started_at
    sound = (await file(exchange, recording))[:, 0]
    assert len(sound) / RATE == pytest.approx(whole - (0 if silence else left_out), abs=0.03)
    first, after = begins(SAID, sound), round((paused - recording.started_at - 0.05) * RATE)
    assert first == pytest.approx(1, abs=0.02)
    secret = murmur("My card number")
    apart = 1 + len(secret) / RATE + 2 + len(SAID) / RATE - (0 if silence else left_out)
    assert begins(SAID, sound[after:]) + after / RATE == pytest.approx(first + apart, abs=0.05)
    assert np.abs(sound.astype(int)).sum() == 2 * np.abs(SAID.astype(int)).sum()  # and nothing of the secret
    assert statuses(exchange, recording)[:3] == ["in-progress", "paused", "in-progress"]


async def test_several_pauses_each_in_its_place(exchange):
    """What comes does not say where it was: each silence stands after what was heard before it."""
    steps = [{"wait": 5, "say": SAYING}] * 4
    recording = start(exchange, await talking(exchange, *steps))
    for silence in (True, False, True):  # each between two words
        await exchange.until(PhoneSaid)
        await exchange.run(len(SAID) / RATE + 1)
        recording.pause(silence=silence)
        await exchange.run(2)
        recording.resume()
    await exchange.until(PhoneSaid)
    await exchange.run(3)
    recording.stop()
    await exchange.run(1)
    sound = (await file(exchange, recording))[:, 0]
    places = [begins(SAID, sound)]
    for _ in range(3):
        after = round((places[-1] + 2) * RATE)
        places.append(after / RATE + begins(SAID, sound[after:]))
    apart = 5 + len(SAID) / RATE
    assert np.diff(places).tolist() == [pytest.approx(one, abs=0.05) for one in (apart, apart - 2, apart)]


async def test_a_pause_that_lasts_until_the_end_is_silence_too(exchange):
    recording = start(exchange, await talking(exchange, {"wait": 0.5, "say": SAYING}, {"wait": 5, "hang_up": True}))
    await exchange.run(3)
    recording.pause()
    await exchange.run(10)
    assert len(await file(exchange, recording)) / RATE == pytest.approx(5.5 + len(SAID) / RATE, abs=0.04)


async def test_what_is_in_the_wrong_state_is_refused(exchange):
    recording = start(exchange, await talking(exchange))
    with pytest.raises(Fault, match="in-progress") as fault:
        recording.resume()
    assert fault.value.code == 16114
    recording.pause()
    with pytest.raises(Fault, match="paused"):
        recording.pause()
    recording.stop()
    recording.stop()  # changes nothing
    with pytest.raises(Fault, match="stopped"):
        recording.resume()
    await exchange.run(1)
    with pytest.raises(Fault, match="absent"):
        recording.pause()


# How it ends -------------------------------------------------------------------------------


async def test_it_ends_with_the_leg(exchange):
    recording = start(exchange, await talking(exchange, {"wait": 1, "say": SAYING, "hang_up": True}))
    await exchange.run(10)
    assert len(await file(exchange, recording)) / RATE == pytest.approx(1 + len(SAID) / RATE, abs=0.02)
    assert statuses(exchange, recording)[-1] == "completed"


async def test_it_ends_with_the_plane_and_keeps_what_was_told_of_it(exchange):
    sid = await talking(exchange, {"wait": 0.5, "say": SAYING})
    recording = start(exchange, sid)
    await exchange.run(5.5)
    board = exchange.switchboard.facilities.plane
    board._lost(board._seats[0])
    await exchange.run(1)
    sound = (await file(exchange, recording))[:, 0]
    assert 4 * RATE <= len(sound) <= 5.5 * RATE and begins(SAID, sound) == pytest.approx(0.5, abs=0.02)
    assert statuses(exchange, recording)[-1] == "completed"
    assert (await exchange.row("calls", sid))["status"] == "completed"


@pytest.mark.parametrize(("trim", "code"), [(False, 16101), (True, 16102)])
async def test_what_is_shorter_than_a_second_is_absent(exchange, trim, code):
    """18 row 15, and 16102: what was only silence."""
    sid = await talking(exchange)
    recording = start(exchange, sid, trim=trim, callback="http://app/told", events=("completed", "absent"))
    await exchange.run(0.9 if not trim else 20)
    recording.stop()
    await exchange.run(1)
    row = await exchange.row("recordings", recording.sid)
    assert (row["status"], row["error_code"], row["duration"]) == ("absent", code, recording.duration)
    [params] = told(exchange)
    assert (params["RecordingStatus"], params["ErrorCode"]) == ("absent", str(code))
    assert "RecordingDuration" not in params
    assert await exchange.switchboard.facilities.tapes.read(recording.sid) is None
    assert [(one.code, one.level) for one in exchange.events(Noticed)] == [(code, "warning")]


async def test_when_the_disk_is_full_the_recording_fails_and_the_call_goes_on(exchange, monkeypatch):
    sid = await talking(exchange, {"wait": 30, "press": "1"})

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("hoyhoy.store.tapes._write", full)
    recording = start(exchange, sid, callback="http://app/told", events=("absent",))
    await exchange.run(5)
    await exchange.switchboard.facilities.tapes.work(lambda: None)
    await exchange.run(1)  # it ends by itself: nothing more can be kept
    [notice] = exchange.events(Noticed)
    assert (notice.code, notice.level) == (12400, "error") and "No space left on device" in notice.message
    assert statuses(exchange, recording)[-1] == "failed"
    [params] = told(exchange)
    assert (params["RecordingStatus"], params["ErrorCode"]) == ("absent", "12400")
    assert (await exchange.row("calls", sid))["status"] == "in-progress"


async def test_a_plane_that_records_as_much_as_it_can_records_no_more(exchange):
    """What it refuses ends at once, with nothing; the call goes on."""
    sid = await talking(exchange)
    desk = exchange.switchboard.facilities.plane._seats[0].line.desk
    free, desk.plane.recordings._free = desk.plane.recordings._free, []
    recording = start(exchange, sid)
    await exchange.run(1)
    assert statuses(exchange, recording)[-1] == "failed"
    [notice] = exchange.events(Noticed)
    assert notice.code == 12400 and "could not be made: " in notice.message
    assert (await exchange.row("calls", sid))["status"] == "in-progress"
    desk.plane.recordings._free = free


async def test_what_a_plane_refuses_is_not_said_to_be_silent(exchange):
    sid = await talking(exchange)
    recording = start(exchange, sid, callback="http://app/told", events=("absent",))
    recording._recorder.why = "this plane makes as many recordings as it can"
    recording._recorder.ended.set_result(None)
    await exchange.run(1)
    assert statuses(exchange, recording)[-1] == "failed"
    [notice] = exchange.events(Noticed)
    assert (notice.code, notice.level) == (12400, "error") and "as many recordings as it can" in notice.message
    [params] = told(exchange)
    assert (params["RecordingStatus"], params["ErrorCode"]) == ("absent", "12400")
    assert (await exchange.row("calls", sid))["status"] == "in-progress"


async def test_there_are_not_too_many_at_once(exchange):
    sid = await talking(exchange)
    for _ in range(MOST_AT_ONCE):
        start(exchange, sid)
    with pytest.raises(Fault) as fault:
        start(exchange, sid)
    assert fault.value.code == 16108


async def test_who_waits_for_a_file_waits_a_while(exchange):
    """It is told once that it is late, and finished whenever the disk comes back."""
    sid = await talking(exchange)
    soon = start(exchange, sid)
    await exchange.run(3)
    soon.stop()
    began = exchange.clock.now()
    assert await soon.kept() and exchange.clock.now() == pytest.approx(began, abs=0.1)
    disk, late = hangs(exchange), start(exchange, sid, callback="http://app/told")
    await exchange.run(3)
    late.stop()
    began = exchange.clock.now()
    waiting = [exchange.clock.spawn(late.kept(), name) for name in ("one", "another")]
    await exchange.run(20)
    assert [one.result() for one in waiting] == [False, False] and late.status == "processing"
    (notice,) = exchange.events(Noticed)
    assert (notice.code, late.sid in notice.message) == (12400, True)
    (entry,) = [one for one in exchange.entries if one.event is notice]
    assert entry.at == pytest.approx(began + FILE_SECONDS)
    disk.set()
    assert await late.kept()
    await exchange.run(1)
    assert [one["RecordingStatus"] for one in told(exchange)] == ["completed"]


async def test_who_waits_for_one_that_goes_on_is_told_nothing(exchange):
    recording = start(exchange, await talking(exchange))
    waiting = exchange.clock.spawn(recording.kept(), "waiting")
    await exchange.run(FILE_SECONDS + 1)
    assert waiting.result() is False and exchange.events(Noticed) == []


# With the call (5.1 Record) ----------------------------------------------------------------


ORDERED = Record(source=OUTBOUND_API, trim=True)


async def test_a_call_that_is_recorded_from_its_answer_on(exchange):
    """3.2: the callback of its end carries the recording, and comes after the file is there."""
    sid = await talking(exchange, {"wait": 1, "say": SAYING, "hang_up": True}, record=ORDERED)
    await exchange.run(20)
    [recording] = {one.recording for one in exchange.events(RecordingMoved)}
    params = next(one for one in told(exchange, "http://app/status") if one["CallStatus"] == "completed")
    assert (params["RecordingSid"], params["RecordingDuration"]) == (recording, str(round(len(SAID) / RATE)))
    assert params["RecordingUrl"].endswith(f"/Recordings/{recording}")
    row = await exchange.row("calls", sid)
    assert row["end_time"] - row["answer_time"] == pytest.approx(1 + len(SAID) / RATE, abs=0.03)
    kinds = [type(one.event) for one in exchange.entries if isinstance(one.event, RecordingMoved | CallMoved)]
    assert kinds[-2:] == [RecordingMoved, CallMoved]


async def test_the_end_of_a_call_does_not_wait_for_ever_for_its_file(exchange):
    sid = await talking(exchange, {"wait": 1, "hang_up": True}, record=ORDERED)
    disk = hangs(exchange)
    await exchange.run(10)
    row = await exchange.row("calls", sid)
    assert (row["status"], row["duration"]) == ("completed", 1)  # and none of it is billed
    disk.set()
    await exchange.run(1)


async def test_a_recording_that_came_to_nothing_is_not_told_with_the_call(exchange):
    """3.2: there is nothing at its address."""
    await talking(exchange, {"wait": 3, "hang_up": True}, record=ORDERED)
    await exchange.run(20)
    assert exchange.events(RecordingMoved)[-1].status == "absent"
    last = told(exchange, "http://app/status")[-1]
    assert last["CallStatus"] == "completed" and not [name for name in last if name.startswith("Recording")]


async def test_a_call_that_is_not_answered_has_none(exchange):
    exchange.phone(PHONE, answering="busy")
    exchange.place(record=ORDERED)
    await exchange.run(20)
    assert not exchange.events(RecordingMoved)


# After a crash -----------------------------------------------------------------------------


async def crashed(exchange: World, folder) -> None:
    """What is on the disk when the exchange dies at this moment."""
    await exchange.database.journal.settled()
    await exchange.switchboard.facilities.tapes.work(lambda: None)
    shutil.copytree(exchange.database.folder, folder)


async def test_the_next_exchange_finishes_what_was_being_recorded(exchange, tmp_path):
    sid = await talking(exchange, {"wait": 1, "say": SAYING}, record=replace(ORDERED, callback="http://app/told"))
    await exchange.run(10.5)
    await crashed(exchange, tmp_path / "data")
    async with world(seed=2, place=tmp_path / "data", start=exchange.clock.now() + 60) as again:
        await recover(again.switchboard, again.database)
        await again.run(10)
        [params] = told(again)
        assert (params["RecordingStatus"], params["CallSid"]) == ("completed", sid)
        assert params["RecordingStartTime"] == "Tue, 14 Nov 2023 22:13:22 +0000"
        row = await again.row("recordings", params["RecordingSid"])
        assert (row["status"], row["duration"]) == ("completed", round(len(SAID) / RATE))
        sound = wav.read(await again.switchboard.facilities.tapes.read(row["sid"]))
        assert begins(SAID, sound) < FRAME / RATE
        [last] = told(again, "http://app/status")
        assert (last["CallStatus"], last["RecordingSid"]) == ("completed", row["sid"])


async def test_who_is_told_of_the_file_only_is_told_after_a_crash_too(exchange):
    order = Record(source="Conference", file_callback="http://app/file")
    made = Recording(exchange.switchboard.facilities, order, account=ACCOUNT, conference="CF" + "1" * 32)
    tape = exchange.switchboard.facilities.tapes.open(made.sid, 1)
    tape.write(bytes(32000))
    await recover_recording(exchange.switchboard.facilities, made.row)
    await exchange.run(1)
    [params] = told(exchange, "http://app/file")
    assert (params["EventName"], params["Duration"]) == ("conference-record-end", "2")


async def test_one_that_comes_to_nothing_is_not_told_with_the_call(exchange, tmp_path):
    await talking(exchange, record=ORDERED)
    await exchange.run(10.5)
    await crashed(exchange, tmp_path / "data")
    async with world(seed=2, place=tmp_path / "data", start=exchange.clock.now() + 60) as again:
        await recover(again.switchboard, again.database)
        assert again.events(RecordingMoved)[-1].status == "absent"
        [last] = told(again, "http://app/status")
        assert last["CallStatus"] == "completed" and "RecordingUrl" not in last


async def test_one_that_was_nearly_finished_is_finished(exchange, tmp_path):
    """It died between the file and its row."""
    sid = await talking(exchange, {"wait": 1, "say": SAYING})
    recording = start(exchange, sid)
    await exchange.run(10)
    await crashed(exchange, tmp_path / "data")
    recording.stop()
    await exchange.run(1)
    for one in (tmp_path / "data" / "recordings").iterdir():
        one.unlink()
    shutil.copytree(exchange.database.folder / "recordings", tmp_path / "data" / "recordings", dirs_exist_ok=True)
    async with world(seed=2, place=tmp_path / "data", start=exchange.clock.now() + 60) as again:
        await recover(again.switchboard, again.database)
        row = await again.row("recordings", recording.sid)
        assert (row["status"], row["duration"]) == ("completed", 10)


async def test_one_that_was_being_finished_is_finished(exchange):
    recording = start(exchange, await talking(exchange))
    row = {**recording.row, "sid": "RE" + "1" * 32, "status": "processing", "recording_status_callback": None}
    tape = exchange.switchboard.facilities.tapes.open(row["sid"], 1)
    tape.write(bytes(32000))
    found = await recover_recording(exchange.switchboard.facilities, row)
    assert (found.status, found.duration) == (RecordingStatus.COMPLETED, 2)


async def test_one_whose_file_is_gone_is_said_to_be_lost(exchange, tmp_path):
    recording = start(exchange, await talking(exchange))
    await crashed(exchange, tmp_path / "data")
    shutil.rmtree(tmp_path / "data" / "recordings")
    async with world(seed=2, place=tmp_path / "data", start=exchange.clock.now() + 60) as again:
        await recover(again.switchboard, again.database)
        row = await again.row("recordings", recording.sid)
        assert (row["status"], row["error_code"]) == ("failed", 12400)
        [notice, _] = again.events(Noticed)
        assert notice.code == 12400 and "No such file" in notice.message


async def test_a_queued_call_is_recorded_after_the_restart(exchange, tmp_path):
    exchange.phone(PHONE, {"wait": 1, "say": SAYING})
    exchange.place(record=ORDERED, delay=30, twiml="<Response><Pause length='9'/></Response>")
    await exchange.run(1)
    await crashed(exchange, tmp_path / "data")
    async with world(seed=2, place=tmp_path / "data", start=exchange.clock.now() + 60) as again:
        again.phone(PHONE, {"wait": 1, "say": SAYING})
        facilities = again.switchboard.facilities
        again.switchboard = again.network.exchange = Switchboard(facilities)
        await recover(again.switchboard, again.database)
        await again.run(60)
        assert [one.status for one in again.events(RecordingMoved)][-1] == "completed"


async def test_an_orderly_stop_finishes_them(exchange):
    sid = await talking(exchange, {"wait": 1, "say": SAYING})
    recording = start(exchange, sid)
    await exchange.run(5)
    await exchange.switchboard.close()
    assert recording.done.done() and (await exchange.row("recordings", recording.sid))["status"] == "completed"


async def test_the_switchboard_knows_which_one_is_meant(exchange):
    """8.1: a second one ordered through REST is the first; those of other sources stand beside it."""
    board, sid = exchange.switchboard, await talking(exchange)
    first = board.record_call(sid, ORDER)
    assert board.record_call(sid, ORDER) is first
    other = start(exchange, sid, source="DialVerb")
    assert board.current_recording(sid) == other.sid
    board.change_recording(other.sid, "stopped")
    assert board.current_recording(sid) == first.sid
    board.change_recording(first.sid, "paused", silence=False)
    board.change_recording(first.sid, "in-progress")
    board.change_recording(first.sid, "stopped")
    await exchange.run(1)
    assert board.current_recording(sid) is None
    assert board.record_call(sid, ORDER) is not first
    board.end_call(sid, "completed")
    await exchange.run(1)
    assert board.current_recording(sid) is None
    for refused in (lambda: board.record_call(sid, ORDER), lambda: board.change_recording(first.sid, "stopped")):
        with pytest.raises(Fault) as fault:
            refused()
        assert fault.value.code in (21220, 16114)


async def test_a_call_that_still_rings_is_not_recorded(exchange):
    exchange.phone(PHONE, answering="ring-out")
    sid = exchange.place()
    await exchange.run(5)
    with pytest.raises(Fault) as fault:
        exchange.switchboard.record_call(sid, ORDER)
    assert fault.value.code == 21220
