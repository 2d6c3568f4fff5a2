"""Lookup v2 (messaging reference 5.2)."""

import pytest
from twilio.rest import Client

from tests.rest.world import OTHER, OTHER_TOKEN, SHARED

NUMBER, ODD = "+14159929960", "+15555555555"
PATH = "/lookups/v2/PhoneNumbers"


async def lookup(exchange):
    return f"{PATH}/{NUMBER}"


SPECIMENS = {"LookupV2PhoneNumber": lookup}


async def ask(exchange, number, **query):
    answer = await exchange.request("GET", f"{PATH}/{number}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


PACKAGES = (
    "caller_name",
    "sim_swap",
    "call_forwarding",
    "line_status",
    "line_type_intelligence",
    "identity_match",
    "reassigned_number",
    "sms_pumping_risk",
    "phone_number_quality_score",
    "pre_fill",
)


@SHARED
async def test_representation(shared):
    found = {
        "calling_country_code": "1",
        "country_code": "US",
        "phone_number": NUMBER,
        "national_format": "(415) 992-9960",
        "valid": True,
        "validation_errors": [],
        **dict.fromkeys(PACKAGES),
        "url": f"http://localhost:8980/lookups/v2/PhoneNumbers/{NUMBER}",
    }
    assert await ask(shared, NUMBER) == await ask(shared, "%2B14159929960") == await ask(shared, "4159929960") == found
    host = await shared.request("GET", f"/v2/PhoneNumbers/{NUMBER}", headers={"Host": "lookups.twilio.com"})
    assert host.json() == {**found, "url": f"https://lookups.twilio.com/v2/PhoneNumbers/{NUMBER}"}


@pytest.mark.works("LookupV2PhoneNumber.fetch", "CountryCode")
@SHARED
async def test_national_numbers(shared):
    found = await ask(shared, "0177%201234567", CountryCode="DE")
    assert (found["phone_number"], found["national_format"]) == ("+491771234567", "0177 1234567")
    assert (found["country_code"], found["calling_country_code"], found["valid"]) == ("DE", "49", True)
    assert (await ask(shared, "4159929960", CountryCode="XX"))["validation_errors"] == ["INVALID_COUNTRY_CODE"]


@pytest.mark.works("LookupV2PhoneNumber.fetch", "Fields")
@SHARED
async def test_packages(shared):
    found = await ask(shared, NUMBER, Fields=" Line_Type_Intelligence, caller_name,validation")
    assert found["line_type_intelligence"] == {
        "error_code": None,
        "mobile_country_code": None,
        "mobile_network_code": None,
        "carrier_name": None,
        "type": "mobile",
    }
    assert found["caller_name"] == {"caller_name": None, "caller_type": None, "error_code": 60600}
    assert found["sim_swap"] is None
    every = await ask(shared, NUMBER, Fields=",".join(PACKAGES))
    assert all(every[package] for package in PACKAGES) and every["sim_swap"] == {"error_code": 60600}
    for number, kind in (("+18004444444", "tollFree"), ("+493012345678", "landline"), ("+15005550006", "personal")):
        asked = await ask(shared, number, Fields="line_type_intelligence")
        assert asked["line_type_intelligence"]["type"] == kind
    answer = await shared.request("GET", f"{PATH}/{NUMBER}?Fields=carrier")
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)


@pytest.mark.parametrize(
    ("number", "error"),
    [
        ("+1415992", "TOO_SHORT"),
        ("+141599299600", "TOO_LONG"),
        ("+999123456789", "INVALID_COUNTRY_CODE"),
        (ODD, "INVALID_BUT_POSSIBLE"),
        ("nonsense", "NOT_A_NUMBER"),
        ("+14159929960x5", "NOT_A_NUMBER"),
        ("%F0%9F%93%9E", "NOT_A_NUMBER"),
        ("%FF%FE", "NOT_A_NUMBER"),
        ("..", "NOT_A_NUMBER"),
        ("5" * 10_000, "TOO_LONG"),
        ("x" * 10_000, "NOT_A_NUMBER"),
    ],
)
@SHARED
async def test_what_is_no_number(shared, number, error):
    path = f"{PATH}/{number}?Fields=caller_name,line_type_intelligence"
    answer = await shared.request("GET", "/lookups/v2/PhoneNumbers/%2E%2E" if number == ".." else path)
    body = answer.json()
    assert answer.status_code == 200 and (body.pop("valid"), body.pop("validation_errors")) == (False, [error])
    assert body.pop("url").startswith("http://localhost:8980/lookups/v2/PhoneNumbers/")
    assert set(body.values()) == {None}


async def test_a_number_of_this_exchange_is_one(exchange):
    exchange.own(ODD)
    found = await ask(exchange, ODD, Fields="line_type_intelligence")
    assert found["valid"] and found["line_type_intelligence"]["type"] == "mobile" and found["country_code"] == "US"


@SHARED
async def test_others_and_other_methods(shared):
    assert (await shared.request("GET", f"{PATH}/{NUMBER}", auth=(OTHER, OTHER_TOKEN))).status_code == 200
    assert (await shared.request("GET", f"{PATH}/{NUMBER}", auth=(OTHER, "wrong"))).status_code == 401
    assert (await shared.request("POST", f"{PATH}/{NUMBER}")).status_code == 405
    assert (await shared.request("GET", PATH)).status_code in (404, 405)
    assert (await shared.request("GET", f"{PATH}/{NUMBER}.json")).json()["valid"]


@SHARED
async def test_official_client(shared):
    def work(client: Client):
        found = client.lookups.v2.phone_numbers("4159929960").fetch(fields="line_type_intelligence", country_code="US")
        assert (found.phone_number, found.valid, found.line_type_intelligence["type"]) == (NUMBER, True, "mobile")
        return client.lookups.v2.phone_numbers("nonsense").fetch().validation_errors

    assert await shared.sdk(work) == ["NOT_A_NUMBER"]
