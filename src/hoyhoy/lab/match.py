"""Waiting for something to happen: a match on the log, and time moving until it is found.

One mechanism serves every expectation: a test that waits for speech, a demo that waits for the
end of a call, a program in another language that waits for a message.
"""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from hoyhoy.bus.feed import Feed
from hoyhoy.exchange.clock import Clock, VirtualClock
from hoyhoy.exchange.events import Entry, Event

TEXTS = ("text", "body", "keys", "url", "message")
"""Fields of events that `contains` looks at."""


class Match(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an entry must be: everything that is set must fit. `contains` compares texts without case.

    ValueError for a kind of event that there is not: nobody should wait for what cannot come.
    """

    kinds: tuple[str, ...] = ()
    subject: str = ""
    where: dict[str, Any] = {}
    contains: str = ""

    def __post_init__(self) -> None:
        if strange := [kind for kind in self.kinds if kind not in Event.kinds]:
            raise ValueError(f"There is no event {strange[0][:40]!r}; there are {', '.join(Event.kinds)}.")

    def fits(self, entry: Entry) -> bool:
        if self.kinds and type(entry.event).__name__ not in self.kinds:
            return False
        if self.subject and entry.subject != self.subject:
            return False
        if any(_as_it_travels(getattr(entry.event, name, None)) != value for name, value in self.where.items()):
            return False
        wanted = self.contains.casefold()
        return not wanted or any(wanted in str(getattr(entry.event, name, "")).casefold() for name in TEXTS)


def _as_it_travels(value: Any) -> Any:
    return [_as_it_travels(one) for one in value] if isinstance(value, tuple) else value


async def expect(feed: Feed, clock: Clock, match: Match, *, after: int, within: float, real: float) -> Entry | None:
    """The first entry behind position `after` that fits, waiting at most `within` seconds of the exchange's clock.

    A virtual clock is driven, and stops at the match; `real` bounds, in real seconds, each wait for
    the world outside (clock.Stuck past it). None when the time is over.
    """
    found = feed.wait_for(match.fits, after)
    try:
        if isinstance(clock, VirtualClock):
            await clock.drive(within, found.done, real)
        else:
            async with clock.timeout(within):
                await asyncio.wait({found})
    except TimeoutError:
        pass
    finally:
        if not found.done():
            found.cancel()
    return None if found.cancelled() else found.result()
