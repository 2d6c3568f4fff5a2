"""Changes of one thing take turns: what is read before a change is still true when it is written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


class Turns:
    """One lock for each thing that somebody is changing, and none for the others."""

    def __init__(self) -> None:
        self._locks: dict[tuple[str, str], tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def __call__(self, kind: str, name: str) -> AsyncGenerator[None]:
        """Entered when no other change of this one is under way."""
        one = (kind, name)
        lock, waiting = self._locks.get(one, (asyncio.Lock(), 0))
        self._locks[one] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._locks[one]
            if waiting == 1:
                del self._locks[one]
            else:
                self._locks[one] = (lock, waiting - 1)
