"""The thread by itself, with an engine that fails where it is told to."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from queue import SimpleQueue
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from hoyhoy.exchange.events import CallMoved, Entry
from hoyhoy.exchange.ports import Row
from hoyhoy.store.changes import Record
from hoyhoy.store.schema import build_metadata
from hoyhoy.store.statements import Statements
from hoyhoy.store.vault import Vault
from hoyhoy.store.writer import Rejected, Reports, Writer

from .places import Place, engine_at
from .sample import TABLES, call

OUTAGE = exc.OperationalError("INSERT", {}, Exception("disk I/O error"))


class Bench:
    """A writer, its database, and everything it reported, in order."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.engine = engine_at(place)
        metadata = build_metadata(TABLES)
        metadata.create_all(self.engine)
        self.reports: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        self.writer = Writer(
            self.engine,
            Statements(metadata, self.engine.dialect, Vault(b"k" * 32, {})),
            Reports(
                committed=lambda rejected: self.reports.put(
                    ("committed", [one.record.entry.position for one in rejected])
                ),
                failed=lambda error: self.reports.put(("failed", error)),
                given_up=lambda error: self.reports.put(("given up", error)),
            ),
        )

    def next(self) -> tuple[str, Any]:
        return self.reports.get(timeout=20)

    def sids(self) -> list[str]:
        return [sid for (sid,) in self.place.look("select sid from calls order by id")]


@pytest.fixture
def bench(place: Place) -> Iterator[Bench]:
    made = Bench(place)
    yield made
    made.writer.stop()
    made.engine.dispose()


def batch(*rows: Row, start: int = 1) -> Sequence[Record]:
    return [
        Record(Entry(position, 1.0, row.sid, "AC1", CallMoved(status="x")), (row,), ())
        for position, row in enumerate(rows, start)
    ]


def test_batches_are_committed_in_order(bench: Bench) -> None:
    for number in range(5):
        bench.writer.hand_over(batch(call(f"CA{number}"), start=number + 1))
    assert [bench.next() for _ in range(5)] == [("committed", [])] * 5
    assert bench.sids() == ["CA0", "CA1", "CA2", "CA3", "CA4"]


def test_an_outage_is_reported_and_the_batch_tried_again(bench: Bench) -> None:
    failures = 2

    def fail(connection: object) -> None:
        nonlocal failures
        if failures:
            failures -= 1
            raise OUTAGE

    sa.event.listen(bench.engine, "commit", fail)
    bench.writer.hand_over(batch(call("CA1")))
    assert [bench.next()[0] for _ in range(3)] == ["failed", "failed", "committed"]
    assert bench.sids() == ["CA1"]


def test_a_commit_whose_answer_was_lost_is_not_made_twice(bench: Bench) -> None:
    lost = threading.Event()

    def lose_answer(connection: sa.Connection) -> None:
        if not lost.is_set():
            lost.set()
            driver: Any = connection.connection.driver_connection
            driver.commit()
            raise OUTAGE

    sa.event.listen(bench.engine, "commit", lose_answer)
    bench.writer.hand_over(batch(call("CA1"), call("CA2")))
    assert [bench.next() for _ in range(2)] == [("failed", OUTAGE), ("committed", [])]
    assert bench.sids() == ["CA1", "CA2"]


def test_an_outage_while_culprits_are_sought_resumes_where_it_struck(bench: Bench) -> None:
    commits = 0

    def fail_second(connection: object) -> None:
        nonlocal commits
        commits += 1
        if commits == 2:
            raise OUTAGE

    sa.event.listen(bench.engine, "commit", fail_second)
    bench.writer.hand_over(batch(call("CA1"), call("CA2"), call("CA3", duration=2**70), call("CA4")))
    assert [bench.next() for _ in range(2)] == [("failed", OUTAGE), ("committed", [3])]
    assert bench.sids() == ["CA1", "CA2", "CA4"]


def test_a_culprit_among_many_takes_few_transactions(bench: Bench) -> None:
    """Each costs the disk a sync, and a stranger may know how to make culprits."""
    transactions: list[object] = []
    sa.event.listen(bench.engine, "begin", transactions.append)
    calls = [call(f"CA{number}", duration=2**70 if number == 300 else number) for number in range(1000)]
    bench.writer.hand_over(batch(*calls))
    assert bench.next() == ("committed", [301])
    assert len(transactions) < 40
    assert bench.sids() == [f"CA{number}" for number in range(1000) if number != 300]


def test_stopping_gives_a_hopeless_batch_up(bench: Bench) -> None:
    def fail(connection: object) -> None:
        raise OUTAGE

    sa.event.listen(bench.engine, "commit", fail)
    bench.writer.hand_over(batch(call("CA1")))
    assert bench.next()[0] == "failed"
    bench.writer.stop()
    said = [bench.next()[0]]
    while said[-1] == "failed":
        said.append(bench.next()[0])
    assert said[-1] == "given up"
    assert bench.sids() == []


def test_it_ends_when_nobody_is_left_to_tell(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    made = Bench(place)

    def closed(rejected: Sequence[Rejected]) -> None:
        raise RuntimeError("Event loop is closed")

    made.writer._reports = Reports(closed, closed, closed)  # type: ignore[arg-type]
    made.writer.hand_over(batch(call("CA1")))
    made.writer.stop()
    assert "nobody is left to tell" in caplog.text
    assert made.sids() == ["CA1"]
    made.engine.dispose()
