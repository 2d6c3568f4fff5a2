"""SQL that writes many rows at once.

The statements are SQLAlchemy's, compiled once per table (and, for updates, per set of columns)
and then widened: the group of a one-row VALUES list is repeated. That is not only for speed. A
driver lets go of the interpreter lock around every step of a statement and, while the event loop
is busy, waits up to a switch interval (5 ms) to get it back: beside a thread that computes without
a pause, 32 events and 32 rows took 281 ms row by row and 23 ms in one call per table. Widths are
powers of two, so a batch of any size is a handful of calls and each width is prepared only once.

PostgreSQL is told the type of every value: it could not guess that of a column without any.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

from .changes import Fate, Record, event_rows, fold
from .schema import EVENTS
from .vault import Vault

WIDEST = {"sqlite": 256, "postgresql": 64}
"""Rows in a statement. PostgreSQL keeps some 10 KiB for each row of a prepared one (docs/decisions/0006)."""

MOST_PARAMETERS = 16_000
"""Below SQLite's limit of 32,766 parameters (SQLITE_MAX_VARIABLE_NUMBER) and PostgreSQL's of 65,535."""

GROUP = re.compile(r"VALUES (\([^()]*\))")

Bound = tuple[Any, ...]


class Single(NamedTuple):
    """SQL for one row, and the types of that row's values as the database calls them."""

    sql: str
    types: tuple[str, ...]


class Statements:
    """Writes batches into the tables of `metadata` with connections of one dialect; used by one thread."""

    def __init__(self, metadata: sa.MetaData, dialect: Dialect, vault: Vault) -> None:
        self._tables = metadata.tables
        self._dialect = dialect
        self._vault = vault
        self._inserted = {name: tuple(table.columns.keys()) for name, table in self._tables.items()}
        self._one: dict[tuple[str, ...], Single] = {}
        self._wide: dict[tuple[str, int], str] = {}
        self._widest = WIDEST[dialect.name]

    def write(self, connection: sa.Connection, records: Sequence[Record]) -> None:
        """All of `records`, inside the transaction that `connection` is in."""
        self._run(connection, self._insert(EVENTS), event_rows(records))
        for table, fates in fold(records).items():
            self._write_table(connection, table, fates)

    def last(self, connection: sa.Connection) -> Bound | None:
        """The newest row of the log, as `event_rows` makes them; None when it is empty."""
        log = self._tables[EVENTS]
        found = connection.execute(sa.select(log).order_by(log.c.position.desc()).limit(1)).first()
        return tuple(found) if found else None

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

    def _run(self, connection: sa.Connection, single: Single, rows: Sequence[Bound]) -> None:
        for piece in _pieces(rows, self._widest):
            sql = self._widened(single, len(piece))
            connection.exec_driver_sql(sql, tuple([value for row in piece for value in row]))

    def _widened(self, single: Single, width: int) -> str:
        wide = self._wide.get((single.sql, width))
        if wide is None:
            groups = ", ".join(self._groups(single.types, width))
            wide = self._wide[single.sql, width] = GROUP.sub(lambda _: f"VALUES {groups}", single.sql, count=1)
        return wide

    def _groups(self, types: tuple[str, ...], width: int) -> Iterator[str]:
        number = count(1)
        for _ in range(width):
            if self._dialect.name == "sqlite":
                yield f"({', '.join('?' * len(types))})"
            else:
                yield f"({', '.join([f'${next(number)}::{kind}' for kind in types])})"

    # Statements, each with one group of VALUES -----------------------------------------------

    def _insert(self, table: str) -> Single:
        key = ("insert", table)
        if key not in self._one:
            # A failure rolls the whole transaction back. Without FAIL, SQLite would keep what each statement
            # overwrites in a temporary file, to be able to undo that one alone: half of all that was written.
            insert = sa.insert(self._tables[table]).prefix_with("OR FAIL", dialect="sqlite")
            insert = insert.values({name: sa.bindparam(name) for name in self._inserted[table]})
            self._one[key] = self._compiled(insert, table, self._inserted[table])
        return self._one[key]

    def _update(self, table: str, columns: tuple[str, ...]) -> Single:
        key = ("update", table, *columns)
        if key not in self._one:
            target = self._tables[table]
            values = self._values(table, ["sid", *columns])
            changes = {target.c[name]: values.c[name] for name in columns}
            update = sa.update(target).values(changes).where(target.c.sid == values.c.sid)
            self._one[key] = self._compiled(update, table, ["sid", *columns])
        return self._one[key]

    def _delete(self, table: str) -> Single:
        key = ("delete", table)
        if key not in self._one:
            target = self._tables[table]
            gone = self._values(table, ["sid"])
            delete = sa.delete(target).where(target.c.sid.in_(sa.select(gone.c.sid)))
            self._one[key] = self._compiled(delete, table, ["sid"])
        return self._one[key]

    def _values(self, table: str, names: Sequence[str]) -> sa.CTE:
        """A VALUES list with one row, to be bound by position."""
        columns = [sa.column(name, self._tables[table].c[name].type) for name in names]
        return sa.values(*columns, name="v").data([tuple(sa.bindparam(None, type_=c.type) for c in columns)]).cte("v")

    def _compiled(self, statement: sa.ClauseElement, table: str, names: Sequence[str]) -> Single:
        compiled = statement.compile(dialect=self._dialect)
        assert isinstance(compiled, SQLCompiler) and compiled.positional, "the engines ask for positional parameters"
        columns = self._tables[table].c
        return Single(compiled.string, tuple(columns[name].type.compile(self._dialect) for name in names))


def _pieces(rows: Sequence[Bound], widest: int) -> Iterator[Sequence[Bound]]:
    """`rows` in runs whose lengths are powers of two, the longest first."""
    if not rows:
        return
    while widest > 1 and widest * len(rows[0]) > MOST_PARAMETERS:
        widest //= 2
    start = 0
    while start < len(rows):
        width = min(widest, 1 << (len(rows) - start).bit_length() - 1)
        yield rows[start : start + width]
        start += width
