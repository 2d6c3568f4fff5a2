"""When something is due: the timers of all transactions and connections on one alarm."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from typing import Generic, Protocol, TypeVar

from hoyhoy.exchange.clock import Clock, RealClock
from hoyhoy.wire.sip.timers import Timers

Owner = TypeVar("Owner", bound=Hashable)
Name = TypeVar("Name", bound=Hashable)


class Alarm(Protocol):
    """A time that never goes back, and one thing to do at a time to come."""

    def now(self) -> float: ...

    def call(self, seconds: float, act: Callable[[], None]) -> Callable[[], object]:
        """Do `act` after `seconds`; the result takes it back."""


class LoopAlarm:
    """The event loop's own time: nobody who sets the machine's clock stops a call."""

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def call(self, seconds: float, act: Callable[[], None]) -> Callable[[], object]:
        return asyncio.get_running_loop().call_later(seconds, act).cancel


class ClockAlarm:
    """The time of a clock that is driven."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now()

    def call(self, seconds: float, act: Callable[[], None]) -> Callable[[], object]:
        async def wait() -> None:
            await self._clock.sleep(seconds)
            act()

        return self._clock.spawn(wait(), "SIP timers").cancel


def alarm_of(clock: Clock) -> Alarm:
    return LoopAlarm() if isinstance(clock, RealClock) else ClockAlarm(clock)


class Clockwork(Generic[Owner, Name]):
    """Timers by owner and name that fire by themselves."""

    def __init__(self, alarm: Alarm, fire: Callable[[Owner, Name], None]) -> None:
        self._alarm, self._fire = alarm, fire
        self._timers: Timers[Owner, Name] = Timers()
        self._due = float("inf")
        self._take_back: Callable[[], object] | None = None
        self._ringing = False

    def now(self) -> float:
        return self._alarm.now()

    def set(self, owner: Owner, name: Name, seconds: float) -> None:
        """Start a timer, or start it anew."""
        when = self._alarm.now() + seconds
        self._timers.set(owner, name, when)
        if when < self._due and not self._ringing:
            self._wind(when)

    def forget(self, owner: Owner) -> None:
        """Stop all timers of this owner."""
        self._timers.forget(owner)

    def stop(self) -> None:
        """Nothing fires any more."""
        self._timers = Timers()
        self._unwind()

    def __len__(self) -> int:
        return len(self._timers)

    def _wind(self, when: float) -> None:
        self._unwind()
        self._due = when
        self._take_back = self._alarm.call(max(0.0, when - self._alarm.now()), self._ring)

    def _unwind(self) -> None:
        if self._take_back is not None:
            self._take_back()
        self._take_back, self._due = None, float("inf")

    def _ring(self) -> None:
        self._take_back, self._due = None, float("inf")  # it has rung: a task that took itself back would end here
        now, self._ringing = self._alarm.now(), True
        try:
            while due := self._timers.pop(now):
                self._fire(*due)
        finally:
            self._ringing = False
            if (when := self._timers.next) is not None:
                self._wind(when)
