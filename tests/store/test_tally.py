from __future__ import annotations

import pytest

from hoyhoy.store.database import Database

from .sample import call, record

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
