"""Postal addresses (messaging reference 3.6)."""

import pytest

from tests.rest.world import ACCOUNT, BASE, OTHER, OTHER_TOKEN, SHARED, SUB, SUB_TOKEN

from .numbers import newcomer

ADA = {
    "CustomerName": "Ada",
    "Street": "1 Main St",
    "City": "San Francisco",
    "Region": "CA",
    "PostalCode": "94105",
    "IsoCountry": "US",
}


async def make(exchange, **form):
    answer = await exchange.post("/Addresses.json", **{**ADA, **form})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def make_address(exchange):
    return f"{BASE}/Addresses/{(await make(exchange))['sid']}"


SPECIMENS = {"Address": make_address}


@SHARED
@pytest.mark.works("Address.create", CustomerName="Bob", Street="2 High St", City="Oakland", Region="NV")
@pytest.mark.works("Address.create", PostalCode="94612", IsoCountry="CA")
@pytest.mark.works("Address.create", "FriendlyName", "StreetSecondary", "EmergencyEnabled")
async def test_representation(shared):
    made = await make(shared, FriendlyName="Home", StreetSecondary="Apt. 2", EmergencyEnabled="true")
    assert made["sid"].startswith("AD") and made == {
        "sid": made["sid"],
        "account_sid": ACCOUNT,
        "customer_name": "Ada",
        "street": "1 Main St",
        "street_secondary": "Apt. 2",
        "city": "San Francisco",
        "region": "CA",
        "postal_code": "94105",
        "iso_country": "US",
        "friendly_name": "Home",
        "emergency_enabled": True,
        "validated": False,
        "verified": False,
        "date_created": "Thu, 01 Jan 2026 00:00:00 +0000",
        "date_updated": "Thu, 01 Jan 2026 00:00:00 +0000",
        "uri": f"{BASE}/Addresses/{made['sid']}.json",
    }
    assert (await shared.request("GET", made["uri"])).json() == made
    plain = await make(shared)
    assert (plain["friendly_name"], plain["street_secondary"], plain["emergency_enabled"]) == (None, None, False)


@SHARED
@pytest.mark.works("Address.list", "CustomerName", "FriendlyName", "IsoCountry", "EmergencyEnabled")
async def test_with_the_official_client(shared):
    def work(client):
        def create(name, country="US", **params):
            return client.addresses.create(
                customer_name=name,
                street="1 Main St",
                city="Town",
                region="Region",
                postal_code="94105",
                iso_country=country,
                **params,
            )

        ada = create("Ada", friendly_name="Home")
        bob = create("Bob", country="DE", emergency_enabled=True)

        def found(**params):
            return [one.sid for one in client.addresses.list(**params)]

        assert found() == [bob.sid, ada.sid] and found(limit=1) == [bob.sid]
        assert found(customer_name="Ada") == found(friendly_name="Home") == found(emergency_enabled=False) == [ada.sid]
        assert found(iso_country="DE") == found(iso_country="de") == found(emergency_enabled=True) == [bob.sid]
        assert client.addresses(ada.sid).fetch().customer_name == "Ada"
        assert ada.update(city="Berlin").city == "Berlin"
        assert ada.delete() and bob.delete() and found() == []

    await shared.sdk(work, newcomer(shared), "token")


@SHARED
@pytest.mark.works("Address.update", "CustomerName", "Street", "City", "Region", "PostalCode")
@pytest.mark.works("Address.update", "FriendlyName", "StreetSecondary", "EmergencyEnabled")
async def test_update(shared):
    made = await make(shared)
    path = f"/Addresses/{made['sid']}.json"
    new = {
        "CustomerName": "Bob",
        "Street": "2 High St",
        "City": "Oakland",
        "Region": "NV",
        "PostalCode": "94612",
        "FriendlyName": "Office",
        "StreetSecondary": "Floor 3",
        "EmergencyEnabled": "true",
    }
    changed = (await shared.post(path, **new, IsoCountry="DE")).json()
    assert {name: changed[name] for name in made if changed[name] != made[name]} == {
        "customer_name": "Bob",
        "street": "2 High St",
        "city": "Oakland",
        "region": "NV",
        "postal_code": "94612",
        "friendly_name": "Office",
        "street_secondary": "Floor 3",
        "emergency_enabled": True,
    }
    assert (await shared.get(path)).json() == changed
    assert (await shared.post(path, StreetSecondary="")).json()["street_secondary"] == ""


@SHARED
@pytest.mark.works("Address.create", "AutoCorrectAddress")
@pytest.mark.works("Address.update", "AutoCorrectAddress")
async def test_an_address_is_put_into_form(shared):
    loose = {"Street": "  1  Main St ", "Region": "ca", "PostalCode": "941051234"}
    better = await make(shared, IsoCountry="us", **loose)
    assert (better["street"], better["region"], better["postal_code"]) == ("1 Main St", "CA", "94105-1234")
    assert better["iso_country"] == "US"
    as_it_is = await make(shared, AutoCorrectAddress="false", **loose)
    assert (as_it_is["street"], as_it_is["region"]) == (loose["Street"], "ca")
    path = f"/Addresses/{as_it_is['sid']}.json"
    assert (await shared.post(path, Region="nv")).json()["region"] == "nv", "it stays as it was asked for"
    assert (await shared.post(path, Region="nv", AutoCorrectAddress="true")).json()["region"] == "NV"
    canadian = await make(shared, IsoCountry="CA", Region="qc", PostalCode="h3b1a1")
    assert (canadian["region"], canadian["postal_code"]) == ("QC", "H3B 1A1")
    british = await make(shared, IsoCountry="GB", Region="cambs", PostalCode="cb7 4dl")
    assert (british["region"], british["postal_code"]) == ("cambs", "cb7 4dl")


@SHARED
@pytest.mark.parametrize(
    ("form", "code"),
    [
        *[({name: ""}, 20001) for name in ADA],
        *[({name: " \n"}, 20001) for name in ADA if name != "IsoCountry"],
        ({"CustomerName": " ", "AutoCorrectAddress": "false"}, 20001),
        ({"IsoCountry": "Germany"}, 21628),
        ({"IsoCountry": "ZZ"}, 21628),
        ({"PostalCode": "nowhere", "EmergencyEnabled": "true"}, 21628),
        ({"EmergencyEnabled": "perhaps"}, 20001),
        ({"Street": "x" * 256}, 20001),
        ({"FriendlyName": "x" * 65}, 20001),
    ],
)
async def test_refused(shared, form, code):
    answer = await shared.post("/Addresses.json", **{**ADA, **form})
    assert (answer.status_code, answer.json()["code"]) == (400, code)


@SHARED
@pytest.mark.parametrize(
    ("form", "code"),
    [({"City": ""}, 20001), ({"CustomerName": "  "}, 20001), ({"PostalCode": "x", "EmergencyEnabled": "true"}, 21628)],
)
async def test_update_refused(shared, form, code):
    made = await make(shared)
    answer = await shared.post(f"/Addresses/{made['sid']}.json", **form)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_strangers(exchange):
    sid = (await make(exchange))["sid"]
    for method in ("GET", "POST", "DELETE"):
        for auth in ((OTHER, OTHER_TOKEN), (SUB, SUB_TOKEN)):
            path = f"/2010-04-01/Accounts/{auth[0]}/Addresses/{sid}.json"
            answer = await exchange.request(method, path, auth=auth)
            assert (answer.status_code, answer.json()["code"]) == (404, 20404)
    answer = await exchange.request(
        "POST",
        f"/2010-04-01/Accounts/{OTHER}/IncomingPhoneNumbers.json",
        auth=(OTHER, OTHER_TOKEN),
        data={"PhoneNumber": "+12065550123", "AddressSid": sid},
    )
    assert answer.json()["code"] == 20001 and exchange.database.directory.number("+12065550123") is None
