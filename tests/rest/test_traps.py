"""The thirty behaviours most often got wrong (messaging reference 9), a test for each.

The first line of each test's docstring is the trap; those that wait for what is not there yet stand
in `LATER` with the reason.
"""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

import pytest
from twilio.request_validator import RequestValidator

from hoyhoy.callbacks.fetch import AppFetcher
from hoyhoy.exchange.clock import RealClock
from hoyhoy.exchange.ports import Page, Webhook
from hoyhoy.lines.simulated.script import Behaviour
from hoyhoy.wire.signature import HEADER
from tests.callbacks.conftest import App as WebApp
from tests.callbacks.conftest import serving

from .test_lists import ENVELOPE
from .world import ACCOUNT, BASE, NUMBER, PHONE, SUB, SUB_TOKEN, TOKEN, world

LATER = {
    2: "receipts that come on their own come with carriers on a wire; the simulated one gives them in order",
    15: "opt-out words are not acted upon yet: blocks come with the carriers",
    16: "opt-out words are not acted upon yet: blocks come with the carriers",
    21: "Verify is not there yet",
    29: "receipt ids are a matter of SMPP, which is not there yet",
    30: "throttling by the next hop is a matter of SMPP, which is not there yet",
}


def test_every_trap_is_tested_or_waits_for_a_reason():
    tested = [int(name.split("_")[2]) for name in globals() if re.match(r"test_trap_\d\d_", name)]
    assert sorted([*tested, *LATER]) == list(range(1, 31))
    assert all(LATER.values())


async def send(exchange, **form):
    form = {"To": PHONE, "From": NUMBER, "Body": "Hello", **form}
    return await exchange.post("/Messages.json", **{name: value for name, value in form.items() if value is not None})


async def sent(exchange, **form):
    """The message when all has happened to it."""
    answer = await send(exchange, **form)
    assert answer.status_code == 201, answer.text
    await exchange.run()
    return (await exchange.get(f"/Messages/{answer.json()['sid']}.json")).json()


async def service(exchange, *, sender=NUMBER, **form):
    """A messaging service with a number, its sid."""
    made = await exchange.request("POST", "/messaging/v1/Services", data={"FriendlyName": "Shop", **form})
    sid = made.json()["sid"]
    number = exchange.database.directory.number(sender).sid
    path = f"/messaging/v1/Services/{sid}/PhoneNumbers"
    assert (await exchange.request("POST", path, data={"PhoneNumberSid": number})).status_code == 201
    return sid


def answering(exchange, monkeypatch, answer, content_type="text/xml"):
    """Let the app answer so; gives the sessions its requests came in."""
    sessions = []

    async def fetch(webhook, *, account, session):
        exchange.app.asked.append(webhook)
        sessions.append(session)
        return Page(webhook.url, 200, content_type, answer.encode())

    monkeypatch.setattr(exchange.app, "fetch", fetch)
    return sessions


async def on_number(exchange, **form):
    sid = exchange.database.directory.number(NUMBER).sid
    assert (await exchange.post(f"/IncomingPhoneNumbers/{sid}.json", **form)).status_code == 200


async def text(exchange, body="Hi", sender=PHONE):
    """Somebody writes to the number; gives the URLs that were asked about it."""
    asked = len(exchange.app.asked)
    exchange.network.send_text(exchange.network.phone(sender), NUMBER, body)
    await exchange.run(60)
    return [webhook.url for webhook in exchange.app.asked[asked:]]


async def messages(exchange, **params):
    return (await exchange.get("/Messages.json", params=params)).json()["messages"]


# 9, first paragraph --------------------------------------------------------------------------------------


async def told(exchange, url):
    """The statuses that were told to a URL, in order."""
    pending = [one.callback for one in await exchange.database.pending_callbacks()]
    return [dict(one.params)["MessageStatus"] for one in pending if one.url == url]


async def test_trap_01_the_first_status_is_not_told(exchange):
    """No status callback for the initial status."""
    await sent(exchange, StatusCallback="http://app/status")
    statuses = await told(exchange, "http://app/status")
    assert "queued" not in statuses and statuses[-2:] == ["sent", "delivered"]
    shop = await service(exchange)
    await sent(exchange, From=None, MessagingServiceSid=shop, StatusCallback="http://app/service")
    statuses = await told(exchange, "http://app/service")
    assert statuses[0] == "queued" and "accepted" not in statuses, "which was the first"


async def test_trap_03_counts_are_text_and_error_codes_are_numbers(exchange):
    """`num_segments`, `num_media`, `price`, usage counts are strings; `error_code` is a number."""
    exchange.network.phone(PHONE).behaviour = Behaviour(delivery="undelivered")
    message = await sent(exchange)
    assert (message["num_segments"], message["num_media"], message["error_code"]) == ("1", "0", 30003)
    assert message["price"] is None or isinstance(message["price"], str)
    usage = (await exchange.get("/Usage/Records/Today.json")).json()["usage_records"]
    assert usage and all(isinstance(one[key], str) for one in usage for key in ("count", "usage", "price"))


async def test_trap_04_dates_have_the_form_of_their_family(exchange):
    """Classic dates RFC 2822 `+0000`; newer dates ISO without milliseconds."""
    await exchange.run(0.25)
    classic, newer = (await send(exchange)).json(), await service(exchange)
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000", classic["date_created"])
    shown = (await exchange.request("GET", f"/messaging/v1/Services/{newer}")).json()["date_created"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", shown)
    read = await exchange.sdk(lambda client: client.messages(classic["sid"]).fetch().date_created)
    assert read == parsedate_to_datetime(classic["date_created"])
    read = await exchange.sdk(lambda client: client.messaging.v1.services(newer).fetch().date_created)
    assert read == datetime.fromisoformat(shown)


async def test_trap_05_one_foreign_key_in_a_classic_list(exchange):
    """Exactly one foreign key in a classic list envelope."""
    await send(exchange)
    for path, key in (("/Messages", "messages"), ("/Calls", "calls"), ("/SMS/Messages", "sms_messages")):
        assert (await exchange.get(path + ".json")).json().keys() - ENVELOPE == {key}


async def test_trap_06_newer_lists_name_their_key(exchange):
    """`meta.key` obligatory in newer lists."""
    await service(exchange)
    body = (await exchange.request("GET", "/messaging/v1/Services")).json()
    assert body["meta"]["key"] == "services" and len(body["services"]) == 1
    assert len(await exchange.sdk(lambda client: client.messaging.v1.services.list())) == 1


async def test_trap_07_a_list_is_http_200(exchange):
    """List must be HTTP 200."""
    for path in (f"{BASE}/Messages.json", f"{BASE}/Calls.json", "/messaging/v1/Services", "/monitor/v1/Alerts"):
        assert (await exchange.request("GET", path)).status_code == 200, "an empty one, too"


async def test_trap_08_media_are_a_media_list(exchange):
    """Media list key `media_list`."""
    message = (await send(exchange, MediaUrl=["http://app/a.png", "http://app/b.png"])).json()
    body = (await exchange.get(f"/Messages/{message['sid']}/Media.json")).json()
    assert body.keys() - ENVELOPE == {"media_list"} and len(body["media_list"]) == 2
    assert len(await exchange.sdk(lambda client: client.messages(message["sid"]).media.list())) == 2


async def test_trap_09_validating_a_caller_id_answers_200(exchange):
    """OutgoingCallerIds create answers 200."""
    answer = await exchange.post("/OutgoingCallerIds.json", PhoneNumber="+14155550177")
    assert answer.status_code == 200 and re.fullmatch(r"\d{6}", answer.json()["validation_code"])


async def test_trap_10_filters_carry_full_timestamps(exchange):
    """`DateSent>` keys carry full timestamps from the SDK."""
    first = await sent(exchange)
    await exchange.run(3600)
    second = await sent(exchange)
    assert first["date_sent"][:16] == second["date_sent"][:16], "on one day"
    since = parsedate_to_datetime(second["date_sent"])
    found = await exchange.sdk(lambda client: client.messages.list(date_sent_after=since))
    assert [one.sid for one in found] == [second["sid"]]
    until = since - timedelta(seconds=1)
    found = await exchange.sdk(lambda client: client.messages.list(date_sent_before=until.astimezone(UTC)))
    assert [one.sid for one in found] == [first["sid"]]


# 9, second paragraph -------------------------------------------------------------------------------------


async def test_trap_11_an_empty_body_redacts_and_only_what_is_scheduled_is_canceled(exchange):
    """`body` empty-string update = redaction; `status=canceled` only for scheduled."""
    message = await sent(exchange)
    path = f"/Messages/{message['sid']}.json"
    assert (await exchange.post(path, Status="canceled")).json()["code"] == 30409
    redacted = (await exchange.post(path, Body="")).json()
    assert redacted["body"] == "" and redacted["status"] == message["status"] and redacted["to"] == message["to"]
    scheduled = await send(
        exchange,
        From=None,
        MessagingServiceSid=await service(exchange),
        ScheduleType="fixed",
        SendAt=datetime.fromtimestamp(exchange.clock.now() + 3600, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    path = f"/Messages/{scheduled.json()['sid']}.json"
    assert (await exchange.post(path, Status="canceled")).json()["status"] == "canceled"


async def test_trap_12_media_make_an_mm(exchange):
    """`sid` prefix MM with media."""
    assert (await send(exchange)).json()["sid"].startswith("SM")
    assert (await send(exchange, MediaUrl="http://app/a.png")).json()["sid"].startswith("MM")
    assert (await send(exchange, SendAsMms="true")).json()["sid"].startswith("MM")


async def test_trap_13_a_service_has_not_chosen_yet(exchange):
    """`from` null and `num_segments` "0" right after a service send."""
    message = (await send(exchange, From=None, MessagingServiceSid=await service(exchange))).json()
    assert (message["from"], message["num_segments"], message["status"]) == (None, "0", "accepted")
    await exchange.run()
    message = (await exchange.get(f"/Messages/{message['sid']}.json")).json()
    assert (message["from"], message["num_segments"], message["status"]) == (NUMBER, "1", "delivered")


async def test_trap_14_with_a_service_refusals_come_later(exchange):
    """With a service many refusals (21610, 21703, 30001) move from create to asynchronous failure."""
    blocked = "+15005550004"
    assert (await send(exchange, To=blocked)).json()["code"] == 21610
    shop = await service(exchange)
    message = await sent(exchange, To=blocked, From=None, MessagingServiceSid=shop)
    assert (message["status"], message["error_code"]) == ("failed", 21610)
    message = await sent(exchange, To=NUMBER, From=None, MessagingServiceSid=shop)
    assert (message["status"], message["error_code"]) == ("failed", 21703), "nobody writes to himself"


async def test_trap_17_who_is_asked_about_an_inbound_message(exchange):
    """Inbound URL precedence: service, application, number; service with null URL drops."""
    assert await text(exchange) == []
    await on_number(exchange, SmsUrl="http://app/number")
    assert await text(exchange) == ["http://app/number"]
    made = (await exchange.post("/Applications.json", SmsUrl="http://app/application")).json()["sid"]
    await on_number(exchange, SmsApplicationSid=made)
    assert await text(exchange) == ["http://app/application"]
    shop = await service(exchange, InboundRequestUrl="http://app/service")
    assert await text(exchange) == ["http://app/service"]
    path = f"/messaging/v1/Services/{shop}"
    await exchange.request("POST", path, data={"UseInboundWebhookOnNumber": "true"})
    assert await text(exchange) == ["http://app/application"]
    await exchange.request("POST", path, data={"UseInboundWebhookOnNumber": "false", "InboundRequestUrl": ""})
    before = len(await messages(exchange))
    asked = len(exchange.app.asked)
    assert exchange.switchboard.receive(sender=PHONE, recipient=NUMBER, body="Hi") is None, "dropped"
    await exchange.run(60)
    assert len(exchange.app.asked) == asked and len(await messages(exchange)) == before


@pytest.mark.parametrize(
    ("answer", "content_type", "replies", "code"),
    [
        ("Thank you", "text/plain", ["Thank you"], None),
        ("", "text/plain", [], None),
        ("", "text/xml", [], None),
        ("<Response/>", "text/xml", [], None),
        ("<Response><Message/></Response>", "text/xml", [], "14103"),
    ],
)
async def test_trap_18_what_is_a_reply(exchange, monkeypatch, answer, content_type, replies, code):
    """Text/plain reply is a message; empty is none; `<Message/>` empty is an error."""
    answering(exchange, monkeypatch, answer, content_type)
    await on_number(exchange, SmsUrl="http://app/sms")
    await text(exchange)
    found = [one["body"] for one in await messages(exchange) if one["direction"] == "outbound-reply"]
    told = (await exchange.get("/Notifications.json")).json()["notifications"]
    assert found == replies and [one["error_code"] for one in told] == ([code] if code else [])


async def test_trap_19_cookies_are_kept_for_a_pair_of_numbers(exchange, monkeypatch):
    """Cookies per number pair, four hours."""
    sessions = answering(exchange, monkeypatch, "<Response/>")
    await on_number(exchange, SmsUrl="http://app/sms")
    for sender in (PHONE, "+14155550199", PHONE):
        await text(exchange, sender=sender)
    await exchange.run(4 * 3600 - 100)
    await text(exchange)
    await exchange.run(4 * 3600 + 1)
    await text(exchange)
    first, other, second, late, too_late = sessions
    assert first is second is late, "four hours after the last message"
    assert other is not first and too_late is not first


@pytest.mark.parametrize(
    ("body", "segments"),
    [
        ("a" * 160, "1"),
        ("a" * 161, "2"),
        ("a" * 307, "3"),
        ("€" * 80, "1"),
        ("€" * 81, "2"),
        ("a" * 152 + "€" + "a" * 151, "2"),
        ("a" * 152 + "€" + "a" * 152, "3"),
        ("ж" * 71, "2"),
        ("ж" * 66 + "\U0001f600" + "ж" * 10, "2"),
    ],
)
async def test_trap_20_parts(exchange, body, segments):
    """Extension characters cost two and must not straddle parts; 153/67 not 160/70."""
    assert (await send(exchange, Body=body)).json()["num_segments"] == segments


# 9, third paragraph --------------------------------------------------------------------------------------


async def test_trap_22_a_number_that_is_none(exchange):
    """Lookup v1 404, v2 200 valid:false."""
    first = await exchange.request("GET", "/lookups/v1/PhoneNumbers/123")
    assert (first.status_code, first.json()["code"]) == (404, 20404)
    second = await exchange.request("GET", "/lookups/v2/PhoneNumbers/123")
    assert second.status_code == 200 and second.json()["valid"] is False


async def test_trap_23_a_plus_is_a_plus(exchange):
    """`+` in paths and in query values (`To=+1...` unescaped decodes to a blank: restore it)."""
    for path in ("/lookups/v2/PhoneNumbers/+14159929960", "/lookups/v2/PhoneNumbers/%2B14159929960"):
        assert (await exchange.request("GET", path)).json()["phone_number"] == "+14159929960"
    message = (await send(exchange)).json()
    raw = b"To=+14155550123&From=+14155550100&Body=Hello+there"
    second = (await exchange.request("POST", BASE + "/Messages.json", content=raw)).json()
    assert (second["to"], second["from"], second["body"]) == (PHONE, NUMBER, "Hello there")
    for query in (f"?To={PHONE}", f"?To=%2B{PHONE[1:]}", f"?From={NUMBER}"):
        listed = (await exchange.request("GET", f"{BASE}/Messages.json{query}")).json()["messages"]
        assert [one["sid"] for one in listed] == [second["sid"], message["sid"]]


async def test_trap_24_what_is_signed(exchange):
    """Primary token, sorted parameters, URL exactly as configured, no fragment."""
    made = await exchange.request("POST", "/accounts/v1/AuthTokens/Secondary")
    second = made.json()["secondary_auth_token"]
    directory, app = exchange.database.directory, WebApp()
    runner = await serving(app)
    fetcher = AppFetcher(
        clock=RealClock(), chance=exchange.services.chance, token_of=lambda sid: directory.account(sid).auth_token
    )
    await fetcher.start()
    try:
        url = app.url("/Voice%20Mail/?b=2&a=1&empty=")
        params = (("To", PHONE), ("From", NUMBER), ("Body", "Grüße & more"), ("AccountSid", ACCOUNT))
        await fetcher.fetch(Webhook(url + "#rc=0", "POST", params), account=ACCOUNT, session=fetcher.session())
    finally:
        await fetcher.close()
        await runner.cleanup()
    [seen] = app.seen
    assert seen.url == url
    for token, genuine in ((TOKEN, True), (second, False)):
        assert RequestValidator(token).validate(url, seen.form, seen.headers[HEADER]) is genuine
    assert not RequestValidator(TOKEN).validate(url + "#rc=0", seen.form, seen.headers[HEADER])


async def test_trap_25_too_many_at_once_and_the_same_twice():
    """429/20429 not executed; POST not idempotent."""
    async with world(concurrency=1) as exchange:
        answers = await asyncio.gather(*(send(exchange) for _ in range(3)))
        assert sorted(one.status_code for one in answers) == [201, 429, 429]
        refused = next(one for one in answers if one.status_code == 429)
        assert refused.json()["code"] == 20429 and int(refused.headers["Retry-After"]) > 0
        assert len(await messages(exchange)) == 1
        assert (await send(exchange)).json()["sid"] != (await send(exchange)).json()["sid"]
        assert len(await messages(exchange)) == 3


async def test_trap_26_no_suffix_is_xml(exchange):
    """No suffix = XML, for errors too; a send without `.json` still succeeds with 201."""
    form = {"To": PHONE, "From": NUMBER, "Body": "Hello"}
    answer = await exchange.request("POST", BASE + "/Messages", data=form)
    assert answer.status_code == 201 and answer.content.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<Twilio")
    assert ElementTree.fromstring(answer.content)[0].find("Status").text == "queued"
    error = await exchange.request("POST", BASE + "/Messages", data={**form, "To": "x"})
    assert error.status_code == 400 and ElementTree.fromstring(error.content)[0].find("Code").text == "21211"
    assert len(await messages(exchange)) == 1


async def test_trap_27_subaccounts_below_the_main_account(exchange):
    """Subaccount: main credentials work on 2010 paths only."""
    below = f"/2010-04-01/Accounts/{SUB}/Applications"
    application = await exchange.request("POST", below + ".json", data={"FriendlyName": "x"})
    assert application.status_code == 201 and application.json()["account_sid"] == SUB
    path = "/messaging/v1/Services"
    made = await exchange.request("POST", path, data={"FriendlyName": "x"}, auth=(SUB, SUB_TOKEN))
    assert made.json()["account_sid"] == SUB
    assert (await exchange.request("GET", f"{path}/{made.json()['sid']}")).status_code == 404
    assert (await exchange.request("GET", path)).json()["services"] == []
    assert (await exchange.request("GET", f"{BASE}.json", auth=(SUB, SUB_TOKEN))).status_code in (401, 404)


async def test_trap_28_the_numbers_of_tutorials(exchange):
    """Tutorial numbers +1555... are "invalid" for phonenumbers."""
    for number in ("+15551234567", "+15558675310"):
        assert (await sent(exchange, To=number))["status"] == "delivered"
        assert (await exchange.request("GET", f"/lookups/v2/PhoneNumbers/{number}")).json()["valid"] is False
    exchange.network.send_text(exchange.network.phone("+15551234567"), NUMBER, "Hi")
    await exchange.run(60)
    assert (await messages(exchange, From="+15551234567"))[0]["body"] == "Hi"
