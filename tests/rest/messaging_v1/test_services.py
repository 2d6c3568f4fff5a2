"""Messaging services (messaging reference 1.12)."""

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.rest.world import ACCOUNT, NUMBER, OTHER, OTHER_TOKEN, PHONE, SHARED, SUB, SUB_TOKEN

PATH = "/messaging/v1/Services"
BERLIN, LONDON = "+4915112345678", "+447400123456"
EASTERN = "+12125550100"


async def call(exchange, method, path, auth=None, **form):
    options = {"auth": auth} if auth else {}
    return await exchange.request(method, path, data=form or None, **options)


async def make(exchange, *senders, **form):
    """A service with these numbers, its sid."""
    form = {"FriendlyName": "Shop", "InboundRequestUrl": "http://app/service", **form}
    service = (await call(exchange, "POST", PATH, **form)).json()["sid"]
    for number in senders or (NUMBER,):
        if exchange.database.directory.number(number) is None:
            exchange.own(number)
        sid = exchange.database.directory.number(number).sid
        added = await call(exchange, "POST", f"{PATH}/{service}/PhoneNumbers", PhoneNumberSid=sid)
        assert added.status_code == 201, added.text
    return service


async def make_service(exchange):
    return f"{PATH}/{(await call(exchange, 'POST', PATH, FriendlyName='Shop')).json()['sid']}"


SPECIMENS = {"MessagingService": make_service}


async def send(exchange, service, to=PHONE, **form):
    answer = await exchange.post("/Messages.json", To=to, MessagingServiceSid=service, **{"Body": "Hello", **form})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def sent(exchange, service, to=PHONE, **form):
    """The message when it has arrived."""
    message = await send(exchange, service, to, **form)
    await exchange.run()
    return (await exchange.get(f"/Messages/{message['sid']}.json")).json()


async def senders_of(exchange, service, *recipients):
    return [(await sent(exchange, service, to))["from"] for to in recipients]


async def test_representation(exchange):
    service = (await call(exchange, "POST", PATH, FriendlyName="Shop")).json()
    at = f"http://localhost:8980{PATH}/{service['sid']}"
    assert service == {
        "sid": service["sid"],
        "account_sid": ACCOUNT,
        "friendly_name": "Shop",
        "date_created": "2026-01-01T00:00:00Z",
        "date_updated": "2026-01-01T00:00:00Z",
        "inbound_request_url": None,
        "inbound_method": "POST",
        "fallback_url": None,
        "fallback_method": "POST",
        "status_callback": None,
        "sticky_sender": True,
        "mms_converter": True,
        "smart_encoding": True,
        "scan_message_content": "inherit",
        "fallback_to_long_code": True,
        "area_code_geomatch": True,
        "synchronous_validation": False,
        "validity_period": 36000,
        "usecase": "undeclared",
        "us_app_to_person_registered": False,
        "use_inbound_webhook_on_number": False,
        "url": at,
        "links": {
            "phone_numbers": f"{at}/PhoneNumbers",
            "short_codes": f"{at}/ShortCodes",
            "alpha_senders": f"{at}/AlphaSenders",
            "messages": f"{at}/Messages",
            "us_app_to_person": f"{at}/Compliance/Usa2p",
            "us_app_to_person_usecases": f"{at}/Compliance/Usa2p/Usecases",
            "channel_senders": f"{at}/ChannelSenders",
        },
    }
    assert service["sid"].startswith("MG")


@pytest.mark.works("MessagingService.create", "Usecase", FriendlyName="Other")
@pytest.mark.works("MessagingService.update", "FriendlyName", "Usecase")
async def test_official_client(exchange):
    def work(client):
        services = client.messaging.v1.services
        made = services.create("Shop", usecase="marketing")
        assert (made.friendly_name, made.usecase, made.sticky_sender) == ("Shop", "marketing", True)
        changed = services(made.sid).update(friendly_name="Store", usecase="notifications", sticky_sender=False)
        assert (changed.friendly_name, changed.usecase, changed.sticky_sender) == ("Store", "notifications", False)
        assert services(made.sid).fetch().friendly_name == "Store"
        services.create("Second")
        assert [one.friendly_name for one in services.list(page_size=1)] == ["Second", "Store"]
        assert services(made.sid).delete()
        with pytest.raises(TwilioRestException) as gone:
            services(made.sid).fetch()
        return gone.value.code

    assert await exchange.sdk(work) == 20404


@SHARED
@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"FriendlyName": ""}, 20001),
        ({"FriendlyName": "x" * 65}, 20001),
        ({"InboundRequestUrl": "nonsense"}, 20001),
        ({"InboundMethod": "PUT"}, 21403),
        ({"FallbackUrl": "ftp://app/"}, 20001),
        ({"StatusCallback": "http://my_app/"}, 20001),
        ({"StickySender": "perhaps"}, 20001),
        ({"ScanMessageContent": "burn"}, 20001),
        ({"ValidityPeriod": "0"}, 20001),
        ({"ValidityPeriod": "36001"}, 20001),
        ({"Usecase": "fun"}, 20001),
    ],
)
async def test_refused(shared, form, code):
    answer = await call(shared, "POST", PATH, **{"FriendlyName": "Shop", **form})
    assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_the_name_cannot_be_taken_away(exchange):
    service = await make(exchange)
    answer = await call(exchange, "POST", f"{PATH}/{service}", FriendlyName="")
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)
    assert (await call(exchange, "GET", f"{PATH}/{service}")).json()["friendly_name"]


async def test_of_other_accounts(exchange):
    service = await make(exchange)
    for auth in ((OTHER, OTHER_TOKEN), (SUB, SUB_TOKEN)):
        for method in ("GET", "POST", "DELETE"):
            assert (await call(exchange, method, f"{PATH}/{service}", auth)).status_code == 404
        for pool in ("PhoneNumbers", "ShortCodes", "AlphaSenders"):
            assert (await call(exchange, "GET", f"{PATH}/{service}/{pool}", auth)).status_code == 404
        theirs = f"/2010-04-01/Accounts/{auth[0]}/Messages.json"
        answer = await call(exchange, "POST", theirs, auth, To=PHONE, MessagingServiceSid=service, Body="x")
        assert (answer.status_code, answer.json()["code"]) == (404, 21701)
        assert (await call(exchange, "GET", PATH, auth)).json()["services"] == []


async def test_a_deleted_service_leaves_its_numbers(exchange):
    service = await make(exchange, InboundRequestUrl="")
    assert (await call(exchange, "DELETE", f"{PATH}/{service}")).status_code == 204
    answer = await exchange.post("/Messages.json", To=PHONE, MessagingServiceSid=service, Body="x")
    assert answer.json()["code"] == 21701
    assert [one.number for one in exchange.database.directory.numbers(ACCOUNT)] == [NUMBER]
    exchange.app.document = "<Response><Message>Alone again</Message></Response>"
    sid = exchange.switchboard.receive(sender=PHONE, recipient=NUMBER, body="Hi")
    assert (await exchange.get(f"/Messages/{sid}.json")).json()["messaging_service_sid"] is None
    assert await exchange.database.rows.page("service_phone_numbers") == []
    assert await make(exchange), "the number may join another"


# What is sent through a service ------------------------------------------------------------------


@pytest.mark.works("Message.create", "MessagingServiceSid")
async def test_the_story_of_a_message(exchange):
    """1.3, 1.6: accepted, without a sender and not counted yet; then queued and on its way."""
    service = await make(exchange, StatusCallback="http://app/status")
    callbacks = []
    exchange.database.journal.deliver_to(callbacks.extend)
    message = await send(exchange, service)
    assert (message["status"], message["from"], message["num_segments"]) == ("accepted", None, "0")
    assert (message["messaging_service_sid"], message["date_sent"]) == (service, None)
    await exchange.run()
    message = (await exchange.get(f"/Messages/{message['sid']}.json")).json()
    assert (message["status"], message["from"], message["num_segments"]) == ("delivered", NUMBER, "1")
    told = [dict(callback.params) for callback in callbacks]
    assert [one["MessageStatus"] for one in told] == ["queued", "sending", "sent", "delivered"]
    for one in told:
        assert one["MessagingServiceSid"] == service and one["From"] == NUMBER and one["To"] == PHONE
        assert one["MessageSid"] == one["SmsSid"] == message["sid"] and one["SmsStatus"] == one["MessageStatus"]
        assert one["AccountSid"] == ACCOUNT and one["ApiVersion"] == "2010-04-01"
    row = await exchange.database.rows.fetch("messages", message["sid"])
    assert row["usage_category"] == "sms-outbound-longcode"


async def test_the_official_client_sends_through_it(exchange):
    service = await make(exchange)
    message = await exchange.sdk(
        lambda client: client.messages.create(to=PHONE, messaging_service_sid=service, body="Hello")
    )
    assert (message.status, message.from_, message.num_segments) == ("accepted", None, "0")
    assert message.messaging_service_sid == service


async def test_a_sender_may_be_pinned(exchange):
    service = await make(exchange, NUMBER, EASTERN)
    assert (await send(exchange, service, From=EASTERN))["from"] == EASTERN
    exchange.own("+13125550100")
    form = {"To": PHONE, "MessagingServiceSid": service, "From": "+13125550100", "Body": "x"}
    answer = await exchange.post("/Messages.json", **form)
    assert (answer.status_code, answer.json()["code"]) == (400, 21711)


async def test_without_senders_it_is_refused(exchange):
    empty = (await call(exchange, "POST", PATH, FriendlyName="Empty")).json()["sid"]
    answer = await exchange.post("/Messages.json", To=PHONE, MessagingServiceSid=empty, Body="x")
    assert (answer.status_code, answer.json()["code"]) == (400, 21704)


async def test_without_a_usable_sender_it_fails(exchange):
    """9, trap 14: what one sender would be refused for becomes a failed message."""
    service = await make(exchange)
    name = await call(exchange, "POST", f"{PATH}/{service}/AlphaSenders", AlphaSender="Acme")
    number = exchange.database.directory.number(NUMBER).sid
    await call(exchange, "DELETE", f"{PATH}/{service}/PhoneNumbers/{number}")
    message = await sent(exchange, service)
    assert name.status_code == 201 and (message["status"], message["error_code"]) == ("failed", 21703)
    assert (await sent(exchange, service, LONDON))["from"] == "Acme"
    message = await sent(exchange, await make(exchange), "+15005550004")
    assert (message["status"], message["error_code"]) == ("failed", 21610)


@pytest.mark.works("MessagingService.create", "StickySender")
async def test_sticky(exchange):
    service = await make(exchange, NUMBER, "+14155550101", StickySender="true")
    assert await senders_of(exchange, service, PHONE, "+14155550124", PHONE) == [NUMBER, "+14155550101", NUMBER]
    loose = await make(exchange, "+14155550102", "+14155550103", StickySender="false")
    first, second = "+14155550102", "+14155550103"
    assert await senders_of(exchange, loose, PHONE, PHONE, PHONE) == [first, second, first]


@pytest.mark.works("MessagingService.update", "StickySender", "AreaCodeGeomatch", "ValidityPeriod", "SmartEncoding")
async def test_what_can_be_changed(exchange):
    service = await make(exchange, NUMBER, EASTERN)
    await call(
        exchange,
        "POST",
        f"{PATH}/{service}",
        StickySender="false",
        AreaCodeGeomatch="false",
        ValidityPeriod="60",
        SmartEncoding="false",
    )
    assert sorted(await senders_of(exchange, service, PHONE, PHONE)) == sorted([NUMBER, EASTERN])
    assert await senders_of(exchange, service, "+12125550123", "+12125550124") == [NUMBER, EASTERN]
    message = await sent(exchange, service, Body="“Hi”")
    assert message["body"] == "“Hi”"
    assert (await exchange.database.rows.fetch("messages", message["sid"]))["validity_period"] == 60


@pytest.mark.works("MessagingService.create", "AreaCodeGeomatch")
async def test_area_codes(exchange):
    near = await make(exchange, NUMBER, EASTERN)
    assert await senders_of(exchange, near, "+12125550123", PHONE, "+12125550124") == [EASTERN, NUMBER, EASTERN]
    far = await make(exchange, "+14155550101", "+12125550101", AreaCodeGeomatch="false")
    assert await senders_of(exchange, far, "+12125550123", "+12125550124") == ["+14155550101", "+12125550101"]


@pytest.mark.works("MessagingService.create", "SmartEncoding")
async def test_smart_encoding_is_on_unless_switched_off(exchange):
    plain = await make(exchange, SmartEncoding="false")
    assert (await sent(exchange, plain, Body="“Hi”"))["body"] == "“Hi”"
    assert (await sent(exchange, plain, Body="“Hi”", SmartEncoded="true"))["body"] == '"Hi"'
    smart = await make(exchange, EASTERN)
    assert (await sent(exchange, smart, Body="“Hi”"))["body"] == '"Hi"'
    assert (await sent(exchange, smart, Body="“Hi”", SmartEncoded="false"))["body"] == "“Hi”"


@pytest.mark.works("MessagingService.create", "ValidityPeriod")
async def test_validity(exchange):
    service = await make(exchange, ValidityPeriod="120")
    kept = [
        (await exchange.database.rows.fetch("messages", (await send(exchange, service, **form))["sid"]))[
            "validity_period"
        ]
        for form in ({}, {"ValidityPeriod": "30"})
    ]
    assert kept == [120, 30]


@pytest.mark.works("MessagingService.create", "StatusCallback")
@pytest.mark.works("MessagingService.update", "StatusCallback")
async def test_status_callbacks(exchange):
    """1.7: the message's own comes first, then the application's, then the service's."""
    service = await make(exchange, StatusCallback="http://app/first")
    callbacks = []
    exchange.database.journal.deliver_to(callbacks.extend)
    await sent(exchange, service)
    assert {one.url for one in callbacks} == {"http://app/first"}
    await call(exchange, "POST", f"{PATH}/{service}", StatusCallback="http://app/service")
    application = (await exchange.post("/Applications.json", MessageStatusCallback="http://app/application")).json()
    for form, told in (
        ({}, "http://app/service"),
        ({"ApplicationSid": application["sid"]}, "http://app/application"),
        ({"ApplicationSid": application["sid"], "StatusCallback": "http://app/own"}, "http://app/own"),
    ):
        callbacks.clear()
        await sent(exchange, service, **form)
        assert {one.url for one in callbacks} == {told}
    await call(exchange, "POST", f"{PATH}/{service}", StatusCallback="")
    callbacks.clear()
    await sent(exchange, service)
    assert callbacks == []


# What a service receives (1.9) ---------------------------------------------------------------------


async def received(exchange, body="Hi"):
    """The message and the request that it set off."""
    exchange.app.asked.clear()
    exchange.app.document = "<Response/>"
    sid = exchange.switchboard.receive(sender=PHONE, recipient=NUMBER, body=body)
    await exchange.run(0)
    message = (await exchange.get(f"/Messages/{sid}.json")).json() if sid else None
    return message, [(one.url, one.method) for one in exchange.app.asked]


@pytest.mark.works("MessagingService.create", "InboundRequestUrl", "InboundMethod")
@pytest.mark.works("MessagingService.update", "InboundRequestUrl", "InboundMethod")
async def test_the_service_is_asked(exchange):
    exchange.write("incoming_phone_numbers", "PN" + "1" * 32, account_sid=ACCOUNT, phone_number=EASTERN)
    service = await make(exchange, InboundRequestUrl="http://app/in", InboundMethod="GET")
    message, asked = await received(exchange)
    assert asked == [("http://app/in", "GET")] and message["messaging_service_sid"] == service
    assert dict(exchange.app.asked[0].params)["MessagingServiceSid"] == service
    await call(exchange, "POST", f"{PATH}/{service}", InboundRequestUrl="http://app/changed", InboundMethod="POST")
    assert (await received(exchange))[1] == [("http://app/changed", "POST")]


@pytest.mark.works("MessagingService.create", "FallbackUrl", "FallbackMethod")
@pytest.mark.works("MessagingService.update", "FallbackUrl", "FallbackMethod")
async def test_the_fallback_of_the_service(exchange):
    service = await make(exchange, FallbackUrl="http://app/plan-b", FallbackMethod="GET")
    for form, fallback in (
        (None, ("http://app/plan-b", "GET")),
        ({"FallbackUrl": "http://app/plan-c", "FallbackMethod": "POST"}, ("http://app/plan-c", "POST")),
    ):
        if form:
            await call(exchange, "POST", f"{PATH}/{service}", **form)
        exchange.app.asked.clear()
        exchange.app.document = ""
        exchange.switchboard.receive(sender=PHONE, recipient=NUMBER, body="Hi")
        await exchange.run(0)
        assert [(one.url, one.method) for one in exchange.app.asked] == [("http://app/service", "POST"), fallback]


@pytest.mark.works("MessagingService.create", "UseInboundWebhookOnNumber")
@pytest.mark.works("MessagingService.update", "UseInboundWebhookOnNumber")
async def test_the_number_may_be_asked_instead(exchange):
    number = exchange.database.directory.number(NUMBER).sid
    await exchange.post(f"/IncomingPhoneNumbers/{number}.json", SmsUrl="http://app/number")
    service = await make(exchange, UseInboundWebhookOnNumber="true")
    message, asked = await received(exchange)
    assert asked == [("http://app/number", "POST")] and message["messaging_service_sid"] == service
    application = (await exchange.post("/Applications.json", SmsUrl="http://app/application")).json()["sid"]
    await exchange.post(f"/IncomingPhoneNumbers/{number}.json", SmsApplicationSid=application)
    assert (await received(exchange))[1] == [("http://app/application", "POST")]
    await call(exchange, "POST", f"{PATH}/{service}", UseInboundWebhookOnNumber="false")
    assert (await received(exchange))[1] == [("http://app/service", "POST")]


async def test_a_service_without_url_drops_what_comes_in(exchange):
    """9, trap 17. Nothing is kept of the message; the customer is told that there was one."""
    service = await make(exchange)
    await call(exchange, "POST", f"{PATH}/{service}", InboundRequestUrl="")
    assert (await call(exchange, "GET", f"{PATH}/{service}")).json()["inbound_request_url"] is None
    assert await received(exchange, "Secret") == (None, [])
    assert (await exchange.get("/Messages.json")).json()["messages"] == []
    (notice,) = (await exchange.get("/Notifications.json")).json()["notifications"]
    assert "dropped" in notice["message_text"] and "Secret" not in notice["message_text"]


async def test_what_is_idle_is_told(exchange):
    await call(
        exchange,
        "POST",
        PATH,
        FriendlyName="Shop",
        MmsConverter="true",
        ScanMessageContent="disable",
        FallbackToLongCode="true",
        SynchronousValidation="true",
    )
    (notice,) = (await exchange.get("/Notifications.json")).json()["notifications"]
    for name in ("MmsConverter", "ScanMessageContent", "FallbackToLongCode", "SynchronousValidation"):
        assert name in notice["message_text"]
