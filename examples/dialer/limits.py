"""Limits: so many times within so many seconds, for each of many."""

from collections import OrderedDict, deque
from collections.abc import Callable


class Limit:
    """Counts in memory. Of more than `most` who are counted, those that were quiet longest are forgotten."""

    def __init__(self, times: int, seconds: float, now: Callable[[], float], most: int = 10_000) -> None:
        self.times, self.seconds, self.now, self.most = times, seconds, now, most
        self._counted: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, who: str) -> float:
        """Seconds until `who` may try again; 0 when that is now."""
        counted = self._counted.get(who)
        if counted is None or len(counted) < self.times:
            return 0.0
        return max(0.0, counted[0] + self.seconds - self.now())

    def count(self, who: str) -> None:
        """`who` has tried once more."""
        counted = self._counted.setdefault(who, deque(maxlen=self.times))
        counted.append(self.now())
        self._counted.move_to_end(who)
        if len(self._counted) > self.most:
            self._counted.popitem(last=False)
