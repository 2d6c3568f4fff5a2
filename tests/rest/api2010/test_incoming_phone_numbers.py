"""Numbers of an account (voice reference 9)."""

import asyncio

import pytest
from twilio.base.exceptions import TwilioRestException

from hoyhoy.wire.errors import Fault
from hoyhoy.wire.inventory import WELCOME_SMS, WELCOME_VOICE
from tests.rest.world import (
    ACCOUNT,
    BASE,
    NUMBER,
    OTHER,
    OTHER_TOKEN,
    OTHERS_NUMBER,
    PHONE,
    SHARED,
    SUB,
    SUB_TOKEN,
)

from .numbers import buy, called, change, free_number, newcomer, with_all, written

SID = "PN" + NUMBER[1:].zfill(32)
PATH = f"/IncomingPhoneNumbers/{SID}.json"
NUMBERS = "/IncomingPhoneNumbers.json"
NOBODYS = "AP" + "1" * 32


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
        "subresource_uris": {"assigned_add_ons": f"{BASE}/IncomingPhoneNumbers/{SID}/AssignedAddOns.json"},
    }
    add_ons = await exchange.request("GET", number["subresource_uris"]["assigned_add_ons"])
    assert add_ons.json()["assigned_add_ons"] == []


@SHARED
async def test_what_a_number_tells_by_itself(shared):
    mobile = await buy(shared, PhoneNumber="+447400123401")
    assert (mobile["type"], mobile["friendly_name"]) == ("mobile", "+447400123401")
    assert mobile["capabilities"] == {"voice": True, "sms": True, "mms": False, "fax": False}
    assert (await buy(shared, PhoneNumber="+18335550101"))["type"] == "tollfree"
    tutorial = await buy(shared, PhoneNumber="(555) 123-4567")
    assert (tutorial["phone_number"], tutorial["type"], tutorial["capabilities"]["mms"]) == (
        "+15551234567",
        "local",
        True,
    )
    assert (await buy(shared, PhoneNumber="+911123456789"))["beta"] is True


# Lists --------------------------------------------------------------------------------------


@SHARED
@pytest.mark.works("IncomingPhoneNumber.list", "PhoneNumber", "FriendlyName", "Beta", "Origin")
@pytest.mark.works("IncomingPhoneNumber.create", "FriendlyName", "PhoneNumber")
@pytest.mark.works("IncomingPhoneNumber.update", "FriendlyName")
async def test_lists_with_the_official_client(shared):
    sid = newcomer(shared)
    desk, indian, first = free_number(), free_number("+9111234"), free_number("+1415777")
    shared.own(first, sid)

    def work(client):
        numbers = client.incoming_phone_numbers
        bought = numbers.create(phone_number=desk, friendly_name="Front desk")
        numbers.create(phone_number=indian)

        def found(**params):
            return [one.phone_number for one in numbers.list(**params)]

        assert found() == [indian, desk, first] and found(limit=1) == [indian]
        assert found(phone_number=first) == [first] == found(phone_number="1415*77")
        assert found(phone_number="1206") == found(phone_number="+1206") == [desk]
        assert found(phone_number=NUMBER) == found(phone_number="5" * 50_001) == []
        assert found(friendly_name="Front desk") == [desk] and found(friendly_name="Desk") == []
        assert found(beta=True) == [indian] and found(beta=False) == [desk, first]
        assert found(origin="twilio") == found() and found(origin="hosted") == []
        assert bought.update(friendly_name="Back door").friendly_name == "Back door"
        assert numbers(bought.sid).fetch().friendly_name == "Back door"
        assert bought.update(friendly_name="").friendly_name == f"(206) 777-{desk[8:]}"
        assert bought.delete()
        with pytest.raises(TwilioRestException) as gone:
            numbers(bought.sid).fetch()
        assert gone.value.status == 404

    await shared.sdk(work, sid, "token")
    unescaped = await shared.get("/IncomingPhoneNumbers.json?PhoneNumber=+14155550100")
    assert len(unescaped.json()["incoming_phone_numbers"]) == 1, "messaging trap 23"


async def test_pages_of_what_only_the_number_itself_tells(exchange):
    for n in range(7):
        await buy(exchange, PhoneNumber=f"+91112345678{n}")
        await buy(exchange, PhoneNumber=f"+1206555010{n}")
    seen, path = [], f"{BASE}{NUMBERS}?Beta=true&PageSize=3"
    while path:
        page = (await exchange.request("GET", path)).json()
        seen.append([one["phone_number"][-1] for one in page["incoming_phone_numbers"]])
        path = page["next_page_uri"]
    assert seen == [["6", "5", "4"], ["3", "2", "1"], ["0"]]
    back = (await exchange.request("GET", page["previous_page_uri"])).json()
    assert [one["phone_number"][-1] for one in back["incoming_phone_numbers"]] == ["3", "2", "1"]


# Where calls and messages lead ----------------------------------------------------------------


@SHARED
@pytest.mark.works("IncomingPhoneNumber.create", "VoiceUrl", "VoiceMethod", "StatusCallback", "StatusCallbackMethod")
@pytest.mark.works("IncomingPhoneNumber.update", "VoiceUrl", "VoiceMethod", "StatusCallback", "StatusCallbackMethod")
@pytest.mark.works(
    "IncomingPhoneNumberOfKind.create", "VoiceUrl", "VoiceMethod", "StatusCallback", "StatusCallbackMethod"
)
async def test_calls(shared):
    steering = {"VoiceUrl": "http://app/voice", "VoiceMethod": "GET"}
    told = {"StatusCallback": "http://app/ended", "StatusCallbackMethod": "GET"}
    for number in await with_all(shared, **steering, **told):
        assert await called(shared, number) == ([("http://app/voice", "GET")], [("http://app/ended", "GET")])


@SHARED
@pytest.mark.works("IncomingPhoneNumber.create", "VoiceFallbackUrl", "VoiceFallbackMethod")
@pytest.mark.works("IncomingPhoneNumber.update", "VoiceFallbackUrl", "VoiceFallbackMethod")
@pytest.mark.works("IncomingPhoneNumberOfKind.create", "VoiceFallbackUrl", "VoiceFallbackMethod")
async def test_calls_whose_app_fails(shared):  # 3.6
    helped = {"VoiceFallbackUrl": "http://app/help", "VoiceFallbackMethod": "GET"}
    for number in await with_all(shared, VoiceUrl="http://app/voice", **helped):
        asked, _ = await called(shared, number, document="")
        assert asked == [("http://app/voice", "POST"), ("http://app/help", "GET")]


@SHARED
@pytest.mark.works("IncomingPhoneNumber.create", "SmsUrl", "SmsMethod", "SmsFallbackUrl", "SmsFallbackMethod")
@pytest.mark.works("IncomingPhoneNumber.update", "SmsUrl", "SmsMethod", "SmsFallbackUrl", "SmsFallbackMethod")
@pytest.mark.works("IncomingPhoneNumberOfKind.create", "SmsUrl", "SmsMethod", "SmsFallbackUrl", "SmsFallbackMethod")
async def test_messages(shared):
    steering = {"SmsUrl": "http://app/sms", "SmsMethod": "GET"}
    helped = {"SmsFallbackUrl": "http://app/help", "SmsFallbackMethod": "GET"}
    for number in await with_all(shared, **steering, **helped):
        assert await written(shared, number) == [("http://app/sms", "GET")]
        assert await written(shared, number, "") == [("http://app/sms", "GET"), ("http://app/help", "GET")]


@SHARED
@pytest.mark.works("IncomingPhoneNumber.create", "VoiceApplicationSid", "SmsApplicationSid")
@pytest.mark.works("IncomingPhoneNumber.update", "VoiceApplicationSid", "SmsApplicationSid")
@pytest.mark.works("IncomingPhoneNumberOfKind.create", "VoiceApplicationSid", "SmsApplicationSid")
async def test_an_application_is_asked_before_the_urls(shared):
    app = (await shared.post("/Applications.json", VoiceUrl="http://app/voice", SmsUrl="http://app/sms")).json()
    named = {"VoiceApplicationSid": app["sid"], "SmsApplicationSid": app["sid"]}
    for number in await with_all(shared, VoiceUrl="http://own/", SmsUrl="http://own/", **named):
        assert (await called(shared, number))[0] == [("http://app/voice", "POST")]
        assert await written(shared, number) == [("http://app/sms", "POST")]
        await change(shared, number, VoiceApplicationSid="", SmsApplicationSid="")
        assert (await called(shared, number))[0] == await written(shared, number) == [("http://own/", "POST")]


@SHARED
@pytest.mark.parametrize("theirs", [False, True])
async def test_an_application_must_be_the_accounts_own(shared, theirs):
    sid = NOBODYS
    if theirs:
        made = await shared.request(
            "POST", f"/2010-04-01/Accounts/{OTHER}/Applications.json", auth=(OTHER, OTHER_TOKEN), data={}
        )
        sid = made.json()["sid"]
    for path in (NUMBERS, PATH):
        for name in ("VoiceApplicationSid", "SmsApplicationSid"):
            answer = await shared.post(path, PhoneNumber=free_number(), **{name: sid})
            assert (answer.status_code, answer.json()["code"]) == (400, 21420)


@SHARED
@pytest.mark.works("IncomingPhoneNumber.create", "TrunkSid")
@pytest.mark.works("IncomingPhoneNumber.update", "TrunkSid")
@pytest.mark.works("IncomingPhoneNumberOfKind.create", "TrunkSid")
async def test_a_trunk_and_an_application_exclude_one_another(shared):
    app = (await shared.post("/Applications.json")).json()["sid"]
    trunk = (await shared.request("POST", "/trunking/v1/Trunks", data={})).json()["sid"]
    directory = shared.database.directory
    for number in await with_all(shared, VoiceApplicationSid=app, TrunkSid=trunk):
        assert (number["trunk_sid"], number["voice_application_sid"]) == (trunk, None), "a trunk comes first"
        assert directory.number(number["phone_number"]).trunk == trunk
        number = await change(shared, number, VoiceApplicationSid=app)
        assert (number["trunk_sid"], number["voice_application_sid"]) == (None, app)
        assert directory.number(number["phone_number"]).trunk == ""
        number = await change(shared, number, TrunkSid=trunk)
        assert (number["trunk_sid"], number["voice_application_sid"]) == (trunk, None)


@SHARED
@pytest.mark.parametrize("theirs", [False, True])
async def test_a_trunk_must_be_the_accounts_own(shared, theirs):
    sid = "TK" + "1" * 32
    if theirs:
        made = await shared.request("POST", "/trunking/v1/Trunks", auth=(OTHER, OTHER_TOKEN), data={})
        sid = made.json()["sid"]
    for path in (NUMBERS, PATH):
        answer = await shared.post(path, PhoneNumber=free_number(), TrunkSid=sid)
        assert (answer.status_code, answer.json()["code"]) == (400, 20001)


@SHARED
async def test_a_number_that_nobody_told_where_to_lead_greets(shared):
    number = await buy(shared, AreaCode="415")
    assert (number["voice_url"], number["sms_url"]) == (WELCOME_VOICE, WELCOME_SMS)
    assert await written(shared, number) == [(WELCOME_SMS, "POST")]
    assert (await called(shared, number))[0] == [(WELCOME_VOICE, "POST")]
    silent = await buy(shared, VoiceUrl="", SmsUrl="")
    assert (silent["voice_url"], silent["sms_url"]) == ("", "")
    half = await buy(shared, VoiceUrl="http://app/voice")
    assert (half["voice_url"], half["sms_url"]) == ("http://app/voice", WELCOME_SMS)


async def test_update_steers_calls_and_messages_at_once(exchange):
    answer = await exchange.post(PATH, VoiceUrl="http://app/voice", SmsUrl="http://app/sms", SmsMethod="GET")
    assert answer.status_code == 200
    number = exchange.database.directory.number(NUMBER)
    assert (number.voice.url, number.messaging.url, number.messaging.method) == (
        "http://app/voice",
        "http://app/sms",
        "GET",
    )
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
        ({"AddressSid": "AD" + "1" * 32}, 20001),
        ({"EmergencyAddressSid": "nonsense"}, 20001),
        ({"TrunkSid": "x" * 1000}, 20001),
        ({"BundleSid": "TK" + "1" * 32}, 20001),
        ({"IdentitySid": "RI1"}, 20001),
        ({"ApiVersion": "2009"}, 20001),
        ({"SmsUrl": "http://app/" + "x" * 4000}, 21402),
    ],
)
async def test_refused(shared, form, code):
    for path in (PATH, NUMBERS):
        answer = await shared.post(path, PhoneNumber=free_number(), **form)
        assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_what_has_no_effect_yet_is_told(exchange):
    number = await buy(exchange, BundleSid="BU" + "1" * 32, VoiceReceiveMode="fax")
    assert (number["bundle_sid"], number["voice_receive_mode"]) == ("BU" + "1" * 32, "fax")
    [note] = (await exchange.get("/Notifications.json")).json()["notifications"]
    assert "BundleSid" in note["message_text"] and "VoiceReceiveMode" in note["message_text"]


# Addresses ----------------------------------------------------------------------------------


@SHARED
@pytest.mark.works("IncomingPhoneNumber.create", "AddressSid")
@pytest.mark.works("IncomingPhoneNumber.update", "AddressSid")
@pytest.mark.works("IncomingPhoneNumberOfKind.create", "AddressSid")
async def test_an_address_is_kept_while_numbers_name_it(shared):  # messaging 3.6
    lines = {"CustomerName": "Ada", "Street": "1 Main St", "City": "Ely", "Region": "Cambs", "PostalCode": "CB7 4DL"}
    sid = (await shared.post("/Addresses.json", IsoCountry="GB", **lines)).json()["sid"]
    numbers = await with_all(shared, AddressSid=sid)
    for number in numbers:
        assert number["address_sid"] == sid
        refused = await shared.delete(f"/Addresses/{sid}.json")
        assert (refused.status_code, refused.json()["code"]) == (400, 21629)
        await change(shared, number, AddressSid="")
    assert (await shared.delete(f"/Addresses/{sid}.json")).status_code == 204


@pytest.mark.parametrize("turn", [1, -1])
async def test_no_number_names_an_address_that_goes_at_the_same_time(exchange, turn):  # messaging 3.6
    lines = {"CustomerName": "Ada", "Street": "1 Main St", "City": "Ely", "Region": "Cambs", "PostalCode": "CB7 4DL"}
    for path in (PATH, NUMBERS):
        sid = (await exchange.post("/Addresses.json", IsoCountry="GB", **lines)).json()["sid"]
        at_once = [
            exchange.post(path, PhoneNumber=free_number(), AddressSid=sid),
            exchange.delete(f"/Addresses/{sid}.json"),
        ]
        named, deleted = (await asyncio.gather(*at_once[::turn]))[::turn]
        assert (named.status_code < 300) != (deleted.status_code == 204), path
        assert named.json().get("code") == 20001 or deleted.json()["code"] == 21629


async def test_a_number_that_wants_an_address_can_be_had_without(exchange):
    number = await buy(exchange, PhoneNumber="+49301234567")
    assert number["address_requirements"] == "local"
    [note] = (await exchange.get("/Notifications.json")).json()["notifications"]
    assert note["error_code"] == "21480" and "AddressSid" in note["message_text"]


# Buying -------------------------------------------------------------------------------------


@SHARED
@pytest.mark.works("IncomingPhoneNumber.create", "AreaCode")
async def test_any_number_in_an_area(shared):
    first, second = await buy(shared, AreaCode="212"), await buy(shared, AreaCode="212")
    assert first["phone_number"] != second["phone_number"]
    assert {one["phone_number"][:5] for one in (first, second)} == {"+1212"}
    assert first["friendly_name"] == f"(212) {first['phone_number'][5:8]}-{first['phone_number'][8:]}"
    assert (await buy(shared, AreaCode="604"))["phone_number"].startswith("+1604"), "Vancouver"
    assert (await buy(shared, AreaCode="787"))["phone_number"].startswith("+1787"), "San Juan"


@SHARED
@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, 21421),
        ({"PhoneNumber": "nonsense"}, 21421),
        ({"PhoneNumber": "+1"}, 21421),
        ({"PhoneNumber": NUMBER}, 21422),
        ({"PhoneNumber": "(415) 555-0100"}, 21422),
        ({"PhoneNumber": OTHERS_NUMBER}, 21422),
        ({"AreaCode": "41"}, 21451),
        ({"AreaCode": "111"}, 21451),
        ({"AreaCode": "x"}, 21451),
        ({"AreaCode": "800"}, 21452),
        ({"AreaCode": "999"}, 21452),
        # messaging 1.15
        ({"PhoneNumber": "+15005550000"}, 21422),
        ({"PhoneNumber": "+15005550001"}, 21421),
        ({"PhoneNumber": "+15005550002"}, 21421),
        ({"AreaCode": "533"}, 21452),
    ],
)
async def test_what_cannot_be_bought(shared, form, code):
    answer = await shared.post(NUMBERS, **form)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_the_magic_number_has_one_owner(exchange):  # messaging 1.15
    """Whoever owns it answers it; test credentials alone may buy it again and again."""
    there = f"/2010-04-01/Accounts/{OTHER}{NUMBERS}"
    for form in ({"PhoneNumber": "+15005550006"}, {"AreaCode": "500"}):
        number = await buy(exchange, **form)
        assert number["phone_number"] == "+15005550006"
        for again in ({"PhoneNumber": "+15005550006"}, {"AreaCode": "500"}):
            own = await exchange.post(NUMBERS, **again)
            theirs = await exchange.request("POST", there, auth=(OTHER, OTHER_TOKEN), data=again)
            assert own.json()["code"] == theirs.json()["code"] == 21422
        assert exchange.database.directory.number("+15005550006").sid == number["sid"]
        assert (await exchange.delete(f"/IncomingPhoneNumbers/{number['sid']}.json")).status_code == 204


async def test_strict_wants_numbers_of_a_plan(strict):
    answer = await strict.post(NUMBERS, PhoneNumber="+15551234567")
    assert answer.json()["code"] == 21421
    assert (await buy(strict, PhoneNumber="+12065550123"))["phone_number"] == "+12065550123"


@SHARED
async def test_test_credentials_buy_magic_numbers_only(shared):  # messaging 1.15
    sid = "AC" + "e" * 32
    shared.add_account(sid, "token", ACCOUNT, status="test")

    async def ask(**form):
        answer = await shared.request("POST", f"/2010-04-01/Accounts/{sid}{NUMBERS}", auth=(sid, "token"), data=form)
        return answer.status_code, answer.json().get("code", answer.json().get("phone_number"))

    assert await ask(PhoneNumber="+15005550006") == await ask(AreaCode="500") == (201, "+15005550006")
    assert await ask(PhoneNumber="+15005550000") == (400, 21422)
    assert await ask(PhoneNumber="+12065550123") == await ask(PhoneNumber="+15005550001") == (400, 21421)
    assert await ask(AreaCode="415") == await ask(AreaCode="533") == (400, 21452)
    assert shared.database.directory.numbers(sid) == []


@SHARED
async def test_one_of_two_buyers_has_it(shared):
    wanted = free_number()
    app = (await shared.post("/Applications.json")).json()["sid"]
    forms = [{"PhoneNumber": wanted}, {"PhoneNumber": wanted, "VoiceApplicationSid": app}] * 4
    answers = await asyncio.gather(*(shared.post(NUMBERS, **form) for form in forms))
    assert sorted(one.status_code for one in answers) == [201] + [400] * 7
    assert {one.json()["code"] for one in answers if one.status_code == 400} == {21422}
    areas = await asyncio.gather(*(shared.post(NUMBERS, AreaCode="415") for _ in range(8)))
    assert len({one.json()["phone_number"] for one in areas}) == 8


@SHARED
async def test_what_is_released_rings_no_more(shared):
    wanted = free_number()
    number = await buy(shared, PhoneNumber=wanted, VoiceUrl="http://app/voice")
    assert (await called(shared, number))[0]
    assert (await shared.delete(f"/IncomingPhoneNumbers/{number['sid']}.json")).status_code == 204
    assert shared.database.directory.number(wanted) is None
    with pytest.raises(Fault) as refused:
        shared.network.place_call(shared.network.phone(PHONE), wanted)
    assert refused.value.code == 21214
    with pytest.raises(Fault):
        shared.network.send_text(shared.network.phone(PHONE), wanted, "Hi")
    assert (await buy(shared, PhoneNumber=wanted))["sid"] != number["sid"]


# Moving (messaging 3.1) -----------------------------------------------------------------------


@SHARED
@pytest.mark.works("IncomingPhoneNumber.update", "AccountSid")
async def test_a_number_moves_to_a_subaccount_and_back(shared):
    app = (await shared.post("/Applications.json", VoiceUrl="http://app/voice")).json()["sid"]
    number = await buy(shared, VoiceUrl="http://own/voice", VoiceApplicationSid=app)
    moved = await change(shared, number, AccountSid=SUB)
    there = f"/2010-04-01/Accounts/{SUB}/IncomingPhoneNumbers/{number['sid']}.json"
    assert (moved["account_sid"], moved["uri"], moved["voice_application_sid"]) == (SUB, there, None)
    assert (await shared.get(f"/IncomingPhoneNumbers/{number['sid']}.json")).status_code == 404
    assert (await shared.request("GET", there, auth=(SUB, SUB_TOKEN))).json()["sid"] == number["sid"]
    assert shared.database.directory.number(number["phone_number"]).account == SUB
    assert (await called(shared, number))[0] == [("http://own/voice", "POST")], "the application stayed behind"
    back = await shared.request("POST", there, data={"AccountSid": ACCOUNT, "VoiceApplicationSid": app})
    assert (back.json()["account_sid"], back.json()["voice_application_sid"]) == (ACCOUNT, app)
    same = await change(shared, number, AccountSid=ACCOUNT)
    assert same["voice_application_sid"] == app


@SHARED
async def test_where_a_number_cannot_move(shared):
    shared.add_account("AC" + "d" * 32, "token", ACCOUNT, status="suspended")
    theirs = f"/2010-04-01/Accounts/{OTHER}/IncomingPhoneNumbers/PN{OTHERS_NUMBER[1:].zfill(32)}.json"
    for target, code in ((OTHER, 21471), ("AC" + "0" * 32, 21471), ("nonsense", 21471), ("AC" + "d" * 32, 21472)):
        answer = await shared.post(PATH, AccountSid=target)
        assert (answer.status_code, answer.json()["code"]) == (400, code)
    own = shared.own("+12065550100", SUB)
    path = f"/2010-04-01/Accounts/{SUB}/IncomingPhoneNumbers/{own}.json"
    answer = await shared.request("POST", path, auth=(SUB, SUB_TOKEN), data={"AccountSid": ACCOUNT})
    assert answer.json()["code"] == 21474, "a subaccount gives nothing away"
    answer = await shared.request("POST", theirs, data={"AccountSid": ACCOUNT})
    assert answer.status_code == 401 and (await shared.get(PATH)).json()["account_sid"] == ACCOUNT


@pytest.mark.parametrize("turn", [1, -1])
async def test_nothing_comes_to_an_account_that_is_being_closed(exchange, turn):
    """Whoever comes first: what the account owns is released when it is closed, and it gets no more."""
    lines = {"CustomerName": "Ada", "Street": "1 Main St", "City": "Ely", "Region": "Cambs", "PostalCode": "CB7 4DL"}
    for i in range(2):
        wanted, sub = free_number(), (await exchange.request("POST", "/2010-04-01/Accounts.json")).json()["sid"]
        there = f"/2010-04-01/Accounts/{sub}"
        address = await exchange.request("POST", f"{there}/Addresses.json", data={**lines, "IsoCountry": "GB"})
        form = {"AddressSid": address.json()["sid"]}
        own = (await buy(exchange, PhoneNumber=wanted))["sid"] if i else ""
        at_once = [
            exchange.post(f"/IncomingPhoneNumbers/{own}.json", AccountSid=sub, **form)
            if own
            else exchange.request("POST", there + NUMBERS, data={"PhoneNumber": wanted, **form}),
            exchange.request("POST", f"{there}.json", data={"Status": "closed"}),
        ]
        got, closed = (await asyncio.gather(*at_once[::turn]))[::turn]
        assert closed.json()["status"] == "closed"
        assert got.status_code in (200, 201) or got.json()["code"] in (20005, 21472)
        assert exchange.database.directory.numbers(sub) == []


@SHARED
async def test_strangers(shared):
    """Another account, a subaccount and a main account on its subaccount's path."""
    wanted = free_number()
    for method in ("GET", "POST", "DELETE"):
        for auth in ((OTHER, OTHER_TOKEN), (SUB, SUB_TOKEN)):
            answer = await shared.request(method, BASE + PATH, auth=auth)
            assert (answer.status_code, answer.json()["code"]) == (401, 20003)
            answer = await shared.request(method, f"/2010-04-01/Accounts/{auth[0]}{PATH}", auth=auth)
            assert (answer.status_code, answer.json()["code"]) == (404, 20404)
    add_ons = f"/2010-04-01/Accounts/{SUB}/IncomingPhoneNumbers/{SID}/AssignedAddOns.json"
    assert (await shared.request("GET", add_ons)).status_code == 404
    bought = await shared.request("POST", f"/2010-04-01/Accounts/{SUB}{NUMBERS}", data={"PhoneNumber": wanted})
    assert bought.status_code == 201 and shared.database.directory.number(wanted).account == SUB
