"""The sound of recordings on the disk: real files; nothing waits for time."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from hoyhoy.audio import FRAME, RATE, tones, wav
from hoyhoy.store import tapes as module
from hoyhoy.store.tapes import Tapes

SID = "RE" + "0a" * 16
TONE = tones.tone(0.5, 440)
QUIET = tones.silence(1.0)


@pytest.fixture
async def tapes(tmp_path: Path) -> AsyncIterator[Tapes]:
    made = Tapes(tmp_path)
    yield made
    await made.close()


def names(tapes: Tapes) -> list[str]:
    return sorted(one.name for one in tapes.folder.iterdir())


async def test_what_is_written_part_by_part_is_one_wav_file(tapes: Tapes) -> None:
    tape = tapes.open(SID, 1)
    for part in np.split(TONE, 4):
        tape.write(part.tobytes())
    assert await tapes.read(SID) is None  # it is not finished
    assert await tape.finish(trim=False) == 0.5
    assert await tapes.read(SID) == wav.write(TONE)
    assert names(tapes) == [f"{SID}.wav"]


async def test_two_channels(tapes: Tapes) -> None:
    both = np.stack([TONE, -TONE], axis=1)
    tape = tapes.open(SID, 2)
    tape.write(both.tobytes())
    assert await tape.finish(trim=False) == 0.5
    assert await tapes.read(SID) == wav.write(both, 2)


async def test_silence_takes_no_memory(tmp_path: Path) -> None:
    tapes = Tapes(tmp_path, most_waiting=2 * len(TONE.tobytes()))
    tape = tapes.open(SID, 1)
    tape.write(TONE.tobytes())
    tape.silence(8000)
    tape.write(TONE.tobytes())
    assert await tape.finish(trim=False) == 2.0
    assert await tapes.read(SID) == wav.write(np.concatenate([TONE, QUIET, TONE]))
    other = tapes.open("RE" + "1" * 32, 2)
    other.silence(8000)
    assert await other.finish(trim=False) == 1.0
    await tapes.close()


@pytest.mark.parametrize("at_once", [module.AT_ONCE, FRAME * 4])
async def test_silence_is_trimmed_at_both_ends(tapes: Tapes, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    """Voice reference 2.6 `trim`; however long the recording is, only a part of it is in memory."""
    monkeypatch.setattr(module, "AT_ONCE", at_once)
    for channels, sound in (
        (1, np.concatenate([QUIET, TONE, QUIET, TONE, QUIET])),
        (1, np.concatenate([TONE, QUIET])),
        (2, np.concatenate([QUIET, TONE, QUIET, TONE, QUIET])[:, None] * np.array([0, 1], np.int16)),
    ):
        tape = tapes.open(SID, channels)
        tape.write(sound.tobytes())
        loud = np.flatnonzero(sound if channels == 1 else sound[:, 1])
        kept = sound[loud[0] // FRAME * FRAME : -(-(loud[-1] + 1) // FRAME) * FRAME]
        assert await tape.finish(trim=True) == len(kept) / RATE
        assert await tapes.read(SID) == wav.write(kept, channels)
        assert names(tapes) == [f"{SID}.wav"]


@pytest.mark.parametrize("sound", [b"", bytes(16000)])
async def test_of_nothing_there_is_no_file(tapes: Tapes, sound: bytes) -> None:
    tape = tapes.open(SID, 1)
    tape.write(sound)
    assert await tape.finish(trim=True) == 0
    assert names(tapes) == [] and await tapes.read(SID) is None


async def test_writing_never_waits_and_what_was_written_survives_a_crash(tmp_path: Path) -> None:
    """What a round has written is there for the next exchange, half a sample at its end or not."""
    died = Tapes(tmp_path)
    died.open(SID, 2).write(np.stack([TONE, TONE], axis=1).tobytes() + b"\1\2\3")
    await died.work(lambda: None)
    after = Tapes(tmp_path)
    assert await after.resume(SID, 2, False) == 0.5
    assert await after.read(SID) == wav.write(np.stack([TONE, TONE], axis=1), 2)
    assert await after.resume(SID, 2, False) == 0.5  # it died again before it could tell anybody
    with pytest.raises(FileNotFoundError):  # which is not to be taken for silence
        await after.resume("RE" + "1" * 32, 1, False)
    await after.close()


async def test_a_crash_in_the_middle_of_trimming_leaves_nothing_behind(
    tapes: Tapes, monkeypatch: pytest.MonkeyPatch
) -> None:
    tape = tapes.open(SID, 1)
    tape.write(np.concatenate([QUIET, TONE]).tobytes())

    class Died(BaseException):
        pass

    def die(*_: object) -> None:
        raise Died

    with monkeypatch.context() as at:
        at.setattr(module.os, "fsync", die)
        with pytest.raises(Died):
            await tape.finish(trim=True)
    assert names(tapes) == [f"{SID}.cut", f"{SID}.raw"]
    assert await tapes.resume(SID, 1, True) == pytest.approx(0.5, abs=0.02)
    assert names(tapes) == [f"{SID}.wav"]


async def test_a_full_disk_is_told_once_and_fails_the_recording(tapes: Tapes, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    tape = tapes.open(SID, 1)
    tape.on_failed = lambda: told.append("failed")
    tape.write(TONE.tobytes())
    await tapes.work(lambda: None)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module.os, "fdatasync", full)
    tape.write(TONE.tobytes())
    tape.write(TONE.tobytes())
    await tapes.work(lambda: None)
    assert told == ["failed"]
    tape.write(TONE.tobytes())
    with pytest.raises(OSError, match="No space left"):
        await tape.finish(trim=False)
    assert names(tapes) == [] and told == ["failed"]


async def test_a_folder_that_cannot_be_made_fails_the_recording(tmp_path: Path) -> None:
    (tmp_path / "recordings").write_text("in the way")
    tapes = Tapes(tmp_path)
    tape = tapes.open(SID, 1)
    with pytest.raises(OSError, match="could not be kept"):
        await tape.finish(trim=False)
    await tapes.close()


async def test_without_room_to_cut_the_silence_stays(tapes: Tapes) -> None:
    tape = tapes.open(SID, 1)
    sound = np.concatenate([QUIET, TONE])
    tape.write(sound.tobytes())
    await tapes.work((tapes.folder / f"{SID}.cut").mkdir)  # in the way, as a full disk would be
    assert await tape.finish(trim=True) == 1.5
    assert await tapes.read(SID) == wav.write(sound)
    assert names(tapes) == [f"{SID}.cut", f"{SID}.wav"]


async def test_what_waits_for_a_slow_disk_is_bounded(tmp_path: Path) -> None:
    tapes = Tapes(tmp_path, most_waiting=len(TONE.tobytes()))
    free, told = threading.Event(), []
    stuck = tapes.work(free.wait)
    tape = tapes.open(SID, 1)
    tape.on_failed = lambda: told.append("failed")
    tapes._thread.submit(free.wait)
    for _ in range(3):
        tape.write(TONE.tobytes())
    free.set()
    await stuck
    with pytest.raises(OSError, match="too slow"):
        await tape.finish(trim=False)
    assert told == ["failed"]
    await tapes.close()


async def test_what_was_written_waits_no_more(tmp_path: Path) -> None:
    tapes = Tapes(tmp_path, most_waiting=len(TONE.tobytes()))
    tape = tapes.open(SID, 1)
    for _ in range(4):
        tape.write(TONE.tobytes())
        await tapes.work(lambda: None)
    assert await tape.finish(trim=False) == 2.0
    await tapes.close()


async def test_rounds_follow_one_another(tapes: Tapes) -> None:
    """Without anybody who waits for it."""
    tape = tapes.open(SID, 1)
    for size in (1, 2):
        tape.write(TONE.tobytes())
        await asyncio.get_running_loop().run_in_executor(tapes._thread, lambda: None)
        assert (tapes.folder / f"{SID}.raw").stat().st_size == wav.HEAD + size * len(TONE.tobytes())


async def test_the_last_frame_may_be_short(tapes: Tapes) -> None:
    tape = tapes.open(SID, 1)
    sound = np.concatenate([QUIET, TONE, TONE[:10] + 1000])
    tape.write(sound.tobytes())
    assert await tape.finish(trim=True) == (len(TONE) + 10) / RATE
    assert await tapes.read(SID) == wav.write(sound[len(QUIET) :])


async def test_dropped_is_gone(tapes: Tapes) -> None:
    tape = tapes.open(SID, 1)
    tape.write(TONE.tobytes())
    await tape.finish(trim=False)
    await tapes.drop(SID)
    await tapes.drop(SID)
    assert await tapes.read(SID) is None and names(tapes) == []


async def test_what_belongs_to_nobody_is_dropped(tmp_path: Path) -> None:
    """What a kill left whose row never became durable: nobody could find it, and nobody delete it."""
    died = Tapes(tmp_path)
    known, lost = ("RE" + digit * 32 for digit in "12")
    for sid in (known, lost):
        died.open(sid, 1).write(TONE.tobytes())
    await died.work(lambda: None)
    for name in (f"{lost}.cut", f"{SID}.wav", "RE1.raw", "notes.raw"):
        (died.folder / name).write_bytes(b"")
    after = Tapes(tmp_path)
    going_on = after.open("RE" + "3" * 32, 1)
    assert await after.tidy([known]) == 2
    assert names(after) == sorted([f"{SID}.wav", "RE1.raw", "notes.raw", f"{known}.raw", f"RE{'3' * 32}.raw"])
    assert await after.resume(known, 1, False) == 0.5
    going_on.write(TONE.tobytes())
    assert await going_on.finish(trim=False) == 0.5
    assert not after._making
    await after.close()
    await died.close()


async def test_where_nothing_was_recorded_nothing_is_dropped(tapes: Tapes) -> None:
    assert await tapes.tidy([]) == 0


async def test_a_finished_one_is_had_in_portions_or_its_beginning(tapes: Tapes) -> None:
    assert await tapes.find(SID) is None
    tape = tapes.open(SID, 1)
    tape.write(TONE.tobytes())
    assert await tapes.find(SID) is None
    await tape.finish(trim=False)
    found = await tapes.find(SID)
    assert found and found.size == wav.HEAD + len(TONE.tobytes())
    assert b"".join([part async for part in found.parts(0, found.size)]) == wav.write(TONE)
    assert await tapes.read(SID, 100) == wav.write(TONE)[:100]


@pytest.mark.parametrize("sid", ["", "RE1", "../" + SID, SID + "/..", SID.upper(), SID + "\n", "CA" + "0" * 32])
async def test_only_a_recordings_sid_names_a_file(tapes: Tapes, sid: str) -> None:
    with pytest.raises(ValueError, match="not a recording's sid"):
        tapes.open(sid, 1)
    with pytest.raises(ValueError, match="not a recording's sid"):
        await tapes.resume(sid, 1, False)
    assert await tapes.read(sid) is None and await tapes.find(sid) is None
    await tapes.drop(sid)


async def test_they_are_the_owners_alone(tapes: Tapes) -> None:
    tape = tapes.open(SID, 1)
    tape.write(np.concatenate([QUIET, TONE]).tobytes())
    await tape.finish(trim=True)
    assert tapes.folder.stat().st_mode & 0o777 == 0o700
    assert (tapes.folder / f"{SID}.wav").stat().st_mode & 0o777 == 0o600
    assert os.listdir(tapes.folder) == [f"{SID}.wav"]
    other = tapes.open("RE" + "1" * 32, 1)
    other.write(TONE.tobytes())
    await other.finish(trim=False)
    assert (tapes.folder / f"RE{'1' * 32}.wav").stat().st_mode & 0o777 == 0o600
