"""The senders of messaging services (messaging reference 1.12)."""

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.rest.world import ACCOUNT, NUMBER, OTHER, OTHERS_NUMBER, SUB, world

PATH = "/messaging/v1/Services"
LANDLINE = "+442071838750"


async def post(exchange, path, **form):
    return await exchange.request("POST", PATH + path, data=form)


async def make_service(exchange, name="Shop"):
    return (await post(exchange, "", FriendlyName=name)).json()["sid"]


def sid_of(exchange, number):
    return exchange.database.directory.number(number).sid


def own_short_code(exchange, code="12345"):
    return exchange.write("short_codes", "SC" + "5" * 32, account_sid=ACCOUNT, short_code=code, friendly_name=code)


async def make_phone_number(exchange):
    service = await make_service(exchange)
    return await _made(exchange, service, "PhoneNumbers", PhoneNumberSid=sid_of(exchange, NUMBER))


async def make_short_code(exchange):
    return await _made(exchange, await make_service(exchange), "ShortCodes", ShortCodeSid=own_short_code(exchange))


async def make_alpha_sender(exchange):
    return await _made(exchange, await make_service(exchange), "AlphaSenders", AlphaSender="Acme & Co")


async def _made(exchange, service, pool, **form):
    answer = await post(exchange, f"/{service}/{pool}", **form)
    assert answer.status_code == 201, answer.text
    return f"{PATH}/{service}/{pool}/{answer.json()['sid']}"


SPECIMENS = {
    "ServicePhoneNumber": make_phone_number,
    "ServiceShortCode": make_short_code,
    "AlphaSender": make_alpha_sender,
}


@pytest.mark.works("ServicePhoneNumber.create", "PhoneNumberSid")
async def test_a_number(exchange):
    path = await make_phone_number(exchange)
    number, service = sid_of(exchange, NUMBER), path.split("/")[4]
    assert (await exchange.request("GET", path)).json() == {
        "sid": number,
        "account_sid": ACCOUNT,
        "service_sid": service,
        "phone_number": NUMBER,
        "country_code": "US",
        "capabilities": ["MMS", "SMS", "Voice"],
        "date_created": "2026-01-01T00:00:00Z",
        "date_updated": "2026-01-01T00:00:00Z",
        "url": f"http://localhost:8980{path}",
    }
    assert path.endswith(number)


@pytest.mark.works("ServiceShortCode.create", "ShortCodeSid")
async def test_a_short_code(exchange):
    path = await make_short_code(exchange)
    assert (await exchange.request("GET", path)).json() == {
        "sid": "SC" + "5" * 32,
        "account_sid": ACCOUNT,
        "service_sid": path.split("/")[4],
        "short_code": "12345",
        "country_code": "US",
        "capabilities": ["MMS", "SMS"],
        "date_created": "2026-01-01T00:00:00Z",
        "date_updated": "2026-01-01T00:00:00Z",
        "url": f"http://localhost:8980{path}",
    }


@pytest.mark.works("AlphaSender.create", AlphaSender="Other")
async def test_a_name(exchange):
    path = await make_alpha_sender(exchange)
    assert (await exchange.request("GET", path)).json() == {
        "sid": path.split("/")[-1],
        "account_sid": ACCOUNT,
        "service_sid": path.split("/")[4],
        "alpha_sender": "Acme & Co",
        "capabilities": ["SMS"],
        "date_created": "2026-01-01T00:00:00Z",
        "date_updated": "2026-01-01T00:00:00Z",
        "url": f"http://localhost:8980{path}",
    }
    assert path.split("/")[-1].startswith("AI")


async def test_official_client(exchange):
    exchange.own("+14155550101")
    numbers, code = [sid_of(exchange, NUMBER), sid_of(exchange, "+14155550101")], own_short_code(exchange)

    def work(client):
        service = client.messaging.v1.services(client.messaging.v1.services.create("Shop").sid)
        for sid in numbers:
            assert service.phone_numbers.create(sid).capabilities == ["MMS", "SMS", "Voice"]
        assert service.short_codes.create(code).short_code == "12345"
        name = service.alpha_senders.create("Acme")
        assert [one.sid for one in service.phone_numbers.list(page_size=1)] == numbers[::-1]
        assert service.phone_numbers(numbers[0]).fetch().phone_number == NUMBER
        assert [one.sid for one in service.short_codes.list()] == [code]
        assert service.alpha_senders(name.sid).fetch().alpha_sender == "Acme"
        assert service.phone_numbers(numbers[0]).delete() and service.short_codes(code).delete()
        assert service.alpha_senders(name.sid).delete() and service.alpha_senders.list() == []
        with pytest.raises(TwilioRestException) as gone:
            service.phone_numbers(numbers[0]).fetch()
        return gone.value.code, [one.sid for one in service.phone_numbers.list()]

    assert await exchange.sdk(work) == (20404, numbers[1:])
    assert len(exchange.database.directory.numbers(ACCOUNT)) == 3, "what leaves a service stays in the account"


@pytest.mark.parametrize(
    ("pool", "form", "code"),
    [
        ("PhoneNumbers", {}, 21421),
        ("PhoneNumbers", {"PhoneNumberSid": "PN" + "f" * 32}, 21421),
        ("PhoneNumbers", {"PhoneNumberSid": "nonsense"}, 21421),
        ("ShortCodes", {}, 21421),
        ("ShortCodes", {"ShortCodeSid": "SC" + "f" * 32}, 21421),
        ("AlphaSenders", {}, 21709),
        ("AlphaSenders", {"AlphaSender": "12345"}, 21709),
        ("AlphaSenders", {"AlphaSender": "much too long"}, 21709),
        ("AlphaSenders", {"AlphaSender": "bäh"}, 21709),
    ],
)
async def test_refused(exchange, pool, form, code):
    answer = await post(exchange, f"/{await make_service(exchange)}/{pool}", **form)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_numbers_that_cannot_join(exchange):
    service, second = await make_service(exchange), await make_service(exchange, "Second")

    async def join(number, to=service, **form):
        answer = await post(exchange, f"/{to}/PhoneNumbers", PhoneNumberSid=sid_of(exchange, number))
        return answer.status_code, answer.json().get("code")

    assert await join(OTHERS_NUMBER) == (400, 21421)
    exchange.own(LANDLINE)
    assert await join(LANDLINE) == (400, 21715)
    assert await join(NUMBER) == (201, None)
    assert await join(NUMBER) == (409, 21710)
    assert await join(NUMBER, second) == (409, 21712)
    names = [(await post(exchange, f"/{service}/AlphaSenders", AlphaSender="Acme")).status_code for _ in range(2)]
    assert names == [201, 409]


async def test_a_pool_has_room_for_so_many(exchange):
    service = await make_service(exchange)
    for i in range(400):
        exchange.write(
            "alpha_senders", f"AI{i:032x}", account_sid=ACCOUNT, service_sid=service, alpha_sender=f"Name {i}"
        )
    answers = [
        await post(exchange, f"/{service}/PhoneNumbers", PhoneNumberSid=sid_of(exchange, NUMBER)),
        await post(exchange, f"/{service}/AlphaSenders", AlphaSender="Acme"),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(400, 21714)] * 2


async def test_what_the_account_no_longer_has_is_no_sender(exchange):
    path = await make_phone_number(exchange)
    pool, _, number = path.rpartition("/")
    assert (await exchange.delete(f"/IncomingPhoneNumbers/{number}.json")).status_code == 204
    assert (await exchange.request("GET", path)).status_code == 404
    assert (await exchange.request("GET", pool)).json()["phone_numbers"] == []


async def test_a_number_that_comes_back_may_join_again():
    async with world() as exchange:
        path = await make_phone_number(exchange)
        pool, _, number = path.rpartition("/")
        for owner in (SUB, ACCOUNT):
            moved = f"/2010-04-01/Accounts/{ACCOUNT if owner == SUB else SUB}/IncomingPhoneNumbers/{number}.json"
            assert (await exchange.request("POST", moved, data={"AccountSid": owner})).status_code == 200
            assert (await exchange.request("GET", path)).status_code == (404 if owner == SUB else 200)
        assert (await exchange.request("DELETE", path)).status_code == 204
        answer = await exchange.request("POST", pool, data={"PhoneNumberSid": number})
        assert answer.status_code == 201 and (await exchange.request("GET", path)).status_code == 200


async def test_of_other_services(exchange):
    path = await make_phone_number(exchange)
    second = await make_service(exchange, "Second")
    assert (await exchange.request("GET", path.replace(path.split("/")[4], second))).status_code == 404
    assert (await exchange.request("GET", f"{PATH}/{second}/PhoneNumbers")).json()["phone_numbers"] == []
    strange = await exchange.request("GET", path, auth=(OTHER, "token of somebody else"))
    assert strange.status_code == 404
