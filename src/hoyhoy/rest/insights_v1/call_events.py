"""What a browser phone had to say of a call while it went on: warnings, steps, errors, read from its log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hoyhoy.exchange.events import SoftphoneWarned
from hoyhoy.rest.kit import LIST, V1, Context, Resource, choice, computed, moment, text
from hoyhoy.rest.kit.filters import Condition
from hoyhoy.rest.kit.logged import logged
from hoyhoy.rest.kit.paging import Turn

EDGE = "sdk_edge"
"""Where a browser phone is."""

EDGES = ("unknown_edge", "carrier_edge", "sip_edge", EDGE, "client_edge")
LEVELS = ("UNKNOWN", "DEBUG", "INFO", "WARNING", "ERROR")


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
        rows = await logged(ctx, ctx.scope["call_sid"], SoftphoneWarned, turn)
        return [row | {name: getattr(row["event"], name) for name in ("group", "level", "name")} for row in rows]

    def show_sdk_edge(self, ctx: Context) -> dict[str, Any]:
        """`value` is what was measured last and `threshold` what it should have kept to, in the units of the SDK."""
        said = self.event
        shown: dict[str, Any] = {"metadata": {}}
        if said.code or said.message:
            shown["error"] = {"code": said.code or None, "message": said.message or None}
        if said.value is not None or said.threshold is not None:
            shown["data"] = {"value": said.value, "threshold": said.threshold}
        return shown
