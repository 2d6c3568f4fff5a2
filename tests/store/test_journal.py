from __future__ import annotations

import asyncio
from collections.abc import Sequence
from hashlib import sha256

import pytest

from hoyhoy.exchange.clock import VirtualClock
from hoyhoy.exchange.events import CallMoved, Entry, KeyPressed
from hoyhoy.exchange.ports import Callback, Row
from hoyhoy.store import journal as module
from hoyhoy.store.changes import Record
from hoyhoy.store.database import Database
from hoyhoy.store.journal import NotStored

from .places import Place, allow, between_commits, forbid, look, on_postgresql, on_sqlite
from .sample import call, callback, change, delete, record, until


async def test_an_entry_has_its_place_and_time(place: Place) -> None:
    clock = VirtualClock(1000.0)
    database = await place.open(clock)
    first = database.journal.record("CA1", "AC1", KeyPressed(key="5"))
    assert first == Entry(1, 1000.0, "CA1", "AC1", KeyPressed(key="5"))
    await clock.advance(2.5)
    second = record(database.journal)
    assert (second.position, second.at, database.journal.last) == (2, 1002.5, 2)
    await database.close()


async def test_settled_means_another_process_sees_it(database: Database) -> None:
    record(database.journal, call("CA1", status="queued"), callbacks=(callback("CB1"),))
    await database.journal.settled()
    assert look(database, "select sid, status from calls") == [("CA1", "queued")]
    assert look(database, "select position, kind from events") == [(1, "CallMoved")]
    assert look(database, "select sid, attempts from outbox") == [("CB1", 0)]


async def test_settled_returns_at_once_when_nothing_waits(database: Database) -> None:
    await database.journal.settled()
    record(database.journal)
    await database.journal.settled()
    task = asyncio.ensure_future(database.journal.settled())
    await asyncio.sleep(0)
    assert task.done()


async def test_what_is_recorded_in_one_turn_is_one_transaction(database: Database) -> None:
    handed: list[int] = []
    hand_over = database.journal._writer.hand_over
    database.journal._writer.hand_over = lambda batch: (handed.append(len(batch)), hand_over(batch))[1]  # type: ignore[method-assign]
    for number in range(40):
        record(database.journal, call(f"CA{number}"))
    await database.journal.settled()
    assert handed == [40]


async def test_what_nobody_waits_for_waits_for_company_also_after_a_commit(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # design 2: commits are shared; a commit at once for each such record would double their number.
    monkeypatch.setattr(module, "UNHURRIED", 3600)
    handed: list[int] = []
    hand_over = database.journal._writer.hand_over

    def counted(batch: Sequence[Record]) -> None:
        hand_over(batch)
        handed.append(len(batch))
        if len(handed) == 1:
            record(database.journal)  # while the first is being written

    database.journal._writer.hand_over = counted  # type: ignore[method-assign]
    record(database.journal)
    await database.journal.settled()
    assert handed == [1]
    await database.journal.settled()
    assert handed == [1, 1]
    assert look(database, "select max(position) from events") == [(2,)]


async def test_a_flood_is_committed_in_batches_of_bounded_size(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LARGEST_BATCH", 10)
    for number in range(95):
        record(database.journal, call(f"CA{number}"), change(f"CA{number // 2}", note="n"))
    await database.journal.settled()
    assert look(database, "select count(*), count(note) from calls") == [(95, 48)]


async def test_listeners_hear_at_once_in_order_even_what_a_listener_records(database: Database) -> None:
    heard: list[tuple[str, int, int]] = []

    def answering(entry: Entry, rows: Sequence[Row]) -> None:
        heard.append(("a", entry.position, len(rows)))
        if entry.event == KeyPressed(key="1"):
            database.journal.record("CA1", "AC1", KeyPressed(key="2"))

    database.journal.subscribe(answering)
    stop = database.journal.subscribe(lambda entry, rows: heard.append(("b", entry.position, len(rows))))
    database.journal.record("CA1", "AC1", KeyPressed(key="1"), [call("CA1")])
    assert heard == [("a", 1, 1), ("b", 1, 1), ("a", 2, 0), ("b", 2, 0)]
    stop()
    record(database.journal)
    assert heard[4:] == [("a", 3, 0)]


async def test_a_failing_listener_costs_the_others_nothing(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[int] = []

    def failing(entry: Entry, rows: Sequence[Row]) -> None:
        raise LookupError("mine")

    database.journal.subscribe(failing)
    database.journal.subscribe(lambda entry, rows: heard.append(entry.position))
    record(database.journal, call("CA1"))
    assert heard == [1] and "position 1" in caplog.text
    await database.journal.settled()
    assert look(database, "select count(*) from calls") == [(1,)]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([Row("nonsense", "CA1", {})], "no table is called nonsense"),
        ([change("CA1", colour="red", status="x")], "calls has no column colour"),
        ([call("CA1"), call("CA2")], "only one row"),
    ],
)
async def test_mistakes_are_told_to_who_makes_them(database: Database, rows: list[Row], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        record(database.journal, *rows)
    assert database.journal.last == 0
    await database.journal.settled()
    assert look(database, "select count(*) from events") == [(0,)]


# Callbacks: after the commit, in order (voice 3.2: "initiated" before "ringing") ------------


async def test_callbacks_are_handed_on_after_the_commit_in_order(database: Database) -> None:
    seen: list[tuple[str, int]] = []

    def deliver(callbacks: Sequence[Callback]) -> None:
        in_file = look(database, "select count(*) from outbox")[0][0]
        seen.extend((one.sid, in_file) for one in callbacks)

    database.journal.deliver_to(deliver)
    for number in range(5):
        record(database.journal, callbacks=(callback(f"CB{number}"),))
    assert seen == []
    await database.journal.settled()
    assert seen == [(f"CB{number}", 5) for number in range(5)]


# The virtual clock (design.md section 4) -----------------------------------------------------


async def test_time_stands_still_until_the_commit_and_its_callbacks_are_done(place: Place) -> None:
    clock = VirtualClock(1000.0)
    database = await place.open(clock)
    at: list[tuple[float, int]] = []

    async def later() -> None:
        await clock.sleep(5)
        at.append((clock.now(), look(database, "select count(*) from events")[0][0]))

    async def told() -> None:
        at.append((clock.now(), 0))

    database.journal.deliver_to(lambda callbacks: clock.spawn(told(), "told") and None)
    clock.spawn(later(), "later")
    record(database.journal, callbacks=(callback("CB1"),))
    await clock.advance(10)
    assert at == [(1000.0, 0), (1005.0, 1)]
    await database.close()
    await clock.close()


# When nothing can be written ---------------------------------------------------------------


async def test_who_waits_is_told_and_nothing_is_lost(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    record(database.journal, call("CA1"))
    await database.journal.settled()
    await forbid(database)
    record(database.journal, call("CA2"))
    with pytest.raises(NotStored) as caught:
        await database.journal.settled()
    assert (caught.value.code, caught.value.status) == (20500, 500)
    assert [database.journal.is_durable(position) for position in (1, 2)] == [True, False]
    assert "read" in str(caught.value) and "only" in str(caught.value) and "cannot write 1 records" in caplog.text
    record(database.journal, call("CA3"))
    with pytest.raises(NotStored):
        await database.journal.settled()
    await allow(database)
    await until(lambda: len(look(database, "select 1 from calls")) == 3)
    await database.journal.settled()
    assert look(database, "select count(*) from events") == [(3,)]


@on_sqlite
async def test_a_full_disk_is_told_and_survived(database: Database) -> None:
    [(pages,)] = look(database, "pragma page_count")
    await between_commits(database, f"PRAGMA max_page_count={pages + 2}")
    accepted = 0
    with pytest.raises(NotStored, match="full"):
        for number in range(100):
            record(database.journal, call(f"CA{number}", note="x" * 4000))
            await database.journal.settled()
            accepted += 1
    assert look(database, "select count(*) from calls") == [(accepted,)]
    assert look(database, "pragma integrity_check") == [("ok",)]
    await between_commits(database, "PRAGMA max_page_count=100000")
    await until(lambda: look(database, "select count(*) from calls") == [(accepted + 1,)])


async def test_callbacks_wait_for_the_disk_too(database: Database) -> None:
    seen: list[str] = []
    database.journal.deliver_to(lambda callbacks: seen.extend(one.sid for one in callbacks))
    await forbid(database)
    record(database.journal, callbacks=(callback("CB1"),))
    with pytest.raises(NotStored):
        await database.journal.settled()
    assert seen == []
    await allow(database)
    await until(lambda: seen == ["CB1"])


async def test_what_piles_up_is_bounded(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CAPACITY", 5)
    await forbid(database)
    record(database.journal)
    with pytest.raises(NotStored):
        await database.journal.settled()
    for _ in range(5):
        record(database.journal)
    with pytest.raises(NotStored, match="too much waits"):
        record(database.journal)
    assert database.journal.last == 6
    await allow(database)
    await until(lambda: len(look(database, "select 1 from events")) == 6)
    record(database.journal)
    await database.journal.settled()


async def test_closing_on_a_broken_disk_says_what_is_lost(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    database = await place.open()
    record(database.journal, call("CA1"))
    await database.journal.settled()
    await forbid(database)
    for number in range(3):
        record(database.journal, call(f"CB{number}"))
    with pytest.raises(NotStored):
        await database.close()
    assert "3 records are lost" in caplog.text
    again = await place.open()
    assert [row["sid"] for row in await again.rows.page("calls")] == ["CA1"]
    await again.close()


async def test_closed_takes_nothing_more(place: Place) -> None:
    database = await place.open()
    record(database.journal)
    await database.close()
    with pytest.raises(NotStored, match="closed"):
        record(database.journal)


# Records that can never be written -----------------------------------------------------------


async def test_a_record_that_cannot_be_stored_costs_nobody_else(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[str] = []
    database.journal.deliver_to(lambda callbacks: seen.extend(one.sid for one in callbacks))
    record(database.journal, call("CA1"), callbacks=(callback("CB1"),))
    before = asyncio.ensure_future(database.journal.settled())
    await asyncio.sleep(0)
    record(database.journal, call("CA2", duration=2**70), callbacks=(callback("CB2"),))
    record(database.journal, call("CA3"), callbacks=(callback("CB3"),))
    with pytest.raises(NotStored, match="rejected"):
        await database.journal.settled()
    await before
    assert [database.journal.is_durable(position) for position in (1, 2, 3)] == [True, False, False]
    assert look(database, "select sid from calls order by id") == [("CA1",), ("CA3",)]
    assert look(database, "select position from events") == [(1,), (3,)]
    assert seen == ["CB1", "CB3"]
    assert "record 2 (CallMoved) can never be written: " in caplog.text
    await database.journal.settled()


async def test_a_sid_used_twice_is_rejected(database: Database) -> None:
    record(database.journal, call("CA1", status="first"))
    await database.journal.settled()
    record(database.journal, call("CA1", status="second"))
    with pytest.raises(NotStored):
        await database.journal.settled()
    assert look(database, "select status from calls") == [("first",)]


async def test_strange_text_is_stored_with_replacements(database: Database) -> None:
    database.journal.record("CA1", "AC1", KeyPressed(key="\ud800"), [call("CA1", note="a\udcffb")])
    record(database.journal, call("CA2", note="fine"))
    await database.journal.settled()
    assert look(database, "select note from calls order by id") == [("a\ufffdb",), ("fine",)]
    assert [entry.event for entry in await database.events()] == [KeyPressed(key="\ufffd"), CallMoved(status="ringing")]


@on_postgresql
async def test_a_nul_is_replaced_where_the_database_refuses_it(database: Database) -> None:
    database.journal.record("CA1", "AC1", KeyPressed(key="\0"), [call("CA1", note="a\0b")], [callback("CB\0")])
    record(database.journal, call("CA2", note="fine"))
    await database.journal.settled()
    assert look(database, "select note from calls order by id") == [("a\ufffdb",), ("fine",)]
    assert look(database, "select sid from outbox") == [("CB\ufffd",)]


@on_postgresql
async def test_text_too_long_for_an_index_costs_nobody_else(database: Database) -> None:
    """Its driver calls that an operational error, as it does a full disk."""
    long = "".join(sha256(str(number).encode()).hexdigest() for number in range(200))  # it compresses badly
    record(database.journal, call("CA1", note=long))
    record(database.journal, call("CA2", status=long))
    record(database.journal, call("CA3", status="fine"))
    with pytest.raises(NotStored, match="rejected"):
        await database.journal.settled()
    assert look(database, "select sid from calls order by id") == [("CA1",), ("CA3",)]


async def test_errors_do_not_repeat_what_customers_said(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    record(database.journal, call("CA1", note="my secret diary"))
    record(database.journal, call("CA2", note="my secret diary", duration=2**70), delete("CA1"))
    with pytest.raises(NotStored) as caught:
        await database.journal.settled()
    await forbid(database)
    record(database.journal, call("CA3", note="my secret diary"))
    with pytest.raises(NotStored):
        await database.journal.settled()
    assert "diary" not in caplog.text + str(caught.value)
