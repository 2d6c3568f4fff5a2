"""Lists that are read from the log of a call: each row is an event of one kind, the oldest first."""

from __future__ import annotations

from typing import Any

from hoyhoy.exchange.events import Event

from .paging import Turn
from .request import Context

AT_ONCE = 1000
"""Entries of the log that are read at once."""

LAST = 2**62
"""Rows of a list carry a falling `id`, positions in the log rise: an event's `id` is so much less its position."""


async def logged(ctx: Context, call: str, kind: type[Event], turn: Turn) -> list[dict[str, Any]]:
    """The rows of a page, and one more if there are more: `id`, `account_sid`, `call_sid`, `timestamp`, `event`."""
    after = 0 if turn.before is None else max(0, LAST - turn.before)
    rows: list[dict[str, Any]] = []
    left_out = 0
    while entries := await ctx.services.events(call, after, AT_ONCE):
        for entry in entries:
            if not isinstance(entry.event, kind):
                continue
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
                return rows
        after = entries[-1].position
    return rows
