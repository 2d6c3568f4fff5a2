"""Tables from descriptions.

Every described table gets `id`, the position of the event that made the row, and `sid`. Since
positions only grow, `id` is the order of creation and the key of keyset paging: each index ends
in it, so a page of a filtered list is one walk along one index whatever the size of the table.

Two tables are the store's own: `events`, the log, and `outbox`, the callbacks not yet delivered.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from zlib import crc32

import sqlalchemy as sa

from hoyhoy.exchange.ports import Column, Table

EVENTS = "events"
OUTBOX = "outbox"

LONGEST_NAME = 63

Integer = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""64 bits everywhere; SQLite makes only a column declared INTEGER the row's own key."""

Text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Ordered and compared by its bytes everywhere, whatever language a server speaks: searches find the same, and no new
version of a system's sort order spoils an index."""

KINDS: dict[str, sa.types.TypeEngine[Any]] = {
    "text": Text,
    "integer": Integer,
    "real": sa.Double(),
    "boolean": sa.Boolean(),
}


def build_metadata(tables: Sequence[Table]) -> sa.MetaData:
    """All tables of the database. Every column but `id` and `sid` may be NULL, so a column can be
    added later without touching old rows. ValueError for a name used twice or an unknown kind."""
    return _built(tuple(tables))


@lru_cache(maxsize=4)  # half of what opening a database in memory takes
def _built(tables: tuple[Table, ...]) -> sa.MetaData:
    metadata = sa.MetaData()
    _add_events(metadata)
    _add_outbox(metadata)
    for table in tables:
        if table.name in metadata.tables:
            raise ValueError(f"two tables are called {table.name}")
        _add(metadata, table)
    return metadata


def secret_columns(tables: Sequence[Table]) -> dict[str, frozenset[str]]:
    """The columns to encrypt, by table; tables without any are left out."""
    found = {table.name: frozenset(column.name for column in table.columns if column.secret) for table in tables}
    return {name: columns for name, columns in found.items() if columns}


def _add(metadata: sa.MetaData, table: Table) -> None:
    columns = [_column(table, column) for column in table.columns]
    made = sa.Table(table.name, metadata, _key("id"), _sid(), *columns)
    sa.Index(f"ix_{table.name}_sid", made.c.sid, unique=True)
    for names in table.indexes:
        ordered = [*(name for name in names if name != "id"), "id"]
        sa.Index(_name("ix", table.name, *ordered), *(made.c[name] for name in ordered))


def _name(*words: str) -> str:
    """The words joined; what PostgreSQL would cut off (NAMEDATALEN) is told by a digest instead."""
    name = "_".join(words)
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 9]}_{crc32(name.encode()):08x}"


def _add_events(metadata: sa.MetaData) -> None:
    """`body` is the event as JSON, `kind` its class name (events.py)."""
    events = sa.Table(
        EVENTS,
        metadata,
        _key("position"),
        sa.Column("at", sa.Double(), nullable=False),
        *(sa.Column(name, Text, nullable=False) for name in ("subject", "account", "kind", "body")),
    )
    sa.Index("ix_events_subject_position", events.c.subject, events.c.position)


def _add_outbox(metadata: sa.MetaData) -> None:
    """`id` is the position of the event that asked for the callback, `due_at` Unix seconds of its next attempt."""
    sa.Table(
        OUTBOX,
        metadata,
        sa.Column("sid", Text, primary_key=True),
        sa.Column("id", Integer, nullable=False),
        *(sa.Column(name, Text, nullable=False) for name in ("subject", "account", "url", "method", "params")),
        sa.Column("due_at", sa.Double(), nullable=False),
        sa.Column("attempts", Integer, nullable=False),
    )


def _key(name: str) -> sa.Column[int]:
    return sa.Column(name, Integer, primary_key=True, autoincrement=False)


def _sid() -> sa.Column[str]:
    return sa.Column("sid", Text, nullable=False)


def _column(table: Table, column: Column) -> sa.Column[Any]:
    kind = KINDS.get(column.kind)
    if kind is None or (column.secret and column.kind != "text"):
        raise ValueError(f"{table.name}.{column.name}: kind {column.kind!r} cannot be stored")
    return sa.Column(column.name, kind, nullable=True)
