"""Answers in the order of their requests.

Under the virtual clock everything that is asked while time stands still is asked at one instant,
and the log must be the same in every run (design, section 4): an answer is handed on only when
all requests sent before it have been answered. Real seconds bound the wait, because an app may
hold its first answer until a later request of ours arrives.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


class Order:
    """A row of requests; each leaves it after the one in front, or after `patience` real seconds."""

    def __init__(self, patience: float = 2.0) -> None:
        self._patience = patience
        self._last: asyncio.Future[None] | None = None
        """Done when the newest request has left the row."""

    @asynccontextmanager
    async def place(self) -> AsyncGenerator[None]:
        """Stand in the row on entry; on leaving, also by an error, wait for one's turn. Cancelled: leave at once."""
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        ahead, self._last = self._last, mine
        follow = ahead
        try:
            try:
                yield
            except Exception:
                await self._turn(ahead)
                raise
            await self._turn(ahead)
            follow = None
        except Exception:
            follow = None
            raise
        finally:
            if follow and not follow.done():  # cancelled: who comes next waits for the one in front instead
                follow.add_done_callback(lambda _: mine.set_result(None))
            else:
                # The next one wakes in a later turn of the loop than this one's caller goes on in.
                mine.set_result(None)

    async def _turn(self, ahead: asyncio.Future[None] | None) -> None:
        if ahead and not ahead.done():
            await asyncio.wait((ahead,), timeout=self._patience)  # overtaken once, it holds up nobody who comes later
