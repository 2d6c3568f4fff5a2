"""How a call sounded while it went on, as its browser phone measured it: ten seconds at a time, read from its log.

What the exchange itself measured of a call is in the summary. Times are in milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hoyhoy.exchange.events import SoftphoneSampled
from hoyhoy.rest.kit import LIST, V1, Context, Resource, choice, computed, moment, text
from hoyhoy.rest.kit.filters import Condition
from hoyhoy.rest.kit.logged import logged
from hoyhoy.rest.kit.paging import Turn

EDGE, BOTH_WAYS = "sdk_edge", "both"
"""Where a browser phone measures, and that it measures what comes and what goes at once."""

EDGES = ("unknown_edge", "carrier_edge", "sip_edge", EDGE, "client_edge")
DIRECTIONS = ("unknown", "inbound", "outbound", BOTH_WAYS)


class CallMetric(Resource):
    """Ten seconds of a call, the oldest first."""

    path, prefix, key = "/v1/Voice/{call_sid}/Metrics", "ME", "metrics"
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
    direction: str = choice(*DIRECTIONS, default=BOTH_WAYS, find="=")
    carrier_edge: dict[str, Any] | None = computed()
    sip_edge: dict[str, Any] | None = computed()
    sdk_edge: dict[str, Any] | None = computed()
    client_edge: dict[str, Any] | None = computed()

    event: SoftphoneSampled

    @classmethod
    async def page(cls, ctx: Context, wanted: Sequence[Condition], turn: Turn) -> Sequence[Mapping[str, Any]]:
        is_of = {"edge": EDGE, "direction": BOTH_WAYS}
        if any(is_of[column] != value for column, _, value in wanted):
            return ()
        return await logged(ctx, ctx.scope["call_sid"], SoftphoneSampled, turn)

    def show_sdk_edge(self, ctx: Context) -> dict[str, Any]:
        one, whole = self.event, self.event.received + self.event.lost
        return {
            "interval": {
                "packets_received": one.received,
                "packets_lost": one.lost,
                "packets_loss_percentage": round(100 * one.lost / whole, 2) if whole else 0.0,
                "audio_in": _value(one.microphone, most=one.most_microphone),
                "audio_out": _value(one.speaker, most=one.most_speaker),
                "jitter": _value(one.jitter, most=one.most_jitter, unit=1000),
                "mos": _value(one.mos, least=one.least_mos, most=one.most_mos),
                "rtt": _value(one.round_trip, most=one.most_round_trip, unit=1000),
            },
            "cumulative": {
                "bytes_received": one.all_bytes_received,
                "bytes_sent": one.all_bytes_sent,
                "packets_received": one.all_received,
                "packets_lost": one.all_lost,
                "packets_sent": one.all_sent,
            },
            "codec_name": one.codec.lower() or None,
        }


def _value(
    mean: float | None, *, least: float | None = None, most: float | None = None, unit: float = 1.0
) -> dict[str, float] | None:
    """A measure of these seconds; None when it was not taken. A single value is the mean."""
    if mean is None:
        return None
    found = {"value": mean, "avg": mean, "min": least, "max": most}
    return {name: round(value * unit, 2) for name, value in found.items() if value is not None}
