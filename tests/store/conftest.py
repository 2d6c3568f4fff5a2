from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest

from hoyhoy.store.database import Database
from hoyhoy.store.journal import NotStored

from .places import Place
from .postgres import Server, programs, server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    if programs() is None:
        pytest.skip("no PostgreSQL: apt-get install postgresql")
    with server() as started:
        yield started


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Where a database may be opened, in turn on each kind; `on_sqlite` and `on_postgresql` choose one."""
    if request.param == "sqlite":
        yield Place(tmp_path / "data")
        return
    postgres: Server = request.getfixturevalue("postgres")
    yield Place(tmp_path / "data", postgres.empty("store"), postgres)
    postgres.wait_until_nobody_uses("store")


@pytest.fixture
async def database(place: Place) -> AsyncGenerator[Database]:
    opened = await place.open()
    yield opened
    try:
        await opened.close()
    except NotStored:
        pass  # the test broke the database on purpose
