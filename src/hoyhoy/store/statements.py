"""SQL that writes many rows at once.

The statements are SQLAlchemy's, compiled once per table (and, for updates, per set of columns)
and then widened: the group of a one-row VALUES list is repeated. That is not only for speed. A
driver lets go of the interpreter lock around every step of a statement and, while the event loop
is busy, waits up to a switch interval (5 ms) to get it back: beside a thread that computes without
a pause, 32 events and 32 rows took 281 ms row by row and 23 ms in one call per table. Widths are
powers of two, so a batch of any size is a handful of calls and each width is prepared only once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

from .changes import Fate, Record, event_rows, fold
from .schema import EVENTS
from .vault import Vault

WIDEST = 256
MOST_PARAMETERS = 16_000
"""Below SQLite's limit of 32,766 parameters (SQLITE_MAX_VARIABLE_NUMBER) and PostgreSQL's of 65,535."""

GROUP = re.compile(r"VALUES (\([^()]*\))")

Bound = tuple[Any, ...]


class Statements:
    """Writes batches into the tables of `metadata` with connections of one dialect; used by one thread."""

    def __init__(self, metadata: sa.MetaData, dialect: Dialect, vault: Vault) -> None:
        self._tables = metadata.tables
        self._dialect = dialect
        self._vault = vault
        self._inserted = {name: tuple(table.columns.keys()) for name, table in self._tables.items()}
        self._one: dict[tuple[str, ...], str] = {}
        self._wide: dict[tuple[str, int], str] = {}

    def write(self, connection: sa.Connection, records: Sequence[Record]) -> None:
        """All of `records`, inside the transaction that `connection` is in."""
        self._run(connection, self._insert(EVENTS), event_rows(records))
        for table, fates in fold(records).items():
            self._write_table(connection, table, fates)

    def has(self, connection: sa.Connection, record: Record) -> bool:
        """Whether `record` is in the log, and hence everything that was written with it."""
        position = self._tables[EVENTS].c.position
        return connection.scalar(sa.select(position).where(position == record.entry.position)) is not None

    def _write_table(self, connection: sa.Connection, table: str, fates: Mapping[str, Fate]) -> None:
        names = self._inserted[table]
        gone: list[Bound] = []
        made: list[Bound] = []
        changed: dict[tuple[str, ...], list[Bound]] = {}
        for sid, fate in fates.items():
            values = fate.values
            self._vault.seal_row(table, sid, values)
            if fate.gone:
                gone.append((sid,))
            if fate.id is not None:
                values["id"], values["sid"] = fate.id, sid
                made.append(tuple(map(values.get, names)))
            elif values:
                changed.setdefault(tuple(values), []).append((sid, *values.values()))
        self._run(connection, self._delete(table), gone)
        self._run(connection, self._insert(table), made)
        for columns, rows in changed.items():
            self._run(connection, self._update(table, columns), rows)

    # Running -----------------------------------------------------------------------------

    def _run(self, connection: sa.Connection, sql: str, rows: Sequence[Bound]) -> None:
        for piece in _pieces(rows):
            connection.exec_driver_sql(self._widened(sql, len(piece)), tuple([value for row in piece for value in row]))

    def _widened(self, sql: str, width: int) -> str:
        wide = self._wide.get((sql, width))
        if wide is None:
            wide = GROUP.sub(lambda group: "VALUES " + ", ".join([group[1]] * width), sql, count=1)
            self._wide[sql, width] = wide
        return wide

    # Statements, each with one group of VALUES -----------------------------------------------

    def _insert(self, table: str) -> str:
        key = ("insert", table)
        if key not in self._one:
            # A failure rolls the whole transaction back. Without FAIL, SQLite would keep what each statement
            # overwrites in a temporary file, to be able to undo that one alone: half of all that was written.
            insert = sa.insert(self._tables[table]).prefix_with("OR FAIL", dialect="sqlite")
            self._one[key] = self._compiled(insert.values({name: sa.bindparam(name) for name in self._inserted[table]}))
        return self._one[key]

    def _update(self, table: str, columns: tuple[str, ...]) -> str:
        key = ("update", table, *columns)
        if key not in self._one:
            target = self._tables[table]
            values = self._values(table, ["sid", *columns])
            changes = {target.c[name]: values.c[name] for name in columns}
            self._one[key] = self._compiled(sa.update(target).values(changes).where(target.c.sid == values.c.sid))
        return self._one[key]

    def _delete(self, table: str) -> str:
        key = ("delete", table)
        if key not in self._one:
            target = self._tables[table]
            gone = self._values(table, ["sid"])
            self._one[key] = self._compiled(sa.delete(target).where(target.c.sid.in_(sa.select(gone.c.sid))))
        return self._one[key]

    def _values(self, table: str, names: Sequence[str]) -> sa.CTE:
        """A VALUES list with one row, to be bound by position."""
        columns = [sa.column(name, self._tables[table].c[name].type) for name in names]
        return sa.values(*columns, name="v").data([tuple(sa.bindparam(None, type_=c.type) for c in columns)]).cte("v")

    def _compiled(self, statement: sa.ClauseElement) -> str:
        compiled = statement.compile(dialect=self._dialect)
        assert isinstance(compiled, SQLCompiler) and compiled.positional, "open_database asks for positional parameters"
        return compiled.string


def _pieces(rows: Sequence[Bound]) -> Iterator[Sequence[Bound]]:
    """`rows` in runs whose lengths are powers of two, the longest first."""
    if not rows:
        return
    widest = WIDEST
    while widest > 1 and widest * len(rows[0]) > MOST_PARAMETERS:
        widest //= 2
    start = 0
    while start < len(rows):
        width = min(widest, 1 << (len(rows) - start).bit_length() - 1)
        yield rows[start : start + width]
        start += width
