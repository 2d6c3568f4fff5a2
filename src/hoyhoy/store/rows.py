"""Reading rows (exchange.ports.Rows), on threads of its own so that the loop never waits for a disk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import InternalTraversal

from .engine import READERS
from .vault import Vault

HIGHEST = 2**63 - 1

Values = dict[str, Any]

OPERATORS: dict[str, Callable[[sa.ColumnElement[Any], Any], sa.ColumnElement[bool]]] = {
    "=": lambda column, value: column == value,
    "<": lambda column, value: column < value,
    "<=": lambda column, value: column <= value,
    ">": lambda column, value: column > value,
    ">=": lambda column, value: column >= value,
    "like": lambda column, value: column.ilike(value, escape="\\"),
    "in": lambda column, value: column.in_(value),
}
"""What `where` may ask. `=` None finds unset columns; `like` takes % and _, escaped by a backslash, and
knows no capitals, in every database alike."""


class Reader:
    """A few threads and connections that read; what they return is committed."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")

    async def read(self, statement: sa.Select[Any]) -> list[Values]:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.read_now, statement)

    def read_now(self, statement: sa.Select[Any]) -> list[Values]:
        """The same, blocking; before the loop serves anybody."""
        with self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(statement).mappings()]

    def close(self) -> None:
        self._threads.shutdown(cancel_futures=True)
        self._engine.dispose()


class Rows:
    """Implements exchange.ports.Rows over the described tables."""

    def __init__(
        self, metadata: sa.MetaData, reader: Reader, settled: Callable[[], Awaitable[None]], vault: Vault
    ) -> None:
        self._tables = metadata.tables
        self._reader = reader
        self._settled = settled
        self._vault = vault

    async def fetch(self, table: str, sid: str) -> Values | None:
        """The row, or None. KeyError for an unknown table."""
        source = self._tables[table]
        await self._settled()
        found = await self._reader.read(sa.select(source).where(source.c.sid == _bindable(sid)))
        return self._vault.reveal_row(table, found[0]) if found else None

    async def page(
        self,
        table: str,
        where: Sequence[tuple[str, str, Any]] = (),
        *,
        before: int | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> list[Values]:
        """Rows newest first; see the port. KeyError for an unknown table, column or operator,
        ValueError for a secret column, which cannot be searched."""
        source = self._tables[table]
        found = sa.select(source).order_by(source.c.id.desc()).limit(limit).offset(offset or None)
        found = found.where(*self._conditions(source, where))
        if before is not None:
            found = found.where(source.c.id < _bindable(before))
        await self._settled()
        return [self._vault.reveal_row(table, row) for row in await self._reader.read(found)]

    async def tally(
        self,
        table: str,
        where: Sequence[tuple[str, str, Any]] = (),
        *,
        by: Sequence[str] = (),
        sums: Sequence[str] = (),
        day: str = "",
    ) -> list[Values]:
        """Counts and sums of groups; see the port. KeyError for an unknown table, column or operator, ValueError
        for a secret column and for a sum of what is not a number. Sums of reals may differ in the last digit."""
        source = self._tables[table]
        groups: list[sa.ColumnElement[Any]] = [self._open_column(source, name) for name in by]
        if day:
            groups.append(Day(self._open_column(source, day)).label("day"))
        summed = [_sum(self._open_column(source, name)) for name in sums]
        found = sa.select(*groups, sa.func.count().label("count"), *summed).where(*self._conditions(source, where))
        await self._settled()
        rows = await self._reader.read(found.group_by(*groups))
        keys = [*by, "day"] if day else list(by)
        rows.sort(
            key=lambda row: [(row[key] is not None, row[key]) for key in keys]
        )  # databases place NULL differently
        return rows

    def _conditions(self, source: sa.Table, where: Sequence[tuple[str, str, Any]]) -> list[sa.ColumnElement[bool]]:
        return [
            OPERATORS[operator](self._open_column(source, column), _bindable(value))
            for column, operator, value in where
        ]

    def _open_column(self, source: sa.Table, name: str) -> sa.Column[Any]:
        """A column that the database can compare. KeyError when there is none, ValueError when it is secret."""
        if name in self._vault.secrets.get(source.name, ()):
            raise ValueError(f"{source.name}.{name} cannot be searched")
        return source.c[name]


class Day(sa.ColumnElement[int]):
    """Whole days since 1970 of a moment in Unix seconds, rounded down."""

    inherit_cache = True
    _traverse_internals = [("moment", InternalTraversal.dp_clauseelement)]

    def __init__(self, moment: sa.ColumnElement[Any]) -> None:
        self.moment = moment
        self.type = sa.BigInteger()


@compiles(Day)
def _floored(day: Day, compiler: SQLCompiler, **options: Any) -> str:
    moment = compiler.process(day.moment, **options)
    return f"CAST(floor({moment} / 86400.0) AS BIGINT)"


@compiles(Day, "sqlite")
def _cut(day: Day, compiler: SQLCompiler, **options: Any) -> str:
    """SQLite may be built without floor(), and its CAST rounds towards zero."""
    moment = compiler.process(day.moment, **options)
    cut = f"CAST({moment} / 86400.0 AS INTEGER)"
    return f"({cut} - ({moment} < {cut} * 86400.0))"


def _sum(column: sa.Column[Any]) -> sa.Label[Any]:
    """The sum in the column's own type: PostgreSQL makes decimals of big integers, and neither a sum of nothing."""
    if not isinstance(column.type, (sa.Integer, sa.Float)):
        raise ValueError(f"{column.table.name}.{column.name} cannot be summed")
    return sa.cast(sa.func.coalesce(sa.func.sum(column), 0), column.type).label(column.name)


def _bindable(value: Any) -> Any:
    """A value every driver takes: strangers choose what is searched for, and page tokens."""
    match value:
        case bool() | None:
            return value
        case int():
            return max(-HIGHEST, min(value, HIGHEST))
        case str():
            return value.encode(errors="replace").decode()
        case list() | tuple() | set() | frozenset():
            return [_bindable(one) for one in value]
        case _:
            return value
