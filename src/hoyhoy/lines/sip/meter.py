"""What calls take of the caps of a trunk or an account, and whether one more may begin (bad-inputs 24)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice

from hoyhoy.wire.errors import Fault

from .trunk_settings import Caps

DAY = 86400.0


class Seat:
    """What one call takes, held by so many ways that it may go. It is counted from the first; one that no way began
    with is given back whole."""

    __slots__ = ("_holders", "_meter", "on_full", "since", "taken")

    def __init__(self, meter: Meter, taken: float, holders: int) -> None:
        self._meter, self._holders = meter, holders
        self.taken = taken
        self.since: float | None = None
        self.on_full: Callable[[], object] | None = None
        """Ends the call: there are no minutes left."""

    def begin(self, now: float) -> None:
        """The call goes one of these ways."""
        if self.since is None:
            self.since = now
            self._meter.on_change(self._meter)

    def release(self, now: float) -> None:
        """One way less. After the last the call is over, or went another way."""
        self._holders -= 1
        if self._holders == 0:
            self._meter.give_back(self, now)


class Meter:
    """Days are those of UTC. Counts live in memory: a restart begins them anew. `on_change` is called when a call
    begins or ends, as then the minutes last another time."""

    def __init__(self, caps: Caps, name: str, on_change: Callable[[Meter], None] = lambda meter: None) -> None:
        self.caps, self.name, self.on_change = caps, name, on_change
        self._seats: set[Seat] = set()
        self._begun: dict[Seat, None] = {}  # within the last minute, oldest first
        self._day = -1
        self._calls_of_day = 0
        self._seconds_of_day = 0.0

    @property
    def calls(self) -> int:
        """How many go on, or may yet."""
        return len(self._seats)

    def obstacle(self, now: float) -> Fault | None:
        """Why no call may begin now."""
        self._turn(now)
        caps, name = self.caps, self.name
        if self.calls >= caps.calls:
            return Fault(10004, f"{name} has {caps.calls} calls going on, which is as many as it may have.")
        if sum(seat.taken > now - 1 for seat in self._latest(caps.calls_per_second)) >= caps.calls_per_second:
            return Fault(32001, f"{name} may begin {caps.calls_per_second} calls in a second.")
        if len(self._begun) >= caps.calls_per_minute:
            return Fault(32001, f"{name} may begin {caps.calls_per_minute} calls in a minute.")
        if self._calls_of_day >= caps.calls_per_day:
            return Fault(32200, f"{name} may begin {caps.calls_per_day} calls in a day.")
        if self.left(now) <= 0:
            return Fault(32200, f"{name} may talk {caps.minutes_per_day} minutes in a day.")
        return None

    def left(self, now: float) -> float:
        """The seconds that all its calls together may still talk this day."""
        self._turn(now)
        talked = self._seconds_of_day + sum(_seconds(seat, now) for seat in self._seats)
        return self.caps.minutes_per_day * 60 - talked

    def lasts(self, now: float) -> float | None:
        """After how many seconds there is none left if all calls go on; None when none goes on."""
        going = sum(seat.since is not None for seat in self._seats)
        return max(0.0, self.left(now)) / going if going else None

    def end(self) -> None:
        """End every call that goes on, once."""
        for seat in list(self._seats):
            if seat.since is not None and seat.on_full:
                end, seat.on_full = seat.on_full, None
                end()

    def take(self, now: float, holders: int = 1) -> Seat:
        """One more call, with so many ways. Whoever takes has looked for an obstacle before."""
        self._turn(now)
        seat = Seat(self, now, holders)
        self._seats.add(seat)
        self._begun[seat] = None
        self._calls_of_day += 1
        return seat

    def give_back(self, seat: Seat, now: float) -> None:
        """A call is over, or one that never began is not needed."""
        self._turn(now)
        self._seats.discard(seat)
        if seat.since is not None:
            self._seconds_of_day += _seconds(seat, now)
            self.on_change(self)
            return
        self._begun.pop(seat, None)
        if int(seat.taken // DAY) == self._day:
            self._calls_of_day -= 1

    def _latest(self, count: int) -> Iterable[Seat]:
        return islice(reversed(self._begun), count)

    def _turn(self, now: float) -> None:
        # A clock that is set back must not keep a minute full for ever.
        while self._begun and not now - 60 < (oldest := next(iter(self._begun))).taken <= now:
            del self._begun[oldest]
        if (day := int(now // DAY)) != self._day:
            self._day, self._calls_of_day, self._seconds_of_day = day, 0, 0.0


def _seconds(seat: Seat, now: float) -> float:
    """What a call has talked of this day."""
    return 0.0 if seat.since is None else max(0.0, now - max(seat.since, now // DAY * DAY))
