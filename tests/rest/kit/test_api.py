"""The outer shape of every answer (messaging 4.1, 4.3, 4.6, 4.10)."""

import asyncio
import re
import threading
from urllib.parse import urlencode
from xml.etree import ElementTree

import httpx
import pytest

from hoyhoy.exchange.events import ResourceChanged
from hoyhoy.exchange.ports import Row
from hoyhoy.rest.kit import Api, api
from hoyhoy.rest.kit.form import LARGEST_BODY
from tests.rest.world import ACCOUNT, BASE, NUMBER, PHONE, START, TOKEN, world

HELLO = {"To": PHONE, "From": NUMBER, "Body": "Hello"}


async def test_headers_are_on_every_answer(exchange):
    for path, options in (("/Calls.json", {}), ("/Nothing.json", {}), ("/Calls.json", {"auth": None})):
        answer = await exchange.get(path, **options)
        assert re.fullmatch("RQ[0-9a-f]{32}", answer.headers["Twilio-Request-Id"])
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Content-Length"] == str(len(answer.content))


async def test_not_found(exchange):
    answer = await exchange.get("/Nothing.json")
    assert answer.status_code == 404 and answer.json() == {
        "code": 20404,
        "message": f"The requested resource {BASE}/Nothing.json was not found",
        "more_info": "https://www.twilio.com/docs/errors/20404",
        "status": 404,
    }
    for path in ("/Calls/CA" + "1" * 32 + ".json", "/Calls/CA1.json", "/Calls/..%2f..%2f.json", "/calls.json"):
        assert (await exchange.get(path)).json()["code"] == 20404
    assert (await exchange.request("GET", "/")).json()["code"] == 20404


async def test_method_not_allowed(exchange):
    answer = await exchange.request("DELETE", BASE + "/Calls.json")
    assert (answer.status_code, answer.json()["code"]) == (405, 20004)
    assert (await exchange.request("PATCH", BASE + "/Calls.json")).status_code == 405
    assert (await exchange.request("POST", BASE + "/Notifications.json")).status_code == 405


async def test_options_needs_no_credentials(exchange):
    answer = await exchange.request("OPTIONS", BASE + "/Calls.json", auth=None)
    assert answer.status_code == 200 and answer.headers["Access-Control-Allow-Methods"] == "GET, POST, DELETE, OPTIONS"


async def test_head_is_get_without_body(exchange):
    answer = await exchange.request("HEAD", BASE + ".json")
    assert answer.status_code == 200 and answer.content == b"" and int(answer.headers["Content-Length"]) > 100


async def test_put_is_post(exchange):  # messaging 4.1
    assert (await exchange.request("PUT", BASE + "/Messages.json", data=HELLO)).status_code == 201


async def test_no_suffix_means_xml(exchange):  # messaging 9, trap 26
    answer = await exchange.request("POST", BASE + "/Messages", data=HELLO)
    assert answer.status_code == 201 and answer.headers["Content-Type"] == "application/xml"
    message = ElementTree.fromstring(answer.content)[0]
    assert [element.tag for element in message] == [
        "Sid",
        "DateCreated",
        "DateUpdated",
        "DateSent",
        "AccountSid",
        "To",
        "From",
        "MessagingServiceSid",
        "Body",
        "Status",
        "NumSegments",
        "NumMedia",
        "Direction",
        "ApiVersion",
        "Price",
        "PriceUnit",
        "ErrorCode",
        "ErrorMessage",
        "Uri",
        "SubresourceUris",
    ]
    assert message.find("Uri").text == f"{BASE}/Messages/{message.find('Sid').text}"
    assert b"<DateSent/>" in answer.content
    listed = ElementTree.fromstring((await exchange.get("/Messages")).content)[0]
    assert listed.tag == "Messages" and listed.attrib["page"] == "0" and listed[0].tag == "Message"
    assert (await exchange.get("/Messages.xml")).content == (await exchange.get("/Messages.xml")).content


async def test_errors_in_xml(exchange):
    answer = await exchange.get("/Nothing")
    assert answer.status_code == 404 and answer.headers["Content-Type"] == "application/xml"
    error = ElementTree.fromstring(answer.content)[0]
    assert error.tag == "RestException" and error.find("Code").text == "20404"
    assert ElementTree.fromstring((await exchange.get("/Calls", auth=None)).content)[0].find("Status").text == "401"


async def test_csv(exchange):
    await exchange.request("POST", BASE + "/Messages.json", data=HELLO)
    answer = await exchange.get("/Messages.csv")
    assert answer.headers["Content-Type"] == "text/csv" and answer.text.startswith("Sid,DateCreated,")


async def test_large_bodies_are_refused(exchange):
    for body in (b"Body=" + b"a" * LARGEST_BODY, _chunks(LARGEST_BODY + 1)):
        answer = await exchange.request("POST", BASE + "/Messages.json", content=body)
        assert (answer.status_code, answer.json()["code"]) == (413, 20413)


async def _chunks(size):
    for _ in range(0, size, 1 << 16):
        yield b"a" * (1 << 16)


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
async def test_what_is_no_form_lacks_its_parameters(exchange, content_type):  # messaging 4.2
    answer = await exchange.request(
        "POST", BASE + "/Messages.json", content=b'{"To": "+14155550123"}', headers={"Content-Type": content_type}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, 21604)


async def test_a_form_of_any_content_type_is_read(exchange):
    answer = await exchange.request(
        "POST",
        BASE + "/Messages.json",
        headers={"Content-Type": "text/plain"},
        content=b"To=%2B14155550123&From=%2B14155550100&Body=x",
    )
    assert answer.status_code == 201


async def test_not_utf8(exchange):
    answer = await exchange.request("POST", BASE + "/Messages.json", content=b"Body=\xff")
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)
    assert (await exchange.get("/Messages.json?To=%ff")).status_code == 400


async def test_the_query_of_a_post_is_not_read(exchange):  # messaging 4.2
    answer = await exchange.request("POST", BASE + "/Messages.json?Body=Hello", data={"To": PHONE, "From": NUMBER})
    assert answer.json()["code"] == 21602


async def test_a_request_cut_short_does_nothing(exchange):
    sent = []
    parts = [
        {"type": "http.request", "body": b"To=%2B14155550123&From=%2B14155550100&Body=Hel", "more_body": True},
        {"type": "http.disconnect"},
    ]
    asked = exchange.http.build_request("POST", BASE + "/Messages.json")
    auth = next(iter(exchange.http._build_request_auth(asked, (BASE[21:], TOKEN)).auth_flow(asked)))

    async def receive():
        return parts.pop(0)

    async def send(message):
        sent.append(message)

    app: Api = exchange.http._transport.app
    await app(
        {
            "type": "http",
            "method": "POST",
            "path": BASE + "/Messages.json",
            "query_string": b"",
            "headers": [(b"authorization", auth.headers["Authorization"].encode())],
        },
        receive,
        send,
    )
    assert sent[0]["status"] == 400
    assert (await exchange.get("/Messages.json")).json()["messages"] == []


async def test_too_many_requests_at_once(exchange):  # messaging 4.9
    async with world(concurrency=2) as narrow:
        answers = await asyncio.gather(*(narrow.post("/Messages.json", **HELLO) for _ in range(5)))
        assert sorted(answer.status_code for answer in answers) == [201, 201, 429, 429, 429]
        assert {answer.json()["code"] for answer in answers if answer.status_code == 429} == {20429}
        assert (await narrow.post("/Messages.json", **HELLO)).status_code == 201
        assert len((await narrow.get("/Messages.json")).json()["messages"]) == 3


async def test_a_crash_is_answered(exchange, caplog):
    exchange.database.rows.page = None
    answer = await exchange.get("/Calls.json")
    assert (answer.status_code, answer.json()["code"]) == (500, 20500)
    assert "Calls.json failed" in caplog.text and TOKEN not in caplog.text


async def test_live_log(exchange):
    await exchange.get("/Calls.json")
    await exchange.get("/Nothing.json")
    assert [seen[:3] + seen[4:] for seen in exchange.log] == [
        ("GET", BASE + "/Calls.json", 200, 0),
        ("GET", BASE + "/Nothing.json", 404, 20404),
    ]


async def test_hosts_name_the_product(exchange):
    for host in ("api.twilio.com", "API.TWILIO.COM.", "api.dublin.ie1.twilio.com:443", "localhost:8980", "[::1]:80"):
        assert (await exchange.get(".json", headers={"Host": host})).status_code == 200, host
    assert (await exchange.get(".json", headers={"Host": "verify.twilio.com"})).status_code == 404


async def test_the_clock_is_held_while_a_request_is_answered(exchange):  # design 4
    await exchange.database.journal.settled()
    advancing = []

    async def body():
        yield b"To=%2B14155550123&From=%2B14155550100"
        advancing.append(asyncio.ensure_future(exchange.clock.advance(10)))
        for _ in range(50):
            await asyncio.sleep(0)
        assert exchange.clock.now() == START
        yield b"&Body=Hello"

    answer = await exchange.request("POST", BASE + "/Messages.json", content=body())
    assert answer.status_code == 201 and answer.json()["date_created"] == "Thu, 01 Jan 2026 00:00:00 +0000"
    await advancing[0]
    assert exchange.clock.now() == START + 10


async def test_a_log_that_cannot_be_written_is_no_failure(exchange, caplog):
    def broken(*told):
        raise BrokenPipeError(32, "Broken pipe")

    object.__setattr__(exchange.services, "on_request", broken)
    assert (await exchange.request("POST", BASE + "/Messages.json", data=HELLO)).status_code == 201
    assert "could not be shown" in caplog.text


async def test_it_describes_itself(exchange):
    answer = await exchange.request("GET", "/openapi.json", auth=None)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "/2010-04-01/Accounts/{account_sid}/Calls.json" in answer.json()["paths"]
    head = await exchange.request("HEAD", "/openapi.json", auth=None)
    assert head.status_code == 200 and not head.content and head.headers["Content-Length"] == str(len(answer.content))


async def test_the_description_is_written_once_and_beside_the_loop(exchange, monkeypatch):
    threads, describe = [], api.describe

    def watched(kinds):
        threads.append(threading.get_ident())
        return describe(kinds)

    monkeypatch.setattr(api, "describe", watched)
    asked = (exchange.request("GET", "/openapi.json", auth=None) for _ in range(3))
    one, two, three = [answer.content for answer in await asyncio.gather(*asked)]
    assert one == two == three and len(threads) == 1 and threads[0] != threading.get_ident()


@pytest.mark.parametrize("host", ["api.twilio.com", "API.twilio.com.:443", "monitor.twilio.com"])
async def test_on_the_platforms_hosts_it_describes_nothing(exchange, host):
    headers = {"Host": host}
    assert (await exchange.request("GET", "/openapi.json", auth=None, headers=headers)).status_code == 401
    assert (await exchange.request("GET", "/openapi.json", headers=headers)).status_code == 404


async def test_the_description_can_only_be_read(exchange):
    assert (await exchange.request("POST", "/openapi.json", auth=None)).status_code == 401
    assert (await exchange.request("POST", "/openapi.json")).status_code == 404


class Slow:
    """A body whose second half waits until it is let go."""

    def __init__(self, body):
        self.body, self.go, self.began = body, asyncio.Event(), asyncio.Event()

    async def __aiter__(self):
        yield self.body[:3]
        self.began.set()
        await self.go.wait()
        yield self.body[3:]


async def slowly(exchange, path, auth, **form):
    body = Slow(urlencode(form).encode())
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return body, asyncio.create_task(exchange.request("POST", path, auth=auth, content=body, headers=headers))


async def test_a_token_that_dies_while_a_body_is_on_its_way_does_nothing(exchange):
    body, asked = await slowly(exchange, BASE + "/Applications.json", (ACCOUNT, TOKEN), FriendlyName="Late")
    await body.began.wait()
    changed = Row("accounts", ACCOUNT, {"auth_token": "another"})
    exchange.database.journal.record(ACCOUNT, ACCOUNT, ResourceChanged(table="accounts", change="updated"), (changed,))
    body.go.set()
    assert (await asked).status_code == 401
    answer = await exchange.request("GET", BASE + "/Applications.json", auth=(ACCOUNT, "another"))
    assert answer.json()["applications"] == []


async def test_unfinished_bodies_shut_nobody_out():
    async with world(concurrency=2) as exchange:
        held = [await slowly(exchange, BASE + "/Messages.json", (ACCOUNT, TOKEN), To="+1") for _ in range(5)]
        for body, _ in held:
            await body.began.wait()
        assert (await exchange.get("/Calls.json")).status_code == 200
        for body, asked in held:
            body.go.set()
            await asked


async def test_what_is_deleted_is_deleted_once(exchange):  # messaging 4.3
    made = (await exchange.post("/Applications.json", FriendlyName="One")).json()
    path = f"/Applications/{made['sid']}.json"
    answers = await asyncio.gather(*(exchange.delete(path) for _ in range(4)), exchange.post(path, FriendlyName="Two"))
    assert sorted(answer.status_code for answer in answers) == [204, 404, 404, 404, 404]


async def test_a_path_that_leads_nowhere_adopts_nobody(exchange):
    stranger = ("AC" + "9" * 32, "a token")
    assert (await exchange.request("GET", "/nowhere", auth=stranger)).status_code == 404
    assert exchange.adopted == []
    assert (await exchange.request("GET", "/2010-04-01/Accounts.json", auth=stranger)).status_code == 200
    assert exchange.adopted == [stranger[0]]


async def test_behind_tls_addresses_are_https(exchange):
    transport = httpx.ASGITransport(exchange.http._transport.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://exchange.example") as secure:
        made = await secure.post("/messaging/v1/Services", data={"FriendlyName": "One"}, auth=(ACCOUNT, TOKEN))
    assert made.json()["url"].startswith("https://exchange.example/messaging/v1/Services/MG")
