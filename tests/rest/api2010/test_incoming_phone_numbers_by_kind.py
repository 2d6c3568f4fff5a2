"""Local, mobile and toll-free numbers, each in a list of its own (voice reference 9)."""

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.rest.world import BASE, SHARED

from .numbers import buy, free_number, newcomer

NUMBERS = "/IncomingPhoneNumbers"


async def make_number(exchange):
    await buy(exchange, f"{NUMBERS}/Mobile.json", PhoneNumber="+447400123456")
    return f"{BASE}{NUMBERS}/Mobile"


SPECIMENS = {"IncomingPhoneNumberOfKind": make_number}


@SHARED
@pytest.mark.works("IncomingPhoneNumberOfKind.create", "PhoneNumber", "FriendlyName")
@pytest.mark.works("IncomingPhoneNumberOfKind.list", "PhoneNumber", "FriendlyName", "Beta", "Origin")
async def test_with_the_official_client(shared):
    sid = newcomer(shared)
    tutorial = f"+1555777{free_number()[8:]}"
    shared.own(tutorial, sid)

    def work(client):
        numbers = client.incoming_phone_numbers
        local = numbers.local.create(phone_number=free_number())
        mobile = numbers.mobile.create(phone_number=free_number("+44740012"), friendly_name="Pocket")
        other = numbers.mobile.create(phone_number=free_number("+44740012"))
        indian = numbers.mobile.create(phone_number=free_number("+9190000") + "0")
        free = numbers.toll_free.create(phone_number=free_number("+1833777"))
        assert mobile.friendly_name == "Pocket" and local.capabilities["mms"]

        def found(kind, **params):
            return [one.sid for one in kind.list(**params)]

        assert found(numbers.toll_free) == [free.sid]
        assert found(numbers.mobile) == [indian.sid, other.sid, mobile.sid]
        assert found(numbers.mobile, limit=2, page_size=1) == [indian.sid, other.sid]
        assert [one.phone_number for one in numbers.local.list()] == [local.phone_number, tutorial]
        assert found(numbers.mobile, phone_number=mobile.phone_number) == [mobile.sid]
        assert found(numbers.mobile, friendly_name="Pocket") == [mobile.sid]
        assert found(numbers.mobile, beta=True) == [indian.sid]
        assert found(numbers.mobile, beta=False) == [other.sid, mobile.sid]
        assert found(numbers.mobile, origin="hosted") == [] and len(found(numbers.mobile, origin="twilio")) == 3
        assert {free.sid, indian.sid, other.sid, mobile.sid, local.sid} < set(found(numbers))
        assert numbers(mobile.sid).delete() and found(numbers.mobile) == [indian.sid, other.sid]
        with pytest.raises(TwilioRestException) as refused:
            numbers.mobile.create(phone_number=local.phone_number)
        assert refused.value.code == 21422

    await shared.sdk(work, sid, "token")


@SHARED
async def test_a_number_is_at_home_among_all_numbers(shared):
    made = await buy(shared, f"{NUMBERS}/TollFree.json", PhoneNumber="+18887770100")
    assert made["uri"] == f"{BASE}{NUMBERS}/{made['sid']}.json" and "type" not in made
    whole = (await shared.request("GET", made["uri"])).json()
    assert whole == {**made, "type": "tollfree"}
    [listed] = (await shared.get(f"{NUMBERS}/TollFree.json")).json()["incoming_phone_numbers"]
    assert listed == made
    assert (await shared.get(f"{NUMBERS}/TollFree/{made['sid']}.json")).status_code == 404
    xml = (await shared.get(f"{NUMBERS}/TollFree")).text
    assert "<IncomingPhoneNumbers " in xml and "<IncomingPhoneNumber>" in xml


@SHARED
@pytest.mark.parametrize(
    ("kind", "form", "code"),
    [
        ("Local", {"AreaCode": "415"}, 21457),
        ("Mobile", {"AreaCode": "415", "PhoneNumber": "+447400123499"}, 21457),
        ("Local", {}, 21421),
        ("Mobile", {"PhoneNumber": "+12065550199"}, 21458),
        ("TollFree", {"PhoneNumber": "+447400123499"}, 21458),
        ("Local", {"PhoneNumber": "+18005550199"}, 21458),
        ("Local", {"PhoneNumber": "+15005550001"}, 21421),
        ("Local", {"VoiceUrl": "nonsense", "PhoneNumber": "+12065550199"}, 21402),
    ],
)
async def test_refused(shared, kind, form, code):
    answer = await shared.post(f"{NUMBERS}/{kind}.json", **form)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
