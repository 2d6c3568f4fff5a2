"""Reading rows (exchange.ports.Rows), on threads of its own so that the loop never waits for a disk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa

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
        secret = self._vault.secrets.get(table, frozenset())
        found = sa.select(source).order_by(source.c.id.desc()).limit(limit).offset(offset or None)
        for column, operator, value in where:
            if column in secret:
                raise ValueError(f"{table}.{column} cannot be searched")
            found = found.where(OPERATORS[operator](source.c[column], _bindable(value)))
        if before is not None:
            found = found.where(source.c.id < _bindable(before))
        await self._settled()
        return [self._vault.reveal_row(table, row) for row in await self._reader.read(found)]


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
