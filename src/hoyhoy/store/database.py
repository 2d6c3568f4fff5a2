"""The database of one exchange, opened and closed as a whole."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.events import Entry, Params
from hoyhoy.exchange.ports import Callback, Table

from .directory import ACCOUNTS, NUMBERS, Directory
from .engine import reading_engine, writing_engine
from .entries import entry_of
from .folder import DataFolder
from .journal import Journal
from .migrations import is_fresh, prepare
from .rows import Reader, Rows
from .schema import EVENTS, OUTBOX, build_metadata, secret_columns
from .statements import Statements
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

    def __init__(self, metadata: sa.MetaData, writing: sa.Engine, reader: Reader, journal: Journal, rows: Rows,
                 directory: Directory, folder: DataFolder, temporary: bool) -> None:
        self.journal = journal
        self.rows = rows
        self.directory = directory
        self.writing = writing
        self.folder = folder.path
        self._lock = folder
        self._temporary = temporary
        self._tables = metadata.tables
        self._reader = reader

    async def events(self, after: int = 0, *, subject: str | None = None, limit: int = 1000) -> list[Entry]:
        """Entries of the log with a position above `after`, oldest first, of one subject or of all."""
        log = self._tables[EVENTS]
        found = sa.select(log).where(log.c.position > after).order_by(log.c.position).limit(limit)
        if subject is not None:
            found = found.where(log.c.subject == subject)
        await self.journal.settled()
        return [entry_of(row) for row in await self._reader.read(found)]

    # What a restart finds ----------------------------------------------------------------

    async def pending_callbacks(self) -> list[PendingCallback]:
        """The outbox, in the order in which the callbacks were asked for."""
        outbox = self._tables[OUTBOX]
        await self.journal.settled()
        found = await self._reader.read(sa.select(outbox).order_by(outbox.c.id, outbox.c.sid))
        return [PendingCallback(
            Callback(sid=row["sid"], subject=row["subject"], account=row["account"], url=row["url"],
                     method=row["method"], params=_decode_params(row["params"])),
            row["due_at"], row["attempts"]) for row in found]

    async def unfinished(self, table: str, column: str, final: Collection[str]) -> list[dict[str, Any]]:
        """Rows whose `column` is none of the `final` values, oldest first."""
        source = self._tables[table]
        state = source.c[column]
        await self.journal.settled()
        found = await self._reader.read(
            sa.select(source).where(sa.or_(state.is_(None), state.not_in(final))).order_by(source.c.id))
        return [self.rows.revealed(table, row) for row in found]

    async def last_event_at(self, subject: str) -> float | None:
        """Unix seconds of the last event of `subject`, None when there is none."""
        log = self._tables[EVENTS]
        await self.journal.settled()
        found = await self._reader.read(
            sa.select(log.c.at).where(log.c.subject == subject).order_by(log.c.position.desc()).limit(1))
        return found[0]["at"] if found else None

    async def close(self) -> None:
        """Write everything, then let go of files and threads. NotStored when something could not be written."""
        try:
            await self.journal.close()
        finally:
            self._reader.close()
            self.writing.dispose()
            self._lock.close()
            if self._temporary:
                shutil.rmtree(self.folder)


async def open_database(place: Path | None, tables: Sequence[Table], clock: Clock, *, url: str = "") -> Database:
    """Open the data folder `place`, making what is missing; None is a temporary folder removed by `close`.

    `url` names a database elsewhere (SQLAlchemy's form); key and lock stay in the folder. Blocks
    while it prepares the tables: call it before anything is served.

    Raises FolderInUse, FolderUnusable, VaultClosed, migrations.WrongVersion, sqlalchemy.exc.SQLAlchemyError.
    """
    temporary = place is None
    folder = DataFolder(place or Path(tempfile.mkdtemp(prefix="hoyhoy-")))
    try:
        target = sa.make_url(url) if url else sa.URL.create("sqlite", database=str(folder.private_file(FILE)))
        metadata, secrets = build_metadata(tables), secret_columns(tables)
        writing, reading = writing_engine(target, durable=not temporary), reading_engine(target)
        vault = Vault.open(folder.path, fresh=is_fresh(writing))    # first: a database without its key is lost
        prepare(writing, metadata)
        reader = Reader(reading)
        statements = Statements(metadata, writing.dialect, secrets, vault)
        known = {table.name: frozenset(column.name for column in table.columns) for table in tables}
        journal = Journal(writing, statements, known, clock, _last_position(reader, metadata))
        rows = Rows(metadata, reader, journal.settled, secrets, vault)
        directory = Directory(*(
            [rows.revealed(name, row) for row in reader.read_now(sa.select(table).order_by(table.c.id))]
            if (table := metadata.tables.get(name)) is not None else [] for name in (ACCOUNTS, NUMBERS)))
        journal.subscribe(directory.heard)
    except BaseException:
        folder.close()
        raise
    return Database(metadata, writing, reader, journal, rows, directory, folder, temporary)


def _last_position(reader: Reader, metadata: sa.MetaData) -> int:
    """The highest position ever used: rows may outlive their events."""
    keys = [table.c.position if name == EVENTS else table.c.id for name, table in metadata.tables.items()]
    return max(reader.read_now(sa.select(sa.func.max(key).label("last")))[0]["last"] or 0 for key in keys)
