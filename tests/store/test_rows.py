from __future__ import annotations

import asyncio
import math
import operator
import sqlite3
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hoyhoy.exchange.ports import Column, Row, Table
from hoyhoy.store import rows
from hoyhoy.store.database import FILE, Database

from .places import Place, look, on_postgresql, on_sqlite
from .sample import call, change, delete, record


async def page(database: Database, *where: tuple[str, str, Any], **options: Any) -> list[str]:
    return [row["sid"] for row in await database.rows.page("calls", where, **options)]


async def test_a_row_is_fetched_with_its_types(database: Database) -> None:
    record(database.journal, call("CA1", status="queued", duration=3, price=0.25, muted=True))
    assert await database.rows.fetch("calls", "CA1") == {
        "id": 1,
        "sid": "CA1",
        "status": "queued",
        "duration": 3,
        "price": 0.25,
        "muted": True,
        "note": None,
    }
    assert await database.rows.fetch("calls", "CA2") is None


async def test_reading_sees_what_was_just_recorded(database: Database) -> None:
    record(database.journal, call("CA1", status="queued"))
    record(database.journal, change("CA1", status="ringing"))
    assert await page(database, ("status", "=", "ringing")) == ["CA1"]
    record(database.journal, delete("CA1"))
    assert await page(database) == []


async def test_a_page_is_newest_first(database: Database) -> None:
    for number in range(7):
        record(database.journal, call(f"CA{number}"))
    assert await page(database) == ["CA6", "CA5", "CA4", "CA3", "CA2", "CA1", "CA0"]
    assert await page(database, limit=2) == ["CA6", "CA5"]
    assert await page(database, limit=2, offset=3) == ["CA3", "CA2"]
    assert await page(database, limit=2, before=3) == ["CA1", "CA0"]
    assert await page(database, before=1) == []


async def test_keyset_paging_is_stable_while_rows_are_made_and_deleted(database: Database) -> None:
    for number in range(20):
        record(database.journal, call(f"CA{number}", status="completed" if number % 2 else "failed"))
    seen: list[str] = []
    before: int | None = None
    while found := await database.rows.page("calls", [("status", "=", "completed")], before=before, limit=3):
        seen += [row["sid"] for row in found]
        before = found[-1]["id"]
        record(database.journal, call(f"new{before}", status="completed"))
        record(database.journal, delete(found[0]["sid"]))
    assert seen == [f"CA{number}" for number in range(19, 0, -2)]


async def test_page_tokens_of_any_size(database: Database) -> None:
    record(database.journal, call("CA1"))
    assert await page(database, before=10**30) == ["CA1"]
    assert await page(database, before=-(10**30)) == []
    assert await database.rows.fetch("calls", "\ud800") is None


# Ordered by a column -----------------------------------------------------------------------------------

PRICES = (1.5, None, 0.25, 1.5, -2.0, 3.0, 1.5, None, 0.25)


async def priced(database: Database) -> None:
    for number, price in enumerate(PRICES):
        whole = None if price is None else int(price)
        record(database.journal, call(f"CA{number}", price=price, duration=whole, status="few"))


async def test_a_page_ordered_by_a_column_has_its_highest_value_first(database: Database) -> None:
    await priced(database)
    assert await page(database, order="price") == ["CA5", "CA6", "CA3", "CA0", "CA8", "CA2", "CA4"]
    assert await page(database, ("price", "<", 3), order="price", limit=2, offset=1) == ["CA3", "CA0"]
    assert await page(database, order="price", at=1.5, before=4, limit=3) == ["CA0", "CA8", "CA2"], "CA3 has the id 4"
    assert await page(database, order="price", at=1.5, since=4, limit=2) == ["CA6", "CA3"]
    assert await page(database, order="price", at=0.5, before=10**30, limit=1) == ["CA8"], "where no row is"
    assert await page(database, order="duration", at=1, before=4) == ["CA0", "CA8", "CA2", "CA4"]
    assert await page(database, since=7, limit=2) == ["CA7", "CA6"]
    assert await page(database, since=-(10**30), limit=1) == ["CA0"] and await page(database, since=10**30) == []


async def test_a_place_is_found_when_its_row_is_gone(database: Database) -> None:
    await priced(database)
    record(database.journal, delete("CA3"))
    record(database.journal, change("CA0", price=9.0))
    assert await page(database, order="price", at=1.5, before=4) == ["CA8", "CA2", "CA4"]
    assert await page(database, order="price", at=1.5, since=4) == ["CA0", "CA5", "CA6"]


EDGES = st.sampled_from([-3.0, -2.0, 0.0, 0.25, 1, 1.5, 2.0, 3.0, 4])
BOUNDS = st.lists(st.tuples(st.just("price"), st.sampled_from(["<", "<=", ">", ">=", "="]), EDGES), max_size=4)
PLACES = st.none() | st.tuples(st.sampled_from(["before", "since"]), EDGES, st.integers(0, 10))
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}


async def test_every_bound_and_place_together(database: Database) -> None:
    """Of several bounds only the tightest reaches the database; the rows are those that meet all of them."""
    await priced(database)
    priced_rows = sorted(
        ((price, number + 1) for number, price in enumerate(PRICES) if price is not None), reverse=True
    )
    loop = asyncio.get_running_loop()

    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    @given(BOUNDS, PLACES, st.integers(1, 5), st.booleans())
    def agree(
        bounds: list[tuple[str, str, float]], place: tuple[str, float, int] | None, limit: int, few: bool
    ) -> None:
        expected = [row for row in priced_rows if all(COMPARE[sign](row[0], value) for _, sign, value in bounds)]
        options: dict[str, Any] = {}
        if place is not None:
            side, at, number = place
            options = {side: number, "at": at}
            expected = [row for row in expected if (row < (at, number)) == (side == "before")]
        expected = expected[-limit:] if "since" in options else expected[:limit]
        where = [*bounds, ("status", "=", "few")] if few else bounds  # an index of its own, and all rows
        asked = page(database, *where, order="price", limit=limit, **options)
        found = asyncio.run_coroutine_threadsafe(asked, loop).result(10)
        assert found == [f"CA{number - 1}" for _, number in expected]

    await asyncio.to_thread(agree)


async def test_what_gives_no_order_is_a_mistake(database: Database) -> None:
    record(database.journal, call("CA1", price=1.0))
    for options in ({"before": 1}, {"since": 1}, {"before": 1, "at": math.nan}):
        with pytest.raises(ValueError):
            await page(database, order="price", **options)
    with pytest.raises(ValueError):
        await page(database, before=1, at=1.0)
    with pytest.raises(ValueError):
        await page(database, order="status", before=1, at=1.0)
    with pytest.raises(KeyError):
        await page(database, order="nonsense")
    with pytest.raises(ValueError, match="cannot be searched"):
        await database.rows.page("accounts", order="auth_token")


INDEXED = Table(
    "calls", (Column("status"), Column("note"), Column("price", "real")), (("status", "note"), ("status", "price"))
)
MANY = 5000
HALF: tuple[tuple[tuple[str, str, Any], ...], ...] = (
    (("price", ">=", MANY / 2),),
    (("price", "<=", MANY / 2),),
    (("price", ">=", 0.0), ("price", "<", 1e6)),
)
ASKED: tuple[dict[str, Any], ...] = (
    {},
    {"at": MANY / 4, "before": MANY},
    {"at": MANY * 0.75, "before": 0},
    {"at": MANY * 0.75, "since": 0},
    {"at": MANY / 4, "since": 0},
)


async def statements(database: Database, *where: tuple[str, str, Any]) -> list[tuple[str, Any]]:
    """What is asked of the database for every page of `HALF`, with its parameters. Rows are made first, of which
    one in a thousand has a note of its own."""
    note = "case n % 1000 when 0 then 'few' else 'many' end"
    numbers = f"with recursive c(n) as (select 1 union all select n + 1 from c where n < {MANY})"
    columns = "insert into calls (id, sid, status, price, note)"
    look(database, f"{columns} {numbers} select n, 'CA' || n, 'x', n, {note} from c")
    asked: list[tuple[str, Any]] = []

    def listen(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if statement.startswith("SELECT calls."):
            asked.append((statement, parameters))

    sa.event.listen(sa.Engine, "before_cursor_execute", listen)
    try:
        for bounds in HALF:
            for options in ASKED:
                await page(database, ("status", "=", "x"), *where, *bounds, order="price", limit=50, **options)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", listen)
    return asked


@on_sqlite
@pytest.mark.parametrize("note", ["", "few", "many"])
async def test_a_range_of_any_size_is_one_walk_along_its_index(
    place: Place, note: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or a few rows are sorted that meet other conditions. Counted in steps of SQLite's machine, about 20 a row."""
    monkeypatch.setattr(rows, "FEW", 20)
    database = await place.open(tables=[INDEXED])
    connection = sqlite3.connect(place.folder / FILE)
    for statement, parameters in await statements(database, *([("note", "=", note)] if note else [])):
        steps = 0

        def count() -> int:
            nonlocal steps
            steps += 10
            return 0

        connection.set_progress_handler(count, 10)
        connection.execute(statement, parameters).fetchall()
        assert steps < 3000, (steps, statement, parameters)
    connection.close()
    await database.close()


@on_postgresql
async def test_a_range_of_any_size_is_one_walk_in_postgresql_too(place: Place) -> None:
    database = await place.open(tables=[INDEXED])
    asked = await statements(database)
    look(database, "analyze calls")
    with psycopg.connect(place.url) as connection:
        for statement, parameters in asked:
            explain = "explain (analyze, costs off, timing off) " + statement
            plan = "\n".join(row[0] for row in connection.execute(explain.encode(), parameters))
            assert "Index Scan" in plan and "Removed" not in plan and "Sort" not in plan, plan
    await database.close()


# Secrets -----------------------------------------------------------------------------------------------


async def test_secrets_come_back_in_clear_text_and_cannot_be_searched(database: Database) -> None:
    token = "0123456789abcdef0123456789abcdef"
    record(database.journal, Row("accounts", "AC1", {"auth_token": token, "status": "active"}, new=True))
    record(database.journal, Row("accounts", "AC2", {"status": "active"}, new=True))
    fetched = await database.rows.fetch("accounts", "AC1")
    assert fetched and fetched["auth_token"] == token
    assert [row["auth_token"] for row in await database.rows.page("accounts")] == [None, token]
    with pytest.raises(ValueError, match="cannot be searched"):
        await database.rows.page("accounts", [("auth_token", "=", token)])
    assert look(database, "select status from accounts order by id") == [("active",), ("active",)]
    assert token not in str(look(database, "select * from accounts"))


@on_sqlite
async def test_secrets_are_in_no_file(database: Database) -> None:
    token = "0123456789abcdef0123456789abcdef"
    record(database.journal, Row("accounts", "AC1", {"auth_token": token, "status": "active"}, new=True))
    await database.journal.settled()
    for file in database.folder.iterdir():
        assert token.encode() not in file.read_bytes(), file.name
    assert b"active" in (database.folder / (FILE + "-wal")).read_bytes()


async def test_what_does_not_exist_is_a_mistake(database: Database) -> None:
    with pytest.raises(KeyError):
        await database.rows.fetch("nonsense", "CA1")
    with pytest.raises(KeyError):
        await database.rows.page("calls", [("nonsense", "=", 1)])
    with pytest.raises(KeyError):
        await database.rows.page("calls", [("status", "<>", 1)])


async def test_readers_see_whole_transactions_while_the_writer_writes(database: Database) -> None:
    """Each record makes a call and its account; no reader ever sees one without the other."""
    for number in range(60):
        record(database.journal, call(f"CA{number}"), Row("accounts", f"AC{number}", {"status": "active"}, new=True))
        [(calls, accounts, events)] = look(
            database,
            "select (select count(*) from calls), (select count(*) from accounts), (select count(*) from events)",
        )
        assert calls == accounts == events
        if number % 3 == 0:
            await database.journal.settled()
    await database.journal.settled()
    assert look(database, "select count(*) from calls") == [(60,)]


@on_postgresql
async def test_a_page_walks_an_index_in_postgresql_too(database: Database) -> None:
    look(database, "insert into calls (id, sid, status) select n, 'CA' || n, 'x' from generate_series(1, 20000) as n")
    look(database, "analyze calls")
    [*plan] = look(database, "explain select * from calls where status = 'x' and id < 9000 order by id desc limit 50")
    assert plan[1][0].strip().startswith("->  Index Scan Backward using "), plan


@on_sqlite
async def test_a_page_walks_an_index_whatever_the_size(database: Database) -> None:
    [*plan] = look(
        database, "explain query plan select * from calls where status = 'x' and id < 9 order by id desc limit 50"
    )
    assert [row[3] for row in plan] == ["SEARCH calls USING INDEX ix_calls_status_id (status=? AND id<?)"]
