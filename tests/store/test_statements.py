from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import psycopg

from hoyhoy.exchange.events import CallMoved, Entry
from hoyhoy.exchange.ports import Row
from hoyhoy.store import statements as module
from hoyhoy.store.changes import Record
from hoyhoy.store.schema import build_metadata, secret_columns
from hoyhoy.store.statements import Statements
from hoyhoy.store.vault import Vault

from .places import Place, engine_at, on_sqlite
from .sample import TABLES, call, change, delete

METADATA = build_metadata(TABLES)
VAULT = Vault(b"k" * 32, secret_columns(TABLES))


@pytest.fixture
def engine(place: Place) -> Iterator[sa.Engine]:
    engine = engine_at(place)
    METADATA.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def statements(engine: sa.Engine) -> Statements:
    return Statements(METADATA, engine.dialect, VAULT)


def write(engine: sa.Engine, statements: Statements, *rows: Row, start: int = 1) -> int:
    """The rows in one batch; the number of calls of the driver that took."""
    calls: list[str] = []

    def count(_connection: object, _cursor: object, sql: str, *_: object) -> None:
        calls.append(sql)

    sa.event.listen(engine, "before_cursor_execute", count)
    with engine.begin() as connection:
        statements.write(
            connection,
            [
                Record(Entry(position, 1.0, row.sid, "AC1", CallMoved(status="x")), (row,), ())
                for position, row in enumerate(rows, start)
            ],
        )
    sa.event.remove(engine, "before_cursor_execute", count)
    return len(calls)


def stored(engine: sa.Engine, sql: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


@pytest.mark.parametrize("count", [1, 2, 3, 31, 255, 256, 257, 700])
def test_batches_of_any_size_are_written_whole(engine: sa.Engine, statements: Statements, count: int) -> None:
    sids = [f"CA{number}" for number in range(count)]
    write(engine, statements, *(call(sid, status="queued") for sid in sids))
    write(engine, statements, *(change(sid, status=sid, price=1.5) for sid in sids), start=count + 1)
    assert stored(engine, "select id, sid, status, price from calls order by id") == [
        (number, sid, sid, 1.5) for number, sid in enumerate(sids, 1)
    ]
    assert stored(engine, "select count(*), min(position), max(position) from events") == [(2 * count, 1, 2 * count)]
    write(engine, statements, *(delete(sid) for sid in sids), start=2 * count + 1)
    assert stored(engine, "select count(*) from calls") == [(0,)]


def test_a_batch_is_a_handful_of_calls(engine: sa.Engine, statements: Statements) -> None:
    widest = module.WIDEST[engine.dialect.name]
    assert write(engine, statements, *(call(f"CA{number}") for number in range(widest))) == 2
    assert write(engine, statements, *(call(f"CB{number}") for number in range(63)), start=300) == 12


def test_wide_tables_stay_below_the_limit_of_parameters(
    engine: sa.Engine, statements: Statements, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_PARAMETERS", 100)
    assert write(engine, statements, *(call(f"CA{number}") for number in range(32))) == 2 + 4
    assert stored(engine, "select count(*) from calls") == [(32,)]


def test_different_changes_in_one_batch(engine: sa.Engine, statements: Statements) -> None:
    write(engine, statements, call("CA1", status="a"), call("CA2", status="a"), call("CA3", status="a"))
    write(
        engine,
        statements,
        change("CA1", status="b"),
        change("CA2", duration=4),
        delete("CA3"),
        call("CA4", muted=True),
        change("CA9", status="unknown"),
        start=10,
    )
    assert stored(engine, "select sid, status, duration, muted from calls order by id") == [
        ("CA1", "b", None, None),
        ("CA2", "a", 4, None),
        ("CA4", None, None, 1),
    ]


def test_values_keep_their_types(engine: sa.Engine, statements: Statements) -> None:
    at = 1731234567.1234567
    write(engine, statements, call("CA1", note="", duration=2**62, price=at))
    write(engine, statements, change("CA1", note="'quote' $1 %s \U0001f600", price=at + 1), start=2)
    assert stored(engine, "select note, duration, price from calls") == [("'quote' $1 %s \U0001f600", 2**62, at + 1)]


def test_columns_without_any_value_keep_their_types(engine: sa.Engine, statements: Statements) -> None:
    full = {"status": "a", "duration": 2**63 - 1, "price": 1e300, "muted": True, "note": "n"}
    write(engine, statements, *(call(f"CA{number}", **full) for number in range(3)))
    write(engine, statements, *(change(f"CA{number}", **dict.fromkeys(full)) for number in range(3)), start=4)
    assert stored(engine, "select distinct status, duration, price, muted, note from calls") == [(None,) * 5]
    write(engine, statements, change("CA0", **full), change("CA1", **full | {"price": None, "muted": False}), start=7)
    write(engine, statements, call("CA3"), call("CA4", **full | {"duration": -(2**63)}), start=9)
    assert stored(engine, "select duration, price, muted from calls order by id") == [
        (2**63 - 1, 1e300, True),
        (2**63 - 1, None, False),
        (None, None, None),
        (None, None, None),
        (-(2**63), 1e300, True),
    ]


@on_sqlite
def test_updates_find_rows_by_index_in_a_large_table(engine: sa.Engine, statements: Statements) -> None:
    sql = statements._widened(statements._update("calls", ("status",)), 64)
    plan = [row[3] for row in stored(engine, "explain query plan " + sql.replace("?", "'x'"))]
    assert any("SEARCH calls" in str(step) and "ix_calls_sid" in str(step) for step in plan)
    assert not any("SCAN calls" in str(step) for step in plan)


def test_secrets_are_sealed_in_inserts_and_updates(engine: sa.Engine, statements: Statements) -> None:
    write(
        engine,
        statements,
        Row("accounts", "AC1", {"auth_token": "first", "status": "active"}, new=True),
        Row("accounts", "AC2", {"auth_token": None, "status": "active"}, new=True),
    )
    [(sealed,), (unset,)] = stored(engine, "select auth_token from accounts order by id")
    assert VAULT.reveal(str(sealed), "accounts", "AC1", "auth_token") == "first" and unset is None
    write(engine, statements, Row("accounts", "AC1", {"auth_token": "second"}), start=5)
    [(sealed,), _] = stored(engine, "select auth_token from accounts order by id")
    assert VAULT.reveal(str(sealed), "accounts", "AC1", "auth_token") == "second"


def test_postgresql_gets_the_same_statements_with_its_own_marks() -> None:
    statements = Statements(METADATA, psycopg.dialect(paramstyle="numeric_dollar"), VAULT)
    insert = statements._widened(statements._insert("outbox"), 2)
    assert insert.startswith("INSERT INTO outbox (sid, id, ") and insert.endswith("$18::BIGINT)")
    update = statements._widened(statements._update("calls", ("muted", "price")), 2)
    assert '(VALUES ($1::TEXT COLLATE "C", $2::BOOLEAN, $3::DOUBLE PRECISION), ($4::TEXT COLLATE "C", ' in update
