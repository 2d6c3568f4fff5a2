"""What went wrong at the sockets: counted always, logged seldom.

Whoever floods the ports must not fill the disk. A line names the kind and the count, never a number, an address
of record or a body.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable

log = logging.getLogger(__name__)

EVERY = 60.0
"""Seconds between two lines of one kind."""


class Notices:
    """`now` is a time that never goes back. Kinds are words of ours, so there are few."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.counts: Counter[str] = Counter()
        self._now = now
        self._told: dict[str, tuple[float, int]] = {}  # when, and the count then

    def note(self, kind: str, level: int = logging.WARNING) -> None:
        self.counts[kind] += 1
        now, (told, count) = self._now(), self._told.get(kind, (float("-inf"), 0))
        if now - told >= EVERY:
            self._told[kind] = now, self.counts[kind]
            log.log(level, "SIP: %s (%d)", kind, self.counts[kind] - count)
