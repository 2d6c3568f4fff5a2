"""Messages (messaging reference 1)."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from twilio.base.exceptions import TwilioRestException

from hoyhoy.exchange.events import PhoneGotMessage
from hoyhoy.exchange.ports import Receipt
from hoyhoy.lines.simulated.script import Behaviour
from tests.rest.world import ACCOUNT, BASE, NUMBER, OTHERS_NUMBER, PHONE, SHARED, SUB


async def send(exchange, **form):
    form = {"To": PHONE, "From": NUMBER, "Body": "Hello", **form}
    return await exchange.post("/Messages.json", **{name: value for name, value in form.items() if value is not None})


async def make_message(exchange):
    return f"{BASE}/Messages/{(await send(exchange)).json()['sid']}"


SPECIMENS = {"Message": make_message}


async def test_representation(exchange):  # 1.3
    message = (await send(exchange)).json()
    assert message == {
        "sid": message["sid"],
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "messaging_service_sid": None,
        "to": PHONE,
        "from": NUMBER,
        "body": "Hello",
        "status": "queued",
        "num_segments": "1",
        "num_media": "0",
        "direction": "outbound-api",
        "date_created": "Thu, 01 Jan 2026 00:00:00 +0000",
        "date_updated": "Thu, 01 Jan 2026 00:00:00 +0000",
        "date_sent": None,
        "price": None,
        "price_unit": "USD",
        "error_code": None,
        "error_message": None,
        "uri": f"{BASE}/Messages/{message['sid']}.json",
        "subresource_uris": {
            "media": f"{BASE}/Messages/{message['sid']}/Media.json",
            "feedback": f"{BASE}/Messages/{message['sid']}/Feedback.json",
        },
    }
    assert (await exchange.get(f"/Messages/{message['sid']}.json")).json()["sid"] == message["sid"]


async def test_official_client(exchange):
    message = await exchange.sdk(lambda client: client.messages.create(to=PHONE, from_=NUMBER, body="Hello"))
    assert message.sid.startswith("SM") and message.status == "queued"
    await exchange.run()
    again = await exchange.sdk(lambda client: client.messages(message.sid).fetch())
    assert again.status == "delivered" and again.date_sent is not None
    with pytest.raises(TwilioRestException) as refused:
        await exchange.sdk(lambda client: client.messages.create(to="12", from_=NUMBER, body="x"))
    assert (refused.value.status, refused.value.code) == (400, 21211)
    sent = await exchange.sdk(
        lambda client: client.messages.list(to=PHONE, date_sent_after=again.date_sent, page_size=1)
    )
    assert [one.sid for one in sent] == [message.sid]


@pytest.mark.works("Message.create", "MediaUrl")
async def test_media(exchange):  # 1.3: an MMS counts as one, and its sid says what it is
    answer = await send(exchange, Body="x" * 200, MediaUrl=["http://app/a.png", "http://app/b.png"])
    message = answer.json()
    assert message["sid"].startswith("MM") and message["num_media"] == "2" and message["num_segments"] == "1"
    await exchange.run()
    (text,) = exchange.network.phone(PHONE).texts
    assert text.media == ("http://app/a.png", "http://app/b.png")
    message = (await send(exchange, Body=None, MediaUrl="http://app/a.png")).json()
    assert (message["body"], message["num_media"]) == ("", "1")


@pytest.mark.works("Message.create", "From", "Body", To="+14155550124")
async def test_who_gets_what_from_whom(exchange):
    exchange.own("+14155550101")
    await send(exchange, From="+14155550101", Body="Good morning")
    await exchange.run()
    (text,) = exchange.network.phone(PHONE).texts
    assert (text.body, text.other) == ("Good morning", "+14155550101")


@pytest.mark.works("Message.create", "StatusCallback")
async def test_the_story_told_to_the_app(exchange):  # 1.7, and 9, trap 1: nothing about the first status
    callbacks = []
    exchange.database.journal.deliver_to(callbacks.extend)
    sid = (await send(exchange, StatusCallback="http://app/status")).json()["sid"]
    await exchange.run()
    assert {(one.url, one.method, one.subject) for one in callbacks} == {("http://app/status", "POST", sid)}
    told = [dict(one.params) for one in callbacks]
    assert [one["MessageStatus"] for one in told] == ["sending", "sent", "delivered"]
    for one in told:
        assert one["MessageSid"] == one["SmsSid"] == sid and one["SmsStatus"] == one["MessageStatus"]
        assert (one["AccountSid"], one["From"], one["To"]) == (ACCOUNT, NUMBER, PHONE)
        assert not {"Body", "MessagingServiceSid", "ErrorCode", "NumMedia"} & one.keys()
    assert [one.get("RawDlrDoneDate") for one in told] == [None, None, "2601010000"]
    exchange.network.phone(PHONE).behaviour = Behaviour(delivery="undelivered")
    await send(exchange, StatusCallback="http://app/status")
    await exchange.run()
    last = dict(callbacks[-1].params)
    assert (last["MessageStatus"], last["ErrorCode"]) == ("undelivered", "30003")


@pytest.mark.works("Message.create", "ApplicationSid")
async def test_an_application_is_told(exchange):
    callbacks = []
    exchange.database.journal.deliver_to(callbacks.extend)
    application = (await exchange.post("/Applications.json", MessageStatusCallback="http://app/application")).json()
    await send(exchange, ApplicationSid=application["sid"])
    await exchange.run()
    assert {one.url for one in callbacks} == {"http://app/application"}
    callbacks.clear()
    for sid in (application["sid"], "AP" + "0" * 32):  # ignored beside a callback of its own (1.2)
        await send(exchange, ApplicationSid=sid, StatusCallback="http://app/own")
    await exchange.run()
    assert {one.url for one in callbacks} == {"http://app/own"}
    strange = await exchange.request(
        "POST",
        f"/2010-04-01/Accounts/{SUB}/Messages.json",
        data={"To": PHONE, "From": NUMBER, "Body": "x", "ApplicationSid": application["sid"]},
    )
    assert strange.json()["code"] in (21218, 21660)


class Sluggish:
    """A carrier that takes an hour for each message."""

    def __init__(self, clock):
        self.clock = clock

    def reaches(self, address):
        return True

    async def submit(self, text):
        await self.clock.sleep(3600)

    async def receipt(self, text):
        return Receipt("delivered")


@pytest.mark.works("Message.create", "ValidityPeriod")
async def test_a_message_that_waits_too_long_fails(exchange):  # 1.2, 1.14
    switchboard = exchange.switchboard
    switchboard.facilities = replace(switchboard.facilities, carriers=(Sluggish(exchange.clock),))
    sids = [(await send(exchange, **form)).json()["sid"] for form in ({"ValidityPeriod": "60"}, {})]
    await exchange.run(61)
    bodies = [(await exchange.get(f"/Messages/{sid}.json")).json() for sid in sids]
    assert [(one["status"], one["error_code"]) for one in bodies] == [("failed", 30001), ("sending", None)]
    await exchange.run(3600)
    assert (await exchange.get(f"/Messages/{sids[1]}.json")).json()["status"] == "delivered"


@pytest.mark.works("Message.create", "SmartEncoded")
async def test_smart_encoding(exchange):  # 1.5
    body = "It’s “free”…" + "x" * 60
    message = (await send(exchange, Body=body, SmartEncoded="true")).json()
    assert (message["body"], message["num_segments"]) == ('It\'s "free"...' + "x" * 60, "1")
    message = (await send(exchange, Body=body)).json()
    assert (message["body"], message["num_segments"]) == (body, "2")
    await exchange.run()
    assert [text.body for text in exchange.network.phone(PHONE).texts] == ['It\'s "free"...' + "x" * 60, body]


@pytest.mark.works("Message.create", "SendAsMms")
async def test_one_mms_however_long(exchange):
    message = (await send(exchange, Body="x" * 1600, SendAsMms="true")).json()
    assert message["sid"].startswith("MM") and (message["num_segments"], message["num_media"]) == ("1", "0")
    assert (await exchange.database.rows.fetch("messages", message["sid"]))["usage_category"] == "mms-outbound-longcode"


@pytest.mark.works("Message.create", "ContentRetention")
async def test_what_is_not_kept_of_a_message(exchange):
    """The phone gets it; once it is finished the exchange has neither what it said nor its media, nor had its log."""
    form = {"Body": "Secret", "MediaUrl": "http://app/secret.png", "ContentRetention": "discard"}
    message = (await send(exchange, **form)).json()
    assert message["body"] == "Secret", "until then it must be known"
    await exchange.run()
    message = (await exchange.get(f"/Messages/{message['sid']}.json")).json()
    assert (message["body"], message["num_media"], message["status"]) == ("", "1", "delivered")
    assert [text.body for text in exchange.network.phone(PHONE).texts] == ["Secret"]
    assert await exchange.database.rows.page("media") == []
    row = await exchange.database.rows.fetch("messages", message["sid"])
    entries = await exchange.database.events(subject=message["sid"])
    ours = [entry.event for entry in entries if not isinstance(entry.event, PhoneGotMessage)]
    assert "ecret" not in repr(row) and "ecret" not in repr(ours)
    assert (await send(exchange, ContentRetention="retain")).json()["body"] == "Hello"


@pytest.mark.works("Message.create", "AddressRetention")
async def test_whose_number_is_not_kept(exchange):
    callbacks = []
    exchange.database.journal.deliver_to(callbacks.extend)
    form = {"AddressRetention": "obfuscate", "StatusCallback": "http://app/status"}
    message = (await send(exchange, **form)).json()
    assert message["to"] == PHONE
    await exchange.run()
    message = (await exchange.get(f"/Messages/{message['sid']}.json")).json()
    assert (message["to"], message["status"]) == (PHONE[:-4] + "XXXX", "delivered")
    assert {dict(one.params)["To"] for one in callbacks} == {PHONE}, "the app knows whom it wrote to"
    assert [one.body for one in exchange.network.phone(PHONE).texts] == ["Hello"]


@pytest.mark.works("Message.create", "ContentSid", "ContentVariables")
async def test_content_templates_are_none_of_ours(exchange):
    """There are none, so every name of one is wrong; and variables of none."""
    for form, code in (
        ({"ContentSid": "HX" + "0" * 32}, 21655),
        ({"ContentSid": "HX" + "0" * 32, "ContentVariables": "[]"}, 21656),
        ({"ContentVariables": "{}"}, 21654),
    ):
        assert (await send(exchange, **form)).json()["code"] == code


async def test_what_is_idle_is_told(exchange):
    form = {
        "MaxPrice": "0.1",
        "Attempt": "1",
        "ForceDelivery": "true",
        "PersistentAction": ["a", "b"],
        "TrafficType": "free",
        "ShortenUrls": "true",
        "RiskCheck": "disable",
        "MessageIntent": "otp",
        "FallbackFrom": NUMBER,
    }
    sid = (await send(exchange, **form)).json()["sid"]
    row = await exchange.database.rows.fetch("messages", sid)
    assert row["persistent_action"] == '["a", "b"]' and row["attempt"] == 1
    (notice,) = (await exchange.get("/Notifications.json")).json()["notifications"]
    assert all(name in notice["message_text"] for name in form)


@SHARED
@pytest.mark.parametrize(
    ("form", "code"),
    [  # 1.2, 6
        ({"To": None}, 21604),
        ({"To": ""}, 21604),
        ({"To": "abc"}, 21211),
        ({"To": "+1"}, 21211),
        ({"To": "12345"}, 21211),
        ({"From": None}, 21603),
        ({"From": "+1"}, 21212),
        ({"From": "a very long name"}, 21212),
        ({"From": "!!!"}, 21212),
        ({"From": OTHERS_NUMBER}, 21660),
        ({"From": "Acme"}, 21612),
        ({"From": PHONE}, 21266),
        ({"Body": None}, 21602),
        ({"Body": ""}, 21602),
        ({"Body": "x" * 1601}, 21617),
        ({"MediaUrl": ["http://app/x"] * 11}, 21623),
        ({"MediaUrl": "ftp://app/x"}, 21620),
        ({"MediaUrl": "x"}, 21620),
        ({"StatusCallback": "nonsense"}, 21609),
        ({"StatusCallback": "http://my_app/x"}, 21609),
        ({"ValidityPeriod": "0"}, 21624),
        ({"ValidityPeriod": "36001"}, 21624),
        ({"ValidityPeriod": "x"}, 21624),
        ({"MessagingServiceSid": "MG" + "0" * 32}, 21701),
        ({"MessagingServiceSid": "x", "From": None}, 21705),
        ({"ContentSid": "HX" + "0" * 32}, 21655),
        ({"ContentVariables": "{}"}, 21654),
        ({"ContentVariables": "[", "ContentSid": "HX1"}, 21656),
        ({"ContentVariables": "[]", "ContentSid": "HX1"}, 21656),
        ({"ScheduleType": "fixed"}, 35111),
        ({"ScheduleType": "fixed", "SendAt": "2026-01-02T00:00:00Z"}, 35118),
        ({"ScheduleType": "later"}, 35111),
        ({"ApplicationSid": "AP" + "0" * 32}, 21218),
        ({"To": "whatsapp:+14155550123", "From": "whatsapp:" + NUMBER}, 21612),
        ({"ProvideFeedback": "perhaps"}, 20001),
        ({"ContentRetention": "burn"}, 20001),
    ],
)
async def test_refused(shared, form, code):
    answer = await send(shared, **form)
    assert answer.status_code == (404 if code == 21701 else 400)
    assert answer.json()["code"] == code
    assert (await shared.get("/Messages.json")).json()["messages"] == []


@pytest.mark.parametrize(
    ("form", "code"),
    [  # 1.15
        ({"From": "+15005550001"}, 21212),
        ({"From": "+15005550007"}, 21606),
        ({"From": "+15005550008"}, 21611),
        ({"From": "+15005550009"}, 21606),
        ({"From": "+15005550006"}, None),
        ({"To": "+15005550001"}, 21211),
        ({"To": "+15005550002"}, 21612),
        ({"To": "+15005550003"}, 21408),
        ({"To": "+15005550004"}, 21610),
        ({"To": "+15005550009"}, 21614),
        ({"To": "+15005550005"}, None),
    ],
)
async def test_magic_numbers(exchange, form, code):
    answer = await send(exchange, **form)
    assert answer.json().get("code") == code and exchange.adopted == []


async def test_numbers_are_normalised(exchange):  # 7
    message = (await send(exchange, To="(415) 555-0123", From="1-415-555-0100")).json()
    assert (message["to"], message["from"]) == (PHONE, NUMBER)
    exchange.own("+442071838750")
    assert (await send(exchange, To="2071838751", From="+442071838750")).json()["to"] == "+442071838751"
    listed = await exchange.get("/Messages.json", params={"To": "415-555-0123"})
    assert [one["sid"] for one in listed.json()["messages"]] == [message["sid"]]


async def test_names_may_send_abroad(exchange):  # 7
    message = (await send(exchange, From="Acme", To="+442071838750")).json()
    assert message["from"] == "Acme"


async def test_short_codes_are_owned(exchange):
    exchange.own("12345")
    assert (await send(exchange, From="12345")).json()["from"] == "12345"


async def test_unowned_numbers_are_adopted(exchange, strict):
    assert (await send(exchange, From="+15551234567")).status_code == 201
    assert exchange.adopted == ["+15551234567"]
    for stranger in ("+15551234567", "12345"):
        assert (await send(strict, From=stranger)).json()["code"] == 21659
    assert strict.adopted == []


async def test_limits_count_characters(exchange):  # 1.5
    assert (await send(exchange, Body="ж" * 1600)).json()["num_segments"] == "24"
    assert (await send(exchange, Body="\U0001f600" * 1600)).status_code == 201


@pytest.mark.works("Message.update", "Body")
async def test_redact(exchange):  # 1.8
    unfinished = exchange.write("messages", "SM" + "1" * 32, account_sid=ACCOUNT, to=PHONE, status="sending")
    early = await exchange.post(f"/Messages/{unfinished}.json", Body="")
    assert (early.status_code, early.json()["code"]) == (409, 20009)
    path = f"/Messages/{(await send(exchange)).json()['sid']}.json"
    await exchange.run()
    assert (await exchange.post(path, Body="other")).json()["code"] == 20001
    assert (await exchange.post(path)).json()["body"] == "Hello"
    redacted = (await exchange.post(path, Body="")).json()
    assert redacted["body"] == "" and redacted["to"] == PHONE and redacted["status"] == "delivered"
    assert (await exchange.get(path)).json() == redacted
    assert (await exchange.get("/Messages.json", params={"From": NUMBER})).json()["messages"] == [redacted]


async def test_what_was_redacted_is_not_in_notifications_either(exchange):
    number = exchange.database.directory.number(NUMBER).sid
    await exchange.post(f"/IncomingPhoneNumbers/{number}.json", SmsUrl="http://app/sms")
    exchange.app.document = ""
    sid = exchange.switchboard.receive(sender=PHONE, recipient=NUMBER, body="Secret=1&x")
    await exchange.run()
    before = (await exchange.database.rows.page("notifications"))[0]
    assert "Body=Secret%3D1%26x" in before["request_variables"]
    assert (await exchange.post(f"/Messages/{sid}.json", Body="")).json()["body"] == ""
    (after,) = await exchange.database.rows.page("notifications")
    assert after["request_variables"] == before["request_variables"].replace("Body=Secret%3D1%26x", "Body=")


async def test_delete(exchange):  # 1.8
    unfinished = exchange.write("messages", "SM" + "1" * 32, account_sid=ACCOUNT, status="queued")
    assert (await exchange.delete(f"/Messages/{unfinished}.json")).json()["code"] == 20009
    sid = (await send(exchange, MediaUrl=["http://app/a.png"] * 3, ProvideFeedback="true")).json()["sid"]
    await exchange.run()
    assert (await exchange.post(f"/Messages/{sid}/Feedback.json")).status_code == 201
    assert (await exchange.delete(f"/Messages/{sid}.json")).status_code == 204
    assert (await exchange.delete(f"/Messages/{sid}.json")).json()["code"] == 20404
    assert (await exchange.get(f"/Messages/{sid}.json")).status_code == 404
    for table in ("media", "message_feedback"):
        assert await exchange.database.rows.page(table) == []


@pytest.mark.works("Message.list", "To", "From", "DateSent")
async def test_filters(exchange):  # 1.8, 4.7
    first = (await send(exchange)).json()["sid"]
    await exchange.run(86400)
    exchange.own("+14155550101")
    second = (await send(exchange, To="+14155550124", From="+14155550101")).json()["sid"]
    await exchange.run(60)

    async def listed(**params):
        return [one["sid"] for one in (await exchange.get("/Messages.json", params=params)).json()["messages"]]

    assert await listed() == [second, first]
    assert await listed(To=PHONE) == [first] and await listed(To="(415) 555-0124") == [second]
    assert await listed(From=NUMBER) == [first] and await listed(From="+14155550101") == [second]
    assert await listed(From=NUMBER, To="+14155550124") == []
    assert await listed(DateSent="2026-01-01") == [first] and await listed(DateSent="2026-01-02") == [second]
    assert await listed(**{"DateSent>": "2026-01-02"}) == [second]
    assert await listed(**{"DateSent<": "2026-01-02"}) == [second, first], "both bounds are included"
    assert await listed(**{"DateSent<": "2026-01-01T23:59:59Z"}) == [first]
    assert await listed(**{"DateSent>": "2026-01-03"}) == []
    assert (await exchange.get("/Messages.json?DateSent=soon")).json()["code"] == 20001


async def test_the_official_client_filters(exchange):  # 1.8: it sends moments, not days
    exchange.own("+14155550101")
    sids = []
    for sender in (NUMBER, "+14155550101", NUMBER):
        sids.append((await send(exchange, From=sender)).json()["sid"])
        await exchange.run(3600)
    after = datetime(2026, 1, 1, 1, tzinfo=UTC)

    def work(client):
        def found(**asked):
            return [one.sid for one in client.messages.list(page_size=1, **asked)]

        return [
            found(),
            found(from_=NUMBER),
            found(date_sent_after=after),
            found(date_sent_before=after),
            found(date_sent_after=after, date_sent_before=after, to=PHONE),
            found(date_sent=date(2026, 1, 1)),
            found(date_sent=date(2026, 1, 2)),
        ]

    assert await exchange.sdk(work) == [sids[::-1], sids[::-2], sids[:0:-1], sids[1::-1], [sids[1]], sids[::-1], []]


# Scheduling (1.4) --------------------------------------------------------------------------


async def scheduled(exchange, seconds=1200, **form):
    """A message through a service, to be sent so many seconds from now."""
    service = exchange.write("messaging_services", "MG" + "1" * 32, account_sid=ACCOUNT, friendly_name="Shop")
    number = exchange.database.directory.number(NUMBER).sid
    exchange.write("service_phone_numbers", number, account_sid=ACCOUNT, service_sid=service, phone_number=NUMBER)
    at = datetime.fromtimestamp(exchange.clock.now() + seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    form = {"MessagingServiceSid": service, "ScheduleType": "fixed", "SendAt": at, "From": None, **form}
    return await send(exchange, **form)


@pytest.mark.works("Message.create", "ScheduleType", "SendAt")
async def test_a_scheduled_message_is_sent_at_its_time(exchange):
    callbacks = []
    exchange.database.journal.deliver_to(callbacks.extend)
    message = (await scheduled(exchange, 1200, StatusCallback="http://app/status")).json()
    assert (message["status"], message["date_sent"], message["num_segments"]) == ("scheduled", None, "0")
    await exchange.run(1199)
    assert not callbacks and exchange.network.phone(PHONE).texts == []
    await exchange.run(10)
    message = (await exchange.get(f"/Messages/{message['sid']}.json")).json()
    assert (message["status"], message["from"], message["num_segments"]) == ("delivered", NUMBER, "1")
    assert message["date_sent"] == "Thu, 01 Jan 2026 00:20:00 +0000"
    statuses = [dict(one.params)["MessageStatus"] for one in callbacks]
    assert statuses == ["accepted", "queued", "sending", "sent", "delivered"]


async def test_the_official_client_schedules(exchange):
    sid = (await scheduled(exchange)).json()["messaging_service_sid"]
    message = await exchange.sdk(
        lambda client: client.messages.create(
            to=PHONE,
            body="Later",
            messaging_service_sid=sid,
            schedule_type="fixed",
            send_at=datetime(2026, 2, 5, tzinfo=UTC),
        )
    )
    assert message.status == "scheduled"
    canceled = await exchange.sdk(lambda client: client.messages(message.sid).update(status="canceled"))
    assert canceled.status == "canceled"


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"SendAt": None}, 35111),
        ({"ScheduleType": None}, 35111),
        ({"MessagingServiceSid": None, "From": NUMBER}, 35118),
        ({"SendAt": "2026-01-01T00:14:59Z"}, 35114),
        ({"SendAt": "2026-02-05T00:00:01Z"}, 35114),
        ({"SendAt": "2025-01-01T00:00:00Z"}, 35114),
        ({"SendAt": "2026-01-01T12:00:00"}, 35114),
        ({"SendAt": "2026-01-01T12:00:00+02:00"}, 35114),
        ({"SendAt": "2026-01-02"}, 35114),
        ({"SendAt": "tomorrow"}, 35114),
        ({"SendAt": "9999-99-99T00:00:00Z"}, 35114),
        ({"SendAt": "2026-01-01T00:15:00Z"}, None),
        ({"SendAt": "2026-02-05T00:00:00Z"}, None),
        ({"SendAt": "2026-01-01T12:00:00.5+00:00"}, None),
    ],
)
async def test_when_it_can_be_sent(exchange, form, code):
    answer = await scheduled(exchange, **form)
    assert answer.json().get("code") == code and answer.status_code == (400 if code else 201)


@pytest.mark.works("Message.update", "Status")
async def test_cancel(exchange):
    callbacks = []
    exchange.database.journal.deliver_to(callbacks.extend)
    path = f"/Messages/{(await scheduled(exchange, StatusCallback='http://app/status')).json()['sid']}.json"
    early = await exchange.delete(path)
    assert (early.status_code, early.json()["code"]) == (409, 20009)
    assert (await exchange.post(path, Status="sent")).json()["code"] == 20001
    await exchange.run(600)
    canceled = (await exchange.post(path, Status="canceled")).json()
    assert (canceled["status"], canceled["date_sent"]) == ("canceled", None)
    await exchange.run(3600)
    assert (await exchange.get(path)).json() == canceled and exchange.network.phone(PHONE).texts == []
    assert [dict(one.params)["MessageStatus"] for one in callbacks] == ["canceled"]
    again = await exchange.post(path, Status="canceled")
    assert (again.status_code, again.json()["code"]) == (409, 30409)
    assert (await exchange.delete(path)).status_code == 204


async def test_what_is_on_its_way_cannot_be_canceled(exchange):
    for made in (await send(exchange), await scheduled(exchange, 1200)):
        await exchange.run(1200)
        answer = await exchange.post(f"/Messages/{made.json()['sid']}.json", Status="canceled")
        assert (answer.status_code, answer.json()["code"]) == (409, 30409)


async def test_cancel_and_redact_at_once(exchange):
    path = f"/Messages/{(await scheduled(exchange)).json()['sid']}.json"
    message = (await exchange.post(path, Status="canceled", Body="")).json()
    assert (message["status"], message["body"]) == ("canceled", "")


async def test_a_service_that_is_gone_by_then(exchange):
    sid = (await scheduled(exchange)).json()["sid"]
    await exchange.request("DELETE", "/messaging/v1/Services/MG" + "1" * 32)
    await exchange.run(1200)
    message = (await exchange.get(f"/Messages/{sid}.json")).json()
    assert (message["status"], message["error_code"]) == ("failed", 21701)


async def test_inbound_messages_are_listed_too(exchange):
    sid = exchange.switchboard.receive(sender=PHONE, recipient=NUMBER, body="Hi")
    message = (await exchange.get(f"/Messages/{sid}.json")).json()
    assert (message["direction"], message["status"]) == ("inbound", "received") and message["date_sent"] is not None


async def test_many_at_once(exchange):
    answers = await asyncio.gather(*(send(exchange, Body=str(i)) for i in range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["sid"] for answer in answers}) == 50


async def test_accepted_means_durable(exchange):
    """The row is in the database, not only in memory, when 201 is answered (design, durability)."""
    sid = (await send(exchange)).json()["sid"]
    with exchange.database.writing.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM messages WHERE sid = ?", (sid,)).scalar() == 1
