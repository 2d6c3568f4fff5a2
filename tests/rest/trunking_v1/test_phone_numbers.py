"""The numbers of a trunk (voice reference 9, 10.2)."""

import asyncio

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.rest.sip import TRUNKS, make, make_trunk, refusal
from tests.rest.world import ACCOUNT, NUMBER, OTHERS_NUMBER, SHARED

SID, OTHERS_SID = (f"PN{number[1:].zfill(32)}" for number in (NUMBER, OTHERS_NUMBER))


async def make_specimen(exchange):
    at = f"{TRUNKS}/{(await make_trunk(exchange))['sid']}/PhoneNumbers"
    return f"{at}/{(await make(exchange, at, PhoneNumberSid=SID))['sid']}"


SPECIMENS = {"TrunkPhoneNumber": make_specimen}


def trunk_of(exchange, number=NUMBER):
    return exchange.database.directory.number(number).trunk


@pytest.mark.works("TrunkPhoneNumber.create", PhoneNumberSid="PN1")
async def test_representation(exchange):  # Appendix B
    trunk = (await make_trunk(exchange))["sid"]
    at = f"{TRUNKS}/{trunk}/PhoneNumbers"
    await exchange.run(60)
    made = await make(exchange, at, PhoneNumberSid=SID)
    assert made == {
        "sid": SID,
        "account_sid": ACCOUNT,
        "trunk_sid": trunk,
        "phone_number": NUMBER,
        "friendly_name": NUMBER,
        "address_requirements": "none",
        "api_version": "2010-04-01",
        "beta": False,
        "capabilities": {"voice": True, "sms": True, "mms": True, "fax": made["capabilities"]["fax"]},
        "sms_application_sid": None,
        "sms_fallback_method": "POST",
        "sms_fallback_url": "",
        "sms_method": "POST",
        "sms_url": "",
        "status_callback": "",
        "status_callback_method": "POST",
        "voice_application_sid": None,
        "voice_caller_id_lookup": False,
        "voice_fallback_method": "POST",
        "voice_fallback_url": "",
        "voice_method": "POST",
        "voice_url": "",
        "date_created": "2026-01-01T00:00:00Z",
        "date_updated": "2026-01-01T00:01:00Z",
        "url": f"http://localhost:8980{at}/{SID}",
    }
    assert trunk_of(exchange) == trunk
    assert (await exchange.request("GET", f"{at}/{SID}")).json() == made
    assert (await exchange.request("GET", at)).json()["phone_numbers"] == [made]


async def test_it_leaves_its_application_and_the_trunk_it_was_on(exchange):
    app = (await exchange.post("/Applications.json")).json()["sid"]
    await exchange.post(f"/IncomingPhoneNumbers/{SID}.json", VoiceApplicationSid=app, VoiceUrl="http://app/voice")
    first, second = [(await make_trunk(exchange))["sid"] for _ in range(2)]
    for trunk in (first, second):
        made = await make(exchange, f"{TRUNKS}/{trunk}/PhoneNumbers", PhoneNumberSid=SID)
        assert (made["trunk_sid"], made["voice_application_sid"]) == (trunk, None)
    assert trunk_of(exchange) == second
    assert (await exchange.request("GET", f"{TRUNKS}/{first}/PhoneNumbers")).json()["phone_numbers"] == []
    assert (await exchange.request("GET", f"{TRUNKS}/{first}/PhoneNumbers/{SID}")).status_code == 404
    assert (await exchange.request("DELETE", f"{TRUNKS}/{first}/PhoneNumbers/{SID}")).status_code == 404
    await exchange.post(f"/IncomingPhoneNumbers/{SID}.json", VoiceApplicationSid=app)
    assert (await exchange.request("GET", f"{TRUNKS}/{second}/PhoneNumbers")).json()["phone_numbers"] == []


async def test_what_is_taken_off_stays_in_the_account(exchange):
    path = await make_specimen(exchange)
    assert (await exchange.request("DELETE", path)).status_code == 204
    assert trunk_of(exchange) == "" and (await exchange.request("GET", path)).status_code == 404
    assert (await exchange.get(f"/IncomingPhoneNumbers/{SID}.json")).json()["trunk_sid"] is None
    assert (await exchange.request("DELETE", path)).status_code == 404


@SHARED
@pytest.mark.parametrize("sid", ["", "nonsense", "PN" + "f" * 32, OTHERS_SID])
async def test_numbers_that_are_none_of_the_accounts(shared, sid):
    path = f"{TRUNKS}/{(await make_trunk(shared))['sid']}/PhoneNumbers"
    assert await refusal(shared, path, PhoneNumberSid=sid) == ((404, 20404) if sid else (400, 20001))
    assert trunk_of(shared, OTHERS_NUMBER) == ""


async def test_with_the_official_client(exchange):
    trunk = (await make_trunk(exchange))["sid"]
    other = exchange.own("+14155550101")

    def work(client):
        numbers = client.trunking.v1.trunks(trunk).phone_numbers
        for sid in (SID, other):
            assert numbers.create(phone_number_sid=sid).trunk_sid == trunk
        assert {one.phone_number for one in numbers.list(page_size=1)} == {NUMBER, "+14155550101"}
        assert client.incoming_phone_numbers(SID).fetch().trunk_sid == trunk
        assert numbers(SID).delete()
        with pytest.raises(TwilioRestException) as gone:
            numbers(SID).fetch()
        return gone.value.code

    assert await exchange.sdk(work) == 20404
    assert trunk_of(exchange, "+14155550101") == trunk


@pytest.mark.parametrize("turn", [1, -1])
async def test_a_trunk_that_is_deleted_at_once(exchange, turn):
    path = f"{TRUNKS}/{(await make_trunk(exchange))['sid']}"
    asked = [
        exchange.request("DELETE", path),
        exchange.request("POST", f"{path}/PhoneNumbers", data={"PhoneNumberSid": SID}),
    ]
    await asyncio.gather(*asked[::turn])
    assert trunk_of(exchange) == ""
    assert (await exchange.get(f"/IncomingPhoneNumbers/{SID}.json")).json()["trunk_sid"] is None


async def test_it_is_put_there_when_it_is_the_trunks_turn(exchange):
    """A trunk that is being deleted has let its numbers go, and gets no more."""
    trunk = (await make_trunk(exchange))["sid"]
    async with exchange.services.turns("trunks", trunk):
        asked = asyncio.ensure_future(make(exchange, f"{TRUNKS}/{trunk}/PhoneNumbers", PhoneNumberSid=SID))
        for _ in range(5):
            assert (await exchange.request("GET", f"{TRUNKS}/{trunk}/PhoneNumbers")).status_code == 200
        assert trunk_of(exchange) == ""
    await asked
    assert trunk_of(exchange) == trunk
