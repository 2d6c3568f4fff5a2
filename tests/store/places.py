"""Where the tests keep a database, and how they look into it and break it, on either kind."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from hoyhoy.exchange.clock import Clock, RealClock
from hoyhoy.exchange.ports import Table
from hoyhoy.store.database import FILE, Database, open_database
from hoyhoy.store.engine import writing_engine
from hoyhoy.store.target import target

from .postgres import Server
from .sample import TABLES

on_sqlite = pytest.mark.parametrize("place", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("place", ["postgresql"], indirect=True)


@dataclass(frozen=True)
class Place:
    """A data folder and, unless it is SQLite's in that folder, the URL of an empty database and its server."""

    folder: Path
    url: str = ""
    server: Server | None = None

    async def open(self, clock: Clock | None = None, tables: Sequence[Table] = TABLES) -> Database:
        return await open_database(self.folder, tables, clock or RealClock(), url=self.url)

    def look(self, sql: str) -> list[tuple[Any, ...]]:
        """What another process sees."""
        return look_into(self.folder / FILE, sql) if not self.url else look_at(self.url, sql)


def look(database: Database, sql: str) -> list[tuple[Any, ...]]:
    """What another process sees."""
    url = database.writing.url
    if url.get_backend_name() == "sqlite":
        return look_into(Path(url.database or ""), sql)
    return look_at(url.set(drivername="postgresql").render_as_string(hide_password=False), sql)


def look_into(file: Path, sql: str) -> list[tuple[Any, ...]]:
    """Run one statement on a file of SQLite."""
    connection = sqlite3.connect(file)
    try:
        found = connection.execute(sql).fetchall()
        connection.commit()
        return found
    finally:
        connection.close()


def look_at(url: str, sql: str) -> list[tuple[Any, ...]]:
    """Run one statement on a database of PostgreSQL."""
    with psycopg.connect(url) as connection:
        cursor = connection.execute(sql.encode())
        return cursor.fetchall() if cursor.description else []


async def between_commits(database: Database, sql: str) -> None:
    """Run something on the connection that writes."""

    def run() -> None:
        with database.writing.connect() as connection:
            connection.exec_driver_sql(sql)
            connection.commit()

    await asyncio.to_thread(run)


async def forbid(database: Database) -> None:
    """Let nothing be written from here on, as in a read-only folder or on a standby server."""
    await between_commits(database, "PRAGMA query_only=ON" if _is_sqlite(database) else READ_ONLY)


async def allow(database: Database) -> None:
    """Let it be written again."""
    await between_commits(database, "PRAGMA query_only=OFF" if _is_sqlite(database) else WRITABLE)


READ_ONLY = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"
WRITABLE = "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE"


def _is_sqlite(database: Database) -> bool:
    return database.writing.dialect.name == "sqlite"


def engine_at(place: Place) -> sa.Engine:
    """The engine that writes there, by itself."""
    place.folder.mkdir(exist_ok=True)
    return writing_engine(target(place.url or f"sqlite:///{place.folder / FILE}"))
