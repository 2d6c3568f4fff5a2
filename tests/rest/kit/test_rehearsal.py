"""Test credentials: everything is checked, nothing is stored, nobody is called (messaging reference 1.15)."""

import pytest

from hoyhoy.rest.kit.auth import TEST
from tests.rest.world import ACCOUNT, NUMBER, PHONE, TOKEN

SID, SECRET = "AC" + "7" * 32, "token of the test credentials"
PATH = f"/2010-04-01/Accounts/{SID}"
MAGIC = "+15005550006"


async def ask(exchange, method, path, **form):
    return await exchange.request(method, PATH + path, auth=(SID, SECRET), data=form or None)


@pytest.fixture
async def rehearsal(exchange):
    exchange.write(
        "accounts", SID, SID, auth_token=SECRET, owner_account_sid=ACCOUNT, status=TEST, type="Full", friendly_name="x"
    )
    await exchange.database.journal.settled()
    before = exchange.database.journal.last
    yield exchange
    await exchange.run(3600)
    assert exchange.database.journal.last == before, "nothing was stored"
    assert exchange.app.asked == [] and list(exchange.network.phones()) == [] and exchange.adopted == []


async def test_a_message(rehearsal):
    answer = await ask(
        rehearsal, "POST", "/Messages.json", To=PHONE, From=MAGIC, Body="Hi", StatusCallback="http://app/"
    )
    assert answer.status_code == 201
    body = answer.json()
    assert (body["status"], body["from"], body["body"], body["account_sid"]) == ("queued", MAGIC, "Hi", SID)
    assert (await rehearsal.database.rows.fetch("messages", body["sid"])) is None


async def test_a_call(rehearsal):
    answer = await ask(rehearsal, "POST", "/Calls.json", To=PHONE, From=MAGIC, Url="http://app/voice")
    assert (answer.status_code, answer.json()["status"]) == (201, "queued")


async def test_a_number(rehearsal):
    answer = await ask(rehearsal, "POST", "/IncomingPhoneNumbers.json", PhoneNumber=MAGIC)
    assert (answer.status_code, answer.json()["phone_number"]) == (201, MAGIC)
    assert rehearsal.database.directory.number(MAGIC) is None
    answer = await ask(rehearsal, "POST", "/IncomingPhoneNumbers.json", AreaCode="500")
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("path", "form", "code"),
    [
        ("/Messages.json", {"To": PHONE, "From": NUMBER, "Body": "Hi"}, 21606),
        ("/Messages.json", {"To": PHONE, "From": "+15005550001", "Body": "Hi"}, 21212),
        ("/Messages.json", {"To": PHONE, "From": "+15005550007", "Body": "Hi"}, 21606),
        ("/Messages.json", {"To": PHONE, "From": "+15005550008", "Body": "Hi"}, 21611),
        ("/Messages.json", {"To": "+15005550001", "From": MAGIC, "Body": "Hi"}, 21211),
        ("/Messages.json", {"To": "+15005550009", "From": MAGIC, "Body": "Hi"}, 21614),
        ("/Messages.json", {"To": PHONE, "From": MAGIC}, 21602),
        ("/Calls.json", {"To": PHONE, "From": NUMBER, "Url": "http://app/"}, 21210),
        ("/Calls.json", {"To": "+15005550003", "From": MAGIC, "Url": "http://app/"}, 21215),
        ("/Calls.json", {"To": PHONE, "From": MAGIC}, 21205),
        ("/IncomingPhoneNumbers.json", {"PhoneNumber": "+15005550000"}, 21422),
        ("/IncomingPhoneNumbers.json", {"PhoneNumber": "+15005550001"}, 21421),
        ("/IncomingPhoneNumbers.json", {"PhoneNumber": "+14155550177"}, 21421),
        ("/IncomingPhoneNumbers.json", {"AreaCode": "533"}, 21452),
        ("/IncomingPhoneNumbers.json", {"AreaCode": "415"}, 21452),
    ],
)
async def test_refusals(rehearsal, path, form, code):
    answer = await ask(rehearsal, "POST", path, **form)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/Messages.json"),
        ("GET", ".json"),
        ("POST", ".json"),
        ("GET", "/IncomingPhoneNumbers.json"),
        ("POST", "/Applications.json"),
        ("POST", "/Keys.json"),
        ("POST", f"/Messages/SM{'1' * 32}.json"),
        ("DELETE", f"/Calls/CA{'1' * 32}.json"),
    ],
)
async def test_everything_else_is_closed(rehearsal, method, path):
    answer = await ask(rehearsal, method, path)
    assert (answer.status_code, answer.json()["code"]) == (403, 20008)


async def test_they_reach_no_other_account_and_no_newer_api(rehearsal):
    answer = await rehearsal.request("POST", f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json", auth=(SID, SECRET))
    assert (answer.status_code, answer.json()["code"]) == (401, 20003)
    answer = await rehearsal.request("POST", "/accounts/v1/AuthTokens/Secondary", auth=(SID, SECRET))
    assert (answer.status_code, answer.json()["code"]) == (403, 20008)
    answer = await rehearsal.request("GET", PATH + "/Calls.json", auth=(SID, TOKEN))
    assert answer.status_code == 401


async def test_they_are_no_account_that_can_be_seen(rehearsal):
    listed = (await rehearsal.request("GET", "/2010-04-01/Accounts.json")).json()["accounts"]
    assert SID not in [one["sid"] for one in listed]
    assert (await rehearsal.request("GET", f"{PATH}.json")).status_code == 404
    assert (await rehearsal.request("POST", f"{PATH}.json", data={"Status": "active"})).status_code == 404
