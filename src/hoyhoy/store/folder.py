"""The data folder: private to its owner, and used by one exchange at a time."""

from __future__ import annotations

import fcntl
import os
from fnmatch import fnmatchcase
from pathlib import Path

LOCK_FILE = "lock"
OURS = (
    LOCK_FILE,
    "start.lock",
    "serve.log",
    "signup.log",
    "dialer.log",
    "sdk",
    "run.json",
    ".run-*",
    "tls",
    ".tls-*",
    "trust",
    "hoyhoy.db",
    "hoyhoy.db-*",
    "vault.*",
    "recordings",
)
"""Names of what hoyhoy itself puts into a data folder, as patterns."""


class FolderInUse(Exception):
    """Another process works in the data folder; `pid` is 0 when it did not leave its name."""

    def __init__(self, folder: Path, pid: int) -> None:
        who = f"process {pid}" if pid else "another process"
        super().__init__(f"the data folder {folder} is in use by {who}")
        self.pid = pid


class FolderUnusable(Exception):
    """The data folder cannot be made or written."""


class DataFolder:
    """Holds the lock on a folder until `close`; the system lets go of it when the process dies."""

    def __init__(self, path: Path) -> None:
        """Claim the folder and lock it. FolderInUse or FolderUnusable when it cannot be had."""
        self.path = path
        claim(path)
        try:
            self._lock = os.open(path / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _unusable(path, error) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pid = os.pread(self._lock, 20, 0)
            os.close(self._lock)
            raise FolderInUse(path, int(pid) if pid.isdigit() else 0) from None
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, str(os.getpid()).encode(), 0)

    def private_file(self, name: str) -> Path:
        """The path of a file that exists and only its owner may read."""
        path = self.path / name
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise FolderUnusable(f"cannot write {path}: {error.strerror}") from error
        return path

    def close(self) -> None:
        """Let go of the lock; a second time changes nothing."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def claim(path: Path) -> None:
    """Make the folder when missing, and close one that is open to others: whoever comes first, serve, run or env.

    One that holds something else, /tmp perhaps, is not ours to close: FolderUnusable, and nothing is changed.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.stat().st_mode & 0o077:
            return
        names = [one.name for one in path.iterdir()]
        if LOCK_FILE not in names and not all(any(fnmatchcase(name, ours) for ours in OURS) for name in names):
            raise FolderUnusable(f"{path} holds other things and is open to others: give hoyhoy a folder of its own")
        path.chmod(0o700)
    except OSError as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: OSError) -> FolderUnusable:
    return FolderUnusable(f"cannot keep anything in the data folder {path}: {error.strerror}")
