"""The feed: the log as it grows, for the console, timelines, tests and `expect`.

The last entries are kept in a ring; whoever follows has only a position in it and is woken when
there is more, so a subscriber costs nothing while it is slow. One that falls out of the ring is
told so, goes on from the database and comes back: late, with nothing lost.

Entries are shown as soon as they are recorded, before they are durable; what is read from the
database is. Positions grow by one, so an entry's place in the ring is its position modulo the size.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing

from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.events import Entry
from hoyhoy.exchange.ports import Row

SIZE = 10_000
WEIGHT = 32 << 20
"""Characters of webhook answers kept in the ring; beyond it the oldest entries leave early."""

READ_AT_ONCE = 500

Match = Callable[[Entry], bool]
Read = Callable[[int, int], Awaitable[Sequence[Entry]]]
"""Entries of the database after a position, oldest first, and at most how many."""


def anything(entry: Entry) -> bool:
    return True


def _ignore() -> None:
    pass


class Feed:
    """`hear` is a listener of the journal; `last` is the position of the last entry heard."""

    def __init__(self, read: Read, clock: Clock, last: int = 0, *, size: int = SIZE, weight: int = WEIGHT) -> None:
        """`last` is the journal's last position at this moment: what came before is read through `read`."""
        self.last = last
        self._read = read
        self._clock = clock
        self._size = size
        self._ring: list[Entry | None] = [None] * size
        self._oldest = last + 1
        self._weight = 0
        self._heaviest = weight
        self._sleepers: list[asyncio.Future[None]] = []
        self._watchers: list[tuple[Match, asyncio.Future[Entry]]] = []
        self._closed = False

    def hear(self, entry: Entry, rows: Sequence[Row] = ()) -> None:
        """Take the next entry. ValueError when its position is not the next one."""
        if entry.position != self.last + 1:
            raise ValueError(f"position {entry.position} came after {self.last}")
        if self.last - self._oldest + 1 == self._size:
            self._forget_oldest()
        self._ring[entry.position % self._size] = entry
        self.last = entry.position
        self._weight += _weight(entry)
        while self._weight > self._heaviest:
            self._forget_oldest()
        for match, future in tuple(self._watchers):
            _try(match, entry, future)
        self._wake()

    def close(self) -> None:
        """Let go of everybody who follows or waits; what is still recorded nobody hears."""
        self._closed = True
        self._wake()
        for _, future in tuple(self._watchers):
            future.cancel()

    def _wake(self) -> None:
        sleepers, self._sleepers = self._sleepers, []
        for sleeper in sleepers:
            if not sleeper.done():
                sleeper.set_result(None)

    def _forget_oldest(self) -> None:
        place = self._oldest % self._size
        entry, self._ring[place] = self._ring[place], None
        self._oldest += 1
        if entry:
            self._weight -= _weight(entry)

    def entries(self, after: int = 0) -> list[Entry]:
        """What the ring still holds after a position, oldest first."""
        found = (self._ring[position % self._size] for position in range(max(after + 1, self._oldest), self.last + 1))
        return [entry for entry in found if entry]

    async def follow(
        self, after: int | None = None, match: Match = anything, lagged: Callable[[], None] = _ignore
    ) -> AsyncGenerator[Entry]:
        """Every matching entry after a position (None: from now on), then what comes, until the feed is closed.

        `lagged` is called each time the subscriber, once up to date, has fallen out of the ring.
        """
        position = self.last if after is None else after
        was_inside = False
        while True:
            while position < self.last:
                if position + 1 < self._oldest:
                    if was_inside:
                        lagged()
                        was_inside = False
                    with self._clock.busy("feed"):
                        found = await self._read(position, READ_AT_ONCE)
                    position = found[-1].position if found else self._oldest - 1
                else:
                    was_inside = True
                    position += 1
                    entry = self._ring[position % self._size]
                    found = [entry] if entry else []
                for entry in found:
                    if match(entry):
                        yield entry
            if self._closed:
                return
            sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._sleepers.append(sleeper)
            await sleeper

    def wait_for(self, match: Match, after: int | None = None) -> asyncio.Future[Entry]:
        """The first matching entry after a position (None: from now on).

        The future is done in the very turn in which the entry is recorded, so a drive of the
        virtual clock can stop there: `clock.drive(5, until=feed.wait_for(...).done)`. An error
        raised by `match` is the future's. Cancel it to stop waiting; closing the feed does.
        """
        future: asyncio.Future[Entry] = asyncio.get_running_loop().create_future()
        position = self.last if after is None else after
        if position + 1 < self._oldest:
            search = self._clock.spawn(self._search(match, position, future), "feed search")
            future.add_done_callback(lambda _: search.cancel())
            return future
        for entry in self.entries(position):
            if _try(match, entry, future):
                return future
        watcher = (match, future)
        self._watchers.append(watcher)
        future.add_done_callback(lambda _: self._watchers.remove(watcher))
        return future

    async def _search(self, match: Match, after: int, future: asyncio.Future[Entry]) -> None:
        try:
            async with aclosing(self.follow(after, match)) as follower:
                found = await anext(follower)
            if not future.done():
                future.set_result(found)
        except StopAsyncIteration:  # closed
            future.cancel()
        except Exception as error:
            if not future.done():
                future.set_exception(error)


def _try(match: Match, entry: Entry, future: asyncio.Future[Entry]) -> bool:
    """Settle `future` when the entry matches or the matching fails; say whether it is settled."""
    if future.done():
        return True
    try:
        if match(entry):
            future.set_result(entry)
    except Exception as error:
        future.set_exception(error)
    return future.done()


def _weight(entry: Entry) -> int:
    return len(getattr(entry.event, "body", ""))
