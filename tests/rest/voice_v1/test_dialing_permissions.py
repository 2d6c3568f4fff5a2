"""The countries to which an account lets its calls go (voice reference 10.1)."""

import asyncio
import json

import pytest
from twilio.base.exceptions import TwilioRestException

from hoyhoy.wire.destinations import CONTINENTS
from tests.rest.world import NUMBER, PHONE, SHARED, SUB, SUB_TOKEN

COUNTRIES = "/voice/v1/DialingPermissions/Countries"
UPDATES = "/voice/v1/DialingPermissions/BulkCountryUpdates"
LONDON, COSTLY = "+442071838750", "+448431234567"


async def make_country(exchange):
    return COUNTRIES + "/LV"


async def make_prefix(exchange):
    return COUNTRIES + "/LV/HighRiskSpecialPrefixes"


async def make_update(exchange):
    return UPDATES


SPECIMENS = {
    "DialingPermissionsCountry": make_country,
    "HighRiskSpecialPrefix": make_prefix,
    "DialingPermissionsUpdate": make_update,
}


async def allow(exchange, **sides):
    """Change what is permitted in Great Britain: `low_risk=False`."""
    change = {"iso_code": "GB", **{f"{name}_numbers_enabled": value for name, value in sides.items()}}
    answer = await exchange.request("POST", UPDATES, data={"UpdateRequest": json.dumps([change])})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def call(exchange, to):
    answer = await exchange.post("/Calls.json", To=to, From=NUMBER, Twiml="<Response/>")
    return answer.json()["code"] if answer.status_code == 400 else answer.status_code


@SHARED
async def test_a_country(shared):  # Appendix B
    found = (await shared.request("GET", COUNTRIES + "/us")).json()
    here = f"http://localhost:8980{COUNTRIES}/US"
    assert found == {
        "iso_code": "US",
        "name": "United States/Canada",
        "continent": "NORTH_AMERICA",
        "country_codes": ["+1"],
        "low_risk_numbers_enabled": True,
        "high_risk_special_numbers_enabled": True,
        "high_risk_tollfraud_numbers_enabled": True,
        "url": here,
        "links": {"highrisk_special_prefixes": here + "/HighRiskSpecialPrefixes"},
    }
    assert (await shared.request("GET", COUNTRIES + "/CA")).status_code == 404
    assert (await shared.request("GET", COUNTRIES + "/ZZ/HighRiskSpecialPrefixes")).status_code == 404


@SHARED
async def test_prefixes(shared):
    def work(client):
        country = client.voice.v1.dialing_permissions.countries("LV")
        return [one.prefix for one in country.highrisk_special_prefixes.list()]

    assert await shared.sdk(work) == ["+37181", "+37190"]


@pytest.mark.works(
    "DialingPermissionsCountry.list",
    "IsoCode",
    "Continent",
    "CountryCode",
    "LowRiskNumbersEnabled",
    "HighRiskSpecialNumbersEnabled",
    "HighRiskTollfraudNumbersEnabled",
)
async def test_a_list_is_searched(exchange):
    await allow(exchange, low_risk=False, high_risk_special=False, high_risk_tollfraud=False)

    async def found(**asked):
        listed = await exchange.sdk(lambda client: client.voice.v1.dialing_permissions.countries.list(**asked))
        return [one.iso_code for one in listed]

    assert await found(page_size=20) == sorted(CONTINENTS)
    assert await found(iso_code="gb") == ["GB"]
    assert "AR" in await found(continent="SOUTH_AMERICA") and "GB" not in await found(continent="south_america")
    assert await found(country_code="371") == await found(country_code="+371") == ["LV"]
    for flag in ("low_risk", "high_risk_special", "high_risk_tollfraud"):
        assert await found(**{f"{flag}_numbers_enabled": False}) == ["GB"]
        assert len(await found(**{f"{flag}_numbers_enabled": True})) == len(CONTINENTS) - 1


@pytest.mark.works(
    "DialingPermissionsUpdate.create",
    UpdateRequest='[{"iso_code": "DE", "low_risk_numbers_enabled": "true"}]',
)
async def test_with_the_official_client(exchange):
    request = '[{"iso_code": "GB", "low_risk_numbers_enabled": "false"}, {"iso_code": "FR"}]'

    def work(client):
        permissions = client.voice.v1.dialing_permissions
        made = permissions.bulk_country_updates.create(update_request=request)
        assert (made.update_count, made.update_request) == (2, request)
        permissions.bulk_country_updates.create(
            update_request='[{"iso_code": "gb", "high_risk_special_numbers_enabled": true}]'
        )
        return permissions.countries("GB").fetch()

    found = await exchange.sdk(work)
    assert (found.low_risk_numbers_enabled, found.high_risk_special_numbers_enabled) == (False, True)


@pytest.mark.parametrize(
    "request_",
    [
        "",
        "GB",
        "{}",
        "[]",
        "[1]",
        "[" * 50_000,
        '[{"iso_code": "CA"}]',
        '[{"low_risk_numbers_enabled": true}]',
        '[{"iso_code": ["GB"]}]',
        '[{"iso_code": "GB", "low_risk_numbers_enabled": "perhaps"}]',
        '[{"iso_code": "GB", "low_risk_numbers_enabled": null}]',
        "[" + '{"iso_code": "GB"},' * 5000 + "{}]",
    ],
)
@SHARED
async def test_refused(shared, request_):
    answer = await shared.request("POST", UPDATES, data={"UpdateRequest": request_})
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)


async def test_all_or_nothing(exchange):
    request = '[{"iso_code": "GB", "low_risk_numbers_enabled": false}, {"iso_code": "XX"}]'
    assert (await exchange.request("POST", UPDATES, data={"UpdateRequest": request})).status_code == 400
    assert await call(exchange, LONDON) == 201


async def test_two_at_once(exchange):
    await asyncio.gather(*(allow(exchange, low_risk=one) for one in (True, False, True, False)))
    assert len(await exchange.database.rows.page("dialing_permissions")) == 1


async def test_who_may_not_be_called_is_not(exchange):  # 17.3: 21215
    assert await call(exchange, LONDON) == 201
    await allow(exchange, low_risk=False)
    assert await call(exchange, LONDON) == 21215
    assert await call(exchange, COSTLY) == 201
    assert await call(exchange, PHONE) == 201
    await allow(exchange, low_risk=True, high_risk_special=False)
    assert await call(exchange, LONDON) == 201
    assert await call(exchange, COSTLY) == 21215


async def test_nor_to_be_verified(exchange):
    await allow(exchange, low_risk=False)
    answer = await exchange.post("/OutgoingCallerIds.json", PhoneNumber=LONDON)
    assert (answer.status_code, answer.json()["code"]) == (400, 21215)


async def test_subaccounts_have_what_their_main_account_has(exchange):
    await allow(exchange, low_risk=False)

    def work(client):
        permissions = client.voice.v1.dialing_permissions
        country = permissions.countries("GB")
        assert country.fetch().low_risk_numbers_enabled is False
        with pytest.raises(TwilioRestException) as refused:
            permissions.bulk_country_updates.create(update_request='[{"iso_code": "GB"}]')
        permissions.settings().update(dialing_permissions_inheritance=False)
        assert country.fetch().low_risk_numbers_enabled is True
        permissions.bulk_country_updates.create(update_request='[{"iso_code": "GB"}]')
        return refused.value.code

    directory = exchange.database.directory
    assert not directory.may_call(SUB, LONDON)
    assert await exchange.sdk(work, SUB, SUB_TOKEN) == 20001
    assert directory.may_call(SUB, LONDON)
    assert await call(exchange, LONDON) == 21215


async def test_nor_by_a_document(exchange):  # 17.2: 13227
    await allow(exchange, low_risk=False)
    document = f"<Response><Dial>{LONDON}</Dial></Response>"
    sid = (await exchange.post("/Calls.json", To=PHONE, From=NUMBER, Twiml=document)).json()["sid"]
    await exchange.run(30)
    notes = (await exchange.get(f"/Calls/{sid}/Notifications.json")).json()["notifications"]
    assert "13227" in [note["error_code"] for note in notes]
    assert (await exchange.get(f"/Calls.json?To=%2B{LONDON[1:]}")).json()["calls"] == []
