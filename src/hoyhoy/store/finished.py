"""A finished recording, read in portions: however long it is, little of it is in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

PORTION = 256 * 1024
"""Bytes that are read at once: sixteen seconds of one channel."""


class FinishedTape:
    """A WAV file; implements the exchange's FinishedTape.

    It is opened for each portion: who stops reading leaves nothing open, and what is deleted meanwhile ends there.
    """

    def __init__(self, path: Path, size: int) -> None:
        self._path, self.size = path, size

    @classmethod
    async def find(cls, path: Path) -> FinishedTape | None:
        try:
            return cls(path, (await asyncio.to_thread(path.stat)).st_size)
        except FileNotFoundError:
            return None

    async def parts(self, begin: int, end: int) -> AsyncGenerator[bytes]:
        while begin < end:
            part = await asyncio.to_thread(self._read, begin, min(PORTION, end - begin))
            if not part:
                raise OSError(f"{self._path.name} ends at {begin} of {self.size} bytes")
            yield part
            begin += len(part)

    def _read(self, at: int, size: int) -> bytes:
        with open(self._path, "rb", buffering=0) as file:
            file.seek(at)
            return file.read(size)
