"""The data folder: private to its owner, and used by one exchange at a time."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

LOCK_FILE = "lock"


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
        """Make the folder when missing; close it to others when it is ours or empty. FolderInUse or FolderUnusable
        when it cannot be had."""
        self.path = path
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if path.stat().st_mode & 0o077:
                _claim(path)
            self._lock = os.open(path / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise FolderUnusable(f"cannot keep anything in the data folder {path}: {error.strerror}") from error
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


def _claim(path: Path) -> None:
    """Take a folder that is open to others. One that holds something else, /tmp perhaps, is not ours to close."""
    if any(path.iterdir()) and not (path / LOCK_FILE).exists():
        raise FolderUnusable(f"{path} holds other things and is open to others: give hoyhoy a folder of its own")
    path.chmod(0o700)
