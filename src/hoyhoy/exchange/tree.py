"""How many calls one call sets off: by `<Dial>`, and those that it dials by theirs (voice reference 2.7, 2.11).

A number that dials itself would fill the exchange, and one that dials itself twice would do so at once. So all calls
of such a tree take their places from one store, however they are related.
"""

from __future__ import annotations

from .clock import Clock

CLOSED = 60.0
"""Seconds after it was full in which a tree takes no call: longer than the apology of a call that may not dial. Else
the next Dial of each call in a circle would find the place of the last."""


class Tree:
    """Shared by a call, those it dialled, those that came in where these lead back into the exchange, and so on.

    `before`: how many places are taken already, of a call that comes from another exchange, or by a line that can say
    no more than a number.
    """

    def __init__(self, clock: Clock, before: int = 0) -> None:
        self.clock, self.before, self.dialled = clock, before, 0
        """`dialled` calls are not over yet."""
        self._closed_until = 0.0

    def room(self, most: int) -> int:
        """For how many more calls, of so many."""
        return 0 if self.clock.now() < self._closed_until else max(0, most - self.before - self.dialled)

    def takes(self, calls: int, most: int) -> bool:
        """Whether so many more may be dialled together. If not, calls go round in circles: all of them may dial again
        when none of them has tried to for a while."""
        if calls <= self.room(most):
            return True
        self._closed_until = self.clock.now() + CLOSED
        return False


def share(room: int, calls: int) -> int:
    """How many calls each of so many may set off by itself, if nothing but this number can be told to it."""
    return max(0, room // max(1, calls) - 1)
