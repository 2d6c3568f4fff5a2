"""The session timer of one dialog: we refresh it, or end it when the far end does not (RFC 4028 10)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from enum import StrEnum
from typing import Any

from hoyhoy.exchange.clock import Clock
from hoyhoy.wire.sip.session_timer import Session

AGAIN = 10.0
"""Seconds after a refresh that was refused for a reason that may pass."""


class Refreshed(StrEnum):
    """What became of a refresh; when it is done, `set` was called with what it agreed on."""

    DONE = "done"
    LATER = "later"
    GONE = "gone"


class Expiry:
    """`refresh` asks the far end; `expire` is called when it is gone."""

    def __init__(
        self, clock: Clock, refresh: Callable[[], Coroutine[Any, Any, Refreshed]], expire: Callable[[], None]
    ) -> None:
        self._clock, self._refresh, self._expire = clock, refresh, expire
        self._task: asyncio.Task[None] | None = None
        self.session: Session | None = None

    def set(self, session: Session | None) -> None:
        """Count from now; None: no timer."""
        self.session = session
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()
        self._task = self._clock.spawn(self._watch(session), "SIP session timer") if session else None

    def stop(self) -> None:
        """For good: whoever has it is not known any more."""
        self.set(None)
        self._refresh, self._expire = _gone, _nothing

    async def _watch(self, session: Session) -> None:
        await self._clock.sleep(session.wait)
        if session.is_ours and await self._is_refreshed(session.seconds - session.wait):
            return
        self._task = None
        self._expire()

    async def _is_refreshed(self, left: float) -> bool:
        """Whether that comes about in so many seconds. A far end that says 100 to a re-INVITE and then nothing would
        else be waited for without end: an INVITE on which somebody works has no timer (RFC 3261 17.1.1.2)."""
        try:
            async with self._clock.timeout(left):
                while (refreshed := await self._refresh()) is Refreshed.LATER:
                    await self._clock.sleep(AGAIN)
        except TimeoutError:
            return False
        return refreshed is Refreshed.DONE


async def _gone() -> Refreshed:
    return Refreshed.GONE


def _nothing() -> None:
    """Nobody has a timer any more."""
