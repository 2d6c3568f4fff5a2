"""Changes of one row take turns: what is read before a change is still true when it is written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


class Turns:
    """One lock for each row that somebody is changing, and none for the others."""

    def __init__(self) -> None:
        self._locks: dict[tuple[str, str], tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def __call__(self, table: str, sid: str) -> AsyncGenerator[None]:
        """Entered when no other change of this row is under way."""
        row = (table, sid)
        lock, waiting = self._locks.get(row, (asyncio.Lock(), 0))
        self._locks[row] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._locks[row]
            if waiting == 1:
                del self._locks[row]
            else:
                self._locks[row] = (lock, waiting - 1)
