"""Voice/{CA}/Events: what a browser phone had to say of a call."""

from __future__ import annotations

import pytest

from hoyhoy.exchange.events import KeyPressed, SoftphoneWarned
from tests.rest.api2010.test_calls import place
from tests.rest.world import ACCOUNT, OTHER, OTHER_TOKEN, World

CALL = "CA" + "1" * 32
EVENTS = f"/insights/v1/Voice/{CALL}/Events"

RAISED = SoftphoneWarned(
    group="network-quality-warning-raised", name="high-rtt", level="WARNING", value=417.0, threshold=400.0
)
ERROR = SoftphoneWarned(group="connection", name="error", level="ERROR", code=53405, message="Media connection failed.")
STEP = SoftphoneWarned(group="connection", name="accepted-by-remote", level="INFO")


async def make_events(exchange: World) -> str:
    sid = (await place(exchange)).json()["sid"]
    exchange.database.journal.record(sid, ACCOUNT, RAISED)
    return f"/insights/v1/Voice/{sid}/Events"


SPECIMENS = {"InsightEvent": make_events}


def said(exchange, *events):
    exchange.write("calls", CALL, account_sid=ACCOUNT, status="completed")
    for one in events:
        exchange.database.journal.record(CALL, ACCOUNT, KeyPressed(key="1"))
        exchange.database.journal.record(CALL, ACCOUNT, one)


async def test_representation(exchange):
    said(exchange, RAISED)
    [event] = (await exchange.request("GET", EVENTS)).json()["events"]
    assert event == {
        "account_sid": ACCOUNT,
        "call_sid": CALL,
        "timestamp": "2026-01-01T00:00:00Z",
        "edge": "sdk_edge",
        "group": "network-quality-warning-raised",
        "level": "WARNING",
        "name": "high-rtt",
        "sdk_edge": {"metadata": {}, "data": {"value": 417.0, "threshold": 400.0}},
        "carrier_edge": None,
        "client_edge": None,
        "sip_edge": None,
        "conversation_relay_data": None,
    }


async def test_errors_and_steps(exchange):
    said(exchange, STEP, ERROR)
    events = (await exchange.request("GET", EVENTS)).json()["events"]
    assert [one["sdk_edge"] for one in events] == [
        {"metadata": {}},
        {"metadata": {}, "error": {"code": 53405, "message": "Media connection failed."}},
    ]


@pytest.mark.works("InsightEvent.list", "Edge")
async def test_filter_with_the_official_client(exchange):
    said(exchange, STEP, RAISED, ERROR)

    def found(client):
        events = client.insights.v1.calls(CALL).events
        return [
            [one.name for one in events.list(**asked)] for asked in ({}, {"edge": "sdk_edge"}, {"edge": "sip_edge"})
        ]

    names = ["accepted-by-remote", "high-rtt", "error"]
    assert await exchange.sdk(found) == [names, names, []]
    assert (await exchange.request("GET", f"{EVENTS}?Edge=somewhere")).json()["code"] == 20001


async def test_pages(exchange):
    said(exchange, *[STEP, ERROR] * 3)
    events = await exchange.sdk(lambda client: client.insights.v1.calls(CALL).events.list(page_size=2))
    assert [one.level for one in events] == ["INFO", "ERROR"] * 3
    last = (await exchange.request("GET", f"{EVENTS}?PageSize=5&Page=1")).json()
    assert [one["level"] for one in last["events"]] == ["ERROR"]


async def test_of_nobodys_call_and_of_another_accounts(exchange):
    assert (await exchange.request("GET", EVENTS)).status_code == 404
    said(exchange, STEP)
    assert (await exchange.request("GET", EVENTS, auth=(OTHER, OTHER_TOKEN))).status_code == 404
