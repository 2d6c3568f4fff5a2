"""Time is an argument: the exchange waits only through its Clock.

Two clocks. `RealClock` is the machine's. `VirtualClock` stands still unless it is driven
(`drive`): driving runs timers in order until the first match or a virtual deadline, then stops.
Before each jump it waits until nothing real is outstanding: every webhook in flight, REST request
being answered and commit that somebody waits for holds the clock through `busy`. The event loop's own time
is always real.

How the virtual clock knows that nothing more will happen at this instant: no hold is open, and
no task of the exchange has taken a step during four turns of the loop. A wake-up needs at most
three turns between two steps (future done -> callback -> waiter -> step), so four are enough; the
steps are counted by wrapping every spawned coroutine.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import TracebackType
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
log = logging.getLogger(__name__)

QUIET_TURNS = 4


class Hold(Protocol):
    """Something real is outstanding while this is entered."""

    def __enter__(self) -> object: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...


class Clock(Protocol):
    """All an exchange may know of time. Seconds are float."""

    def now(self) -> float:
        """Unix seconds."""

    async def sleep(self, seconds: float) -> None: ...

    def timeout(self, seconds: float | None) -> AbstractAsyncContextManager[object]:
        """Raise TimeoutError in the body after `seconds`; None never does."""

    def spawn(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        """Start a task with a name and an owner; its crash is logged, its end is waited for by `close`."""

    def busy(self, what: str) -> Hold:
        """Virtual time must not move while the returned context is entered."""

    async def close(self) -> None:
        """Cancel what was spawned and wait for it."""


class _Spawner:
    """Named tasks, none forgotten."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def _start(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("task %s crashed", task.get_name(), exc_info=error)

    async def close(self) -> None:
        while self._tasks:
            tasks = list(self._tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def stopped(*tasks: asyncio.Future[Any]) -> None:
    """Cancel tasks, and return when they are over."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class _NoHold:
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


_NO_HOLD = _NoHold()


class RealClock(_Spawner):
    """The machine's time."""

    def now(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def timeout(self, seconds: float | None) -> AbstractAsyncContextManager[object]:
        return asyncio.timeout(seconds)

    def spawn(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        return self._start(work, name)

    def busy(self, what: str) -> Hold:
        return _NO_HOLD


class Stuck(Exception):
    """The outside world kept the virtual clock waiting longer than its real deadline."""


class _Hold:
    __slots__ = ("clock", "what")

    def __init__(self, clock: VirtualClock, what: str) -> None:
        self.clock, self.what = clock, what

    def __enter__(self) -> None:
        self.clock._take(self)

    def __exit__(self, *_: object) -> None:
        self.clock._drop(self)


class _Timer:
    """Due once; `act` is None when cancelled."""

    __slots__ = ("act",)

    def __init__(self, act: Callable[[], None]) -> None:
        self.act: Callable[[], None] | None = act


class _Counted(Coroutine[Any, Any, T]):
    """A coroutine whose every step is seen by the clock."""

    __slots__ = ("clock", "work")

    def __init__(self, work: Coroutine[Any, Any, T], clock: VirtualClock) -> None:
        self.work, self.clock = work, clock

    def send(self, value: Any) -> Any:
        self.clock.steps += 1
        return self.work.send(value)

    def throw(self, *error: Any) -> Any:
        self.clock.steps += 1
        return self.work.throw(*error)

    def close(self) -> None:
        self.work.close()

    def __await__(self) -> Generator[Any, Any, T]:
        return self.work.__await__()


class VirtualClock(_Spawner):
    """Time that stands still until it is driven."""

    def __init__(self, start: float) -> None:
        super().__init__()
        self.steps = 0
        self._now = start
        self._timers: list[tuple[float, int, _Timer]] = []
        self._number = itertools.count()
        self._holds: set[_Hold] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._driving = asyncio.Lock()

    def now(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        timer = self._at(self._now + seconds, lambda: None if done.done() else done.set_result(None))
        try:
            await done
        finally:
            timer.act = None

    def timeout(self, seconds: float | None) -> AbstractAsyncContextManager[object]:
        return self._timeout(seconds)

    @asynccontextmanager
    async def _timeout(self, seconds: float | None) -> AsyncGenerator[None]:
        async with asyncio.timeout(None) as limit:
            if seconds is None:
                yield
                return
            past = asyncio.get_running_loop().time() - 1
            timer = self._at(self._now + max(seconds, 0), lambda: None if limit.expired() else limit.reschedule(past))
            try:
                yield
            finally:
                timer.act = None

    def spawn(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        self.steps += 1
        return self._start(_Counted(work, self), name)

    def busy(self, what: str) -> Hold:
        return _Hold(self, what)

    # Driving -----------------------------------------------------------------------------

    async def drive(self, within: float, until: Callable[[], bool] = lambda: False, real: float = 30.0) -> bool:
        """Run timers in order until `until()` is true or `within` virtual seconds have passed; say which.

        `real` bounds, in real seconds, each wait for the outside world; past it `Stuck` says what is missing.
        """
        deadline = self._now + within
        while True:
            async with self._driving:
                await self.settle(real)
                if until():
                    return True
                due = self._next()
                if due is None or due > deadline:
                    self._now = max(self._now, deadline)
                    return False
                self._fire(due)

    async def advance(self, seconds: float) -> None:
        """Let `seconds` of virtual time pass."""
        await self.drive(seconds)
        await self.settle()

    async def settle(self, real: float = 30.0) -> None:
        """Return when nothing more can happen at this instant."""
        quiet, seen = 0, self.steps
        while quiet < QUIET_TURNS:
            if self._holds:
                try:
                    async with asyncio.timeout(real):
                        await self._idle.wait()
                except TimeoutError:
                    raise Stuck("still waiting for " + ", ".join(sorted({h.what for h in self._holds}))) from None
                quiet = 0
            await asyncio.sleep(0)
            quiet, seen = (quiet + 1, seen) if self.steps == seen else (0, self.steps)

    def _at(self, when: float, act: Callable[[], None]) -> _Timer:
        timer = _Timer(act)
        heapq.heappush(self._timers, (when, next(self._number), timer))
        return timer

    def _next(self) -> float | None:
        while self._timers and self._timers[0][2].act is None:
            heapq.heappop(self._timers)
        return self._timers[0][0] if self._timers else None

    def _fire(self, when: float) -> None:
        """Jump to `when` and run what is due then, in the order it was asked for."""
        self._now = when
        while self._next() == when:
            timer = heapq.heappop(self._timers)[2]
            if timer.act:
                timer.act()

    def _take(self, hold: _Hold) -> None:
        self._holds.add(hold)
        self._idle.clear()

    def _drop(self, hold: _Hold) -> None:
        self._holds.discard(hold)
        self.steps += 1
        if not self._holds:
            self._idle.set()
