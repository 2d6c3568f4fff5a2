"""A whole database: opened, written, killed, cut, closed, opened again."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from hoyhoy.exchange.clock import RealClock, VirtualClock
from hoyhoy.exchange.events import CallbackDelivered, CallbackFailed, CallBridged, CallMoved, KeyPressed
from hoyhoy.exchange.ports import Row
from hoyhoy.store.database import FILE, Database, PendingCallback, open_database
from hoyhoy.store.folder import FolderInUse, FolderUnusable
from hoyhoy.store.vault import KEY_FILE, VaultClosed

from .places import Place, look_into, on_sqlite
from .sample import TABLES, call, callback, change, delete, record


async def test_what_was_settled_is_there_after_reopening(place: Place) -> None:
    database = await place.open()
    first = database.journal.record("CA1", "AC1", CallMoved(status="queued"), [call("CA1", status="queued")])
    record(database.journal, change("CA1", status="ringing"))
    await database.close()
    database = await place.open()
    fetched = await database.rows.fetch("calls", "CA1")
    assert fetched and (fetched["id"], fetched["status"]) == (first.position, "ringing")
    assert [entry.event for entry in await database.events()] == [
        CallMoved(status="queued"),
        CallMoved(status="ringing"),
    ]
    assert record(database.journal).position == first.position + 2
    await database.close()


async def test_positions_are_never_used_twice(place: Place) -> None:
    """Not even when the events are gone and only a row remembers."""
    database = await place.open()
    for number in range(9):
        record(database.journal, call(f"CA{number}"))
    await database.close()
    place.look("delete from events")
    database = await place.open()
    assert database.journal.last == 9
    await database.close()


async def test_one_exchange_at_a_time(database: Database) -> None:
    with pytest.raises(FolderInUse, match=f"process {os.getpid()}"):
        await open_database(database.folder, TABLES, RealClock(), url=str(database.writing.url))
    record(database.journal, call("CA1"))
    await database.journal.settled()


@on_sqlite
async def test_everything_in_the_folder_is_the_owners_alone(database: Database) -> None:
    record(database.journal, call("CA1"))
    await database.journal.settled()
    assert database.folder.stat().st_mode & 0o777 == 0o700
    assert {file.name: file.stat().st_mode & 0o077 for file in database.folder.iterdir()} == dict.fromkeys(
        (FILE, FILE + "-wal", FILE + "-shm", "lock", KEY_FILE), 0
    )


async def test_a_temporary_database_leaves_nothing(tmp_path: Path) -> None:
    database = await open_database(None, TABLES, RealClock())
    record(database.journal, call("CA1"))
    assert len(await database.rows.page("calls")) == 1
    folder = database.folder
    assert folder.is_dir()
    await database.close()
    assert not folder.exists()


async def test_a_key_that_is_lost_is_said_before_anything_is_written(place: Place) -> None:
    database = await place.open()
    record(database.journal, Row("accounts", "AC1", {"auth_token": "t"}, new=True))
    await database.close()
    file = place.folder / KEY_FILE
    key = file.read_bytes()
    file.unlink()
    with pytest.raises(VaultClosed, match="is missing"):
        await place.open()
    file.write_bytes(bytes(32))
    with pytest.raises(VaultClosed, match="does not open"):
        await place.open()
    file.write_bytes(key)
    await (await place.open()).close()


async def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderUnusable):
        await open_database(tmp_path / "file" / "data", TABLES, RealClock())


async def test_another_place_by_url(tmp_path: Path) -> None:
    database = await open_database(tmp_path / "data", TABLES, RealClock(), url=f"sqlite:///{tmp_path}/other.db")
    record(database.journal, call("CA1"))
    await database.close()
    assert look_into(tmp_path / "other.db", "select sid from calls") == [("CA1",)]
    assert not (tmp_path / "data" / FILE).exists()


async def test_events_of_all_or_of_one_subject(database: Database) -> None:
    for number in range(6):
        database.journal.record(f"CA{number % 2}", "AC1", KeyPressed(key=str(number)))
    assert [entry.position for entry in await database.events()] == [1, 2, 3, 4, 5, 6]
    assert [entry.position for entry in await database.events(after=4)] == [5, 6]
    assert [entry.position for entry in await database.events(limit=2)] == [1, 2]
    assert [entry.position for entry in await database.events(1, subject="CA0")] == [3, 5]


async def test_the_last_event_of_a_kind(database: Database) -> None:
    for number in range(4):
        database.journal.record(f"CA{number % 2}", "AC1", KeyPressed(key=str(number)))
    database.journal.record("CA0", "AC1", CallBridged(other="CA1"))
    found = await database.last_event("CA0", KeyPressed)
    assert found and (found.position, found.event) == (3, KeyPressed(key="2"))
    assert await database.last_event("CA1", CallBridged) is None


# What a restart finds (design.md section 2, durability) ----------------------------------------


async def test_callbacks_not_delivered_are_found_in_order_and_when_due(place: Place) -> None:
    clock = VirtualClock(1000.0)
    database = await place.open(clock)
    for sid in ("CB3", "CB1", "CB2", "CB4"):
        record(database.journal, callbacks=(callback(sid),))
    await database.journal.settled()
    database.journal.record("CA1", "AC1", CallbackDelivered(sid="CB1", url="", params=(), status=200, attempts=1))
    database.journal.record(
        "CA1", "AC1", CallbackFailed(sid="CB2", url="", params=(), code=11200, problem="", attempts=3, again_in=60)
    )
    database.journal.record(
        "CA1", "AC1", CallbackFailed(sid="CB4", url="", params=(), code=11200, problem="", attempts=9, again_in=None)
    )
    await database.close()
    database = await place.open()
    assert await database.pending_callbacks() == [
        PendingCallback(callback("CB3"), 1000.0, 0),
        PendingCallback(callback("CB2"), 1060.0, 3),
    ]
    await database.close()


async def test_what_was_not_finished_is_found_oldest_first(database: Database) -> None:
    for sid, status in (("CA3", "ringing"), ("CA1", "completed"), ("CA2", "queued"), ("CA4", None)):
        record(database.journal, call(sid, status=status))
    record(database.journal, delete("CA4"), call("CA5"))
    assert [row["sid"] for row in await database.unfinished("calls", "status", ["completed", "failed"])] == [
        "CA3",
        "CA2",
        "CA5",
    ]
    record(database.journal, Row("accounts", "AC1", {"auth_token": "t", "status": "active"}, new=True))
    assert (await database.unfinished("accounts", "status", ["closed"]))[0]["auth_token"] == "t"


async def test_when_a_subject_was_last_heard_of(place: Place) -> None:
    clock = VirtualClock(1000.0)
    database = await place.open(clock)
    record(database.journal, subject="CA1")
    await clock.advance(7)
    record(database.journal, subject="CA1")
    await clock.advance(7)
    record(database.journal, subject="CA2")
    assert await database.last_event_at("CA1") == 1007.0
    assert await database.last_event_at("CA3") is None
    await database.close()


# Killed, and out of power (bad-inputs, crash and fault tests) ----------------------------------

CHILD = """
import asyncio, sys
from pathlib import Path
from hoyhoy.exchange.clock import RealClock
from hoyhoy.store.database import open_database
from tests.store.sample import TABLES, call, callback, change, record

async def client(journal, name):
    for number in range(100000):
        sid = f"{name}x{number}"
        record(journal, call(sid, status="queued", note="x" * 200), callbacks=(callback("CB" + sid, sid),), subject=sid)
        await journal.settled()
        print(sid, flush=True)
        record(journal, change(sid, status="ringing"), subject=sid)

async def main():
    database = await open_database(Path(sys.argv[1]), TABLES, RealClock(), url=sys.argv[2])
    await asyncio.gather(*(client(database.journal, name) for name in "abcdefgh"))

asyncio.run(main())
"""


def kill_after(wanted: int, place: Place) -> list[str]:
    """Let a child record and kill it in the middle of its commits; the sids that it was told are durable."""
    accepted: list[str] = []
    command = [sys.executable, "-c", CHILD, str(place.folder), place.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        for line in child.stdout:
            if line.endswith("\n"):
                accepted.append(line.strip())
            if len(accepted) == wanted:
                child.kill()
    return accepted


@pytest.mark.parametrize("seed", range(2))
async def test_kill_loses_nothing_that_was_accepted(place: Place, seed: int) -> None:
    accepted = kill_after(random.Random(seed).randrange(50, 400), place)
    database = await place.open()
    rows = {row["sid"]: row for row in await database.rows.page("calls", limit=100000)}
    outbox = {pending.callback.subject for pending in await database.pending_callbacks()}
    events = {entry.subject for entry in await database.events(limit=1000000)}
    assert set(accepted) <= rows.keys()
    assert rows.keys() == outbox == events  # whole transactions only
    if not place.url:
        assert place.look("pragma integrity_check") == [("ok",)]
    await database.close()


async def test_power_loss_leaves_a_prefix_of_the_commits(tmp_path: Path) -> None:
    """The log of SQLite cut at any byte, as by a disk that wrote only part of it."""
    database = await open_database(tmp_path / "data", TABLES, RealClock())
    for number in range(30):
        record(database.journal, call(f"CA{number:02d}", note="x" * 300), callbacks=(callback(f"CB{number:02d}"),))
        await database.journal.settled()
    shutil.copytree(tmp_path / "data", tmp_path / "copy")
    await database.close()
    wal = (tmp_path / "copy" / (FILE + "-wal")).read_bytes()
    lengths = []
    for cut in random.Random(7).sample(range(len(wal)), 25):
        (tmp_path / "copy" / (FILE + "-shm")).unlink(missing_ok=True)
        folder = tmp_path / f"cut{cut}"
        shutil.copytree(tmp_path / "copy", folder)
        (folder / (FILE + "-wal")).write_bytes(wal[:cut])
        assert look_into(folder / FILE, "pragma integrity_check") == [("ok",)]
        if not look_into(folder / FILE, "select 1 from sqlite_master where name = 'alembic_version'"):
            continue  # not even the tables were made
        sids = [sid for (sid,) in look_into(folder / FILE, "select sid from calls order by id")]
        assert sids == [f"CA{number:02d}" for number in range(len(sids))]
        assert look_into(folder / FILE, "select position from events") == [(1 + one,) for one in range(len(sids))]
        assert look_into(folder / FILE, "select count(*) from outbox") == [(len(sids),)]
        lengths.append((cut, len(sids)))
    assert [count for _, count in sorted(lengths)] == sorted(count for _, count in lengths)
    assert max(count for _, count in lengths) > 20


async def test_closing_twice_changes_nothing(tmp_path: Path) -> None:
    database = await open_database(None, TABLES, RealClock())
    await database.close()
    await database.close()


async def test_nothing_is_left_open_when_opening_fails(place: Place) -> None:
    await (await place.open()).close()
    (place.folder / KEY_FILE).unlink()
    threads, files = threading.active_count(), len(os.listdir("/dev/fd"))
    for _ in range(3):
        with pytest.raises(VaultClosed):
            await place.open()
    assert (threading.active_count(), len(os.listdir("/dev/fd"))) == (threads, files)
