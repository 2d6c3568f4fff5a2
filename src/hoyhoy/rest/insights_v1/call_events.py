"""What a browser phone had to say of a call while it went on: warnings, steps, errors, read from its log."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from hoyhoy.exchange.events import Entry, SoftphoneWarned
from hoyhoy.rest.kit import LIST, V1, Context, Resource, choice, computed, moment, text
from hoyhoy.rest.kit.filters import Condition
from hoyhoy.rest.kit.paging import Turn

EDGE = "sdk_edge"
"""Where a browser phone is."""

EDGES = ("unknown_edge", "carrier_edge", "sip_edge", EDGE, "client_edge")
LEVELS = ("UNKNOWN", "DEBUG", "INFO", "WARNING", "ERROR")

AT_ONCE = 1000
"""Entries of the log that are read at once."""

LAST = 2**62
"""Rows of a list carry a falling `id`, positions in the log rise: an event's `id` is so much less its position."""


class InsightEvent(Resource):
    """One thing that was said, the oldest first."""

    path, prefix, key = "/v1/Voice/{call_sid}/Events", "EV", "events"
    product, style, table_name = "insights", V1, ""
    within = {"call_sid": "calls"}
    offers = (LIST,)
    has_address = False

    sid: str = text(shown=False)
    date_created: float = moment(shown=False)
    date_updated: float = moment(shown=False)
    timestamp: float = moment()
    call_sid: str = text(default="")
    edge: str = choice(*EDGES, default=EDGE, find="=")
    group: str = text(default="")
    level: str = choice(*LEVELS, default="UNKNOWN")
    name: str = text(default="")
    carrier_edge: dict[str, Any] | None = computed()
    sip_edge: dict[str, Any] | None = computed()
    sdk_edge: dict[str, Any] | None = computed()
    client_edge: dict[str, Any] | None = computed()
    conversation_relay_data: str | None = computed()

    event: SoftphoneWarned

    @classmethod
    async def page(cls, ctx: Context, wanted: Sequence[Condition], turn: Turn) -> Sequence[Mapping[str, Any]]:
        if any(value != EDGE for _, _, value in wanted):
            return ()
        rows: list[Mapping[str, Any]] = []
        left_out = 0
        async for entry, event in _said(ctx, 0 if turn.before is None else max(0, LAST - turn.before)):
            if left_out < turn.offset:
                left_out += 1
            else:
                rows.append(_row(entry, event))
            if len(rows) > turn.size:
                break
        return rows

    def show_sdk_edge(self, ctx: Context) -> dict[str, Any]:
        """`value` is what was measured last and `threshold` what it should have kept to, in the units of the SDK."""
        said = self.event
        shown: dict[str, Any] = {"metadata": {}}
        if said.code or said.message:
            shown["error"] = {"code": said.code or None, "message": said.message or None}
        if said.value is not None or said.threshold is not None:
            shown["data"] = {"value": said.value, "threshold": said.threshold}
        return shown


def _row(entry: Entry, event: SoftphoneWarned) -> dict[str, Any]:
    return {
        "id": LAST - entry.position,
        "account_sid": entry.account,
        "call_sid": entry.subject,
        "timestamp": entry.at,
        "group": event.group,
        "level": event.level,
        "name": event.name,
        "event": event,
    }


async def _said(ctx: Context, after: int) -> AsyncIterator[tuple[Entry, SoftphoneWarned]]:
    """What the browser said after a position of the log."""
    while entries := await ctx.services.events(ctx.scope["call_sid"], after, AT_ONCE):
        for entry in entries:
            if isinstance(entry.event, SoftphoneWarned):
                yield entry, entry.event
        after = entries[-1].position
