"""What became of a call, on one page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hoyhoy.exchange.events import KeyPressed, SoftphoneSampled, SoftphoneWarned, StreamMeasured
from hoyhoy.store import database
from tests.rest.api2010.test_calls import ended, make_call, place, until
from tests.rest.world import ACCOUNT, NUMBER, PHONE, World

from .test_call_events import ERROR, RAISED
from .test_call_metrics import SAMPLED

VOICE = "/insights/v1/Voice"


async def make_insight(exchange: World) -> str:
    return f"{VOICE}/{(await make_call(exchange)).rpartition('/')[2]}"


async def make_summary(exchange: World) -> str:
    return f"{await make_insight(exchange)}/Summary"


SPECIMENS = {"CallInsight": make_insight, "CallSummary": make_summary}

MEASURED = StreamMeasured(
    received=990, sent=1000, lost=10, late=1, concealed=3, jitter=0.0042, far_lost=5, far_jitter=0.001, round_trip=0.08
)


@pytest.mark.works("CallSummary.fetch", "ProcessingState")
async def test_with_the_official_client(exchange):
    sid = (await place(exchange, Url=None, Twiml="<Response><Pause length='7'/></Response>")).json()["sid"]
    await until(exchange, sid, "in-progress")

    def during(client):
        found = client.insights.v1.calls(sid).summary().fetch()
        assert (found.processing_state, found.call_state, found.end_time) == ("partial", "answered", None)
        assert client.insights.v1.calls(sid).fetch().sid == sid

    await exchange.sdk(during)
    early = await exchange.request("GET", f"{VOICE}/{sid}/Summary?ProcessingState=complete")
    assert early.status_code == 404
    await ended(exchange, sid)
    found = await exchange.sdk(lambda client: client.insights.v1.calls(sid).summary().fetch("complete"))
    assert (found.processing_state, found.call_state, found.connect_duration) == ("complete", "completed", 7)


async def test_representation(exchange):
    sid = (await place(exchange, Url=None, Twiml="<Response/>")).json()["sid"]
    row = await ended(exchange, sid)
    exchange.database.journal.record(sid, ACCOUNT, MEASURED)
    body = (await exchange.request("GET", f"{VOICE}/{sid}/Summary")).json()
    assert body == {
        "account_sid": ACCOUNT,
        "call_sid": sid,
        "call_type": "carrier",
        "call_state": "completed",
        "answered_by": None,
        "processing_state": "complete",
        "created_time": "2026-01-01T00:00:00Z",
        "start_time": body["start_time"],
        "end_time": body["end_time"],
        "duration": round(row["end_time"] - row["start_time"]),
        "connect_duration": row["duration"],
        "from": {"caller": NUMBER, "country_code": "US"},
        "to": {"callee": PHONE, "country_code": "US"},
        "carrier_edge": {
            "metrics": {
                "inbound": {
                    "packets_received": 990,
                    "packets_lost": 10,
                    "packets_loss_percentage": 1.0,
                    "jitter": {"avg": 4.2},
                },
                "outbound": {"packets_sent": 1000, "packets_lost": 5, "jitter": {"avg": 1.0}, "rtt": {"avg": 80.0}},
            },
            "properties": {"direction": "outbound_api"},
        },
        "client_edge": None,
        "sdk_edge": None,
        "sip_edge": None,
        "tags": [],
        "attributes": {},
        "properties": {
            "direction": "outbound_api",
            "queue_time": row["queue_time"],
            "pdd_ms": round((row["answer_time"] - row["start_time"]) * 1000),
        },
        "trust": None,
        "annotation": None,
        "agent_session_summaries": [],
        "url": f"http://localhost:8980{VOICE}/{sid}/Summary",
    }


@pytest.mark.parametrize(
    ("status", "far", "direction", "state", "kind", "edge"),
    [
        ("queued", "client:alice", "outbound-api", "undialed", "client", "client_edge"),
        ("no-answer", "sip:a@example.com", "outbound-dial", "noanswer", "sip", "sip_edge"),
        ("failed", PHONE, "trunking-originating", "fail", "trunking", "sip_edge"),
        ("busy", PHONE, "inbound", "busy", "carrier", "carrier_edge"),
    ],
)
async def test_kinds_and_states(exchange, status, far, direction, state, kind, edge):
    parties = {"from": far, "to": NUMBER} if direction == "inbound" else {"from": NUMBER, "to": far}
    sid = exchange.write("calls", "CA" + "9" * 32, account_sid=ACCOUNT, status=status, direction=direction, **parties)
    body = (await exchange.request("GET", f"{VOICE}/{sid}/Summary")).json()
    assert (body["call_state"], body["call_type"], body["duration"]) == (state, kind, None)
    assert body[edge] == {"metrics": None, "properties": {"direction": direction.replace("-", "_")}}


async def test_of_no_call(exchange):
    for path in ("", "/Summary"):
        answer = await exchange.request("GET", f"{VOICE}/CA{'0' * 32}{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, 20404)


async def test_a_long_log_is_not_read_for_its_end(exchange, monkeypatch):
    """The last word of the call counts, and it alone is read."""
    sid = exchange.write("calls", "CA" + "8" * 32, account_sid=ACCOUNT, status="completed", direction="inbound")
    for received in (1, 2):
        exchange.database.journal.record(sid, ACCOUNT, replace(MEASURED, received=received))
    exchange.database.journal.record("CA" + "7" * 32, ACCOUNT, MEASURED)
    for _ in range(50):
        exchange.database.journal.record(sid, ACCOUNT, KeyPressed(key="1"))
    read, entry_of = [], database.entry_of
    monkeypatch.setattr(database, "entry_of", lambda row: read.append(row) or entry_of(row))
    body = (await exchange.request("GET", f"{VOICE}/{sid}/Summary")).json()
    assert body["carrier_edge"]["metrics"]["inbound"]["packets_received"] == 2
    assert len(read) == 1


# Browser phones ----------------------------------------------------------------------------


async def softphone(exchange, *events, far="client:alice"):
    """The summary's edge of a call whose browser told so much."""
    sid = exchange.write(
        "calls", "CA" + "6" * 32, account_sid=ACCOUNT, status="completed", direction="inbound", **{"from": far}
    )
    for event in events:
        exchange.database.journal.record(sid, ACCOUNT, event)
        exchange.database.journal.record(sid, ACCOUNT, KeyPressed(key="1"))
    body = (await exchange.request("GET", f"{VOICE}/{sid}/Summary")).json()
    return body["sdk_edge"]


async def test_what_a_browser_told_is_summed_up(exchange):
    """Means are of all seconds; what was not measured in some of them does not count as nothing."""
    first = replace(SAMPLED, samples=1, received=50, lost=0, jitter=0.01, most_jitter=0.01, mos=None, least_mos=None)
    warned = [replace(RAISED, name=name) for name in ("high-rtt", "high-jitter")]
    score = SoftphoneWarned(group="feedback", name="received", level="INFO", value=2.0, message="one-way-audio")
    edge = await softphone(exchange, first, *warned, SAMPLED, ERROR, replace(SAMPLED, all_sent=1500), score)
    assert edge == {
        "metrics": {
            "inbound": {
                "packets_received": 50 + 2 * 490,
                "packets_lost": 20,
                "packets_loss_percentage": 1.9,
                "jitter": {"avg": 4.48, "max": 20.0},
                "rtt": {"avg": 80.0, "max": 120.1},
                "mos": {"avg": 4.25, "max": 4.4, "min": 3.9},
                "audio_in": {"avg": 81.4, "max": 300},
                "audio_out": {"avg": 5237, "max": 9000},
            },
            "outbound": {"packets_sent": 1500, "codec_name": "pcmu"},
        },
        "properties": {"direction": "outgoing"},
        "events": {
            "levels": {"WARNING": 2, "ERROR": 1, "INFO": 1},
            "groups": {"network-quality-warning-raised": 2, "connection": 1, "feedback": 1},
            "errors": {"53405": 1},
            "feedback": [{"score": 2.0, "issue": "one-way-audio"}],
        },
    }


async def test_a_browser_may_tell_of_events_alone(exchange):
    told = await softphone(exchange, ERROR)
    assert (told["metrics"], told["properties"]) == (None, {"direction": None})


async def test_a_browser_may_have_heard_nothing(exchange):
    told = await softphone(exchange, SoftphoneSampled(samples=1, received=0, lost=0, most_lost=0.0))
    inbound = told["metrics"]["inbound"]
    assert (inbound["jitter"], inbound["mos"], inbound["packets_loss_percentage"]) == (None, None, 0.0)


@pytest.mark.parametrize(("far", "events"), [("client:bob", ()), (PHONE, (SAMPLED,))])
async def test_without_a_browser_there_is_no_such_edge(exchange, far, events):
    assert await softphone(exchange, *events, far=far) is None
