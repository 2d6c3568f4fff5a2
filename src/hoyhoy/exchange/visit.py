"""A Dial that leads its caller somewhere instead of calling somebody: into a conference, to the head of a queue.

What such a place does with him is its own; what a Dial says for all of them is here: how long he may stay, the `*`
by which he leaves, and that his leg is recorded (voice reference 2.7, 2.8).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol

from .clock import stopped
from .events import Params
from .orders import Record
from .taping import Taping

if TYPE_CHECKING:
    from .call import Call


class Visit(Protocol):
    """A caller's stay somewhere."""

    async def run(self) -> None:
        """Go there; return when it is over, and at once, with a notice, when he is not let in.

        Cancelled, he is out of it before this returns.
        """

    async def ended(self) -> Params:
        """What there is to say of it when `run` has ended, or never began (2.7.3); more than one may ask."""


class Guest(Visit, Protocol):
    """One whose keys a `Stay` hears first."""

    def pressed(self, key: str) -> None:
        """A key of the caller's that does not end it."""


class Stay:
    """One visit on the terms of a Dial: at most `limit` seconds; `star_ends`: the caller may leave by `*`."""

    def __init__(self, call: Call, visit: Guest, *, limit: float, star_ends: bool, record: Record | None) -> None:
        self.call, self.visit, self.limit, self.star_ends = call, visit, limit, star_ends
        self._taping = Taping(call, record)

    async def run(self) -> None:
        """Return when it is over, for whatever reason."""
        call = self.call
        call.line.forget_keys()
        self._taping.start()
        visit = call.spawn(self.visit.run(), "visit")
        over: set[asyncio.Future[Any]] = {visit, call.spawn(self._hear_keys(), "keys of a visit")}
        try:
            async with call.clock.timeout(self.limit):
                await asyncio.wait(over, return_when=asyncio.FIRST_COMPLETED)
        except TimeoutError:
            pass
        finally:
            self._taping.stop()
            await stopped(*over)
        if not visit.cancelled():
            visit.result()

    async def ended(self) -> Params:
        """What the Dial's action is told."""
        await self._taping.done()
        return (*await self.visit.ended(), *self._taping.told)

    async def _hear_keys(self) -> None:
        """Return at a `*` by which the caller may leave."""
        while (key := await self.call.line.keys.get()) != "*" or not self.star_ends:
            self.visit.pressed(key)
