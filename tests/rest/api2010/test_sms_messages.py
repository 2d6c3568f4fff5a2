"""Messages under their old name (messaging reference 8.2)."""

from xml.etree import ElementTree

import pytest

from tests.rest.world import ACCOUNT, BASE, NUMBER, OTHER, OTHER_TOKEN, PHONE


async def send(exchange, **form):
    return await exchange.post("/SMS/Messages.json", **{"To": PHONE, "From": NUMBER, "Body": "Hello", **form})


async def make_sms_message(exchange):
    return f"{BASE}/SMS/Messages/{(await send(exchange)).json()['sid']}"


SPECIMENS = {"SmsMessage": make_sms_message}


async def test_representation(exchange):
    answer = await send(exchange)
    message = answer.json()
    assert answer.status_code == 201 and message == {
        "sid": message["sid"],
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "messaging_service_sid": None,
        "to": PHONE,
        "from": NUMBER,
        "body": "Hello",
        "status": "queued",
        "num_segments": "1",
        "direction": "outbound-api",
        "date_created": "Thu, 01 Jan 2026 00:00:00 +0000",
        "date_updated": "Thu, 01 Jan 2026 00:00:00 +0000",
        "date_sent": None,
        "price": None,
        "price_unit": "USD",
        "error_code": None,
        "error_message": None,
        "uri": f"{BASE}/SMS/Messages/{message['sid']}.json",
    }


async def test_one_message_has_both_names(exchange):
    old = (await send(exchange)).json()["sid"]
    new = (await exchange.post("/Messages.json", To=PHONE, From=NUMBER, Body="new")).json()["sid"]
    for sid in (old, new):
        before, now = [(await exchange.get(f"{path}/{sid}.json")).json() for path in ("/SMS/Messages", "/Messages")]
        assert before["uri"] == f"{BASE}/SMS/Messages/{sid}.json" and now["uri"] == f"{BASE}/Messages/{sid}.json"
        assert (before["sid"], before["body"]) == (now["sid"], now["body"]) and "num_media" in now
    listed = (await exchange.get("/SMS/Messages.json")).json()
    assert [one["sid"] for one in listed["sms_messages"]] == [new, old] and "messages" not in listed


async def test_xml_uses_the_old_elements(exchange):  # 4.4
    await send(exchange)
    listed = ElementTree.fromstring((await exchange.get("/SMS/Messages")).content)[0]
    assert listed.tag == "SMSMessages" and [one.tag for one in listed] == ["SMSMessage"]
    sent = await exchange.request("POST", BASE + "/SMS/Messages", data={"To": PHONE, "From": NUMBER, "Body": "x"})
    assert sent.status_code == 201 and ElementTree.fromstring(sent.content)[0].tag == "SMSMessage"


@pytest.mark.works("SmsMessage.create", "From", "Body", To="+14155550124")
async def test_it_is_delivered(exchange):
    assert (await send(exchange, Body="Hello there")).status_code == 201
    await exchange.run()
    message = (await exchange.get("/Messages.json")).json()["messages"][0]
    assert (message["to"], message["from"], message["body"]) == (PHONE, NUMBER, "Hello there")
    assert message["status"] == "delivered"


@pytest.mark.works("SmsMessage.create", "StatusCallback")
async def test_it_tells_what_became_of_it(exchange):
    await send(exchange, StatusCallback="http://app/status")
    await exchange.run()
    told = await exchange.database.pending_callbacks()
    assert {one.callback.url for one in told} == {"http://app/status"}


@pytest.mark.works("SmsMessage.create", "ApplicationSid")
async def test_it_tells_an_application(exchange):  # 1.7
    application = (await exchange.post("/Applications.json", MessageStatusCallback="http://app/named")).json()["sid"]
    await send(exchange, ApplicationSid=application)
    await exchange.run()
    told = await exchange.database.pending_callbacks()
    assert {one.callback.url for one in told} == {"http://app/named"}


async def test_an_application_must_exist(exchange):
    answer = await send(exchange, ApplicationSid="AP" + "0" * 32)
    assert answer.status_code == 400


@pytest.mark.works("SmsMessage.list", "To", "From", "DateSent")
async def test_filters(exchange):
    first = (await send(exchange)).json()["sid"]
    await exchange.run(86400)
    second = (await send(exchange, To="+14155550124", From="+14155550105")).json()["sid"]
    await exchange.run(60)

    async def listed(**params):
        answer = await exchange.get("/SMS/Messages.json", params=params)
        return [one["sid"] for one in answer.json()["sms_messages"]]

    assert await listed(To="415-555-0123") == [first] and await listed(From="+14155550105") == [second]
    assert await listed(DateSent="2026-01-01") == [first]
    assert await listed(**{"DateSent>": "2026-01-02T00:00:00Z"}) == [second]


async def test_of_media_it_knows_nothing(exchange):
    answer = await exchange.post("/SMS/Messages.json", To=PHONE, From=NUMBER, MediaUrl="http://app/a.png")
    assert (answer.status_code, answer.json()["code"]) == (400, 21602)


async def test_a_body_of_160_characters_when_strict(exchange, strict):
    assert (await send(exchange, Body="x" * 161)).status_code == 201
    assert (await send(strict, Body="x" * 160)).status_code == 201
    answer = await send(strict, Body="x" * 161)
    assert (answer.status_code, answer.json()["code"]) == (400, 21605)


async def test_it_can_neither_be_changed_nor_deleted(exchange):
    path = f"/SMS/Messages/{(await send(exchange)).json()['sid']}.json"
    assert (await exchange.post(path, Body="")).status_code == 405 and (await exchange.delete(path)).status_code == 405
    theirs = f"/2010-04-01/Accounts/{OTHER}{path}"
    assert (await exchange.request("GET", theirs, auth=(OTHER, OTHER_TOKEN))).status_code == 404
