"""Calls of a day in the past, which can be forgotten."""

from __future__ import annotations

from datetime import date

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.rest.world import ACCOUNT, OTHER, OTHER_TOKEN, World

SID = "CA" + "7" * 32
AT = "/voice/v1/Archives/2026-01-01/Calls/"


async def make_call(exchange: World) -> str:
    return AT + exchange.write("calls", SID, account_sid=ACCOUNT, status="completed")


async def make_specimen(exchange: World) -> str:
    """One that goes on, so that it outlasts the tests that try what may be asked."""
    return AT + exchange.write("calls", SID, account_sid=ACCOUNT, status="in-progress")


SPECIMENS = {"ArchivedCall": make_specimen}


async def test_with_the_official_client(exchange):
    await make_call(exchange)

    def work(client):
        for day in (date(2026, 1, 2), date(2026, 1, 1)):
            archived = client.voice.v1.archived_calls(day, SID)
            if day.day == 1:
                assert archived.delete()
            with pytest.raises(TwilioRestException) as gone:
                archived.delete()
            assert (gone.value.status, gone.value.code) == (404, 20404)

    await exchange.sdk(work)
    assert (await exchange.get(f"/Calls/{SID}.json")).status_code == 404


async def test_refused(exchange):
    live = exchange.write("calls", "CA" + "8" * 32, account_sid=ACCOUNT, status="in-progress")
    answer = await exchange.request("DELETE", AT + live)
    assert (answer.status_code, answer.json()["code"]) == (409, 20009)
    path = await make_call(exchange)
    for wrong in (path.replace("2026-01-01", "yesterday"), AT + "CA1"):
        assert (await exchange.request("DELETE", wrong)).status_code == 404
    assert (await exchange.request("DELETE", path, auth=(OTHER, OTHER_TOKEN))).status_code == 404
    assert (await exchange.request("GET", path)).status_code == 405
