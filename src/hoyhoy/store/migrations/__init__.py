"""Which version a database has, and how it becomes the present one.

Every change of a table is an explicit revision in `versions`, additive ones (a new nullable
column, a new index) too: nothing is guessed when a database is opened. Until the first release
there is one revision, the baseline, and `tests/store/regenerate_baseline.py` writes it anew from
the resource classes; its identifier is a digest of its text, so a data folder made by another
unreleased version is recognised and refused instead of failing later in some query. With the
first release the baseline is frozen, `HEAD` moves with each revision file added by hand, and the
test in tests/store/test_migrations.py keeps both equal to the classes.

A new database is made from the tables themselves and stamped; alembic is imported only when there
is something to migrate, because it would be a third of the time a start takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from hoyhoy.store.target import is_sqlite

from .head import HEAD

VERSION = sa.Table("alembic_version", sa.MetaData(), sa.Column("version_num", sa.String(32), primary_key=True))
"""alembic's own table, in alembic's own form."""


class WrongVersion(Exception):
    """The database was made by a version of hoyhoy that this one does not know."""


def is_fresh(engine: sa.Engine) -> bool:
    """Whether nothing was ever made whole in this database."""
    return not sa.inspect(engine).has_table(VERSION.name)


def prepare(engine: sa.Engine, metadata: sa.MetaData) -> None:
    """Bring the database to HEAD. WrongVersion when that is not possible."""
    if is_fresh(engine):
        _make(engine, metadata)
        return
    with engine.connect() as connection:
        version = connection.scalar(sa.select(VERSION.c.version_num))
    if version != HEAD:
        _upgrade(engine, version)


def _make(engine: sa.Engine, metadata: sa.MetaData) -> None:
    """All tables and the stamp in one transaction, so a crash leaves a database without a single table."""
    with _transaction(engine) as connection:
        for statement in _creation(metadata, engine.dialect.name):
            connection.exec_driver_sql(statement)
        connection.execute(sa.insert(VERSION).values(version_num=HEAD))


@lru_cache(maxsize=4)  # compiling a hundred statements is half of what opening a new database takes
def _creation(metadata: sa.MetaData, dialect: str) -> tuple[str, ...]:
    """What makes all tables, their indexes and the stamp's table."""
    written: list[str] = []
    engine = sa.create_mock_engine(f"{dialect}://", lambda statement, *_, **__: written.append(compiled(statement)))

    def compiled(statement: Any) -> str:
        return str(statement.compile(dialect=engine.dialect))

    metadata.create_all(engine, checkfirst=False)
    VERSION.create(engine)
    return tuple(written)


@contextmanager
def _transaction(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction around tables and rows alike: SQLite's driver opens one only before it changes rows, hence the
    explicit BEGIN."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection


def _upgrade(engine: sa.Engine, version: str | None) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    try:
        if version is not None:
            ScriptDirectory.from_config(config).get_revision(version)
    except CommandError:
        other = "data folder" if is_sqlite(engine.url) else "database"
        raise WrongVersion(
            f"the database {engine.url.database} has version {version}, which this hoyhoy does not know: it was made "
            f"by a newer or an unreleased one. Use that one, or another {other}."
        ) from None
    with _transaction(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


__all__ = ["HEAD", "VERSION", "WrongVersion", "is_fresh", "prepare"]
