"""Numbers of an account (voice reference 9)."""

import pytest

from tests.rest.world import ACCOUNT, BASE, NUMBER, OTHERS_NUMBER, PHONE, SHARED

SID = "PN" + NUMBER[1:].zfill(32)
PATH = f"/IncomingPhoneNumbers/{SID}.json"


async def make_number(exchange):
    return f"{BASE}/IncomingPhoneNumbers/{SID}"


SPECIMENS = {"IncomingPhoneNumber": make_number}


async def test_representation(exchange):  # Appendix B
    number = (await exchange.get(PATH)).json()
    assert number == {
        "sid": SID,
        "account_sid": ACCOUNT,
        "friendly_name": NUMBER,
        "phone_number": NUMBER,
        "voice_url": "",
        "voice_method": "POST",
        "voice_fallback_url": "",
        "voice_fallback_method": "POST",
        "voice_caller_id_lookup": False,
        "voice_receive_mode": "voice",
        "voice_application_sid": None,
        "status_callback": "",
        "status_callback_method": "POST",
        "sms_url": "",
        "sms_method": "POST",
        "sms_fallback_url": "",
        "sms_fallback_method": "POST",
        "sms_application_sid": None,
        "address_requirements": "none",
        "address_sid": None,
        "beta": False,
        "capabilities": {"voice": True, "sms": True, "mms": True, "fax": False},
        "identity_sid": None,
        "bundle_sid": None,
        "emergency_status": "Inactive",
        "emergency_address_sid": None,
        "emergency_address_status": "unregistered",
        "trunk_sid": None,
        "api_version": "2010-04-01",
        "origin": "twilio",
        "status": "in-use",
        "type": "local",
        "date_created": number["date_created"],
        "date_updated": number["date_updated"],
        "uri": f"{BASE}{PATH}",
    }


async def test_list_with_the_official_client(exchange):
    exchange.own("+12065550100")
    listed = await exchange.sdk(lambda client: client.incoming_phone_numbers.list())
    assert [one.phone_number for one in listed] == ["+12065550100", NUMBER]
    assert listed[0].capabilities["voice"] is True

    async def found(**params):
        answer = await exchange.get("/IncomingPhoneNumbers.json", params=params)
        return [one["phone_number"] for one in answer.json()["incoming_phone_numbers"]]

    assert await found(PhoneNumber=NUMBER) == [NUMBER] and await found(PhoneNumber="415*550100") == [NUMBER]
    assert await found(PhoneNumber="206") == ["+12065550100"] and await found(PhoneNumber=OTHERS_NUMBER) == []
    assert await found(FriendlyName=NUMBER) == [NUMBER] and await found(Origin="hosted") == []


async def test_update_steers_calls_and_messages_at_once(exchange):
    answer = await exchange.post(
        PATH, VoiceUrl="http://app/voice", SmsUrl="http://app/sms", SmsMethod="GET", FriendlyName="Front desk"
    )
    assert (answer.status_code, answer.json()["friendly_name"]) == (200, "Front desk")
    number = exchange.database.directory.number(NUMBER)
    assert (number.voice.url, number.messaging.url, number.messaging.method) == (
        "http://app/voice",
        "http://app/sms",
        "GET",
    )
    exchange.switchboard.receive(sender=PHONE, recipient=NUMBER, body="Hi")
    await exchange.run(1)
    assert exchange.app.asked[-1].url == "http://app/sms"
    cleared = await exchange.post(PATH, SmsUrl="", SmsMethod="")
    assert (cleared.json()["sms_url"], cleared.json()["sms_method"]) == ("", "POST")
    assert exchange.database.directory.number(NUMBER).messaging.url == ""


@SHARED
@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"VoiceUrl": "nonsense"}, 21402),
        ({"VoiceMethod": "PATCH"}, 21403),
        ({"VoiceFallbackUrl": "http://app/f"}, 21405),
        ({"FriendlyName": "x" * 65}, 20002),
        ({"VoiceReceiveMode": "smoke"}, 20001),
        ({"VoiceCallerIdLookup": "x"}, 20001),
    ],
)
async def test_update_refused(shared, form, code):
    answer = await shared.post(PATH, **form)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_release(exchange):
    assert (await exchange.delete(PATH)).status_code == 204
    assert exchange.database.directory.number(NUMBER) is None and (await exchange.get(PATH)).status_code == 404


async def test_trunk_and_application_exclude_one_another(exchange):
    await exchange.post(PATH, VoiceApplicationSid="AP" + "1" * 32)
    number = (await exchange.post(PATH, TrunkSid="TK" + "1" * 32)).json()
    assert (number["trunk_sid"], number["voice_application_sid"]) == ("TK" + "1" * 32, None)
    number = (await exchange.post(PATH, VoiceApplicationSid="AP" + "1" * 32)).json()
    assert (number["trunk_sid"], number["voice_application_sid"]) == (None, "AP" + "1" * 32)
