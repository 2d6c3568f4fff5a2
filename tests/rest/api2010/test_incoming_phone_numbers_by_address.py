"""The numbers that depend on an address (messaging reference 3.6)."""

from tests.rest.world import BASE, OTHER, OTHER_TOKEN, SHARED, SUB

from .numbers import buy, change

LINES = {"CustomerName": "Ada", "Street": "1 Main St", "City": "Ely", "Region": "Cambs", "PostalCode": "CB7 4DL"}


async def make_address(exchange):
    return (await exchange.post("/Addresses.json", IsoCountry="GB", **LINES)).json()["sid"]


async def make_list(exchange):
    sid = await make_address(exchange)
    await buy(exchange, AddressSid=sid)
    return f"{BASE}/Addresses/{sid}/DependentPhoneNumbers"


SPECIMENS = {"DependentPhoneNumber": make_list}


@SHARED
async def test_numbers_come_and_go(shared):
    sid, other = await make_address(shared), await make_address(shared)
    first, second = await buy(shared, AddressSid=sid), await buy(shared, AddressSid=sid)
    await buy(shared, AddressSid=other)

    async def listed():
        answer = await shared.get(f"/Addresses/{sid}/DependentPhoneNumbers.json")
        return answer.json()["dependent_phone_numbers"]

    assert [one["sid"] for one in await listed()] == [second["sid"], first["sid"]]
    await change(shared, second, AddressSid=other)
    [one] = await listed()
    shown = {
        *("sid", "account_sid", "friendly_name", "phone_number", "voice_url", "voice_method", "voice_fallback_method"),
        *("voice_fallback_url", "voice_caller_id_lookup", "date_created", "date_updated", "sms_fallback_method"),
        *("sms_fallback_url", "sms_method", "sms_url", "address_requirements", "capabilities", "status_callback"),
        *("status_callback_method", "api_version", "sms_application_sid", "voice_application_sid", "trunk_sid"),
        *("emergency_status", "emergency_address_sid", "uri"),
    }
    assert one == {name: first[name] for name in shown}
    assert await shared.sdk(lambda client: len(client.addresses(sid).dependent_phone_numbers.list())) == 1


@SHARED
async def test_strangers(shared):
    sid = await make_address(shared)
    for owner, auth in ((OTHER, (OTHER, OTHER_TOKEN)), (SUB, None)):
        path = f"/2010-04-01/Accounts/{owner}/Addresses/{sid}/DependentPhoneNumbers.json"
        answer = await shared.request("GET", path, **({"auth": auth} if auth else {}))
        assert (answer.status_code, answer.json()["code"]) == (404, 20404)
