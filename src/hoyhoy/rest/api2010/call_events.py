"""What was asked of the app about one call, and what it answered (voice reference 5.6).

Read from the log: webhooks, whose answers steer the call, and status callbacks, whose answers'
bodies do not matter and are not kept.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from hoyhoy.exchange.events import CallbackDelivered, CallbackFailed, Entry, WebhookAnswered
from hoyhoy.rest.kit import LIST, V2010, Context, Resource, computed, moment, text
from hoyhoy.rest.kit.filters import Condition
from hoyhoy.rest.kit.paging import Turn

Asked = WebhookAnswered | CallbackDelivered | CallbackFailed

AT_ONCE = 1000
"""Entries of the log that are read at once."""

LAST = 2**62
"""Rows of a list carry a falling `id`, positions in the log rise: an event's `id` is so much less its position."""


class CallEvent(Resource):
    """One request and its answer, the oldest first: it is read like the story of the call."""

    path, key, table_name = "/2010-04-01/Accounts/{account_sid}/Calls/{call_sid}/Events", "events", ""
    prefix, element = "EV", "Event"
    within = {"call_sid": "calls"}
    offers = (LIST,)
    has_address = False

    sid: str = text(shown=False)
    account_sid: str = text(shown=False)
    date_created: float = moment(shown=False)
    date_updated: float = moment(shown=False)
    request: dict[str, Any] = computed()
    response: dict[str, Any] = computed()

    entry: Entry

    @classmethod
    async def page(cls, ctx: Context, wanted: Sequence[Condition], turn: Turn) -> Sequence[Mapping[str, Any]]:
        rows: list[Mapping[str, Any]] = []
        left_out = 0
        async for entry in _asked(ctx, 0 if turn.before is None else max(0, LAST - turn.before)):
            if left_out < turn.offset:
                left_out += 1
            else:
                rows.append({"id": LAST - entry.position, "entry": entry})
            if len(rows) > turn.size:
                break
        return rows

    def show_request(self, ctx: Context) -> dict[str, Any]:
        event = _event(self.entry)
        return {"method": event.method, "url": event.url, "parameters": dict(event.params)}

    def show_response(self, ctx: Context) -> dict[str, Any]:
        """`request_duration` in milliseconds; the code is null when no answer came."""
        event = _event(self.entry)
        return {
            "response_code": event.status or None,
            "request_duration": round(event.seconds * 1000),
            "content_type": event.content_type or None,
            "response_body": event.body if isinstance(event, WebhookAnswered) and event.status else None,
            "date_created": V2010.moment(self.entry.at),
        }


def _event(entry: Entry) -> Asked:
    assert isinstance(entry.event, Asked)
    return entry.event


async def _asked(ctx: Context, after: int) -> AsyncIterator[Entry]:
    """The requests about the call after a position of the log."""
    while entries := await ctx.services.events(ctx.scope["call_sid"], after, AT_ONCE):
        for entry in entries:
            if isinstance(entry.event, Asked):
                yield entry
        after = entries[-1].position
