"""Caller ids (voice reference 9); how they come into being is test_validation_requests.py."""

import pytest

from tests.rest.world import ACCOUNT, BASE, OTHER, OTHER_TOKEN, PHONE, SHARED, SUB, SUB_TOKEN, world

SID = "PN" + "7" * 32
PATH = f"/OutgoingCallerIds/{SID}.json"


def verify(exchange, sid=SID, number=PHONE, account=ACCOUNT, name="Ada at home"):
    return exchange.write(
        "outgoing_caller_ids", sid, account, account_sid=account, phone_number=number, friendly_name=name
    )


async def make_caller_id(exchange):
    return f"{BASE}/OutgoingCallerIds/{verify(exchange)}"


SPECIMENS = {"OutgoingCallerId": make_caller_id}


async def call(exchange, **form):
    form = {"To": "+14155550124", "From": PHONE, "Twiml": "<Response/>", **form}
    return (await exchange.post("/Calls.json", **form)).json()


async def test_representation(exchange):  # Appendix B
    verify(exchange)
    assert (await exchange.get(PATH)).json() == {
        "sid": SID,
        "date_created": "Thu, 01 Jan 2026 00:00:00 +0000",
        "date_updated": "Thu, 01 Jan 2026 00:00:00 +0000",
        "friendly_name": "Ada at home",
        "account_sid": ACCOUNT,
        "phone_number": PHONE,
        "uri": BASE + PATH,
    }


@SHARED
@pytest.mark.works("OutgoingCallerId.list", "PhoneNumber", "FriendlyName")
@pytest.mark.works("OutgoingCallerId.update", "FriendlyName")
async def test_with_the_official_client(shared):
    verify(shared)
    other = verify(shared, "PN" + "8" * 32, "+14155550177", name="Office")

    def work(client):
        assert [one.sid for one in client.outgoing_caller_ids.list()] == [other, SID]
        assert [one.sid for one in client.outgoing_caller_ids.list(phone_number="415-555-0123")] == [SID]
        assert [one.sid for one in client.outgoing_caller_ids.list(friendly_name="Office")] == [other]
        assert client.outgoing_caller_ids(SID).update(friendly_name="Ada").friendly_name == "Ada"
        assert client.outgoing_caller_ids(SID).fetch().friendly_name == "Ada"
        assert client.outgoing_caller_ids(SID).delete() and client.outgoing_caller_ids(other).delete()
        assert client.outgoing_caller_ids.list() == []

    await shared.sdk(work)


async def test_it_may_be_shown_to_those_called_until_it_is_deleted():  # 5.1
    async with world(strict=True) as exchange:
        assert (await call(exchange))["code"] == 21210
        verify(exchange)
        assert (await call(exchange))["phone_number_sid"] == SID
        assert (await call(exchange, From="+14155550100", CallerId=PHONE))["status"] == "queued"
        assert (await exchange.delete(PATH)).status_code == 204
        assert (await call(exchange))["code"] == 21210


async def test_it_is_not_for_messages(exchange):  # messaging 3.6
    """Nor adopted as a number of the account: it stays the telephone that it is."""
    verify(exchange)
    answer = await exchange.post("/Messages.json", To="+14155550124", From=PHONE, Body="Hello")
    assert (answer.status_code, answer.json()["code"]) == (400, 21659)
    assert (await call(exchange))["from"] == PHONE and exchange.adopted == []


async def test_another_accounts_is_no_ones_to_show():
    async with world(strict=True) as exchange:
        verify(exchange, account=OTHER)
        assert (await call(exchange))["code"] == 21210


async def test_of_other_accounts(exchange):  # messaging 3.2
    verify(exchange)
    for account, token in ((OTHER, OTHER_TOKEN), (SUB, SUB_TOKEN)):
        path = f"/2010-04-01/Accounts/{account}{PATH}"
        for method in ("GET", "POST", "DELETE"):
            answer = await exchange.request(method, path, auth=(account, token))
            assert (answer.status_code, answer.json()["code"]) == (404, 20404)
    assert (await exchange.post(PATH, FriendlyName="x" * 65)).json()["code"] == 21455
