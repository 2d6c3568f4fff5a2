"""Feedback about messages (messaging reference 1.1)."""

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.rest.world import ACCOUNT, BASE, NUMBER, OTHER, OTHER_TOKEN, PHONE


async def send(exchange, **form):
    form = {"To": PHONE, "From": NUMBER, "Body": "123456", "ProvideFeedback": "true", **form}
    return (await exchange.post("/Messages.json", **form)).json()["sid"]


async def make_feedback(exchange):
    path = f"{BASE}/Messages/{await send(exchange)}/Feedback"
    assert (await exchange.request("POST", path + ".json")).status_code == 201
    return path


SPECIMENS = {"MessageFeedback": make_feedback}


@pytest.mark.works("Message.create", "ProvideFeedback")
@pytest.mark.works("MessageFeedback.create", "Outcome")
async def test_representation(exchange):
    sid = await send(exchange)
    answer = await exchange.post(f"/Messages/{sid}/Feedback.json", Outcome="unconfirmed")
    assert answer.status_code == 201, "10: 200 in the specification, 201 in practice"
    assert answer.json() == {
        "account_sid": ACCOUNT,
        "message_sid": sid,
        "outcome": "unconfirmed",
        "date_created": "Thu, 01 Jan 2026 00:00:00 +0000",
        "date_updated": "Thu, 01 Jan 2026 00:00:00 +0000",
        "uri": f"{BASE}/Messages/{sid}/Feedback.json",
    }


async def test_official_client(exchange):
    sid = await send(exchange)

    def work(client):
        feedback = client.messages(sid).feedback
        assert [feedback.create().outcome, feedback.create(outcome="unconfirmed").outcome] == [
            "confirmed",
            "unconfirmed",
        ]
        with pytest.raises(TwilioRestException) as refused:
            feedback.create(outcome="perhaps")
        return refused.value.code

    assert await exchange.sdk(work) == 20001


async def test_only_when_it_was_asked_for(exchange):
    sid = await send(exchange, ProvideFeedback="false")
    answer = await exchange.post(f"/Messages/{sid}/Feedback.json", Outcome="confirmed")
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)
    assert await exchange.database.rows.page("message_feedback") == []


async def test_of_other_accounts(exchange):
    sid = await send(exchange)
    theirs = f"/2010-04-01/Accounts/{OTHER}/Messages/{sid}/Feedback.json"
    assert (await exchange.request("POST", theirs, auth=(OTHER, OTHER_TOKEN))).status_code == 404
