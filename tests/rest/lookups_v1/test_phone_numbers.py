"""Lookup v1 (messaging reference 5.2)."""

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.rest.world import SHARED

NUMBER, ODD = "+14159929960", "+15555555555"
PATH = "/lookups/v1/PhoneNumbers"


async def lookup(exchange):
    return f"{PATH}/{NUMBER}"


SPECIMENS = {"LookupV1PhoneNumber": lookup}


async def ask(exchange, number, **query):
    answer = await exchange.request("GET", f"{PATH}/{number}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


@SHARED
async def test_representation(shared):
    found = {
        "caller_name": None,
        "country_code": "US",
        "phone_number": NUMBER,
        "national_format": "(415) 992-9960",
        "carrier": None,
        "add_ons": None,
        "url": f"http://localhost:8980/lookups/v1/PhoneNumbers/{NUMBER}",
    }
    assert (
        await ask(shared, NUMBER) == await ask(shared, "%2B14159929960") == await ask(shared, "415-992-9960") == found
    )
    assert await ask(shared, NUMBER, AddOns="whitepages_pro_caller_id") == found


@pytest.mark.works("LookupV1PhoneNumber.fetch", "CountryCode")
@SHARED
async def test_national_numbers(shared):
    found = await ask(shared, "01771234567", CountryCode="DE")
    assert (found["phone_number"], found["country_code"]) == ("+491771234567", "DE")


@pytest.mark.works("LookupV1PhoneNumber.fetch", "Type")
@SHARED
async def test_types(shared):
    found = await ask(shared, NUMBER, Type=["carrier", "caller-name"])
    assert found["carrier"] == {
        "mobile_country_code": None,
        "mobile_network_code": None,
        "name": None,
        "type": "mobile",
        "error_code": None,
    }
    assert found["caller_name"] == {"caller_name": None, "caller_type": None, "error_code": None}
    for number, kind in (("+493012345678", "landline"), ("+445612345678", "voip"), ("+18004444444", None)):
        assert (await ask(shared, number, Type="carrier"))["carrier"]["type"] == kind
    assert (await ask(shared, NUMBER, Type="carrier"))["caller_name"] is None
    answer = await shared.request("GET", f"{PATH}/{NUMBER}?Type=nonsense")
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)


@pytest.mark.parametrize(
    "number", ["+1415992", "+999123456789", ODD, "nonsense", "+14159929960x5", "%F0%9F%93%9E", "5" * 10_000]
)
@SHARED
async def test_what_is_no_number(shared, number):
    answer = await shared.request("GET", f"{PATH}/{number}?Type=carrier")
    assert (answer.status_code, answer.json()["code"]) == (404, 20404)


async def test_a_number_of_this_exchange_is_one(exchange):
    exchange.own(ODD)
    assert (await ask(exchange, ODD, Type="carrier"))["carrier"]["type"] == "mobile"


@SHARED
async def test_official_client(shared):
    def work(client):
        found = client.lookups.v1.phone_numbers("4159929960").fetch(
            type=["carrier", "caller-name"], country_code="US", add_ons=["one"], add_ons_data={"one": {"a": "b"}}
        )
        assert (found.phone_number, found.carrier["type"], found.caller_name["caller_name"]) == (NUMBER, "mobile", None)
        with pytest.raises(TwilioRestException) as missing:
            client.lookups.v1.phone_numbers("nonsense").fetch()
        return missing.value.code

    assert await shared.sdk(work) == 20404
