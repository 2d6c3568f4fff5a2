"""Messages (messaging reference 1)."""

import asyncio

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.rest.world import ACCOUNT, BASE, NUMBER, OTHERS_NUMBER, PHONE, SHARED


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


async def test_media(exchange):
    answer = await send(exchange, Body=None, MediaUrl=["http://app/a.png", "http://app/b.png"])
    message = answer.json()
    assert message["sid"].startswith("MM") and message["num_media"] == "2" and message["body"] == ""


async def test_what_is_kept(exchange):
    sid = (
        await send(
            exchange,
            StatusCallback="http://app/status",
            ValidityPeriod="60",
            ProvideFeedback="true",
            PersistentAction=["a", "b"],
        )
    ).json()["sid"]
    row = await exchange.database.rows.fetch("messages", sid)
    assert row["status_callback"] == "http://app/status" and row["validity_period"] == 60
    assert row["provide_feedback"] is True and row["persistent_action"] == '["a", "b"]'


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


async def test_redact(exchange):  # 1.8
    unfinished = exchange.write("messages", "SM" + "1" * 32, account_sid=ACCOUNT, status="sending", body="Hello")
    early = await exchange.post(f"/Messages/{unfinished}.json", Body="")
    assert (early.status_code, early.json()["code"]) == (409, 20009)
    path = f"/Messages/{(await send(exchange)).json()['sid']}.json"
    await exchange.run()
    assert (await exchange.post(path, Body="other")).json()["code"] == 20001
    assert (await exchange.post(path)).json()["body"] == "Hello"
    redacted = (await exchange.post(path, Body="")).json()
    assert redacted["body"] == "" and redacted["to"] == PHONE and redacted["status"] == "delivered"
    assert (await exchange.get(path)).json() == redacted


async def test_cancel(exchange):
    path = f"/Messages/{(await send(exchange)).json()['sid']}.json"
    answer = await exchange.post(path, Status="canceled")
    assert (answer.status_code, answer.json()["code"]) == (409, 30409)
    assert (await exchange.post(path, Status="sent")).json()["code"] == 20001


async def test_delete(exchange):  # 1.8
    unfinished = exchange.write("messages", "SM" + "1" * 32, account_sid=ACCOUNT, status="queued")
    assert (await exchange.delete(f"/Messages/{unfinished}.json")).json()["code"] == 20009
    path = f"/Messages/{(await send(exchange)).json()['sid']}.json"
    await exchange.run()
    assert (await exchange.delete(path)).status_code == 204
    assert (await exchange.delete(path)).json()["code"] == 20404
    assert (await exchange.get(path)).status_code == 404


async def test_filters(exchange):  # 1.8, 4.7
    first = (await send(exchange)).json()["sid"]
    await exchange.run(86400)
    second = (await send(exchange, To="+14155550124")).json()["sid"]
    await exchange.run(60)

    async def listed(**params):
        return [one["sid"] for one in (await exchange.get("/Messages.json", params=params)).json()["messages"]]

    assert await listed() == [second, first]
    assert await listed(To=PHONE) == [first] and await listed(From=NUMBER) == [second, first]
    assert await listed(DateSent="2026-01-01") == [first] and await listed(DateSent="2026-01-02") == [second]
    assert await listed(**{"DateSent>": "2026-01-02"}) == [second]
    assert await listed(**{"DateSent<": "2026-01-01T23:59:59Z"}) == [first]
    assert await listed(**{"DateSent>": "2026-01-03"}) == []
    assert (await exchange.get("/Messages.json?DateSent=soon")).json()["code"] == 20001


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
