"""The log of a call, read by kinds of events; and lists that are read from it, the oldest first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from hoyhoy.exchange.events import Entry, Event

from .paging import Turn
from .request import Context

AT_ONCE = 1000
"""Entries of the log that are read at once."""

LAST = 2**62
"""Rows of a list carry a falling `id`, positions in the log rise: an event's `id` is so much less its position."""


async def entries_of(ctx: Context, call: str, *kinds: type[Event], after: int = 0) -> AsyncIterator[Entry]:
    """What the log of a call has of these kinds, after a position."""
    while entries := await ctx.services.events(call, after, AT_ONCE):
        for entry in entries:
            if isinstance(entry.event, kinds):
                yield entry
        after = entries[-1].position


async def logged(ctx: Context, call: str, kind: type[Event], turn: Turn) -> list[dict[str, Any]]:
    """The rows of a page, and one more if there are more: `id`, `account_sid`, `call_sid`, `timestamp`, `event`."""
    after = 0 if turn.before is None else max(0, LAST - turn.before)
    rows: list[dict[str, Any]] = []
    left_out = 0
    async for entry in entries_of(ctx, call, kind, after=after):
        if left_out < turn.offset:
            left_out += 1
            continue
        rows.append(
            {
                "id": LAST - entry.position,
                "account_sid": entry.account,
                "call_sid": entry.subject,
                "timestamp": entry.at,
                "event": entry.event,
            }
        )
        if len(rows) > turn.size:
            break
    return rows
