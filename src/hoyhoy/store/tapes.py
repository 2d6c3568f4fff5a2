"""The sound of recordings, in the data folder: a WAV file whose head is completed when the recording ends.

    tape = tapes.open("RE...", channels=1)
    tape.write(sound)
    seconds = await tape.finish(trim=True)

While it is being made a recording is `RE....raw`: room for the head, then samples as they come. Finishing it writes
the head and gives the file its name, `RE....wav`, in one step; sound is copied only where silence goes from its
beginning. One thread does all writing, so that a slow disk keeps nobody waiting but recordings.
"""

from __future__ import annotations

import asyncio
import os
import re
import threading
from collections import deque
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import numpy as np

from hoyhoy.audio import FRAME, RATE, wav
from hoyhoy.audio.silence import loud

from .finished import FinishedTape

T = TypeVar("T")

PAUSE = 0.25
"""Seconds between two rounds of writing: with what a round takes, a crash costs a second."""

MOST_WAITING = 64 * 2**20
"""Bytes that wait for the disk: recordings whose next part finds no room fail."""

AT_ONCE = FRAME * 4 * 2000
"""Bytes that are read or copied at once: whole frames, of one channel or two."""

SID = re.compile(r"RE[0-9a-f]{32}")

UNFINISHED = ("raw", "cut")
"""What the names of files end in that are being made."""


class Tapes:
    """Recordings by sid, under `folder`/recordings; implements the exchange's Tapes."""

    def __init__(self, folder: Path, most_waiting: int = MOST_WAITING) -> None:
        self.folder = folder / "recordings"
        self._room = most_waiting
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tapes")
        self._waiting: deque[tuple[OneTape, bytes | int]] = deque()
        self._held = 0
        self._is_due = False
        """Whether a round of writing is ordered and has not begun."""
        self._making: set[str] = set()
        """The sids of recordings that this exchange has begun and not finished."""
        self._lock = threading.Lock()
        self._hurry = threading.Event()

    def open(self, sid: str, channels: int) -> OneTape:
        """ValueError for what is no recording's sid."""
        path = self._path(sid, "raw")
        self._making.add(sid)
        return OneTape(self, path, channels)

    async def resume(self, sid: str, channels: int, trim: bool) -> float:
        """Finish what a crash left open, or tell how long it is if that was done. FileNotFoundError when it is gone."""
        raw, whole = self._path(sid, "raw"), self._path(sid, "wav")

        def finish() -> float:
            return _finish(raw, channels, trim) if raw.exists() else _seconds(whole)

        return await self.work(finish)

    async def tidy(self, keep: Collection[str]) -> int:
        """Drop what an exchange left unfinished that died before it could write down whose it was; how many files."""

        def tidy() -> int:
            found = [one for kind in UNFINISHED for one in self.folder.glob(f"RE*.{kind}") if SID.fullmatch(one.stem)]
            lost = [one for one in found if one.stem not in keep and one.stem not in self._making]
            for one in lost:
                one.unlink(missing_ok=True)
            return len(lost)

        return await self.work(tidy)

    async def find(self, sid: str) -> FinishedTape | None:
        """The finished recording; None when there is none."""
        return await FinishedTape.find(self._path(sid, "wav")) if SID.fullmatch(sid) else None

    async def read(self, sid: str, most: int = -1) -> bytes | None:
        """The finished recording as a WAV file, or the first `most` bytes of that; None when there is none."""
        if not SID.fullmatch(sid):
            return None

        def read() -> bytes:
            with open(self._path(sid, "wav"), "rb", buffering=0) as file:
                return file.read(most)

        try:
            return await asyncio.to_thread(read)
        except FileNotFoundError:
            return None

    async def drop(self, sid: str) -> None:
        """Forget the sound, finished or not."""
        if not SID.fullmatch(sid):
            return

        def drop() -> None:
            for kind in ("wav", *UNFINISHED):
                self._path(sid, kind).unlink(missing_ok=True)

        await self.work(drop)

    async def close(self) -> None:
        """Write what waits, and let go of the thread; nothing is recorded after that."""
        await self.work(lambda: None)
        self._thread.shutdown(wait=False)

    # What tapes use --------------------------------------------------------------------------

    def put(self, tape: OneTape, sound: bytes | int) -> None:
        """Have it written in the next round; a number is so many bytes of silence."""
        size = len(sound) if isinstance(sound, bytes) else 0
        with self._lock:
            if self._held + size > self._room:
                tape.fail(OSError("the disk is too slow for what is recorded"))
                return
            self._held += size
            self._waiting.append((tape, sound))
            if self._is_due:
                return
            self._is_due = True
        self._thread.submit(self._round)

    def finished(self, sid: str) -> None:
        """Nothing more comes of that recording."""
        self._making.discard(sid)

    async def work(self, what: Callable[[], T]) -> T:
        """Do it in the thread that writes, after all that was put."""
        self._hurry.set()
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._after_all, what)

    def _after_all(self, what: Callable[[], T]) -> T:
        self._hurry.clear()
        self._write()
        return what()

    def _round(self) -> None:
        self._hurry.wait(PAUSE)
        with self._lock:
            self._is_due = False
        self._write()

    def _write(self) -> None:
        with self._lock:
            parts, self._waiting, self._held = self._waiting, deque(), 0
        sounds: dict[OneTape, list[bytes | int]] = {}
        for tape, sound in parts:
            sounds.setdefault(tape, []).append(sound)
        for tape, those in sounds.items():
            tape.append(those)

    def _path(self, sid: str, kind: str) -> Path:
        if not SID.fullmatch(sid):
            raise ValueError(f"{sid[:40]!r} is not a recording's sid")
        return self.folder / f"{sid}.{kind}"


class OneTape:
    """A recording that is being made; implements the exchange's OpenTape."""

    def __init__(self, tapes: Tapes, path: Path, channels: int) -> None:
        self.on_failed: Callable[[], None] | None = None
        self._tapes, self._path, self._channels = tapes, path, channels
        self._is_there = False
        self._failed: OSError | None = None
        self._loop = asyncio.get_running_loop()
        tapes.put(self, 0)  # the file is there from the beginning

    def write(self, sound: bytes) -> None:
        if self._failed is None:
            self._tapes.put(self, sound)

    def silence(self, samples: int) -> None:
        if self._failed is None and samples > 0:
            self._tapes.put(self, samples * 2 * self._channels)

    async def finish(self, trim: bool) -> float:
        try:
            return await self._tapes.work(lambda: self._finish(trim))
        finally:
            self._tapes.finished(self._path.stem)

    # In the thread that writes ---------------------------------------------------------------

    def append(self, sounds: list[bytes | int]) -> None:
        """Into the file, which is open no longer than that takes: there may be more recordings than files that a
        process may open."""
        if self._failed is not None:
            return
        try:
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND) if self._is_there else self._create()
            try:
                for sound in sounds:
                    if isinstance(sound, int):
                        os.ftruncate(file, os.fstat(file).st_size + sound)
                    else:
                        _write(file, sound)
                os.fdatasync(file)
            finally:
                os.close(file)
        except OSError as error:
            self.fail(error)

    def _create(self) -> int:
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
        self._is_there = True
        os.write(file, wav.head(self._channels, 0))
        return file

    def fail(self, error: OSError) -> None:
        """From any thread: what comes from here on is not kept."""
        if self._failed is None:
            self._failed = error
            with suppress(RuntimeError):  # the loop is over, and everybody who could be told with it
                self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        if self.on_failed:
            self.on_failed()

    def _finish(self, trim: bool) -> float:
        if self._failed is not None:  # half a recording is nobody's, and the disk may need its room
            with suppress(OSError):
                self._path.unlink(missing_ok=True)
            raise OSError(f"the recording could not be kept: {self._failed}") from self._failed
        return _finish(self._path, self._channels, trim)


def _write(file: int, sound: bytes) -> None:
    view = memoryview(sound)
    while view:  # a disk that is nearly full takes a part
        view = view[os.write(file, view) :]


def _finish(raw: Path, channels: int, trim: bool) -> float:
    """Give a file its head and its last name; its seconds. Of nothing there is no file. OSError."""
    frame = FRAME * 2 * channels
    begin, end = wav.HEAD, wav.HEAD + (raw.stat().st_size - wav.HEAD) // (2 * channels) * (2 * channels)
    if trim:
        first, last = _loud(raw, channels)
        begin, end = wav.HEAD + first * frame, min(end, wav.HEAD + last * frame)
    if end <= begin:
        raw.unlink()
        return 0.0
    source = raw
    if begin > wav.HEAD:
        try:
            source = _cut(raw, begin, end)
        except OSError:  # no room for a second file: silence at its beginning is better than nothing
            begin = wav.HEAD
    with open(source, "r+b", buffering=0) as file:
        file.truncate(wav.HEAD + end - begin)
        file.write(wav.head(channels, end - begin))
        os.fsync(file.fileno())
    whole = raw.with_suffix(".wav")
    source.rename(whole)
    raw.unlink(missing_ok=True)
    folder = os.open(raw.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return (end - begin) / (2 * channels * RATE)


def _loud(raw: Path, channels: int) -> tuple[int, int]:
    """The first frame that is not silent, and the one after the last; both 0 of silence."""
    first, last, at = -1, 0, 0
    with open(raw, "rb") as file:
        file.seek(wav.HEAD)
        while block := file.read(AT_ONCE):
            sound = np.frombuffer(block[: len(block) // (2 * channels) * (2 * channels)], "<i2").reshape(-1, channels)
            frames = np.flatnonzero(loud(sound))
            if len(frames):
                first = at + int(frames[0]) if first < 0 else first
                last = at + int(frames[-1]) + 1
            at += len(block) // (FRAME * 2 * channels)
    return max(first, 0), last


def _cut(raw: Path, begin: int, end: int) -> Path:
    """A file of its own for a part of `raw`, with room for its head."""
    cut = raw.with_suffix(".cut")
    try:
        file = os.open(cut, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(file, "wb") as target, open(raw, "rb") as source:
            target.write(bytes(wav.HEAD))
            source.seek(begin)
            while begin < end and (block := source.read(min(AT_ONCE, end - begin))):
                target.write(block)
                begin += len(block)
    except OSError:
        cut.unlink(missing_ok=True)
        raise
    return cut


def _seconds(whole: Path) -> float:
    """How long a finished recording is, from its head."""
    with open(whole, "rb") as file:
        head = file.read(wav.HEAD)
    return int.from_bytes(head[40:44], "little") / int.from_bytes(head[28:32], "little")
