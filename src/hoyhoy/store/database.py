"""The database of one exchange, opened and closed as a whole."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.events import Entry, Event, Params
from hoyhoy.exchange.ports import Callback, Table

from .conditions import condition
from .directory import KEPT, Directory
from .engine import reading_engine, writing_engine
from .entries import entry_of
from .folder import DataFolder
from .journal import Journal
from .migrations import is_fresh, prepare
from .rows import Reader, Rows
from .schema import EVENTS, OUTBOX, build_metadata, secret_columns
from .statements import Statements
from .target import target, told
from .vault import Vault

FILE = "hoyhoy.db"

_decode_params = msgspec.json.Decoder(Params).decode


@dataclass(frozen=True, slots=True)
class PendingCallback:
    """A callback that was promised and not yet delivered: due at `due_at` (Unix seconds) after `attempts` failures."""

    callback: Callback
    due_at: float
    attempts: int


class Database:
    """Everything remembered, and the three faces the exchange sees of it; made by `open_database`."""

    def __init__(
        self,
        metadata: sa.MetaData,
        writing: sa.Engine,
        reader: Reader,
        vault: Vault,
        journal: Journal,
        rows: Rows,
        directory: Directory,
        folder: Path,
        undo: ExitStack,
    ) -> None:
        self.journal = journal
        self.rows = rows
        self.directory = directory
        self.writing = writing
        self.folder = folder
        self._tables = metadata.tables
        self._reader = reader
        self._vault = vault
        self._undo = undo

    async def events(self, after: int = 0, *, subject: str | None = None, limit: int = 1000) -> list[Entry]:
        """Entries of the log with a position above `after`, oldest first, of one subject or of all."""
        log = self._tables[EVENTS]
        found = sa.select(log).where(condition(log.c.position, ">", after)).order_by(log.c.position).limit(limit)
        if subject is not None:
            found = found.where(condition(log.c.subject, "=", subject))
        await self.journal.settled()
        return [entry_of(row) for row in await self._reader.read(found)]

    async def last_event(self, subject: str, kind: type[Event]) -> Entry | None:
        """The last of this kind: found from the end of the log, however long it is."""
        log = self._tables[EVENTS]
        await self.journal.settled()
        of_kind = sa.and_(log.c.subject == subject, log.c.kind == kind.__name__)
        found = await self._reader.read(sa.select(log).where(of_kind).order_by(log.c.position.desc()).limit(1))
        return entry_of(found[0]) if found else None

    # What a restart finds ----------------------------------------------------------------

    async def pending_callbacks(self) -> list[PendingCallback]:
        """The outbox, in the order in which the callbacks were asked for."""
        outbox = self._tables[OUTBOX]
        await self.journal.settled()
        found = await self._reader.read(sa.select(outbox).order_by(outbox.c.id, outbox.c.sid))
        return [
            PendingCallback(
                Callback(
                    sid=row["sid"],
                    subject=row["subject"],
                    account=row["account"],
                    url=row["url"],
                    method=row["method"],
                    params=_decode_params(row["params"]),
                ),
                row["due_at"],
                row["attempts"],
            )
            for row in found
        ]

    async def unfinished(self, table: str, column: str, final: Collection[str]) -> list[dict[str, Any]]:
        """Rows whose `column` is none of the `final` values, oldest first."""
        source = self._tables[table]
        state = source.c[column]
        ids = sa.select(source.c.id).where(sa.or_(state.is_(None), state.not_in(final)))  # walks an index, not the rows
        await self.journal.settled()
        found = await self._reader.read(sa.select(source).where(source.c.id.in_(ids)).order_by(source.c.id))
        return [self._vault.reveal_row(table, row) for row in found]

    async def last_event_at(self, subject: str) -> float | None:
        """Unix seconds of the last event of `subject`, None when there is none."""
        log = self._tables[EVENTS]
        await self.journal.settled()
        found = await self._reader.read(
            sa.select(log.c.at).where(log.c.subject == subject).order_by(log.c.position.desc()).limit(1)
        )
        return found[0]["at"] if found else None

    async def close(self) -> None:
        """Write everything, then let go of files and threads; a second time changes nothing. NotStored when
        something could not be written."""
        with self._undo:
            await self.journal.close()


async def open_database(place: Path | None, tables: Sequence[Table], clock: Clock, *, url: str = "") -> Database:
    """Open the data folder `place`, making what is missing; None is a temporary folder removed by `close`.

    `url` names a database elsewhere, PostgreSQL's or another file (target.py); the vault's key stays in the folder,
    and without it that database is of no use. Blocks while it prepares the tables: call it before anything is served.

    Raises FolderInUse, FolderUnusable, DatabaseUnusable, VaultClosed, migrations.WrongVersion; nothing stays open then.
    """
    with ExitStack() as undo:
        if place is None:
            path = Path(tempfile.mkdtemp(prefix="hoyhoy-"))
            undo.callback(shutil.rmtree, path)
        else:
            path = place
        folder = DataFolder(path)
        undo.callback(folder.close)
        at = target(url) if url else sa.URL.create("sqlite", database=str(folder.private_file(FILE)))
        undo.enter_context(told(at))
        metadata = build_metadata(tables)
        writing = writing_engine(at, durable=place is not None)
        undo.callback(writing.dispose)
        # The key comes first: a database without one is lost.
        fresh = is_fresh(writing)
        vault = Vault.open(path, secret_columns(tables), fresh=fresh)
        prepare(writing, metadata)
        reader = Reader(reading_engine(at))
        undo.callback(reader.close)
        directory = Directory({} if fresh else {name: _all_rows(reader, metadata, vault, name) for name in KEPT})
        known = {table.name: frozenset(column.name for column in table.columns) for table in tables}
        last = 0 if fresh else _last_position(reader, metadata)
        journal = Journal(writing, Statements(metadata, writing.dialect, vault), known, clock, last)
        journal.subscribe(directory.heard)
        rows = Rows(metadata, reader, journal.settled, vault)
        return Database(metadata, writing, reader, vault, journal, rows, directory, path, undo.pop_all())


def _all_rows(reader: Reader, metadata: sa.MetaData, vault: Vault, name: str) -> list[dict[str, Any]]:
    """The rows of a table, oldest first; none when it was not described."""
    table = metadata.tables.get(name)
    if table is None:
        return []
    return [vault.reveal_row(name, row) for row in reader.read_now(sa.select(table).order_by(table.c.id))]


def _last_position(reader: Reader, metadata: sa.MetaData) -> int:
    """The highest position ever used: rows may outlive their events."""
    keys = [table.c.position if name == EVENTS else table.c.id for name, table in metadata.tables.items()]
    return max(reader.read_now(sa.select(sa.func.max(key).label("last")))[0]["last"] or 0 for key in keys)
