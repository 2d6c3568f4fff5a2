"""Reading rows (exchange.ports.Rows), on threads of its own so that the loop never waits for a disk."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa

from hoyhoy.wire.errors import Fault

from .conditions import OPERATORS, condition, fitting
from .engine import READERS
from .outage import is_cut, is_outage, reason
from .tally import Day, total
from .vault import Vault

log = logging.getLogger(__name__)

Values = dict[str, Any]
Bound = tuple[str, tuple[float, float], sa.ColumnElement[bool]]
"""The side it leaves, `<` or `>`; where it cuts, as a value and an `id`; and the comparison itself."""

FEW = 2_000
"""So many rows are sorted in the time that any page takes."""

_EDGES = {"<": -math.inf, "<=": math.inf, ">": math.inf, ">=": -math.inf}
"""Where among equal values a condition cuts: before or behind every `id`."""


class NotRead(Fault):
    """The database did not answer; 20500 with HTTP status 500 at the REST edge."""

    def __init__(self, reason: str) -> None:
        super().__init__(20500, f"The exchange cannot look anything up at the moment: {reason}", status=500)


class Reader:
    """A few threads and connections that read; what they return is committed."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")

    async def read(self, statement: sa.Select[Any]) -> list[Values]:
        """NotRead when the database is out of order."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self.read_now, statement)
        except Exception as error:
            if not is_outage(error):
                raise
            log.error("cannot read: %s", reason(error))
            raise NotRead(reason(error)) from error

    def read_now(self, statement: sa.Select[Any]) -> list[Values]:
        """The same, blocking and with the database's own errors; before the loop serves anybody."""
        try:
            return self._read(statement)
        except Exception as error:
            if not is_cut(error):
                raise
        return self._read(statement)  # the server was restarted since: all connections of before are gone

    def _read(self, statement: sa.Select[Any]) -> list[Values]:
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
        found = await self._reader.read(sa.select(source).where(condition(source.c.sid, "=", sid)))
        return self._vault.reveal_row(table, found[0]) if found else None

    async def page(
        self,
        table: str,
        where: Sequence[tuple[str, str, Any]] = (),
        *,
        order: str = "",
        before: int | None = None,
        since: int | None = None,
        at: float | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> list[Values]:
        """Rows newest first; see the port. KeyError for an unknown table, column or operator, ValueError for a secret
        column, which cannot be searched or ordered by, and for a place that does not belong to the order."""
        source = self._tables[table]
        await self._settled()
        keys = [await self._order_key(source, where, order), source.c.id] if order else [source.c.id]
        upwards = since is not None
        found = sa.select(source).order_by(*(key.asc() if upwards else key.desc() for key in keys))
        place = since if upwards else before
        beyond = None if place is None else _beyond(keys, ">=" if upwards else "<", place, at)
        if order:
            found = found.where(keys[0].is_not(None), *self._narrowed(source, where, order, keys[0], beyond))
        else:
            found = found.where(*self._conditions(source, where), *([beyond[2]] if beyond else ()))
        rows = await self._reader.read(found.limit(limit).offset(offset or None))
        return [self._vault.reveal_row(table, row) for row in (reversed(rows) if upwards else rows)]

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
        summed = [total(self._open_column(source, name)) for name in sums]
        found = sa.select(*groups, sa.func.count().label("count"), *summed).where(*self._conditions(source, where))
        await self._settled()
        rows = await self._reader.read(found.group_by(*groups))
        keys = [*by, "day"] if day else list(by)
        rows.sort(
            key=lambda row: [(row[key] is not None, row[key]) for key in keys]
        )  # databases place NULL differently
        return rows

    def _conditions(self, source: sa.Table, where: Sequence[tuple[str, str, Any]]) -> list[sa.ColumnElement[bool]]:
        return [condition(self._open_column(source, column), operator, value) for column, operator, value in where]

    async def _order_key(
        self, source: sa.Table, where: Sequence[tuple[str, str, Any]], order: str
    ) -> sa.ColumnElement[Any]:
        """The column that orders a page, in a form that no index serves when other conditions find at most `FEW` rows:
        those are sorted then. Walking the column's index would try a million rows for somebody's three messages."""
        column = self._open_column(source, order)
        equal = {name: one for one in where if one[1] == "=" for name in one[:1]}
        indexes = [[one.name for one in index.columns][:-1] for index in source.indexes]
        walked = max(
            (len(names) - 1 for names in indexes if names[-1:] == [order] and equal.keys() >= {*names[:-1]}), default=0
        )
        for names in indexes:
            if len(names) > walked and equal.keys() >= {*names}:
                met = self._conditions(source, [equal[name] for name in names])
                if not await self._reader.read(sa.select(source.c.id).where(*met).limit(1).offset(FEW)):
                    return column + 0
        return column

    def _narrowed(
        self,
        source: sa.Table,
        where: Sequence[tuple[str, str, Any]],
        order: str,
        key: sa.ColumnElement[Any],
        beyond: Bound | None,
    ) -> list[sa.ColumnElement[bool]]:
        """The conditions, of all bounds of the column `order`, whose `key` it is, only the tightest on each side.

        SQLite enters an index at one of them and tries the others row by row: half a million rows when it took
        the wrong one.
        """
        rest: list[sa.ColumnElement[bool]] = []
        ends: dict[str, list[Bound]] = {"<": [], ">": []}
        if beyond:
            ends[beyond[0]].append(beyond)
        for column, sign, value in where:
            if column == order and sign in _EDGES and _is_number(value):
                ends[sign[0]].append((sign[0], (value, _EDGES[sign]), condition(key, sign, value)))
            else:
                rest += self._conditions(source, [(column, sign, value)])
        for sign, tightest in (("<", min), (">", max)):
            if ends[sign]:
                rest.append(tightest(ends[sign], key=lambda bound: bound[1])[2])
        return rest

    def _open_column(self, source: sa.Table, name: str) -> sa.Column[Any]:
        """A column that the database can compare. KeyError when there is none, ValueError when it is secret."""
        if name in self._vault.secrets.get(source.name, ()):
            raise ValueError(f"{source.name}.{name} cannot be searched")
        return source.c[name]


def _beyond(keys: Sequence[sa.ColumnElement[Any]], sign: str, place: int, at: float | None) -> Bound:
    """The rows beyond a place: one comparison of both columns, which is one step into their index."""
    values = [place] if at is None else [at, place]
    if len(values) != len(keys):
        raise ValueError(f"rows in the order of {', '.join(map(str, keys))} have no place {values}")
    if at is None:
        return sign[0], (place, 0), condition(keys[0], sign, place)
    fits = [fitting(key, value) for key, value in zip(keys, values, strict=True)]
    if any(one is None for one in fits):
        raise ValueError(f"{keys[0]} is never {at}")
    return sign[0], (at, place), OPERATORS[sign](sa.tuple_(*keys), sa.tuple_(*fits))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and not math.isnan(value)
