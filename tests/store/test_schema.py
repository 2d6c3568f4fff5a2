from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from hoyhoy.exchange.ports import Column, Table
from hoyhoy.store.schema import build_metadata, secret_columns

from .sample import TABLES


def test_every_table_has_id_and_sid_and_its_columns() -> None:
    calls = build_metadata(TABLES).tables["calls"]
    assert calls.columns.keys() == ["id", "sid", "status", "duration", "price", "muted", "note"]
    assert calls.primary_key.columns.keys() == ["id"]
    assert [column.name for column in calls.columns if not column.nullable] == ["id", "sid"]


def test_indexes_end_in_id_for_keyset_paging() -> None:
    table = Table("texts", (Column("account_sid"), Column("to")), (("account_sid",), ("account_sid", "to", "id")))
    indexes = {tuple(index.columns.keys()): index.unique for index in build_metadata([table]).tables["texts"].indexes}
    assert indexes == {("sid",): True, ("account_sid", "id"): False, ("account_sid", "to", "id"): False}


def test_no_name_is_longer_than_postgresql_keeps() -> None:
    columns = ("account_sid", "date_sent", "usage_category", "num_segments", "error_code")
    indexes = (columns, (*columns[:4], "error_message"))
    table = Table("messages", tuple(Column(name) for name in (*columns, "error_message")), indexes)
    names = {index.name for index in build_metadata([table]).tables["messages"].indexes}
    assert len(names) == 3 and max(len(str(name)) for name in names) == 63
    assert sum(str(name).startswith("ix_messages_account_sid_date_sent_usage_category_") for name in names) == 2


def test_text_is_ordered_by_its_bytes_in_postgresql_too() -> None:
    text = str(CreateTable(build_metadata(TABLES).tables["calls"]).compile(dialect=postgresql.dialect()))
    assert 'sid TEXT COLLATE "C" NOT NULL' in text and 'note TEXT COLLATE "C"' in text


def test_the_stores_own_tables() -> None:
    metadata = build_metadata([])
    assert metadata.tables["events"].columns.keys() == ["position", "at", "subject", "account", "kind", "body"]
    assert metadata.tables["outbox"].columns.keys() == [
        "sid",
        "id",
        "subject",
        "account",
        "url",
        "method",
        "params",
        "due_at",
        "attempts",
    ]


def test_integers_have_64_bits_in_postgresql_too() -> None:
    text = str(CreateTable(build_metadata(TABLES).tables["calls"]).compile(dialect=postgresql.dialect()))
    assert "id BIGINT NOT NULL" in text and "duration BIGINT" in text and "price DOUBLE PRECISION" in text


def test_the_rows_own_key_is_the_id_in_sqlite() -> None:
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        build_metadata(TABLES).create_all(connection)
        connection.exec_driver_sql("insert into calls (id, sid) values (77, 'CA1')")
        assert connection.exec_driver_sql("select rowid from calls").scalar() == 77
    engine.dispose()


def test_secret_columns_by_table() -> None:
    assert secret_columns(TABLES) == {"accounts": {"auth_token"}}


@pytest.mark.parametrize(
    "tables",
    [
        [Table("calls", ()), Table("calls", ())],
        [Table("events", ())],
        [Table("calls", (Column("at", "date"),))],
        [Table("calls", (Column("pin", "integer", secret=True),))],
    ],
)
def test_descriptions_that_cannot_be(tables: list[Table]) -> None:
    with pytest.raises(ValueError, match=r"two tables|cannot be stored"):
        build_metadata(tables)
