"""A PostgreSQL server of the tests' own: from Debian's package, in a temporary folder, on a Unix socket only.

It has nothing to do with a cluster that the package may have started. initdb and the server refuse to be root, so as
root both run as the package's user. The server ends with whoever started it, whatever becomes of that process.

    with server() as postgres:
        url = postgres.database("name")     # an empty database, for `--database` or `open_database`
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

PATIENCE = 20.0
"""Real seconds after which something that should have happened has not."""

UNPRIVILEGED = "postgres"
"""The user, and the group, that the package made."""

USER = "hoyhoy"
GUARDED = "guarded"
"""A role that is asked for a password, and the password."""

INITDB = (
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=icu",
    "--icu-locale=en",  # sorts as people do and not as bytes do, so that what depends on it shows
    "--no-sync",
    "--no-instructions",
)

HBA = f"""
local all {GUARDED} scram-sha-256
local all all trust
"""

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",  # a killed server loses nothing by it, only a machine without power would
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "timezone": "Asia/Kathmandu",  # ours are Unix seconds: no zone may matter
    "lc_messages": "C",
}


def programs() -> Path | None:
    """Where the newest server's programs lie, None without the Debian package `postgresql`."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(found, key=lambda path: float(path.parent.name), default=None)


class Server:
    """A running server; made by `server`."""

    def __init__(self, programs: Path, folder: Path, settings: dict[str, str]) -> None:
        """The socket lies in `folder`."""
        self._settings = settings
        self._programs, self.folder = programs, folder
        self._data = folder / "data"
        self._log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        self._made: set[str] = set()
        initdb = [str(programs / "initdb"), "--pgdata", str(self._data), "--username", USER, *INITDB]
        done = subprocess.run(["setpriv", *_identity(), *initdb], capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError(f"initdb: {done.stderr.decode(errors='replace')}")
        (self._data / "pg_hba.conf").write_text(HBA)
        self.start()
        with self.connect() as connection:
            connection.execute(f"create role {GUARDED} login password '{GUARDED}'")

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def url(self, name: str, *, user: str = USER, password: str = "") -> str:
        """The URL of a database, whether it exists or not."""
        return f"postgresql://{user}{':' * bool(password)}{password}@/{name}?host={self.folder}"

    def connect(self, name: str = "postgres") -> psycopg.Connection[Any]:
        """A connection of one's own, where each statement is a transaction."""
        return psycopg.connect(self.url(name), autocommit=True)

    def database(self, name: str) -> str:
        """Make an empty database; its URL."""
        with self.connect() as connection:
            connection.execute(sql.SQL("create database {} template template0").format(sql.Identifier(name)))
        return self.url(name)

    def empty(self, name: str) -> str:
        """A database that is empty, whether it was there or not; faster than a new one each time. Its URL."""
        if name not in self._made:
            self._made.add(name)
            return self.database(name)
        with self.connect(name) as connection:
            connection.execute("drop schema public cascade")
            connection.execute("create schema public")
            connection.execute("grant usage on schema public to public")
        return self.url(name)

    def wait_until_nobody_uses(self, name: str) -> None:
        """Return when the last connection is closed. AssertionError when one is left open."""
        end = time.monotonic() + PATIENCE
        with self.connect() as connection:
            while connection.execute("select 1 from pg_stat_activity where datname = %s", [name]).fetchone():
                assert time.monotonic() < end, f"a connection to {name} was left open"
                time.sleep(0.001)

    def start(self) -> None:
        """Start it and wait until it answers. It ends when the thread ends that calls this."""
        options = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        command = [str(self._programs / "postgres"), "-D", str(self._data), "-k", str(self.folder), *options]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig=INT", *_identity(), *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self.connect().close()
            except psycopg.OperationalError as error:
                if self._process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"no server: {self._log.read_text(errors='replace')}") from error
                time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it and wait. SIGINT cuts all connections and ends in order, SIGQUIT is a crash to recover from."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def restart(self, how: signal.Signals = signal.SIGINT) -> None:
        self.stop(how)
        self.start()


@contextmanager
def server(**settings: str) -> Iterator[Server]:
    """A server that is stopped and forgotten in the end, set up as `SETTINGS` and `settings` say. RuntimeError without
    the Debian package."""
    found = programs()
    if found is None:
        raise RuntimeError("PostgreSQL is missing: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="hoyhoy-pg-", dir="/tmp"))  # a socket's path is short
    try:
        if os.getuid() == 0:
            shutil.chown(folder, UNPRIVILEGED, UNPRIVILEGED)
        made = Server(found, folder, SETTINGS | settings)
        try:
            yield made
        finally:
            made.stop(signal.SIGQUIT)  # nobody needs what it has in memory
    finally:
        shutil.rmtree(folder)


def _identity() -> list[str]:
    """Options of setpriv: who the server is."""
    if os.getuid() != 0:
        return ["--inh-caps=-all"]
    return [f"--reuid={UNPRIVILEGED}", f"--regid={UNPRIVILEGED}", "--clear-groups", "--inh-caps=-all"]
