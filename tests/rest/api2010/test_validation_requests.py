"""Validation requests (voice reference 16.1); what the call does is tests/exchange/test_validation.py."""

import re

import pytest
from twilio.base.exceptions import TwilioRestException

from hoyhoy.exchange.events import PhoneHeard, PhoneRang
from hoyhoy.exchange.validation import PLATFORM
from hoyhoy.lines.simulated.script import Behaviour, Step
from tests.rest.world import ACCOUNT, BASE, NUMBER, OTHER, OTHER_TOKEN, OTHERS_NUMBER, PHONE, SHARED


async def ask(exchange, **form):
    return await exchange.post("/OutgoingCallerIds.json", **({"PhoneNumber": PHONE} | form))


async def make_request(exchange):
    assert (await ask(exchange)).status_code == 200
    return f"{BASE}/OutgoingCallerIds"


SPECIMENS = {"ValidationRequest": make_request}


def type_in(exchange, code):
    script = (Step(hear="code", press=code),)
    exchange.network.phone(PHONE).behaviour = Behaviour(script=script)


async def events(exchange, sid, kind):
    return [one.event for one in await exchange.database.events(subject=sid) if isinstance(one.event, kind)]


async def test_representation(exchange):
    answer = await ask(exchange)
    made = answer.json()
    assert answer.status_code == 200 and re.fullmatch("[0-9]{6}", made["validation_code"])
    assert made == {
        "account_sid": ACCOUNT,
        "call_sid": made["call_sid"],
        "friendly_name": "(415) 555-0123",
        "phone_number": PHONE,
        "validation_code": made["validation_code"],
    }
    call = (await exchange.get(f"/Calls/{made['call_sid']}.json")).json()
    assert (call["to"], call["from"], call["status"], call["direction"]) == (PHONE, NUMBER, "queued", "outbound-api")


@pytest.mark.works("ValidationRequest.create", "FriendlyName", "StatusCallback", "StatusCallbackMethod")
@pytest.mark.works("ValidationRequest.create", PhoneNumber="+14155550124")
async def test_a_whole_validation_with_the_official_client(exchange):
    told = []
    exchange.database.journal.deliver_to(told.extend)
    request = await exchange.sdk(
        lambda client: client.validation_requests.create(
            phone_number=PHONE,
            friendly_name="Ada at home",
            call_delay=1,  # until the phone knows what to type
            status_callback="http://app/told",
            status_callback_method="GET",
        )
    )
    type_in(exchange, request.validation_code)
    await exchange.run()
    [caller_id] = await exchange.sdk(lambda client: client.outgoing_caller_ids.list())
    assert (
        (caller_id.phone_number, caller_id.friendly_name)
        == (PHONE, "Ada at home")
        == (
            request.phone_number,
            request.friendly_name,
        )
    )
    [callback] = told
    assert (callback.url, callback.method) == ("http://app/told", "GET")
    expected = {"VerificationStatus": "success", "OutgoingCallerIdSid": caller_id.sid, "CallSid": request.call_sid}
    assert dict(callback.params) | expected == dict(callback.params)
    with pytest.raises(TwilioRestException) as again:
        await exchange.sdk(lambda client: client.validation_requests.create(phone_number=PHONE))
    assert again.value.code == 21450


@pytest.mark.works("ValidationRequest.create", "CallDelay", "Extension")
async def test_delay_and_extension(exchange):
    sid = (await ask(exchange, CallDelay="30", Extension="ww7")).json()["call_sid"]
    await exchange.run(29)
    assert not await events(exchange, sid, PhoneRang)
    await exchange.run(5)
    assert (await events(exchange, sid, PhoneHeard))[0].text == "ww7"


async def test_an_account_without_numbers_shows_the_platforms(exchange):
    await exchange.delete(f"/IncomingPhoneNumbers/PN{NUMBER[1:].zfill(32)}.json")
    sid = (await ask(exchange)).json()["call_sid"]
    assert (await exchange.get(f"/Calls/{sid}.json")).json()["from"] == PLATFORM


async def test_a_number_of_another_account_can_be_confirmed_there(exchange):
    exchange.app.document = "<Response><Pause length='60'/></Response>"
    assert (await ask(exchange, PhoneNumber=OTHERS_NUMBER)).status_code == 200


async def test_national_numbers_are_read_as_in_the_first_numbers_country(exchange):  # messaging 7
    assert (await ask(exchange, PhoneNumber="(415) 555-0123")).json()["phone_number"] == PHONE


@SHARED
@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"PhoneNumber": ""}, 21401),
        ({"PhoneNumber": "abc"}, 21401),
        ({"PhoneNumber": "911"}, 21401),
        ({"PhoneNumber": "client:me"}, 21401),
        ({"PhoneNumber": NUMBER}, 21449),
        ({"CallDelay": "61"}, 21454),
        ({"CallDelay": "-1"}, 21454),
        ({"CallDelay": "soon"}, 21454),
        ({"Extension": "x7"}, 21453),
        ({"Extension": "1" * 33}, 21453),
        ({"FriendlyName": "x" * 65}, 21455),
        ({"StatusCallback": "nonsense"}, 21456),
        ({"StatusCallback": "http://my_app/"}, 21456),
        ({"StatusCallbackMethod": "PUT"}, 21403),
    ],
)
async def test_refused(shared, form, code):
    answer = await ask(shared, **form)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert (await shared.get("/Calls.json")).json()["calls"] == []


async def test_another_account_has_to_confirm_for_itself(exchange):
    type_in(exchange, (await ask(exchange)).json()["validation_code"])
    await exchange.run()
    theirs = f"/2010-04-01/Accounts/{OTHER}/OutgoingCallerIds.json"
    auth = (OTHER, OTHER_TOKEN)
    assert (await exchange.request("GET", theirs, auth=auth)).json()["outgoing_caller_ids"] == []
    answer = await exchange.request("POST", theirs, auth=auth, data={"PhoneNumber": PHONE})
    assert answer.status_code == 200 and answer.json()["account_sid"] == OTHER


async def test_in_xml(exchange):
    answer = await exchange.post("/OutgoingCallerIds", PhoneNumber=PHONE)
    assert answer.status_code == 200 and "<ValidationRequest><AccountSid>" in answer.text
    assert "<Uri>" not in answer.text
