"""Calls/{CA}/Events: what was asked about one call, and what came (voice reference 5.6)."""

from hoyhoy.exchange.events import CallbackDelivered, CallbackFailed, WebhookAnswered
from tests.rest.world import ACCOUNT, BASE, OTHER, OTHER_TOKEN

from .test_calls import make_call, place, until

CALL = "CA" + "1" * 32


async def make_events(exchange):
    path = await make_call(exchange)
    await until(exchange, path.rpartition("/")[2], "in-progress")
    return path + "/Events"


SPECIMENS = {"CallEvent": make_events}


def asked(exchange, number, subject=CALL):
    event = WebhookAnswered(url=f"http://app/{number}", method="POST", params=(), status=200)
    exchange.database.journal.record(subject, ACCOUNT, event)


async def test_a_webhook_and_its_answer(exchange):
    exchange.app.document = "<Response><Hangup/></Response>"
    sid = (await place(exchange, Method="GET")).json()["sid"]
    await until(exchange, sid, "completed")
    [event] = (await exchange.get(f"/Calls/{sid}/Events.json")).json()["events"]
    params = event["request"].pop("parameters")
    assert (params["CallSid"], params["CallStatus"]) == (sid, "in-progress")
    assert event == {
        "request": {"method": "GET", "url": "http://app/voice"},
        "response": {
            "response_code": 200,
            "request_duration": 0,
            "content_type": "text/xml",
            "response_body": exchange.app.document,
            "date_created": "Thu, 01 Jan 2026 00:00:02 +0000",
        },
    }


async def test_callbacks_are_requests_too(exchange):
    exchange.write("calls", CALL, account_sid=ACCOUNT, status="completed")
    record = exchange.database.journal.record
    told = {"sid": "CB1", "url": "http://app/status", "params": (("CallStatus", "completed"),), "method": "GET"}
    record(CALL, ACCOUNT, CallbackFailed(**told, code=15002, problem="nobody there", attempts=1, again_in=1.0))
    record(CALL, ACCOUNT, CallbackFailed(**told, code=15003, problem="broken", attempts=2, again_in=1.0, status=503))
    seconds = {"content_type": "text/plain", "seconds": 0.25}
    record(CALL, ACCOUNT, CallbackDelivered(**told, status=204, attempts=3, **seconds))
    events = (await exchange.get(f"/Calls/{CALL}/Events.json")).json()["events"]
    assert all(
        event["request"] == {"method": "GET", "url": "http://app/status", "parameters": {"CallStatus": "completed"}}
        for event in events
    )
    codes = [(event["response"]["response_code"], event["response"]["request_duration"]) for event in events]
    assert codes == [(None, 0), (503, 0), (204, 250)]


async def test_a_webhook_without_an_answer(exchange):
    exchange.write("calls", CALL, account_sid=ACCOUNT, status="completed")
    event = WebhookAnswered(url="http://gone/", method="POST", params=(), code=11210, problem="no such host")
    exchange.database.journal.record(CALL, ACCOUNT, event)
    [event] = (await exchange.get(f"/Calls/{CALL}/Events.json")).json()["events"]
    assert (event["response"]["response_code"], event["response"]["response_body"]) == (None, None)


async def test_pages_with_the_official_client(exchange):
    exchange.write("calls", CALL, account_sid=ACCOUNT, status="completed")
    for number in range(5):
        asked(exchange, number)
        asked(exchange, 99, "CA" + "2" * 32)
    events = await exchange.sdk(lambda client: client.calls(CALL).events.list(page_size=2))
    assert [event.request["url"] for event in events] == [f"http://app/{number}" for number in range(5)]


async def test_pages_forth_and_back_while_the_call_goes_on(exchange):
    exchange.write("calls", CALL, account_sid=ACCOUNT, status="in-progress")

    async def page(path):
        body = (await exchange.request("GET", path)).json()
        return [event["request"]["url"][-1] for event in body["events"]], body

    for number in range(3):
        asked(exchange, number)
    first, body = await page(f"{BASE}/Calls/{CALL}/Events.json?PageSize=2")
    asked(exchange, 3)
    second, body = await page(body["next_page_uri"])
    assert (first, second, body["next_page_uri"]) == (["0", "1"], ["2", "3"], None)
    assert (await page(body["previous_page_uri"]))[0] == first
    assert (await page(f"{BASE}/Calls/{CALL}/Events.json?PageSize=2&Page=1"))[0] == second
    for forged, found in (("f" * 32, ["0", "1"]), ("0" * 32, [])):
        assert (await page(f"{BASE}/Calls/{CALL}/Events.json?PageSize=2&PageToken=PAEV{forged}"))[0] == found


async def test_a_call_of_nobody_and_of_another_account(exchange):
    sid = (await place(exchange)).json()["sid"]
    assert (await exchange.get(f"/Calls/CA{'2' * 32}/Events.json")).status_code == 404
    theirs = f"/2010-04-01/Accounts/{OTHER}/Calls/{sid}/Events.json"
    assert (await exchange.request("GET", theirs, auth=(OTHER, OTHER_TOKEN))).status_code == 404
    xml = (await exchange.get(f"/Calls/{sid}/Events")).text
    assert "<Events " in xml and "<Event>" not in xml
