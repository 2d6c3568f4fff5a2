from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from hoyhoy.exchange.clock import RealClock
from hoyhoy.store.database import Database, open_database
from hoyhoy.store.journal import NotStored

from .sample import TABLES


@pytest.fixture
async def database(tmp_path: Path) -> AsyncGenerator[Database]:
    opened = await open_database(tmp_path / "data", TABLES, RealClock())
    yield opened
    try:
        await opened.close()
    except NotStored:
        pass  # the test broke the disk on purpose
