"""The timers of very many transactions as one queue, so that one wait of the clock serves them all.

Whoever drives it says what time it is: `set` when a transaction asks, `pop` until nothing is left when the
clock has come to `next`. A timer that was replaced or forgotten stays in the queue until its time, unless such remains
outnumber the others; so all operations cost the logarithm of the timers that run.
"""

from __future__ import annotations

from collections.abc import Hashable
from heapq import heapify, heappop, heappush
from typing import Generic, TypeVar

Owner = TypeVar("Owner", bound=Hashable)
Name = TypeVar("Name", bound=Hashable)


class Timers(Generic[Owner, Name]):
    """Timers by owner and name. Times are seconds of whatever clock the driver has."""

    __slots__ = ("_count", "_queue", "_running", "_size")

    def __init__(self) -> None:
        self._queue: list[tuple[float, int, Owner, Name]] = []
        self._running: dict[Owner, dict[Name, int]] = {}
        self._size = 0
        self._count = 0  # keeps timers of one instant in the order they were set

    def set(self, owner: Owner, name: Name, when: float) -> None:
        """Start a timer, or start it anew."""
        self._count += 1
        names = self._running.setdefault(owner, {})
        self._size += name not in names
        names[name] = self._count
        heappush(self._queue, (when, self._count, owner, name))
        if len(self._queue) > 64 and len(self._queue) > 4 * self._size:
            self._queue = [entry for entry in self._queue if self._runs(entry)]
            heapify(self._queue)

    def stop(self, owner: Owner, name: Name) -> None:
        names = self._running.get(owner, {})
        if names.pop(name, None) is not None:
            self._size -= 1
            if not names:
                del self._running[owner]

    def forget(self, owner: Owner) -> None:
        """Stop all timers of this owner."""
        self._size -= len(self._running.pop(owner, ()))

    @property
    def next(self) -> float | None:
        """When the first timer is due; None when none runs."""
        while self._queue and not self._runs(self._queue[0]):
            heappop(self._queue)
        return self._queue[0][0] if self._queue else None

    def pop(self, now: float) -> tuple[Owner, Name] | None:
        """Take the first timer whose time has come; None when there is no more. One at a time: it may stop others."""
        first = self.next
        if first is None or first > now:
            return None
        _, _, owner, name = heappop(self._queue)
        self.stop(owner, name)
        return owner, name

    def _runs(self, entry: tuple[float, int, Owner, Name]) -> bool:
        _, count, owner, name = entry
        return self._running.get(owner, {}).get(name) == count

    def __len__(self) -> int:
        return self._size
