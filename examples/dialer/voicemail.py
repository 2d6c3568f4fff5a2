"""The list of voicemails, in SQLite. The sound itself stays with Twilio."""

import sqlite3
from dataclasses import dataclass

SHOWN = 100
UNHEARD_OF = 24 * 3600
"""Seconds after which a caller who was asked for a message has left none."""


@dataclass(frozen=True)
class Voicemail:
    """One message: the sid of its recording, who left it, when (Unix seconds), and how long it is in seconds."""

    recording: str
    caller: str
    at: float
    seconds: int


class Voicemails:
    """`database` is a file, or `:memory:`. Callers are noted when they are asked, because Twilio names a recording's
    call but not who called."""

    def __init__(self, database: str) -> None:
        self._db = sqlite3.connect(database, isolation_level=None)
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS voicemail (call TEXT PRIMARY KEY, caller TEXT NOT NULL, at REAL NOT NULL, "
            "recording TEXT UNIQUE, seconds INTEGER NOT NULL DEFAULT 0)"
        )

    def ask(self, call: str, caller: str, now: float) -> None:
        """This caller is asked for a message."""
        self._db.execute("DELETE FROM voicemail WHERE recording IS NULL AND at < ?", (now - UNHEARD_OF,))
        self._db.execute("INSERT OR IGNORE INTO voicemail (call, caller, at) VALUES (?, ?, ?)", (call, caller, now))

    def keep(self, call: str, recording: str, seconds: int, now: float) -> None:
        """The message of this call is there to be heard. Told twice, it is one message."""
        self._db.execute(
            "INSERT INTO voicemail (call, caller, at, recording, seconds) VALUES (?, '', ?, ?, ?) "
            "ON CONFLICT (recording) DO NOTHING "
            "ON CONFLICT (call) DO UPDATE SET recording = excluded.recording, seconds = excluded.seconds",
            (call, now, recording, seconds),
        )

    def all(self) -> list[Voicemail]:
        """The newest first, `SHOWN` at most."""
        rows = self._db.execute(
            "SELECT recording, caller, at, seconds FROM voicemail WHERE recording IS NOT NULL "
            "ORDER BY at DESC, rowid DESC LIMIT ?",
            (SHOWN,),
        )
        return [Voicemail(*row) for row in rows]

    def has(self, recording: str) -> bool:
        """Whether it is one of ours."""
        return self._db.execute("SELECT 1 FROM voicemail WHERE recording = ?", (recording,)).fetchone() is not None

    def forget(self, recording: str) -> None:
        self._db.execute("DELETE FROM voicemail WHERE recording = ?", (recording,))

    def close(self) -> None:
        self._db.close()
