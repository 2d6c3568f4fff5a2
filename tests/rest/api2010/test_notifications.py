"""Notifications (voice reference 3.9, messaging reference 3.5)."""

import pytest

from hoyhoy.exchange.notices import notify
from hoyhoy.exchange.ports import Page
from tests.rest.world import ACCOUNT, BASE

CALL = "CA" + "1" * 32


def warn(exchange, code=12200, subject=CALL):
    notify(
        exchange.database.journal,
        exchange.services.chance,
        exchange.clock.now(),
        account=ACCOUNT,
        subject=subject,
        code=code,
        message="Something",
        url="http://app/voice",
        method="POST",
        params=(("CallSid", CALL),),
        page=Page(
            "http://app/voice",
            200,
            "text/xml",
            b"<Nonsense/>",
            (("Content-Type", "text/xml"),),
            asked_with=(("Accept", "*/*"),),
        ),
    )


async def make_notification(exchange):
    warn(exchange)
    [notice] = (await exchange.get("/Notifications.json")).json()["notifications"]
    return f"{BASE}/Notifications/{notice['sid']}"


SPECIMENS = {"Notification": make_notification}


async def test_representation(exchange):
    warn(exchange)
    listed = (await exchange.get("/Notifications.json")).json()["notifications"]
    note = listed[0]
    assert (note["error_code"], note["log"], note["call_sid"]) == ("12200", "1", CALL)
    assert note["more_info"] == "https://www.twilio.com/docs/errors/12200"
    assert note["uri"] == f"{BASE}/Notifications/{note['sid']}.json" and note["request_method"] == "POST"
    assert "Msg=Something" in note["message_text"] and note["message_date"] == "Thu, 01 Jan 2026 00:00:00 +0000"
    assert not {"request_variables", "response_headers", "response_body", "resource_sid"} & note.keys()
    alone = (await exchange.get(f"/Notifications/{note['sid']}.json")).json()
    assert alone["request_variables"] == f"CallSid={CALL}" and alone["response_body"] == "<Nonsense/>"
    assert alone["response_headers"] == "Content-Type=text%2Fxml" and note.items() <= alone.items()


async def test_official_client(exchange):
    warn(exchange)
    listed = await exchange.sdk(lambda client: client.api.v2010.account.notifications.list(log=1))
    assert (await exchange.sdk(lambda client: listed[0].fetch() or client)).response_body == "<Nonsense/>"


@pytest.mark.works("Notification.list", "Log", "MessageDate")
async def test_filters(exchange):
    exchange.write("calls", CALL, account_sid=ACCOUNT, status="completed", direction="inbound")
    warn(exchange, 11200)
    await exchange.run(86400)
    warn(exchange, 12200)

    for place in ("", f"/Calls/{CALL}"):

        async def found(place=place, **params):
            answer = await exchange.get(f"{place}/Notifications.json", params=params)
            return [one["error_code"] for one in answer.json()["notifications"]]

        assert await found() == ["12200", "11200"]
        assert await found(Log=0) == ["11200"] and await found(Log=1) == ["12200"]
        assert await found(MessageDate="2026-01-01") == ["11200"]
        assert await found(**{"MessageDate>": "2026-01-02"}) == ["12200"]
        assert await found(**{"MessageDate<": "2026-01-01T12:00:00Z"}) == ["11200"]


async def test_below_a_call(exchange):
    exchange.write("calls", CALL, account_sid=ACCOUNT, status="completed")
    warn(exchange)
    warn(exchange, subject="SM" + "1" * 32)
    below = (await exchange.get(f"/Calls/{CALL}/Notifications.json")).json()["notifications"]
    assert len(below) == 1 and below[0]["uri"] == f"{BASE}/Calls/{CALL}/Notifications/{below[0]['sid']}.json"
    assert (await exchange.request("GET", below[0]["uri"])).json()["response_body"] == "<Nonsense/>"
    assert (await exchange.get(f"/Calls/CA{'2' * 32}/Notifications.json")).status_code == 404
