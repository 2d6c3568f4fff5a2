"""Messages beside the sound, from a page to its app and back (voice reference 13.3; official-clients B4, B5)."""

from __future__ import annotations

import json

import pytest

from .browser_office import DESK, BrowserOffice, aside
from .softphone_browser import SoftphoneBrowser

pytestmark = [pytest.mark.journey, pytest.mark.patient, pytest.mark.asyncio(loop_scope="module")]


async def test_a_page_and_its_app_tell_each_other_things(desks: BrowserOffice, chrome: SoftphoneBrowser) -> None:
    desks.app.pages[DESK] = desks.play(440)
    phone = await desks.desk(chrome, "ann")
    await phone.call()
    await phone.hears(440)
    sid = (await aside(desks.asked, DESK, From="client:ann"))["CallSid"]
    call = desks.client.calls(sid)
    await aside(call.user_defined_message_subscriptions.create, callback=desks.app.url("/told"))

    told = {"basket": ["bread", "wine"], "note": "naïve <café> & “quotes” 🥖"}
    number = await phone.send_message(told)
    sent = await phone.expect("messageSent")
    assert sent["message"]["voiceEventSid"] == number and sent["message"]["content"] == told
    heard = await aside(desks.asked, "/told", CallSid=sid)
    assert json.loads(heard["Content"]) == told

    answer = {"total": 12.5, "currency": "€"}
    await aside(call.user_defined_messages.create, content=json.dumps(answer))
    received = await phone.expect("messageReceived")
    assert received["message"]["content"] == answer
    assert received["message"]["contentType"] == "application/json"

    await phone.cut()
    await phone.expect("reconnected")
    await phone.send_message({"again": True})
    await phone.expect("messageSent", 2)
    await phone.hang_up()
    await aside(desks.over, sid)


async def test_a_message_that_nobody_wants_and_one_that_is_too_long(
    desks: BrowserOffice, chrome: SoftphoneBrowser
) -> None:
    desks.app.pages[DESK] = desks.play(440)
    phone = await desks.desk(chrome, "ben", enableImprovedSignalingErrorPrecision=True)
    await phone.call()
    await phone.hears(440)
    await phone.send_message("without any subscription")
    await phone.expect("messageSent")
    await phone.send_message("x" * 20_000)
    assert (await phone.expect("error", on="call"))["code"] == 31212
    await phone.hears(440)
    await phone.hang_up()
