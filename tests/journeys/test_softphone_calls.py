"""Twilio's own JavaScript SDKs, unmodified, in Chromium: they call an app, and are called (voice reference 2.7.5, 3.1;
official-clients B6, B8). Each story is told with three SDKs of three ages."""

from __future__ import annotations

import numpy as np
import pytest

from hoyhoy.audio import RATE
from hoyhoy.audio.g711 import Samples

from .browser_office import DESK, BrowserOffice, aside
from .softphone import SDKS
from .softphone_browser import SoftphoneBrowser

pytestmark = [pytest.mark.journey, pytest.mark.patient, pytest.mark.asyncio(loop_scope="module")]
sdks = pytest.mark.parametrize("sdk", SDKS)


def pitch(sound: Samples) -> float:
    """The strongest tone in hertz."""
    return float(np.argmax(np.abs(np.fft.rfft(sound))) * RATE / len(sound))


@sdks
async def test_it_calls_an_app_which_is_heard_and_hears(
    desks: BrowserOffice, chrome: SoftphoneBrowser, sdk: str
) -> None:
    desks.app.pages[DESK] = (
        f'<Response><Gather numDigits="3" action="/keys">{inside(desks.play(440))}</Gather></Response>'
    )
    desks.app.pages["/keys"] = desks.play(880)
    phone = await desks.desk(chrome, "ann", sdk=sdk)
    await phone.speak(1000)
    note = f"a b&c=é {sdk}"
    await phone.call(To="+14155550123", Note=note)
    await phone.expect("ringing")
    await phone.expect("accept")
    await phone.hears(440)
    told = await aside(desks.asked, DESK, Note=note)
    sid = told["CallSid"]
    assert (told["From"], told["To"], told["Called"], told["Direction"]) == (
        "client:ann",
        "+14155550123",
        "",
        "inbound",
    )
    assert told["ApplicationSid"] == desks.application.sid
    assert (await phone.call_state())["parameters"]["CallSid"] == sid

    await aside(
        desks.client.calls(sid).recordings.create,
        recording_channels="dual",
        recording_status_callback=desks.app.url("/recorded"),
    )
    await phone.press("7ww*2")  # a w is half a second; recordings shorter than a whole one are not kept
    await phone.hears(880)
    assert (await aside(desks.asked, "/keys", CallSid=sid))["Digits"] == "7*2"
    await phone.hang_up()
    await phone.expect("disconnect")
    call = await aside(desks.over, sid)
    assert (call.status, call._from, call.direction) == ("completed", "client:ann", "inbound")
    recorded = await aside(desks.asked, "/recorded", CallSid=sid)
    theirs, ours = await aside(desks.download, recorded["RecordingSid"], 2)
    assert pitch(theirs) == pytest.approx(1000, abs=10) and pitch(ours[-RATE // 4 :]) == pytest.approx(880, abs=10)
    assert await phone.faults() == []


def inside(document: str) -> str:
    return document.removeprefix("<Response>").removesuffix("</Response>")


@sdks
async def test_it_is_called_with_what_the_caller_has_to_say(
    desks: BrowserOffice, chrome: SoftphoneBrowser, sdk: str
) -> None:
    phone = await desks.desk(chrome, "ben", sdk=sdk)
    sid = await aside(desks.ring, "ben?colour=deep%20blue&n=1", twiml=desks.play(660))
    incoming = await phone.expect("incoming")
    told = incoming["parameters"]
    assert (told["CallSid"], told["From"], told["To"]) == (sid, desks.numbers[0], "client:ben")
    assert (await phone.call_state())["custom"] == {"colour": "deep blue", "n": "1"}
    await aside(desks.moved, sid, "ringing")
    await phone.accept()
    await phone.expect("accept")
    await phone.hears(660)
    await aside(desks.client.calls(sid).update, status="completed")
    await phone.expect("disconnect")
    assert (await aside(desks.over, sid)).status == "completed"


@sdks
async def test_it_declines(desks: BrowserOffice, chrome: SoftphoneBrowser, sdk: str) -> None:
    phone = await desks.desk(chrome, "cleo", sdk=sdk)
    sid = await aside(desks.ring, "cleo", twiml=desks.play(660))
    await phone.expect("incoming")
    await phone.reject()
    assert (await aside(desks.over, sid)).status == "busy"
    await phone.expect("reject")


async def test_it_does_not_care(desks: BrowserOffice, chrome: SoftphoneBrowser) -> None:
    """An ignored call sends nothing (official-clients B4): it rings on until its time is up."""
    phone = await desks.desk(chrome, "dan")
    sid = await aside(desks.ring, "dan", twiml=desks.play(660), timeout=1)
    await phone.expect("incoming")
    await phone.ignore()
    assert (await aside(desks.over, sid)).status == "no-answer"


async def test_who_calls_it_gives_up(desks: BrowserOffice, chrome: SoftphoneBrowser) -> None:
    phone = await desks.desk(chrome, "eve")
    sid = await aside(desks.ring, "eve", twiml=desks.play(660))
    await phone.expect("incoming")
    await aside(desks.client.calls(sid).update, status="canceled")
    await phone.expect("cancel")
    assert (await aside(desks.over, sid)).status == "canceled"


async def test_it_gives_up_before_anybody_answers(desks: BrowserOffice, chrome: SoftphoneBrowser) -> None:
    desks.app.pages[DESK] = "<Response><Dial><Client>fay</Client></Dial></Response>"
    fay, gus = await desks.desk(chrome, "fay"), await desks.desk(chrome, "gus")
    await gus.call(Order="77")
    await fay.expect("incoming")
    await gus.hang_up()
    await fay.expect("cancel")
    sid = (await aside(desks.asked, DESK, Order="77"))["CallSid"]
    assert (await aside(desks.over, sid)).status == "completed", "the app had answered it by its document"


async def test_an_app_that_refuses(desks: BrowserOffice, chrome: SoftphoneBrowser) -> None:
    desks.app.pages[DESK] = '<Response><Reject reason="busy"/></Response>'
    phone = await desks.desk(chrome, "hal", enableImprovedSignalingErrorPrecision=True)
    await phone.call()
    assert (await phone.expect("error", on="call"))["code"] == 31486
    await phone.expect("disconnect")
