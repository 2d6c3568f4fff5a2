"""A whole database: opened, written, closed, opened again."""

from __future__ import annotations

from pathlib import Path

from hoyhoy.exchange.clock import RealClock
from hoyhoy.exchange.events import CallMoved
from hoyhoy.exchange.ports import Column, Row, Table
from hoyhoy.store.database import open_database

CALLS = Table("calls", (Column("status"), Column("duration", "integer")), (("status",),))


async def test_what_was_settled_is_there_after_reopening(tmp_path: Path) -> None:
    database = await open_database(tmp_path / "data", [CALLS], RealClock())
    first = database.journal.record("CA1", "AC1", CallMoved(status="queued"),
                                    [Row("calls", "CA1", {"status": "queued"}, new=True)])
    database.journal.record("CA1", "AC1", CallMoved(status="ringing"), [Row("calls", "CA1", {"status": "ringing"})])
    await database.journal.settled()
    await database.close()

    database = await open_database(tmp_path / "data", [CALLS], RealClock())
    assert await database.rows.fetch("calls", "CA1") == {
        "id": first.position, "sid": "CA1", "status": "ringing", "duration": None}
    assert [entry.event for entry in await database.events()] == [
        CallMoved(status="queued"), CallMoved(status="ringing")]
    assert database.journal.record("CA2", "AC1", CallMoved(status="queued")).position == first.position + 2
    await database.close()
