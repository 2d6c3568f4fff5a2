from __future__ import annotations

from typing import Any

import pytest

from hoyhoy.exchange.ports import Row
from hoyhoy.store.database import FILE, Database

from .places import look, on_postgresql, on_sqlite
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
    while rows := await database.rows.page("calls", [("status", "=", "completed")], before=before, limit=3):
        seen += [row["sid"] for row in rows]
        before = rows[-1]["id"]
        record(database.journal, call(f"new{before}", status="completed"))
        record(database.journal, delete(rows[0]["sid"]))
    assert seen == [f"CA{number}" for number in range(19, 0, -2)]


async def test_page_tokens_of_any_size(database: Database) -> None:
    record(database.journal, call("CA1"))
    assert await page(database, before=10**30) == ["CA1"]
    assert await page(database, before=-(10**30)) == []
    assert await database.rows.fetch("calls", "\ud800") is None


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
