"""Searching for numbers to buy (voice reference 9)."""

import re
import threading

import pytest
from twilio.base.exceptions import TwilioException

from hoyhoy.wire import inventory
from tests.rest.world import BASE, SHARED

PATH = "/AvailablePhoneNumbers"


async def make_number(exchange):
    return f"{BASE}{PATH}/US/Local"


async def make_country(exchange):
    return f"{BASE}{PATH}/GB"


SPECIMENS = {"AvailablePhoneNumber": make_number, "AvailablePhoneNumberCountry": make_country}


async def found(exchange, where="US/Local", **params):
    answer = await exchange.get(f"{PATH}/{where}.json", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["available_phone_numbers"]


async def searched(exchange, where="US/Local", **params):
    return [one["phone_number"] for one in await found(exchange, where, **params)]


# Countries ----------------------------------------------------------------------------------


@SHARED
async def test_countries(shared):
    listed = (await shared.get(f"{PATH}.json")).json()
    assert len(listed["countries"]) == len(inventory.countries()) and listed["next_page_uri"] is None
    one = (await shared.get(f"{PATH}/US.json")).json()
    assert one in listed["countries"] and one == {
        "country_code": "US",
        "country": "United States",
        "uri": f"{BASE}{PATH}/US.json",
        "beta": False,
        "subresource_uris": {
            "local": f"{BASE}{PATH}/US/Local.json",
            "toll_free": f"{BASE}{PATH}/US/TollFree.json",
        },
    }
    britain = (await shared.get(f"{PATH}/gb.json")).json()["subresource_uris"]
    assert {"local", "mobile", "toll_free", "machine_to_machine"} <= britain.keys()
    for path in britain.values():
        assert (await shared.request("GET", path)).json()["available_phone_numbers"]
    half = (await shared.get(f"{PATH}.json?PageSize=200")).json()
    assert len(half["countries"]) == 200 and half["next_page_uri"]


@SHARED
async def test_the_numbering_plans_are_read_beside_the_loop(shared, monkeypatch):
    """All of them take a while, when they are first asked for."""
    threads, countries = [], inventory.countries

    def watched():
        threads.append(threading.get_ident())
        return countries()

    monkeypatch.setattr(inventory, "countries", watched)
    assert (await shared.get(f"{PATH}.json")).status_code == 200
    assert len(threads) == 1 and threads[0] != threading.get_ident()


@SHARED
@pytest.mark.parametrize(
    "where", ["ZZ", "ZZ/Local", "US/Mobile", "US/Nothing", "US/local", "001", "%C3%9F", "%C3%9F/Local"]
)
async def test_there_is_no_such_country_or_kind(shared, where):
    answer = await shared.get(f"{PATH}/{where}.json")
    assert (answer.status_code, answer.json()["code"]) == (404, 20404)


@SHARED
async def test_with_the_official_client(shared):
    def work(client):
        assert {"US", "GB"} <= {one.country_code for one in client.available_phone_numbers.list()}
        britain = client.available_phone_numbers("GB").fetch()
        assert (britain.country, britain.beta) == ("United Kingdom", False)
        for kind in ("local", "mobile", "toll_free", "national", "voip", "machine_to_machine"):
            numbers = getattr(britain._proxy, kind).list(limit=3)
            assert len(numbers) == 3 and all(one.phone_number.startswith("+44") for one in numbers)
        assert client.available_phone_numbers("DE").shared_cost.list(limit=1)[0].iso_country == "DE"
        [one] = client.available_phone_numbers("US").local.list(limit=1, area_code=415)
        assert (float(one.latitude), one.capabilities["SMS"]) == (37.77, True)
        with pytest.raises(TwilioException, match="20404"):
            client.available_phone_numbers("US").mobile.list()

    await shared.sdk(work)


# Numbers ------------------------------------------------------------------------------------


@SHARED
async def test_representation(shared):  # Appendix B
    [number] = await found(shared, AreaCode="415", PageSize=1)
    assert re.fullmatch(r"\+1415[0-9]{7}", number["phone_number"])
    assert number == {
        "friendly_name": f"(415) {number['phone_number'][5:8]}-{number['phone_number'][8:]}",
        "phone_number": number["phone_number"],
        "lata": "722",
        "locality": "San Francisco",
        "rate_center": "SAN FRANCISCO",
        "latitude": "37.770000",
        "longitude": "-122.420000",
        "region": "CA",
        "postal_code": "94102",
        "iso_country": "US",
        "address_requirements": "none",
        "beta": False,
        "capabilities": {"voice": True, "SMS": True, "sms": True, "MMS": True, "mms": True, "fax": False},
    }
    [abroad] = await found(shared, "DE/Local", PageSize=1)
    assert abroad["friendly_name"] == abroad["phone_number"] and abroad["address_requirements"] == "local"
    unknown = ("lata", "locality", "rate_center", "latitude", "longitude", "region", "postal_code")
    assert all(abroad[name] is None for name in unknown)
    assert abroad["capabilities"]["voice"] and not abroad["capabilities"]["SMS"]


@SHARED
async def test_the_page_size_only_trims(shared):
    answer = (await shared.get(f"{PATH}/US/Local.json?PageSize=7")).json()
    assert len(answer["available_phone_numbers"]) == 7 and answer["next_page_uri"] is None
    assert await searched(shared) == await searched(shared) and len(await searched(shared)) == 50
    assert await searched(shared, Page=1) == []
    assert (await shared.get(f"{PATH}/US/Local.json?PageSize=1001")).json()["code"] == 20007


@SHARED
@pytest.mark.works("AvailablePhoneNumber.list", "AreaCode")
async def test_an_area(shared):
    assert all(one.startswith("+1212") for one in await searched(shared, AreaCode="212"))
    assert all(one.startswith("+1833") for one in await searched(shared, "CA/TollFree", AreaCode="833"))
    london = await searched(shared, "GB/Local", AreaCode="020")
    assert london and all(one.startswith("+4420") for one in london)
    assert await searched(shared, AreaCode="604") == [], "Vancouver is not in the US"
    assert await searched(shared, "CA/Local", AreaCode="604")


@SHARED
@pytest.mark.works("AvailablePhoneNumber.list", "Contains")
async def test_a_pattern(shared):
    assert all(re.search("78676", one) for one in await searched(shared, Contains="STORM"))
    assert all(one.startswith("+1510555") for one in await searched(shared, Contains="510555****"))
    assert all(one.startswith("+144") for one in await searched(shared, "CA/Local", Contains="+144"))
    assert all(one.endswith("0000") for one in await searched(shared, "GB/Mobile", Contains="(74) **-**.0000"))
    assert [one["phone_number"][:5] for one in await found(shared, Contains=" 1415", PageSize=1)] == ["+1415"]
    assert await searched(shared, Contains="4155550177") == ["+14155550177"]
    assert await searched(shared, AreaCode="212", Contains="415555****") == []


@SHARED
@pytest.mark.works("AvailablePhoneNumber.list", "SmsEnabled", "MmsEnabled", "VoiceEnabled", "FaxEnabled")
async def test_capabilities(shared):
    for param in ("SmsEnabled", "MmsEnabled", "VoiceEnabled"):
        assert await searched(shared, **{param: "true"}) and not await searched(shared, **{param: "false"})
    assert not await searched(shared, FaxEnabled="true") and await searched(shared, FaxEnabled="false")
    assert not await searched(shared, "GB/Local", SmsEnabled="true")
    assert await searched(shared, "GB/Mobile", SmsEnabled="true", VoiceEnabled="true", MmsEnabled="false")


@SHARED
@pytest.mark.works(
    "AvailablePhoneNumber.list",
    "ExcludeAllAddressRequired",
    "ExcludeLocalAddressRequired",
    "ExcludeForeignAddressRequired",
    "Beta",
)
async def test_what_is_left_out(shared):
    wanted = {"AU": "any", "DE": "local", "BR": "foreign", "US": "none"}
    for country, needs in wanted.items():
        [one] = await found(shared, f"{country}/Local", PageSize=1)
        assert one["address_requirements"] == needs
        for which, left_out in (("All", needs != "none"), ("Local", needs == "local"), ("Foreign", needs == "foreign")):
            param = f"Exclude{which}AddressRequired"
            assert bool(await searched(shared, f"{country}/Local", **{param: "true"})) != left_out
            assert await searched(shared, f"{country}/Local", **{param: "false"})
    [new] = await found(shared, "IN/Local", PageSize=1)
    assert new["beta"] is True and (await shared.get(f"{PATH}/IN.json")).json()["beta"] is True
    assert await searched(shared, "IN/Local", Beta="true") and not await searched(shared, "IN/Local", Beta="false")
    assert await searched(shared, Beta="false")


async def places(exchange, name, where="US/Local", **params):
    return {one[name] for one in await found(exchange, where, **params)}


@SHARED
@pytest.mark.works("AvailablePhoneNumber.list", "InRegion", "InLata", "InLocality", "InRateCenter", "InPostalCode")
async def test_a_place(shared):
    assert await places(shared, "region", InRegion="ny") == {"NY"}
    assert await places(shared, "lata", InLata="730") == {"730"}
    assert await places(shared, "locality", InLocality="san francisco") == {"San Francisco"}
    assert await places(shared, "locality", "CA/Local", InLocality="Vancouver") == {"Vancouver"}
    assert await places(shared, "locality", InLocality="Vancouver") == {"Vancouver"}, "the one in Washington"
    assert await places(shared, "rate_center", InRateCenter="CHICAGO") == {"CHICAGO"}
    assert await places(shared, "locality", InPostalCode="10036") == {"New York"}
    assert await places(shared, "locality", "CA/Local", InPostalCode="h3b 1a1") == {"Montreal"}
    for name in ("InRegion", "InLata", "InLocality", "InRateCenter", "InPostalCode"):
        assert await searched(shared, **{name: "nowhere"}) == []
        assert await searched(shared, "GB/Local", **{name: "London"}) == [], "nobody knows where it is"
        assert await searched(shared, "US/TollFree", **{name: "NY"}) == []


@SHARED
async def test_a_number_stands_for_its_place(shared):
    assert await places(shared, "region", InRegion="+12125550100") == {"NY"}
    assert await places(shared, "lata", InLata="(310) 555-0100") == {"730"}
    assert await places(shared, "postal_code", InPostalCode="+14155550100") == {"94102"}
    assert await searched(shared, InLocality="+18005550100") == [], "a toll-free number is nowhere"


@SHARED
@pytest.mark.works("AvailablePhoneNumber.list", "NearLatLong", "NearNumber", "Distance")
async def test_near_a_place(shared):
    close = {"San Francisco", "Oakland"}
    assert await places(shared, "locality", NearLatLong="37.77,-122.42", Distance=10) == close
    assert await places(shared, "locality", NearNumber="+14155550100", Distance="10") == close
    assert await places(shared, "locality", NearNumber="+14155550100") == close | {"Redwood City"}, "within 25 miles"
    assert await places(shared, "locality", NearLatLong="37.77, -122.42") == close | {"Redwood City"}
    assert "Los Angeles" in await places(shared, "locality", NearLatLong="37.77,-122.42", Distance=500)
    overlay = await found(shared, NearNumber="+16285550100")
    assert {one["phone_number"][2:5] for one in overlay} == {"628"}, "nobody knows more of it"
    assert await searched(shared, NearNumber="+442071838750") == await searched(shared, NearLatLong="0,0") == []
    assert await searched(shared, "GB/Local", NearLatLong="51.5,-0.1", Distance=500) == []


@SHARED
@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"AreaCode": "41"}, 21451),
        ({"AreaCode": "nowhere"}, 21451),
        ({"Contains": "4"}, 20001),
        ({"Contains": "+4"}, 20001),
        ({"Contains": "4?5"}, 20001),
        ({"Contains": "1" * 16}, 20001),
        ({"Contains": "٤٤٤"}, 20001),
        ({"Distance": "501"}, 20001),
        ({"Distance": "-1"}, 20001),
        ({"NearLatLong": "37.77"}, 20001),
        ({"NearLatLong": "137.77,1"}, 20001),
        ({"NearLatLong": "nan,inf"}, 20001),
        ({"SmsEnabled": "perhaps"}, 20001),
    ],
)
async def test_refused(shared, params, code):
    answer = await shared.get(f"{PATH}/US/Local.json", params=params)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_what_is_bought_is_offered_no_more_until_it_is_released(exchange):
    first, second, *_ = await searched(exchange, AreaCode="415")
    bought = (await exchange.post("/IncomingPhoneNumbers.json", PhoneNumber=first)).json()
    assert (await searched(exchange, AreaCode="415"))[0] == second
    assert await searched(exchange, Contains=first) == []
    assert (await exchange.delete(f"/IncomingPhoneNumbers/{bought['sid']}.json")).status_code == 204
    assert (await searched(exchange, AreaCode="415"))[:2] == [first, second]


async def test_all_of_a_place_is_sold_out(exchange):
    wanted = {"Contains": "415555123*", "PageSize": 4}
    for number in await searched(exchange, **wanted | {"PageSize": 50}):
        exchange.own(number)
    assert await searched(exchange, **wanted) == []
