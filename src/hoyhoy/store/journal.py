"""The journal: the one way anything is remembered (exchange.ports.Journal).

`record` is synchronous and cheap: it gives the event its place, shows it to the listeners and
queues it. What is recorded in one turn of the loop, or while the last batch is being written,
makes up the next batch, and what nobody waits for waits a few milliseconds for company: under load
the groups grow by themselves, and one sync of the disk serves them all (design.md section 2).

While somebody waits for the disk (a callback, a caller of `settled`) or much is queued, the journal
holds the clock, so virtual time cannot run ahead of them; records nobody waits for hold nothing.
After the commit, in this order: the callbacks of the batch go to the outbox, who waits in `settled`
is woken, and the hold ends when nothing is left to write that anybody waits for.

When a commit fails, everyone waiting in `settled` gets `NotStored` and may answer 500: the records
stay queued and are written when the database recovers, which `settled` reports to later callers.
When too much is queued `record` refuses, so a full disk stops the exchange instead of filling the
memory.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from hoyhoy.exchange.clock import Clock, Hold
from hoyhoy.exchange.events import Entry, Event
from hoyhoy.exchange.ports import Callback, Row
from hoyhoy.wire.errors import Fault

from .changes import Record
from .outage import reason
from .statements import Statements
from .writer import Rejected, Reports, Writer

log = logging.getLogger(__name__)

LARGEST_BATCH = 1_000
HELD_ABOVE = 1_000
"""Queued records above which virtual time waits for the disk."""

UNHURRIED = 0.005
"""Real seconds that a record nobody waits for may stay in memory, to share a commit with others."""

CAPACITY = 50_000
"""Records not yet durable that are kept in memory; seconds of work at full speed."""

Listener = Callable[[Entry, Sequence[Row]], None]
OnCommitted = Callable[[Sequence[Callback]], None]


class NotStored(Fault):
    """What was recorded could not be made durable; 20500 with HTTP status 500 at the REST edge."""

    def __init__(self, reason: str) -> None:
        super().__init__(20500, f"The exchange cannot store anything at the moment: {reason}", status=500)


class Journal:
    """Implements exchange.ports.Journal; lives on one event loop.

    `last` is the position of the last event recorded. `known` maps each table to its columns.
    """

    def __init__(
        self, engine: sa.Engine, statements: Statements, known: dict[str, frozenset[str]], clock: Clock, last: int
    ) -> None:
        self.last = last
        self._clock = clock
        self._known = known
        self._loop = asyncio.get_running_loop()
        self._queue: deque[Record] = deque()
        self._batch: Sequence[Record] = ()
        self._hold: Hold | None = None
        self._writing = False
        self._later: asyncio.TimerHandle | None = None
        self._durable = self._wanted = last
        self._spoilt = range(0)
        """Positions of the last batch with a rejected record, from that record on."""
        self._waiters: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._listeners: list[Listener] = []
        self._untold: deque[Record] = deque()
        self._telling = False
        self._deliver: OnCommitted = lambda callbacks: None
        self._closed = False
        self._lost: NotStored | None = None
        tell = self._loop.call_soon_threadsafe
        self._writer = Writer(
            engine,
            statements,
            Reports(
                committed=lambda rejected: tell(self._committed, rejected),
                failed=lambda error: tell(self._failed, error),
                given_up=lambda error: tell(self._given_up, error),
            ),
        )

    # Recording ---------------------------------------------------------------------------

    def record(
        self, subject: str, account: str, event: Event, rows: Sequence[Row] = (), callbacks: Sequence[Callback] = ()
    ) -> Entry:
        """Give the event its place, show it to the listeners at once, and queue it for the next commit.

        The values of the rows are written later by another thread: leave them alone from here on.
        ValueError for a table or column that does not exist, or two new rows of one table (both
        would get the event's position as `id`); NotStored when too much waits to be written.
        """
        if rows:
            self._check(rows)
        if self._closed or len(self._queue) >= CAPACITY:
            raise NotStored("it is closed" if self._closed else "too much waits to be written")
        self.last += 1
        record = Record(Entry(self.last, self._clock.now(), subject, account, event), rows, callbacks)
        self._queue.append(record)
        if callbacks or len(self._queue) > HELD_ABOVE:
            self._hurry()
        elif not self._writing and self._later is None:
            self._later = self._loop.call_later(UNHURRIED, self._write)
        self._tell(record)
        return record.entry

    def _hurry(self) -> None:
        """Somebody waits for the disk: write in this turn of the loop, and let virtual time wait."""
        self._wanted = self.last
        if self._hold is None:
            self._hold = self._clock.busy("commit")
            self._hold.__enter__()
        if not self._writing:
            self._writing = True
            self._loop.call_soon(self._hand_over)

    def _write(self) -> None:
        self._later = None
        if self._queue and not self._writing:
            self._writing = True
            self._hand_over()

    def _check(self, rows: Sequence[Row]) -> None:
        for row in rows:
            known = self._known.get(row.table)
            if known is None:
                raise ValueError(f"no table is called {row.table}")
            if row.values is not None and not row.values.keys() <= known:
                raise ValueError(f"{row.table} has no column {', '.join(sorted(row.values.keys() - known))}")
        if len(rows) > 1:
            made = [row.table for row in rows if row.new]
            if len(set(made)) < len(made):
                raise ValueError("one event can make only one row of a table")

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every entry and its rows as it is recorded, in order; call the result to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _tell(self, record: Record) -> None:
        """Listeners may record: what they record is told after what they are being told."""
        self._untold.append(record)
        if self._telling:
            return
        self._telling = True
        try:
            while self._untold:
                entry, rows, _ = self._untold.popleft()
                for listener in tuple(self._listeners):
                    try:
                        listener(entry, rows)
                    except Exception:
                        log.exception("a listener of the journal failed at position %d", entry.position)
        finally:
            self._telling = False

    # Committing --------------------------------------------------------------------------

    def deliver_to(self, on_committed: OnCommitted) -> None:
        """Hand the callbacks of every commit to `on_committed`, in the order they were recorded."""
        self._deliver = on_committed

    async def settled(self) -> None:
        """Return when everything recorded before this call is durable; NotStored when that fails."""
        if self._lost:
            raise self._lost
        if self._durable >= self.last:
            return
        waiter: asyncio.Future[None] = self._loop.create_future()
        self._waiters.append((self.last, waiter))
        self._hurry()
        await waiter

    def is_durable(self, position: int) -> bool:
        """Whether what was recorded at `position` is in the database, as far as anybody waiting was told."""
        return position <= self._durable and position not in self._spoilt

    def _hand_over(self) -> None:
        queue = self._queue
        self._batch = [queue.popleft() for _ in range(min(len(queue), LARGEST_BATCH))]
        self._writer.hand_over(self._batch)

    def _committed(self, rejected: Sequence[Rejected]) -> None:
        lost = {one.record.entry.position for one in rejected}
        callbacks = [
            callback
            for record in self._batch
            if record.callbacks and record.entry.position not in lost
            for callback in record.callbacks
        ]
        if callbacks:
            self._deliver(callbacks)
        self._durable = self._batch[-1].entry.position
        first_lost = min(lost, default=self._durable + 1)
        if lost:
            self._spoilt = range(first_lost, self._durable + 1)
        while self._waiters and self._waiters[0][0] <= self._durable:
            position, waiter = self._waiters.popleft()
            if waiter.done():
                continue
            if position < first_lost:
                waiter.set_result(None)
            else:
                waiter.set_exception(NotStored("a record was rejected"))
        self._go_on()

    def _go_on(self) -> None:
        self._batch = ()
        if self._queue and self._wanted > self._durable:
            self._hand_over()
            return
        self._writing = False
        if self._hold is not None:
            self._hold.__exit__(None, None, None)
            self._hold = None
        if self._queue and self._later is None:
            self._later = self._loop.call_later(UNHURRIED, self._write)

    def _failed(self, error: Exception) -> None:
        for _, waiter in self._waiters:
            if not waiter.done():
                waiter.set_exception(NotStored(reason(error)))
        self._waiters.clear()

    def _given_up(self, error: Exception) -> None:
        log.critical("%d records are lost: %s", len(self._batch) + len(self._queue), reason(error))
        self._lost = NotStored(reason(error))
        self._failed(error)
        self._queue.clear()
        self._go_on()

    async def close(self) -> None:
        """Take nothing more, write what is queued, end the thread. NotStored when a database that is out
        of order did not recover at once and records were lost."""
        self._closed = True
        while self._writing or self._queue:
            try:
                await self.settled()
            except NotStored:
                self._writer.last_attempt()
        self._writer.stop()
        if self._lost:
            raise self._lost
