"""Conferences: voice reference 6."""

from __future__ import annotations

import pytest
from twilio.base.exceptions import TwilioRestException

from hoyhoy.exchange.events import PhoneHeard
from tests.rest.world import ACCOUNT, BASE, OTHER, SHARED, World

from .meeting import ask, meets
from .test_calls import seen

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


async def test_it_is_ended_with_the_official_client(exchange):
    one, two = await meets(exchange, "Room")
    sid = one["conference_sid"]

    def work(client):
        assert client.conferences(sid).fetch().status == "in-progress"
        over = client.conferences(sid).update(status="completed")
        assert (over.status, over.reason_conference_ended) == ("completed", "conference-ended-via-api")
        assert over.call_sid_ending_conference is None
        with pytest.raises(TwilioRestException) as late:
            client.conferences(sid).update(status="completed")
        return late.value.code

    assert await exchange.sdk(work) == 16022
    await exchange.run(1)
    for made in (one, two):
        assert (await exchange.get(f"/Calls/{made['call_sid']}.json")).json()["status"] == "completed"


@pytest.mark.works("Conference.update", "Status", "AnnounceUrl", "AnnounceMethod")
async def test_an_announcement_and_the_end(exchange):
    one, two = await meets(exchange, "Room", WaitUrl="")
    at = f"/Conferences/{one['conference_sid']}.json"
    exchange.app.document = "<Response><Say>Attention</Say></Response>"
    answer = await exchange.post(at, AnnounceUrl="http://app/announce", AnnounceMethod="GET")
    assert (answer.status_code, answer.json()["status"]) == (200, "in-progress")
    await exchange.run(5)
    assert [(asked.url, asked.method) for asked in exchange.app.asked] == [("http://app/announce", "GET")]
    for made in (one, two):
        assert "Attention" in [heard.text for heard in await seen(exchange, made["call_sid"], PhoneHeard)]
    assert (await exchange.post(at, Status="completed")).json()["status"] == "completed"


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"Status": "in-progress"}, 20001),
        ({"AnnounceUrl": "nowhere"}, 20001),
        ({"AnnounceMethod": "PUT"}, 21403),
        ({"AnnounceUrl": "http://app/announce"}, 16022),
        ({"Status": "completed"}, 16022),
    ],
)
@SHARED
async def test_refused(shared, form, code):
    sid = "CF" + "5" * 32
    if await shared.database.rows.fetch("conferences", sid) is None:
        write(shared, sid)
    answer = await shared.post(f"/Conferences/{sid}.json", **form)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert (await shared.post(f"/Conferences/{sid}.json")).status_code == 200


async def test_nobody_hears_an_announcement_to_an_empty_room(exchange):
    made = (await ask(exchange, "Room")).json()
    answer = await exchange.post(f"/Conferences/{made['conference_sid']}.json", AnnounceUrl="http://app/announce")
    assert (answer.status_code, answer.json()["code"]) == (400, 16001)
