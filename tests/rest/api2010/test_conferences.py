"""Conferences: voice reference 6."""

from __future__ import annotations

import pytest

from tests.rest.world import ACCOUNT, BASE, OTHER, SHARED, World

CONFERENCE = "CF" + "1" * 32
DAY = 86400.0


def write(exchange: World, sid: str = CONFERENCE, account: str = ACCOUNT, **values: object) -> str:
    """A conference as the exchange writes it down."""
    row = {"friendly_name": "Room", "status": "completed", "region": "us1", **values}
    return exchange.write("conferences", sid, account, account_sid=account, **row)


async def make_conference(exchange: World) -> str:
    return f"{BASE}/Conferences/{write(exchange)}"


SPECIMENS = {"Conference": make_conference}


@SHARED
async def test_what_is_shown(shared):
    sid = write(
        shared,
        reason_conference_ended="last-participant-left",
        call_sid_ending_conference="CA" + "1" * 32,
    )
    found = (await shared.get(f"/Conferences/{sid}.json")).json()
    assert found == {
        "sid": sid,
        "account_sid": ACCOUNT,
        "date_created": "Thu, 01 Jan 2026 00:00:00 +0000",
        "date_updated": "Thu, 01 Jan 2026 00:00:00 +0000",
        "api_version": "2010-04-01",
        "friendly_name": "Room",
        "region": "us1",
        "status": "completed",
        "reason_conference_ended": "last-participant-left",
        "call_sid_ending_conference": "CA" + "1" * 32,
        "uri": f"{BASE}/Conferences/{sid}.json",
        "subresource_uris": {
            "participants": f"{BASE}/Conferences/{sid}/Participants.json",
            "recordings": f"{BASE}/Conferences/{sid}/Recordings.json",
        },
    }


@pytest.mark.works("Conference.list", "FriendlyName", "Status", "DateCreated", "DateUpdated")
async def test_a_list_is_searched(exchange):
    write(exchange, "CF" + "1" * 32)
    write(exchange, "CF" + "2" * 32, friendly_name="Garden", status="in-progress")
    write(exchange, "CF" + "3" * 32, account=OTHER)
    later = exchange.clock.now() + DAY
    write(exchange, "CF" + "4" * 32, date_created=later, date_updated=later + DAY, status="init")

    async def found(**asked):
        listed = await exchange.sdk(lambda client: client.conferences.list(**asked))
        return [one.sid[-1] for one in listed]

    assert await found() == ["4", "2", "1"]
    assert await found(friendly_name="Garden") == ["2"]
    assert await found(friendly_name="garden") == []  # letters matter (2.8)
    assert await found(status="init") == ["4"]
    assert await found(date_created="2026-01-02") == ["4"]
    assert await found(date_created_before="2026-01-01") == ["2", "1"]
    assert await found(date_updated="2026-01-03") == ["4"]
    assert await found(date_updated_after="2026-01-02") == ["4"]
