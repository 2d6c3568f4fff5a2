"""The one thread that writes, and what it does when it cannot.

A batch is one transaction. Two things can go wrong:

* **The database is out of order** (disk full, read-only, locked, server gone): nothing of the
  batch is written, `failed` is told with each attempt, and the same batch is tried again, after
  0.1 s and then less and less often, until it works or the thread is told to stop. The batch
  stays in memory meanwhile; the journal bounds how much may pile up behind it. A connection that
  broke gets one more try at once before anybody is told: a server that was restarted is back.
  Before each further attempt the log is asked how far it came. When a server went away, another
  exchange may have had the database since (postgresql.py): then this one must never write again.
* **A record is out of order** (a value no column can hold): that one is a bug of ours and would
  fail for ever. The batch is halved until the culprits stand alone and are reported as rejected,
  so that they cost nobody else anything. Text that no database takes and any stranger can send
  is not refused: the offending characters are replaced (changes.py).

The waiting is in real time: it is a disk that is waited for, not the exchange.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import SimpleQueue

import sqlalchemy as sa

from .changes import Record, event_rows, scrub
from .outage import is_cut, is_outage, reason
from .statements import Statements

log = logging.getLogger(__name__)

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 2.0


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that can never be written, and why."""

    record: Record
    error: Exception


class TakenOver(Exception):
    """Somebody else writes the log, whose positions would be used twice."""

    def __init__(self) -> None:
        super().__init__("another exchange has used the database meanwhile; start this one again")


@dataclass(frozen=True, slots=True)
class Reports:
    """Whom the writer tells, from its own thread. Each batch ends with exactly one `committed` or `given_up`,
    after any number of `failed`."""

    committed: Callable[[Sequence[Rejected]], object]
    failed: Callable[[Exception], object]
    given_up: Callable[[Exception], object]


class Writer:
    """Commits batches in the order they were handed over."""

    def __init__(self, engine: sa.Engine, statements: Statements, reports: Reports) -> None:
        self._engine = engine
        self._statements = statements
        self._reports = reports
        self._position: int | None = None
        """Of the last event written; None before the first."""
        self._batches: SimpleQueue[Sequence[Record] | None] = SimpleQueue()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def hand_over(self, batch: Sequence[Record]) -> None:
        self._batches.put(batch)

    def last_attempt(self) -> None:
        """From now on give a batch up when one more attempt fails."""
        self._stopping.set()

    def stop(self) -> None:
        """Write what was handed over, giving up as after `last_attempt`, and end. Blocks."""
        self.last_attempt()
        self._batches.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (batch := self._batches.get()) is not None:
            try:
                self._commit(batch)
            except RuntimeError:  # the event loop is gone, and with it everybody who could be told
                log.exception("the store's writer ends: nobody is left to tell")
                return

    def _commit(self, batch: Sequence[Record]) -> None:
        rest, rejected, pause, attempts = list(batch), list[Rejected](), FIRST_PAUSE, 0
        while True:
            attempts += 1
            try:
                if attempts > 1:
                    self._resume(rest)
                self._write(rest, rejected)
            except Exception as error:
                if attempts == 1 and is_cut(error):
                    continue  # an old connection broke, perhaps while nothing was written: a new one may be had at once
                log.error("cannot write %d records: %s", len(rest), reason(error))
                if self._stopping.is_set():
                    self._reports.given_up(error)
                    return
                self._reports.failed(error)
                self._stopping.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            else:
                self._reports.committed(rejected)
                return

    def _write(self, rest: list[Record], rejected: list[Rejected]) -> None:
        """All of `rest` in one transaction or, when records are to blame, in pieces around them, in order.

        What is written or rejected leaves `rest`, so an outage half-way resumes where it struck.
        """
        size, is_clean = len(rest), False
        while rest:
            try:
                self._transact(rest[:size])
            except Exception as error:
                if is_outage(error):
                    raise
                if not is_clean:
                    rest[:], is_clean = scrub(rest), True
                elif size > 1:
                    size //= 2
                else:
                    self._reject(rest.pop(0), error, rejected)
            else:
                self._position = rest[:size][-1].entry.position
                del rest[:size]
                size = max(1, min(2 * size, len(rest)))

    def _reject(self, record: Record, error: Exception, rejected: list[Rejected]) -> None:
        log.error(
            "record %d (%s) can never be written: %s",
            record.entry.position,
            type(record.entry.event).__name__,
            type(error).__name__,
        )
        rejected.append(Rejected(record, error))

    def _transact(self, batch: Sequence[Record]) -> None:
        with self._engine.begin() as connection:
            self._statements.write(connection, batch)

    def _resume(self, rest: list[Record]) -> None:
        """Drop from `rest` what is in the log: the answer to an attempt may have been lost, and not the attempt.
        TakenOver when the log was written by somebody else meanwhile."""
        with self._engine.connect() as connection:
            last = self._statements.last(connection)
        if last is None or last[0] == self._position:
            return
        written = next((n for n, row in enumerate(event_rows(rest), 1) if row == last), 0)
        if not written and (self._position is not None or last[0] >= rest[0].entry.position):
            raise TakenOver
        del rest[:written]
