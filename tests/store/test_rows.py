from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hoyhoy.exchange.ports import Row
from hoyhoy.store.conditions import OPERATORS
from hoyhoy.store.database import FILE, Database

from .places import look, on_sqlite
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


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (("duration", "=", 2), ["CA2"]),
        (("duration", "<", 2), ["CA1"]),
        (("duration", "<=", 2), ["CA2", "CA1"]),
        (("duration", ">", 2), ["CA3"]),
        (("duration", ">=", 2), ["CA3", "CA2"]),
        (("duration", "=", None), ["CA4"]),
        (("duration", "in", [1, 3, 99]), ["CA3", "CA1"]),
        (("duration", "in", []), []),
        (("note", "like", "%50\\%%"), ["CA2"]),
        (("note", "like", "b_b"), ["CA1"]),
        (("muted", "=", True), ["CA1"]),
        (("muted", "=", False), ["CA2"]),
        (("sid", "=", "CA3"), ["CA3"]),
        (("id", "<", 3), ["CA2", "CA1"]),
    ],
)
async def test_operators(database: Database, where: tuple[str, str, Any], found: list[str]) -> None:
    record(database.journal, call("CA1", duration=1, note="BoB", muted=True))
    record(database.journal, call("CA2", duration=2, note="50% off", muted=False))
    record(database.journal, call("CA3", duration=3, note="500 off"))
    record(database.journal, call("CA4"))
    assert await page(database, where) == found


async def test_conditions_are_joined(database: Database) -> None:
    for number in range(6):
        record(database.journal, call(f"CA{number}", status="ab"[number % 2], duration=number))
    assert await page(database, ("status", "=", "a"), ("duration", ">=", 2), ("duration", "<", 5)) == ["CA4", "CA2"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(
    value=st.one_of(st.text(st.characters()), st.integers(), st.floats(), st.booleans(), st.none()),
    operator=st.sampled_from([name for name in OPERATORS if name not in ("in", "like")]),
    column=st.sampled_from(["status", "duration", "price", "sid", "id"]),
)
async def test_no_value_a_stranger_asks_for_breaks_a_page(
    database: Database, value: Any, operator: str, column: str
) -> None:
    assert await page(database, (column, operator, value)) == []
    assert await page(database, (column, "in", [value])) == []
    assert await page(database, ("note", "like", str(value))) == []


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


@on_sqlite
async def test_a_page_walks_an_index_whatever_the_size(database: Database) -> None:
    [*plan] = look(
        database, "explain query plan select * from calls where status = 'x' and id < 9 order by id desc limit 50"
    )
    assert [row[3] for row in plan] == ["SEARCH calls USING INDEX ix_calls_status_id (status=? AND id<?)"]


DAY = 86_400


async def test_a_tally_counts_and_sums_by_columns(database: Database) -> None:
    for number, status in enumerate(("busy", "done", "done", None, "done", None)):
        record(
            database.journal, call(f"CA{number}", status=status, duration=number, price=number / 4, muted=number > 2)
        )
    record(database.journal, call("CA9", status="busy"))
    assert await database.rows.tally("calls", by=["status"], sums=["duration", "price"]) == [
        {"status": None, "count": 2, "duration": 8, "price": 2.0},
        {"status": "busy", "count": 2, "duration": 0, "price": 0.0},
        {"status": "done", "count": 3, "duration": 7, "price": 1.75},
    ]
    assert await database.rows.tally(
        "calls", [("duration", ">", 0), ("muted", "=", False)], by=["status", "muted"]
    ) == [
        {"status": "done", "muted": False, "count": 2},
    ]


async def test_a_tally_without_groups_is_one_row_even_of_nothing(database: Database) -> None:
    [nothing] = await database.rows.tally("calls", sums=["duration", "price"])
    assert nothing == {"count": 0, "duration": 0, "price": 0}
    assert {name: type(value) for name, value in nothing.items()} == {"count": int, "duration": int, "price": float}
    assert await database.rows.tally("calls", by=["status"]) == []
    record(database.journal, call("CA1"))
    [one] = await database.rows.tally("calls", sums=["duration", "price"])
    assert one == {"count": 1, "duration": 0, "price": 0}
    assert {name: type(value) for name, value in one.items()} == {"count": int, "duration": int, "price": float}


async def test_a_tally_by_day_cuts_at_midnight_utc(database: Database) -> None:
    moments = (-DAY - 0.5, -DAY, -0.5, 0.0, DAY - 0.001, DAY, DAY + 0.6, 20_000.5 * DAY, None)
    for number, moment in enumerate(moments):
        record(database.journal, call(f"CA{number}", price=moment, duration=1))
    tally = await database.rows.tally("calls", sums=["duration"], day="price")
    assert [(row["day"], row["count"], row["duration"]) for row in tally] == [
        (None, 1, 1),
        (-2, 1, 1),
        (-1, 2, 2),
        (0, 2, 2),
        (1, 2, 2),
        (20_000, 1, 1),
    ]
    assert all(type(row["day"]) is int for row in tally[1:])
    both = await database.rows.tally("calls", [("price", ">=", DAY)], by=["duration"], day="price")
    assert both == [{"duration": 1, "day": 1, "count": 2}, {"duration": 1, "day": 20_000, "count": 1}]


async def test_a_tally_of_what_cannot_be_counted_is_a_mistake(database: Database) -> None:
    tally = database.rows.tally
    with pytest.raises(KeyError):
        await tally("nonsense")
    for wrong in ({"by": ["nonsense"]}, {"sums": ["nonsense"]}, {"day": "nonsense"}, {"where": [("nonsense", "=", 1)]}):
        with pytest.raises(KeyError):
            await tally("calls", **wrong)  # type: ignore[arg-type]
    for secret in ({"by": ["auth_token"]}, {"sums": ["auth_token"]}, {"where": [("auth_token", "=", "x")]}):
        with pytest.raises(ValueError, match="cannot be searched"):
            await tally("accounts", **secret)  # type: ignore[arg-type]
    for name in ("status", "muted"):
        with pytest.raises(ValueError, match="cannot be summed"):
            await tally("calls", sums=[name])
