"""What only a server can do: be restarted, hang up, be too old, be used by two."""

from __future__ import annotations

import asyncio
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from hoyhoy.exchange.clock import RealClock
from hoyhoy.store import postgresql as module
from hoyhoy.store.database import Database, open_database
from hoyhoy.store.journal import NotStored
from hoyhoy.store.rows import NotRead
from hoyhoy.store.target import DatabaseUnusable

from .places import Place, look, look_at, on_postgresql
from .postgres import PATIENCE
from .sample import TABLES, call, callback, record, until
from .wires import Wire, wire

pytestmark = on_postgresql


async def sids(database: Database) -> list[str]:
    return [row["sid"] for row in await database.rows.page("calls", limit=1000)][::-1]


async def settled(database: Database) -> bool:
    try:
        await database.journal.settled()
    except NotStored:
        return False
    return True


# One exchange to a database ------------------------------------------------------------------


async def test_a_second_exchange_is_refused_by_name(
    place: Place, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOCK_PATIENCE", "20ms")
    with pytest.raises(
        DatabaseUnusable, match=r"store on /tmp/hoyhoy-pg-\S+ cannot be used: it is in use by hoyhoy \d+ on "
    ):
        await open_database(tmp_path / "other", TABLES, RealClock(), url=place.url)
    record(database.journal, call("CA1"))
    assert await sids(database) == ["CA1"]


async def test_the_next_exchange_waits_for_one_that_is_about_to_end(place: Place) -> None:
    """A killed exchange may be in the middle of a commit."""
    holder = psycopg.connect(place.url, autocommit=True)
    holder.execute("select pg_advisory_lock(%s)", [module.LOCK])

    def release() -> None:
        end = time.monotonic() + PATIENCE
        waiting = "select 1 from pg_locks where locktype = 'advisory' and not granted"
        while not look_at(place.url, waiting) and time.monotonic() < end:
            pass
        holder.close()

    releasing = asyncio.create_task(asyncio.to_thread(release))
    await asyncio.sleep(0)
    await (await place.open()).close()
    await releasing


async def test_two_databases_of_one_server_are_two_exchanges(place: Place, database: Database, tmp_path: Path) -> None:
    assert place.server
    other = await open_database(tmp_path / "other", TABLES, RealClock(), url=place.server.empty("second"))
    record(other.journal, call("CA9"))
    record(database.journal, call("CA1"))
    assert (await sids(other), await sids(database)) == (["CA9"], ["CA1"])
    await other.close()


async def test_who_lost_the_lock_to_another_writes_nothing(
    place: Place, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its session is ended, another exchange takes the database, and leaves it again."""
    monkeypatch.setattr(module, "LOCK_PATIENCE", "20ms")
    record(database.journal, call("CA1"))
    await database.journal.settled()
    writing = "select pid from pg_locks where locktype = 'advisory' and granted"
    look_at(place.url, f"select pg_terminate_backend(pid) from ({writing}) as w")
    with psycopg.connect(place.url, autocommit=True) as other:
        other.execute("select pg_advisory_lock(%s)", [module.LOCK])
        record(database.journal, call("CA2"))
        with pytest.raises(NotStored, match=r"it is in use by session \d+"):
            await database.journal.settled()
        assert look(database, "select sid from calls") == [("CA1",)]
    await until(lambda: look(database, "select sid from calls order by id") == [("CA1",), ("CA2",)])


async def test_who_was_replaced_meanwhile_never_writes_again(place: Place, database: Database, tmp_path: Path) -> None:
    """Another exchange had the database and left it: the positions that this one would use are taken."""
    record(database.journal, call("CA1"))
    await database.journal.settled()
    writing = "select pid from pg_locks where locktype = 'advisory' and granted"
    look_at(place.url, f"select pg_terminate_backend(pid) from ({writing}) as w")
    shutil.copytree(place.folder, tmp_path / "other")
    other = await open_database(tmp_path / "other", TABLES, RealClock(), url=place.url)
    assert record(other.journal, call("CA2")).position == 2
    await other.close()
    assert record(database.journal, call("CA3"), callbacks=(callback("CB3"),)).position == 2
    for _ in range(2):
        with pytest.raises(NotStored, match="another exchange has used the database meanwhile"):
            await database.journal.settled()
    assert look(database, "select sid from calls order by id") == [("CA1",), ("CA2",)]


# A server that goes away and comes back --------------------------------------------------------


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["restart", "crash"])
async def test_a_restart_while_nothing_is_asked_is_not_noticed(
    place: Place, database: Database, how: signal.Signals
) -> None:
    assert place.server
    for number in range(8):  # every reader has a connection
        record(database.journal, call(f"CA{number}"))
    await asyncio.gather(*(sids(database) for _ in range(8)))
    place.server.restart(how)
    assert len(await sids(database)) == 8
    assert [len(found) for found in await asyncio.gather(*(sids(database) for _ in range(8)))] == [8] * 8
    place.server.restart(how)
    record(database.journal, call("CA8"))
    await database.journal.settled()
    assert len(await sids(database)) == 9


async def test_nothing_accepted_is_lost_while_the_server_is_away(place: Place, database: Database) -> None:
    assert place.server
    delivered: list[str] = []
    database.journal.deliver_to(lambda callbacks: delivered.extend(one.sid for one in callbacks))
    accepted: list[str] = []

    async def client(name: str) -> None:
        for number in range(40):
            sid = f"CA{name}{number}"
            record(database.journal, call(sid), callbacks=(callback(f"CB{sid}"),))
            if await settled(database):
                accepted.append(sid)

    clients = [asyncio.create_task(client(name)) for name in "abcd"]
    for how in (signal.SIGQUIT, signal.SIGINT):
        seen = len(accepted)
        await until(lambda seen=seen: len(accepted) > seen + 10)  # type: ignore[misc]
        place.server.stop(how)
        record(database.journal)
        with pytest.raises(NotStored):
            await database.journal.settled()
        with pytest.raises(NotRead) as caught:
            await database.rows._reader.read(database.rows._tables["calls"].select())
        assert (caught.value.code, caught.value.status) == (20500, 500)
        place.server.start()
    await asyncio.gather(*clients)
    await until(lambda: look(database, "select count(*) from calls") == [(160,)])
    await database.journal.settled()
    kept = await sids(database)
    assert set(accepted) <= set(kept) and len(kept) == len(set(kept)) == 160
    assert sorted(delivered) == sorted(f"CB{sid}" for sid in kept)
    positions = [entry.position for entry in await database.events(limit=10_000)]
    assert positions == list(range(1, 163))


@pytest.fixture
def cut(place: Place) -> Iterator[tuple[Wire, str]]:
    """A wire, and the URL of the same database at its end."""
    assert place.server
    with (
        tempfile.TemporaryDirectory(prefix="hoyhoy-wire-", dir="/tmp") as folder,
        wire(Path(folder), place.server.folder) as made,
    ):
        yield made, place.url.replace(str(place.server.folder), folder)


@pytest.mark.parametrize("word", [b"COMMIT", b"INSERT INTO calls", b"BEGIN"])
async def test_a_commit_in_doubt_is_neither_lost_nor_made_twice(
    place: Place, cut: tuple[Wire, str], word: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer to a word is lost, and the server does not know: it goes on holding the lock for us."""
    wire, url = cut
    database = await open_database(place.folder, TABLES, RealClock(), url=url)
    record(database.journal, call("CA1"), callbacks=(callback("CB1"),))
    await database.journal.settled()
    delivered: list[str] = []
    database.journal.deliver_to(lambda callbacks: delivered.extend(one.sid for one in callbacks))
    wire.cut_after = word
    for number in range(2, 30):
        record(database.journal, call(f"CA{number}"), callbacks=(callback(f"CB{number}"),))
    await database.journal.settled()  # nobody need be told: a new session was to be had at once
    assert wire.cuts == 1 and "cannot write" not in caplog.text
    assert look(database, "select count(*), max(position) from events") == [(29, 29)]
    assert look(database, "select count(*) from calls") == [(29,)]
    assert delivered == [f"CB{number}" for number in range(2, 30)]
    await database.close()


async def test_culprits_are_singled_out_across_a_cut(place: Place, cut: tuple[Wire, str]) -> None:
    wire, url = cut
    database = await open_database(place.folder, TABLES, RealClock(), url=url)
    wire.cut_after = b"COMMIT"
    for number in range(1, 40):
        record(database.journal, call(f"CA{number}", duration=2**70 if number in (7, 8, 30) else number))
    assert not await settled(database)
    assert wire.cuts == 1
    assert look(database, "select position from events order by position") == [
        (number,) for number in range(1, 40) if number not in (7, 8, 30)
    ]
    await database.close()


# Sessions ------------------------------------------------------------------------------------


async def test_readers_cannot_write(database: Database) -> None:
    with database.rows._reader._engine.connect() as connection, pytest.raises(Exception, match="read-only"):
        connection.exec_driver_sql("create table t (a int)")


async def synchronous_commit(folder: Path | None, url: str) -> str:
    database = await open_database(folder, TABLES, RealClock(), url=url)
    try:
        with database.writing.connect() as connection:
            return str(connection.exec_driver_sql("show synchronous_commit").scalar())
    finally:
        await database.close()


async def test_every_commit_is_synced_whatever_the_server_is_set_to(place: Place) -> None:
    # design.md section 2, durability
    assert place.server
    look_at(place.url, "alter database store set synchronous_commit to off")
    try:
        assert await synchronous_commit(place.folder, place.url) == "on"
    finally:
        look_at(place.url, "alter database store reset synchronous_commit")
    assert await synchronous_commit(None, place.server.empty("second")) == "off"


async def test_what_the_url_says_of_the_session_is_left_as_it_is(place: Place) -> None:
    database = await open_database(place.folder, (), RealClock(), url=place.url + "&application_name=mine")
    with database.writing.connect() as connection:
        assert connection.exec_driver_sql("show application_name").scalar() == "mine"
    await database.close()
