"""Finished recordings, read in portions."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hoyhoy.store import finished
from hoyhoy.store.finished import PORTION, FinishedTape

SOUND = bytes(range(256)) * (PORTION // 128)  # two portions


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "RE.wav"
    made.write_bytes(SOUND)
    return made


@pytest.mark.parametrize(("begin", "end"), [(0, len(SOUND)), (3, PORTION + 4), (len(SOUND) - 1, len(SOUND)), (5, 5)])
async def test_no_more_than_a_portion_at_once(path: Path, begin: int, end: int) -> None:
    tape = await FinishedTape.find(path)
    assert tape and tape.size == len(SOUND)
    parts = [part async for part in tape.parts(begin, end)]
    assert b"".join(parts) == SOUND[begin:end] and all(len(part) <= PORTION for part in parts)


async def test_what_is_not_there(tmp_path: Path) -> None:
    assert await FinishedTape.find(tmp_path / "RE.wav") is None


async def test_what_is_deleted_meanwhile_ends_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finished, "PORTION", 100)
    tape = await FinishedTape.find(path)
    assert tape
    parts = tape.parts(0, tape.size)
    assert len(await anext(parts)) == 100
    os.truncate(path, 150)
    assert len(await anext(parts)) == 50
    with pytest.raises(OSError, match="ends at 150"):
        await anext(parts)
    os.unlink(path)
    with pytest.raises(FileNotFoundError):
        await anext(tape.parts(0, 10))
