from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hoyhoy.store.conditions import OPERATORS
from hoyhoy.store.database import Database

from .places import on_postgresql
from .sample import call, record


async def page(database: Database, *where: tuple[str, str, Any]) -> list[str]:
    return [row["sid"] for row in await database.rows.page("calls", where)]


FOUND: list[tuple[str, str, Any, list[str]]] = [
    ("duration", "=", 2, ["CA2"]),
    ("duration", "<", 2, ["CA1"]),
    ("duration", "<=", 2, ["CA2", "CA1"]),
    ("duration", ">", 2, ["CA3"]),
    ("duration", ">=", 2, ["CA3", "CA2"]),
    ("duration", "=", None, ["CA4"]),
    ("duration", "in", (1, 3, 99), ["CA3", "CA1"]),
    ("duration", "in", (), []),
    ("note", "like", "%50\\%%", ["CA2"]),
    ("note", "like", "b_b", ["CA1"]),
    ("muted", "=", True, ["CA1"]),
    ("muted", "=", False, ["CA2"]),
    ("muted", "in", (True, False), ["CA2", "CA1"]),
    ("sid", "=", "CA3", ["CA3"]),
    ("id", "<", 3, ["CA2", "CA1"]),
    # Numbers are compared as numbers, whole or not, however large.
    ("duration", "<", 2.5, ["CA2", "CA1"]),
    ("duration", "=", 2.0, ["CA2"]),
    ("duration", "=", 2.5, []),
    ("duration", "in", (1, 2.5, 3.0), ["CA3", "CA1"]),
    ("duration", "<", float("inf"), ["CA3", "CA2", "CA1"]),
    ("duration", ">", 10**30, []),
    ("duration", "<", 10**30, ["CA3", "CA2", "CA1"]),
    ("price", "=", 1, ["CA3"]),
    ("price", "<", 10**30, ["CA3", "CA2"]),
    # What a column cannot hold is found nowhere.
    ("duration", "=", "2", []),
    ("duration", "<", "2", []),
    ("duration", "=", True, []),
    ("duration", "<", None, []),
    ("duration", "<", float("nan"), []),
    ("duration", "like", "2", []),
    ("status", "=", 1, []),
    ("status", "in", (None, 1, "1"), ["CA2"]),
    ("muted", "=", 1, []),
    ("muted", "=", "true", []),
    ("muted", "<", None, []),
    ("note", "like", 5, []),
    ("note", "like", "500 off\\", []),
    ("note", "like", "500 o\\ff", ["CA3"]),
    ("note", "like", "%" * 10_000, ["CA3", "CA2", "CA1"]),
    ("note", "like", "%" * 50_001, []),
]


async def test_operators(database: Database) -> None:
    record(database.journal, call("CA1", duration=1, note="BoB", muted=True))
    record(database.journal, call("CA2", duration=2, note="50% off", muted=False, status="1", price=-0.5))
    record(database.journal, call("CA3", duration=3, note="500 off", price=1.0))
    record(database.journal, call("CA4"))
    found = [(*where, await page(database, tuple(where))) for *where, _ in FOUND]
    assert found == FOUND


async def test_text_is_compared_by_its_bytes_whatever_language_the_server_speaks(database: Database) -> None:
    words = ["B", "a", "b", "\u00c9", "\u00e9"]  # in English a comes before B, and E with an accent before both e and f
    for number, word in enumerate(words):
        record(database.journal, call(f"CA{number}", note=word))
    assert await page(database, ("note", "<", "a")) == ["CA0"]
    assert await page(database, ("note", ">", "b")) == ["CA4", "CA3"]
    assert await page(database, ("note", "like", "b")) == ["CA2", "CA0"]
    assert await page(database, ("note", "like", "\u00e9")) == ["CA4"]


async def test_strange_text_is_found_as_it_was_stored(database: Database) -> None:
    record(database.journal, call("CA1", note="a\ud800b"))
    assert await page(database, ("note", "=", "a\ud800b")) == ["CA1"]
    assert await page(database, ("note", "like", "A\udfffB")) == ["CA1"]


@on_postgresql
async def test_a_nul_is_found_as_it_was_stored(database: Database) -> None:
    record(database.journal, call("CA1", note="a\0b"))
    assert await page(database, ("note", "=", "a\0b")) == ["CA1"]


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
