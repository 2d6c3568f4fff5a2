"""Voice/{CA}/Metrics: how a browser phone heard a call while it went on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hoyhoy.exchange.events import KeyPressed, SoftphoneSampled
from tests.rest.api2010.test_calls import place
from tests.rest.world import ACCOUNT, OTHER, OTHER_TOKEN, World

CALL = "CA" + "1" * 32
METRICS = f"/insights/v1/Voice/{CALL}/Metrics"

SAMPLED = SoftphoneSampled(
    samples=10,
    received=490,
    lost=10,
    most_lost=0.1,
    jitter=0.0042,
    most_jitter=0.02,
    round_trip=0.08,
    most_round_trip=0.1201,
    mos=4.25,
    least_mos=3.9,
    most_mos=4.4,
    microphone=81.4,
    most_microphone=300,
    speaker=5237,
    most_speaker=9000,
    all_received=990,
    all_lost=10,
    all_sent=1001,
    all_bytes_received=158400,
    all_bytes_sent=160160,
    codec="PCMU",
    direction="outgoing",
    version="2.18.5",
)


async def make_metrics(exchange: World) -> str:
    sid = (await place(exchange)).json()["sid"]
    exchange.database.journal.record(sid, ACCOUNT, SAMPLED)
    return f"/insights/v1/Voice/{sid}/Metrics"


SPECIMENS = {"CallMetric": make_metrics}


def measure(exchange, *received):
    exchange.write("calls", CALL, account_sid=ACCOUNT, status="completed")
    for one in received:
        exchange.database.journal.record(CALL, ACCOUNT, KeyPressed(key="1"))
        exchange.database.journal.record(CALL, ACCOUNT, replace(SAMPLED, received=one))


async def test_representation(exchange):
    measure(exchange, 490)
    [metric] = (await exchange.request("GET", METRICS)).json()["metrics"]
    assert metric == {
        "account_sid": ACCOUNT,
        "call_sid": CALL,
        "timestamp": "2026-01-01T00:00:00Z",
        "edge": "sdk_edge",
        "direction": "both",
        "sdk_edge": {
            "interval": {
                "packets_received": 490,
                "packets_lost": 10,
                "packets_loss_percentage": 2.0,
                "audio_in": {"value": 81.4, "avg": 81.4, "max": 300},
                "audio_out": {"value": 5237, "avg": 5237, "max": 9000},
                "jitter": {"value": 4.2, "avg": 4.2, "max": 20.0},
                "mos": {"value": 4.25, "avg": 4.25, "min": 3.9, "max": 4.4},
                "rtt": {"value": 80.0, "avg": 80.0, "max": 120.1},
            },
            "cumulative": {
                "bytes_received": 158400,
                "bytes_sent": 160160,
                "packets_received": 990,
                "packets_lost": 10,
                "packets_sent": 1001,
            },
            "codec_name": "pcmu",
        },
        "carrier_edge": None,
        "client_edge": None,
        "sip_edge": None,
    }


async def test_what_was_not_measured_is_null(exchange):
    exchange.write("calls", CALL, account_sid=ACCOUNT, status="completed")
    exchange.database.journal.record(CALL, ACCOUNT, SoftphoneSampled(samples=1, received=0, lost=0, most_lost=0.0))
    [metric] = (await exchange.request("GET", METRICS)).json()["metrics"]
    interval = metric["sdk_edge"]["interval"]
    assert [interval[name] for name in ("jitter", "mos", "rtt", "audio_in", "audio_out")] == [None] * 5
    assert (interval["packets_loss_percentage"], metric["sdk_edge"]["codec_name"]) == (0.0, None)


@pytest.mark.works("CallMetric.list", "Edge", "Direction")
async def test_filters_with_the_official_client(exchange):
    """A browser phone measures both ways at once, where it is; elsewhere nothing is measured in between."""
    measure(exchange, 1, 2)

    def found(client):
        metrics = client.insights.v1.calls(CALL).metrics
        return [
            [one.sdk_edge["interval"]["packets_received"] for one in metrics.list(**asked)]
            for asked in (
                {},
                {"edge": "sdk_edge", "direction": "both"},
                {"edge": "client_edge"},
                {"direction": "inbound"},
            )
        ]

    assert await exchange.sdk(found) == [[1, 2], [1, 2], [], []]
    for query in ("Edge=somewhere", "Direction=up"):
        answer = await exchange.request("GET", f"{METRICS}?{query}")
        assert (answer.status_code, answer.json()["code"]) == (400, 20001)


async def test_pages(exchange):
    measure(exchange, *range(5))
    metrics = await exchange.sdk(lambda client: client.insights.v1.calls(CALL).metrics.list(page_size=2))
    assert [one.sdk_edge["interval"]["packets_received"] for one in metrics] == list(range(5))
    last = (await exchange.request("GET", f"{METRICS}?PageSize=2&Page=2")).json()
    assert [one["sdk_edge"]["interval"]["packets_received"] for one in last["metrics"]] == [4]


async def test_of_nobodys_call_and_of_another_accounts(exchange):
    assert (await exchange.request("GET", METRICS)).status_code == 404
    measure(exchange, 1)
    assert (await exchange.request("GET", METRICS, auth=(OTHER, OTHER_TOKEN))).status_code == 404
