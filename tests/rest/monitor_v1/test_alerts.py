"""Alerts: the errors and warnings of the monitor (messaging reference 3.5)."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.rest.api2010.test_notifications import CALL, warn
from tests.rest.world import ACCOUNT, OTHER, OTHER_TOKEN, SHARED

PATH = "/monitor/v1/Alerts"


async def alerts(exchange, **params):
    answer = await exchange.request("GET", PATH, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["alerts"]


async def make_alert(exchange):
    warn(exchange)
    [alert] = await alerts(exchange)
    return f"{PATH}/{alert['sid']}"


SPECIMENS = {"Alert": make_alert}


async def test_representation(exchange):
    path = await make_alert(exchange)
    moment = "2026-01-01T00:00:00Z"
    listed = {
        "sid": path[-34:],
        "account_sid": ACCOUNT,
        "alert_text": "ErrorCode=12200&LogLevel=WARN&Msg=Something&url=http%3A%2F%2Fapp%2Fvoice",
        "api_version": "2010-04-01",
        "date_created": moment,
        "date_generated": moment,
        "date_updated": moment,
        "error_code": "12200",
        "log_level": "warning",
        "more_info": "https://www.twilio.com/docs/errors/12200",
        "request_method": "POST",
        "request_url": "http://app/voice",
        "resource_sid": CALL,
        "service_sid": None,
        "url": "http://localhost:8980" + path,
    }
    assert await alerts(exchange) == [listed]
    alone = (await exchange.request("GET", path)).json()
    assert alone == listed | {
        "request_variables": f"CallSid={CALL}",
        "request_headers": "Accept=%2A%2F%2A",
        "response_headers": "Content-Type=text%2Fxml",
        "response_body": "<Nonsense/>",
    }


@SHARED
@pytest.mark.works("Alert.list", "LogLevel", "StartDate", "EndDate")
async def test_filters_with_the_official_client(shared):
    warn(shared, 11200)
    await shared.run(86400)
    warn(shared, 12200)
    now = datetime.fromtimestamp(shared.clock.now(), UTC)

    def work(client):
        def found(**wanted):
            return [one.error_code for one in client.monitor.v1.alerts.list(**wanted)][:2]

        assert found() == ["12200", "11200"]
        assert found(log_level="warning")[:1] == ["12200"] and found(log_level="error")[:1] == ["11200"]
        assert found(log_level="debug") == []
        assert found(start_date=now) == ["12200"]
        assert found(end_date=now - timedelta(hours=1))[:1] == ["11200"]
        assert client.monitor.v1.alerts(client.monitor.v1.alerts.list()[0].sid).fetch().response_body == "<Nonsense/>"

    await shared.sdk(work)


async def test_an_end_that_is_a_day_is_included(exchange):
    await exchange.run(3600)
    warn(exchange)
    assert len(await alerts(exchange, StartDate="2026-01-01", EndDate="2026-01-01")) == 1
    assert await alerts(exchange, StartDate="2026-01-02") == await alerts(exchange, EndDate="2025-12-31") == []
    assert await alerts(exchange, EndDate="2026-01-01T00:59:59Z") == []
    assert len(await alerts(exchange, EndDate="2026-01-01T01:00:00Z")) == 1


@SHARED
@pytest.mark.parametrize("wrong", [{"LogLevel": "loud"}, {"StartDate": "soon"}, {"EndDate": "2026-13-01"}])
async def test_refused(shared, wrong):
    answer = await shared.request("GET", PATH, params=wrong)
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)


async def test_pages(exchange):
    for code in (12200, 12300, 11200):
        warn(exchange, code)
    listed = await exchange.sdk(lambda client: client.monitor.v1.alerts.list(page_size=1, log_level="error"))
    assert [one.error_code for one in listed] == ["11200", "12300"]


async def test_of_other_accounts(exchange):
    path = await make_alert(exchange)
    assert (await exchange.request("GET", path, auth=(OTHER, OTHER_TOKEN))).status_code == 404
    assert (await exchange.request("GET", PATH, auth=(OTHER, OTHER_TOKEN))).json()["alerts"] == []
    assert (await exchange.request("DELETE", path)).status_code == 405
