"""Short codes (messaging reference 3.6, 7)."""

import pytest

from hoyhoy.exchange.chance import SeededChance
from hoyhoy.provisioning import Provisioning
from tests.rest.world import ACCOUNT, BASE, NUMBER, OTHER, OTHER_TOKEN, PHONE, SHARED, SUB, SUB_TOKEN

from .numbers import free_number, newcomer

CODES = "/SMS/ShortCodes"


def own(exchange, code, account=ACCOUNT, **values):
    sid = f"SC{free_number()[1:].zfill(32)}"
    row = {"account_sid": account, "short_code": code, "friendly_name": code, **values}
    return exchange.write("short_codes", sid, account, **row)


async def make_code(exchange):
    return f"{BASE}{CODES}/{own(exchange, '12345')}"


SPECIMENS = {"ShortCode": make_code}


@SHARED
async def test_representation(shared):
    sid = own(shared, "67890")
    path = f"{CODES}/{sid}.json"
    assert (await shared.get(path)).json() == {
        "sid": sid,
        "account_sid": ACCOUNT,
        "friendly_name": "67890",
        "short_code": "67890",
        "api_version": "2010-04-01",
        "sms_url": "",
        "sms_method": "POST",
        "sms_fallback_url": "",
        "sms_fallback_method": "POST",
        "date_created": "Thu, 01 Jan 2026 00:00:00 +0000",
        "date_updated": "Thu, 01 Jan 2026 00:00:00 +0000",
        "uri": BASE + path,
    }
    assert (await shared.post(f"{CODES}.json", ShortCode="11111")).status_code == 405
    assert (await shared.delete(path)).status_code == 405


@SHARED
@pytest.mark.works("ShortCode.list", "ShortCode", "FriendlyName")
@pytest.mark.works("ShortCode.update", "FriendlyName")
async def test_with_the_official_client(shared):
    account = newcomer(shared)
    first, second = own(shared, "24680", account), own(shared, "13579", account)

    def work(client):
        def found(**params):
            return [one.sid for one in client.short_codes.list(**params)]

        assert found() == [second, first]
        assert found(short_code="24680") == found(short_code="24*8") == [first] and found(short_code="99") == []
        assert client.short_codes(second).update(friendly_name="Votes").friendly_name == "Votes"
        assert found(friendly_name="Votes") == [second]
        assert client.short_codes(second).update(friendly_name="").friendly_name == "13579"
        assert client.short_codes(first).fetch().short_code == "24680"

    await shared.sdk(work, account, "token")


async def written(exchange, code, document="<Response/>"):
    exchange.app.document = document
    exchange.app.asked.clear()
    exchange.network.send_text(exchange.network.phone(PHONE), code, "VOTE 1")
    await exchange.run()
    return [(one.url, one.method) for one in exchange.app.asked]


@SHARED
@pytest.mark.works("ShortCode.update", "SmsUrl", "SmsMethod", "SmsFallbackUrl", "SmsFallbackMethod")
async def test_messages_reach_the_app(shared):
    path = f"{CODES}/{own(shared, '55555')}.json"
    steering = {"SmsUrl": "http://app/sms", "SmsMethod": "GET"}
    await shared.post(path, **steering, SmsFallbackUrl="http://app/help", SmsFallbackMethod="GET")
    assert await written(shared, "55555") == [("http://app/sms", "GET")]
    assert await written(shared, "55555", "") == [("http://app/sms", "GET"), ("http://app/help", "GET")]


@SHARED
@pytest.mark.parametrize(
    ("form", "code"), [({"SmsUrl": "x"}, 21402), ({"SmsMethod": "PUT"}, 21403), ({"FriendlyName": "x" * 65}, 20002)]
)
async def test_refused(shared, form, code):
    answer = await shared.post(f"{CODES}/{own(shared, '77777')}.json", **form)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_one_that_a_program_sends_from_is_adopted(exchange):  # 7; design 5
    made = Provisioning(exchange.clock, SeededChance(5), exchange.database.journal, exchange.database.directory)
    exchange.adopt_number = made.adopt_number
    exchange.app.document = "<Response><Message>Thanks</Message></Response>"
    await exchange.post(f"/IncomingPhoneNumbers/PN{NUMBER[1:].zfill(32)}.json", SmsUrl="http://app/sms")
    sent = await exchange.post("/Messages.json", From="12345", To=PHONE, Body="Vote now")
    assert sent.status_code == 201 and sent.json()["from"] == "12345"
    [code] = (await exchange.get(f"{CODES}.json")).json()["short_codes"]
    assert (code["short_code"], code["friendly_name"], code["sms_url"]) == ("12345", "12345", "http://app/sms")
    await exchange.run()
    assert await written(exchange, "12345", exchange.app.document) == [("http://app/sms", "POST")]
    phone = exchange.network.phone(PHONE)
    assert [(one.other, one.body) for one in phone.texts if not one.outgoing][-1] == ("12345", "Thanks")
    numbers = (await exchange.get("/IncomingPhoneNumbers.json")).json()["incoming_phone_numbers"]
    assert [one["phone_number"] for one in numbers] == [NUMBER]
    refused = await exchange.request(
        "POST",
        f"/2010-04-01/Accounts/{OTHER}/Messages.json",
        auth=(OTHER, OTHER_TOKEN),
        data={"From": "12345", "To": PHONE, "Body": "Mine"},
    )
    assert refused.json()["code"] == 21660


async def test_strict_adopts_none(strict):
    answer = await strict.post("/Messages.json", From="12345", To=PHONE, Body="Vote now")
    assert answer.json()["code"] == 21659 and strict.database.directory.number("12345") is None


async def test_strangers(exchange):
    sid = own(exchange, "12345")
    for method in ("GET", "POST"):
        for auth in ((OTHER, OTHER_TOKEN), (SUB, SUB_TOKEN)):
            path = f"/2010-04-01/Accounts/{auth[0]}{CODES}/{sid}.json"
            answer = await exchange.request(method, path, auth=auth)
            assert (answer.status_code, answer.json()["code"]) == (404, 20404)
