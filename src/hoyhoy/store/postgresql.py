"""Sessions with a PostgreSQL server: how they are set up, and that only one exchange writes.

Who writes holds an advisory lock of the database, on the very session that writes: the server lets
go of it when that session ends, whatever ends it, and a second exchange is refused. The lock also
orders what a broken connection leaves in doubt: a new session has it only when the server is done
with the old one, so a commit that was under way has happened by then or never will, and the log
tells which.
"""

from __future__ import annotations

import os
from typing import Any

import sqlalchemy as sa

LOCK = int.from_bytes(b"hoyhoy", "big")
"""The key of the advisory lock, one exchange to a database."""

LOCK_PATIENCE = "2s"
"""How long a server may take to notice that the exchange before this one was killed."""

OLDEST = 15
"""The oldest version of PostgreSQL that is maintained and that the tests run on."""

DEFAULTS = {
    "application_name": f"hoyhoy {os.getpid()} on {os.uname().nodename}"[:63],
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
"""What libpq is told unless the URL says otherwise: who we are, and to notice a far end that vanished."""

SYNCED = """
select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'
"""
"""A server may be set up to answer before its disk has."""

NOT_SYNCED = "set synchronous_commit to off"

HOLDER = """
select pid, application_name, pid = %s and application_name = current_setting('application_name')
from pg_locks left join pg_stat_activity using (pid)
where locktype = 'advisory' and classid = %s and objid = %s and objsubid = 1 and granted
    and pg_locks.database = (select oid from pg_database where datname = current_database())
"""


class Sessions:
    """Makes the connections of one engine."""

    def __init__(self, engine: sa.Engine, *, writing: bool, durable: bool = True) -> None:
        """`durable=False` leaves syncing to the server's leisure, for a database that is thrown away."""
        self._writing, self._durable = writing, durable
        self._pid = 0
        sa.event.listen(engine, "do_connect", self._connect)

    def _connect(self, dialect: Any, _record: object, arguments: Any, parameters: dict[str, Any]) -> Any:
        psycopg = dialect.loaded_dbapi
        session = psycopg.connect(*arguments, **{**DEFAULTS, **parameters})
        try:
            _check(psycopg, session)
            if self._writing:
                self._claim(psycopg, session)
            else:
                session.execute("set session characteristics as transaction read only")
            session.commit()
        except BaseException:
            session.close()
            raise
        if self._writing:
            # The text of a wide statement goes as it is, and a number has one type whatever its size: so the server
            # knows the statement again.
            session.cursor_factory = psycopg.RawCursor
            session.adapters.register_dumper(int, psycopg.types.numeric.Int8Dumper)
        return session

    def _claim(self, psycopg: Any, session: Any) -> None:
        """Take the lock. OperationalError when another exchange has it."""
        session.execute(SYNCED if self._durable else NOT_SYNCED)
        [(locked,)] = session.execute("select pg_try_advisory_lock(%s)", [LOCK])
        if not locked:
            self._wait(psycopg, session)
        self._pid = session.info.backend_pid

    def _wait(self, psycopg: Any, session: Any) -> None:
        """Who holds the lock may be dead without the server having noticed: a killed exchange, or our own last session,
        which is ended then, because a network that vanished can hide its end for hours."""
        holder = [self._pid, LOCK >> 32, LOCK & 0xFFFF_FFFF]
        for pid, _, is_ours in session.execute(HOLDER, holder):
            if is_ours:
                session.execute("select pg_terminate_backend(%s)", [pid])
        session.execute(f"set local lock_timeout = '{LOCK_PATIENCE}'")
        try:
            session.execute("select pg_advisory_lock(%s)", [LOCK])
        except psycopg.errors.LockNotAvailable:
            session.rollback()
            names = [name or f"session {pid}" for pid, name, _ in session.execute(HOLDER, holder)]
            raise psycopg.OperationalError(f"it is in use by {' and '.join(names) or 'another exchange'}") from None


def _check(psycopg: Any, session: Any) -> None:
    version, encoding = session.info.server_version // 10_000, session.info.parameter_status("server_encoding")
    if version < OLDEST:
        raise psycopg.OperationalError(f"its server is PostgreSQL {version}, and hoyhoy takes {OLDEST} or newer")
    if encoding != "UTF8":
        raise psycopg.OperationalError(f"it keeps text as {encoding}, and hoyhoy takes one made with encoding UTF8")
