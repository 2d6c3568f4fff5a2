"""What became of a call, and how it sounded, on one page: from its row and its log.

How the sound travelled is known of calls that went over a network, at their end, and of those of browser phones, which
measure it themselves. Times are in milliseconds where the name says so, jitter and round trips always.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from hoyhoy.exchange.call import FINAL, CallStatus
from hoyhoy.exchange.events import SoftphoneSampled, SoftphoneWarned, StreamMeasured
from hoyhoy.rest.kit import FETCH, V1, Context, Resource, choice, computed, constant, integer, moment, not_found, text
from hoyhoy.rest.kit.logged import entries_of
from hoyhoy.wire import number as numbers

STATES = {
    CallStatus.QUEUED: "undialed",
    CallStatus.IN_PROGRESS: "answered",
    CallStatus.FAILED: "fail",
    CallStatus.NO_ANSWER: "noanswer",
}
"""Where the word is another than the call's own."""

EDGES = {"carrier": "carrier_edge", "sip": "sip_edge", "trunking": "sip_edge", "client": "client_edge"}
"""By type of call: where the exchange met its far end."""


class CallInsight(Resource):
    """Where there is more to be learnt of a call."""

    path, prefix, key = "/v1/Voice", "CA", "calls"
    product, style, table_name = "insights", V1, ""
    offers = (FETCH,)
    below = {"events": "Events", "metrics": "Metrics", "summary": "Summary"}

    account_sid: str = text(shown=False)
    date_created: float = moment(shown=False)
    date_updated: float = moment(shown=False)

    @classmethod
    async def find(cls, ctx: Context, sid: str) -> dict[str, Any] | None:
        return await ctx.services.rows.fetch("calls", sid)


class CallSummary(Resource):
    """The summary of one call; `partial` while the call goes on."""

    path, prefix, key = "/v1/Voice/{call_sid}/Summary", "CA", "summary"
    product, style, table_name = "insights", V1, ""
    within = {"call_sid": "calls"}
    offers = (FETCH,)
    single = True

    call_sid: str = text(default="")
    call_type: str = text(default="carrier")
    call_state: str = text(default="undialed")
    answered_by: str = text()
    processing_state: str = choice("complete", "partial", default="partial", on=(FETCH,))
    created_time: float = moment()
    start_time: float = moment()
    end_time: float = moment()
    duration: int = integer()
    connect_duration: int = integer()
    from_: dict[str, Any] = computed()
    to: dict[str, Any] = computed()
    carrier_edge: dict[str, Any] | None = computed()
    client_edge: dict[str, Any] | None = computed()
    sdk_edge: dict[str, Any] | None = computed()
    sip_edge: dict[str, Any] | None = computed()
    tags: list[str] = computed()
    attributes: dict[str, Any] = computed()
    properties_: dict[str, Any] = computed()
    trust: dict[str, Any] | None = computed()
    annotation: dict[str, Any] | None = computed()
    agent_session_summaries: list[str] = constant([])

    sid: str = text(shown=False)
    account_sid: str = text()
    date_created: float = moment(shown=False)
    date_updated: float = moment(shown=False)

    @classmethod
    async def find(cls, ctx: Context, sid: str) -> dict[str, Any] | None:
        row = await ctx.services.rows.fetch("calls", ctx.scope["call_sid"])
        if row is None:
            return None
        is_over = row["status"] in FINAL
        if ctx.asked.get("processing_state") == "complete" and not is_over:
            raise not_found(ctx.path)
        edges = {"sdk_edge": await _softphone(ctx, row)}
        return _summary(row, await _measured(ctx, row["sid"]), is_over) | edges


async def _measured(ctx: Context, sid: str) -> StreamMeasured | None:
    """What the end of the call's log says of its sound."""
    entry = await ctx.services.last_event(sid, StreamMeasured)
    return entry.event if entry and isinstance(entry.event, StreamMeasured) else None


async def _softphone(ctx: Context, row: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the browser phone at the far end told, of all that the log has of it; None when it told nothing."""
    sampled: list[SoftphoneSampled] = []
    said: list[SoftphoneWarned] = []
    if _type(row) == "client":
        async for entry in entries_of(ctx, row["sid"], SoftphoneSampled, SoftphoneWarned):
            if isinstance(entry.event, SoftphoneSampled):
                sampled.append(entry.event)
            elif isinstance(entry.event, SoftphoneWarned):
                said.append(entry.event)
    if not sampled and not said:
        return None
    return {
        "metrics": _heard(sampled) if sampled else None,
        "properties": {"direction": sampled[-1].direction or None if sampled else None},
        "events": {
            "levels": Counter(one.level for one in said),
            "groups": Counter(one.group for one in said),
            "errors": Counter(str(one.code) for one in said if one.code),
            "feedback": [{"score": one.value, "issue": one.message} for one in said if one.group == "feedback"],
        },
    }


def _heard(sampled: Sequence[SoftphoneSampled]) -> dict[str, Any]:
    """`inbound` is what came to the browser, as it heard it."""
    received, lost = (sum(getattr(one, name) for one in sampled) for name in ("received", "lost"))
    last = sampled[-1]
    return {
        "inbound": {
            "packets_received": received,
            "packets_lost": lost,
            "packets_loss_percentage": round(100 * lost / (received + lost), 2) if received + lost else 0.0,
            "jitter": _spread(sampled, "jitter", 1000),
            "rtt": _spread(sampled, "round_trip", 1000),
            "mos": _spread(sampled, "mos"),
            "audio_in": _spread(sampled, "microphone"),
            "audio_out": _spread(sampled, "speaker"),
        },
        "outbound": {"packets_sent": last.all_sent, "codec_name": last.codec.lower() or None},
    }


def _spread(sampled: Sequence[SoftphoneSampled], name: str, unit: float = 1.0) -> dict[str, float] | None:
    """Mean and most of all measurements that were made, and the least where that is told; None when none was."""
    means = [(value, one.samples) for one in sampled if (value := getattr(one, name)) is not None]
    if not means:
        return None
    found = {
        "avg": sum(value * weight for value, weight in means) / sum(weight for _, weight in means),
        "max": max((most for one in sampled if (most := getattr(one, f"most_{name}")) is not None), default=None),
        "min": min(
            (least for one in sampled if (least := getattr(one, f"least_{name}", None)) is not None), default=None
        ),
    }
    return {key: round(value * unit, 2) for key, value in found.items() if value is not None}


def _summary(row: Mapping[str, Any], measured: StreamMeasured | None, is_over: bool) -> dict[str, Any]:
    kind = _type(row)
    edge = {EDGES[kind]: {"metrics": _metrics(measured), "properties": {"direction": _direction(row)}}}
    return {
        "sid": row["sid"],
        "account_sid": row["account_sid"],
        "call_sid": row["sid"],
        "call_type": kind,
        "call_state": STATES.get(CallStatus(row["status"]), row["status"]),
        "answered_by": row["answered_by"],
        "processing_state": "complete" if is_over else "partial",
        "created_time": row["date_created"],
        "start_time": row["start_time"],
        "end_time": row["end_time"],
        "duration": _seconds(row["start_time"], row["end_time"]),
        "connect_duration": _seconds(row["answer_time"], row["end_time"]),
        "from": {"caller": row["from"], "country_code": numbers.region_of(row["from"] or "")},
        "to": {"callee": row["to"], "country_code": numbers.region_of(row["to"] or "")},
        "tags": [],
        "attributes": {},
        "properties": {
            "direction": _direction(row),
            "queue_time": row["queue_time"] or 0,
            "pdd_ms": _milliseconds(row["start_time"], row["answer_time"]),
        },
        **edge,
    }


def _type(row: Mapping[str, Any]) -> str:
    """By the far end: who calls in, or is called."""
    if row["direction"].startswith("trunking"):
        return "trunking"
    far = (row["from"] if row["direction"] == "inbound" else row["to"]) or ""
    if far.lower().startswith("client:"):
        return "client"
    return "sip" if far.lower().startswith(("sip:", "sips:")) else "carrier"


def _direction(row: Mapping[str, Any]) -> str:
    return str(row["direction"]).replace("-", "_")


def _metrics(measured: StreamMeasured | None) -> dict[str, Any] | None:
    """`inbound` is what came from the far end, `outbound` what it reported of what went there."""
    if measured is None:
        return None
    expected = measured.received + measured.lost
    return {
        "inbound": {
            "packets_received": measured.received,
            "packets_lost": measured.lost,
            "packets_loss_percentage": round(100 * measured.lost / expected, 2) if expected else 0.0,
            "jitter": {"avg": round(measured.jitter * 1000, 2)},
        },
        "outbound": {
            "packets_sent": measured.sent,
            "packets_lost": measured.far_lost,
            "jitter": None if measured.far_jitter is None else {"avg": round(measured.far_jitter * 1000, 2)},
            "rtt": None if measured.round_trip is None else {"avg": round(measured.round_trip * 1000, 2)},
        },
    }


def _seconds(begin: float | None, end: float | None) -> int | None:
    return None if begin is None or end is None else round(end - begin)


def _milliseconds(begin: float | None, end: float | None) -> int | None:
    return None if begin is None or end is None else round((end - begin) * 1000)
