"""The app under test as a program of its own, led to the exchange, on a port of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

READY_SECONDS = 30.0
END_SECONDS = 10.0
POLL_SECONDS = 0.02
MOST_SHOWN = 4000


class NotStarted(Exception):
    """The program ended, or listened to nobody in time; the text shows what it said."""


class Program:
    """Runs until `stop()`; use as a context manager. It is told its port as the variable PORT, and where a word of the
    command has `{port}`; it is ready as soon as it takes connections there."""

    def __init__(
        self,
        command: Sequence[str],
        environ: Mapping[str, str],
        *,
        folder: str | os.PathLike[str] | None = None,
        within: float = READY_SECONDS,
    ) -> None:
        """`within` in real seconds. NotStarted."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self._said = tempfile.TemporaryFile()  # noqa: SIM115  closed by stop()
        words = [word.replace("{port}", str(self.port)) for word in command]
        # A group of its own: what the program starts ends with it.
        try:
            self._process = subprocess.Popen(
                words,
                env={**environ, "PORT": str(self.port)},
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=self._said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            self._said.close()
            raise NotStarted(f"{words[0]} cannot be started: {error}") from None
        try:
            self._wait(time.monotonic() + within)
        except BaseException:
            self.stop()
            raise

    def url(self, path: str = "/") -> str:
        """An address of the app's."""
        return f"http://localhost:{self.port}{path}"

    @property
    def said(self) -> str:
        """What it printed so far, errors included."""
        if self._said.closed:
            return self._last
        return os.pread(self._said.fileno(), os.fstat(self._said.fileno()).st_size, 0).decode("utf-8", "replace")

    def stop(self) -> None:
        """End it, and what it started."""
        if self._said.closed:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(END_SECONDS)
                break
        self._last = self.said
        self._said.close()

    def _wait(self, deadline: float) -> None:
        while not self._listens():
            if self._process.poll() is not None:
                raise NotStarted(
                    f"The program ended with {self._process.returncode}. It said:\n{self.said[-MOST_SHOWN:]}"
                )
            if time.monotonic() > deadline:
                raise NotStarted(f"Nobody listens on port {self.port} (PORT). It said:\n{self.said[-MOST_SHOWN:]}")
            time.sleep(POLL_SECONDS)

    def _listens(self) -> bool:
        for host in ("127.0.0.1", "::1"):
            with contextlib.suppress(OSError), socket.create_connection((host, self.port), 1):
                return True
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
