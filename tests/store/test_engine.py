from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from hoyhoy.store.engine import reading_engine, writing_engine


def ask(engine: sa.Engine, pragma: str) -> object:
    with engine.connect() as connection:
        return connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()


@pytest.mark.parametrize(("durable", "synchronous"), [(True, 2), (False, 0)])
def test_every_commit_is_synced_unless_the_database_is_thrown_away(
    tmp_path: Path, durable: bool, synchronous: int
) -> None:
    # design.md section 2, durability: FULL sync with group commit
    engine = writing_engine(sa.make_url(f"sqlite:///{tmp_path}/a.db"), durable=durable)
    assert (ask(engine, "journal_mode"), ask(engine, "synchronous"), ask(engine, "foreign_keys")) == (
        "wal",
        synchronous,
        0,
    )
    assert ask(engine, "busy_timeout") == 5000
    engine.dispose()


def test_readers_cannot_write(tmp_path: Path) -> None:
    url = sa.make_url(f"sqlite:///{tmp_path}/a.db")
    engine = reading_engine(url)
    with engine.connect() as connection, pytest.raises(sa.exc.OperationalError, match="readonly"):
        connection.exec_driver_sql("create table t (a)")
    engine.dispose()
