"""Whether there is more to do than gets done: then calls are refused, so that those there are do not suffer.

What is late is the loop itself: each turn does a little for every call, so its length is what a call waits at each of
its steps. As long as turns are short, as many calls may begin as come, and wait for their apps as long as those take.
When turns are long no more may begin than wait already, and then only few at a time. Few may always: other programs
that have the processor make turns long too.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from hoyhoy.exchange.clock import Clock

BEAT = 0.02
"""Seconds between two looks at the clock."""

LOOKS = 3
"""Their median tells whether turns are long: a single one is nothing."""

FEW = 32
"""Calls that may wait for their answer however late the loop is."""

MORE = 64
"""Calls that may begin between two looks."""


class Congestion:
    """`most` is the lateness, in seconds, that is borne; 0 bears any. `beginning` says how many calls wait for their
    answer. `start` and `stop` on the loop that is watched."""

    def __init__(self, clock: Clock, most: float, beginning: Callable[[], int]) -> None:
        self._clock, self.most, self._beginning = clock, most, beginning
        self._late: deque[float] = deque([0.0] * LOOKS, LOOKS)
        self._room = MORE
        self._watching: asyncio.Task[None] | None = None

    @property
    def lateness(self) -> float:
        """Of the last turns, in seconds."""
        return sorted(self._late)[LOOKS // 2]

    def is_there(self) -> bool:
        """Whether there is no room for one more call."""
        return self.most > 0 and self._beginning() >= self._room

    def start(self) -> None:
        self._watching = self._clock.spawn(self._watch(), "SIP congestion")

    def stop(self) -> None:
        if self._watching is not None:
            self._watching.cancel()

    async def _watch(self) -> None:
        while True:
            due = self._clock.now() + BEAT
            await self._clock.sleep(BEAT)
            self._look(self._clock.now() - due)

    def _look(self, late: float) -> None:
        self._late.append(late)
        if self.lateness > self.most:
            self._room = FEW
        elif late <= self.most:
            self._room = self._beginning() + MORE
