"""Lines to a terminal from a thread of their own: a full, slow or closed output stops nobody but the reader."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextlib import suppress

MOST = 1000
"""Lines that wait; those beyond are counted and not shown."""

LAST_LINES = 1.0
"""Seconds in which the waiting lines may still be printed at the end."""


class Printer:
    """Call it with a line; it returns at once. `close()` at the end."""

    def __init__(self, echo: Callable[[str], None], most: int = MOST) -> None:
        self._echo = echo
        self._lines: queue.Queue[str | None] = queue.Queue(most)
        self._dropped = 0
        self._thread = threading.Thread(target=self._print, name="printer", daemon=True)
        self._thread.start()

    def __call__(self, line: str) -> None:
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self._dropped += 1

    def _print(self) -> None:
        while (line := self._lines.get()) is not None:
            self._out(line)
            if self._dropped and self._lines.empty():
                dropped, self._dropped = self._dropped, 0
                self._out(f"... {dropped} lines were not shown")

    def _out(self, line: str) -> None:
        with suppress(OSError, ValueError):  # closed: a pipe whose reader left, a file
            self._echo(line)

    def close(self) -> None:
        """Print what waits, if that is possible soon."""
        with suppress(queue.Full):
            self._lines.put(None, timeout=LAST_LINES)
        self._thread.join(LAST_LINES)
