"""Messages that wait for their time, one alarm for all of them (messaging reference 1.4).

What is due at one moment starts in the order it was asked for, a few at a time, each few after the
store has kept up: a hundred thousand messages due at nine o'clock leave the loop to others too.
"""

from __future__ import annotations

import asyncio
import heapq
from collections import OrderedDict
from collections.abc import Callable

from hoyhoy.wire.errors import Fault

from .clock import Clock
from .message import ASKED_AGAIN, Message
from .ports import Journal

LONGEST_WAIT = 3600.0
"""Seconds after which the alarm looks at the clock again: the machine may have slept."""

AT_ONCE = 5
"""Messages that are started in one turn of the loop."""


class Schedule:
    """`start` is called with each message when it is due."""

    def __init__(self, clock: Clock, journal: Journal, start: Callable[[Message], object]) -> None:
        self._clock, self._journal, self._start = clock, journal, start
        self._waiting: dict[float, OrderedDict[str, Message]] = {}
        """By the moment they are due; a moment stays, even when all of its messages were canceled."""
        self._moments: list[float] = []
        self._alarm: tuple[float, asyncio.Task[None]] | None = None

    def put(self, message: Message) -> None:
        """Start it when it is due, at once when that is past."""
        due_at = message.terms.send_at or 0.0
        if due_at not in self._waiting:
            self._waiting[due_at] = OrderedDict()
            heapq.heappush(self._moments, due_at)
        self._waiting[due_at][message.sid] = message
        if self._alarm is None or due_at < self._alarm[0]:
            if self._alarm:
                self._alarm[1].cancel()
            self._alarm = due_at, self._clock.spawn(self._ring(), "scheduled messages")

    def drop(self, message: Message) -> bool:
        """Forget it; False when it was not waiting."""
        waiting = self._waiting.get(message.terms.send_at or 0.0)
        return waiting is not None and waiting.pop(message.sid, None) is not None

    async def _ring(self) -> None:
        while self._moments:
            due_at = self._moments[0]
            if (left := due_at - self._clock.now()) > 0:
                assert self._alarm
                self._alarm = due_at, self._alarm[1]
                await self._clock.sleep(min(left, LONGEST_WAIT))
                continue
            waiting = self._waiting[due_at]
            for _ in range(min(AT_ONCE, len(waiting))):
                self._start(waiting.popitem(last=False)[1])
            if waiting:
                await self._kept_up()
            else:
                heapq.heappop(self._moments)
                del self._waiting[due_at]
        self._alarm = None

    async def _kept_up(self) -> None:
        try:
            await self._clock.sleep(0)
            await self._journal.settled()
        except Fault:  # the store is away: what is started now could not be recorded
            await self._clock.sleep(ASKED_AGAIN)
