"""Connections: one that writes, a few that read.

SQLite runs in WAL mode, so readers never wait for the writer and see whole transactions only.
`synchronous=FULL` syncs the log with every commit; NORMAL would lose the last commits in a power
failure, and what the API answered as accepted must survive one (design.md section 2).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from .postgresql import Sessions
from .target import DatabaseUnusable, is_sqlite

MISSING = "PostgreSQL takes one more package: pip install 'hoyhoy[postgres]'"
READERS = 4
BUSY = 5_000
"""Milliseconds a connection waits for a lock of another process, a backup for instance."""

CHECKPOINT = 2_000
"""Pages in the log at which a commit copies them into the database file."""


def writing_engine(url: sa.URL, *, durable: bool = True) -> sa.Engine:
    """The engine of the writer thread: one connection, which tests may borrow between two commits.

    `durable=False` leaves syncing to the system, for a database that is thrown away.
    """
    options: dict[str, Any] = {"pool_size": 1, "max_overflow": 0, "hide_parameters": True}
    if not is_sqlite(url):
        engine = _postgresql(url, paramstyle="numeric_dollar", **options)
        Sessions(engine, writing=True, durable=durable)
        return engine
    engine = sa.create_engine(url, **options)
    _on_connect(
        engine,
        "journal_mode=WAL",
        f"synchronous={'FULL' if durable else 'OFF'}",
        "foreign_keys=OFF",
        f"busy_timeout={BUSY}",
        f"wal_autocheckpoint={CHECKPOINT}",
        f"journal_size_limit={64 << 20}",
    )
    return engine


def reading_engine(url: sa.URL) -> sa.Engine:
    """An engine whose connections cannot write."""
    options: dict[str, Any] = {
        "pool_size": READERS,
        "max_overflow": 0,
        "hide_parameters": True,
        "isolation_level": "AUTOCOMMIT",
    }
    if not is_sqlite(url):
        engine = _postgresql(url, **options)
        Sessions(engine, writing=False)
        return engine
    engine = sa.create_engine(url, **options)
    _on_connect(engine, "query_only=ON", f"busy_timeout={BUSY}")
    return engine


def _postgresql(url: sa.URL, **options: Any) -> sa.Engine:
    try:
        return sa.create_engine(url, use_native_hstore=False, **options)
    except ImportError:
        raise DatabaseUnusable(MISSING) from None


def _on_connect(engine: sa.Engine, *pragmas: str) -> None:
    def prepare(connection: Any, _: object) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    sa.event.listen(engine, "connect", prepare)
