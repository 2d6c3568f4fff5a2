"""People at browsers who talk to one another: every one hears exactly the others (voice reference 2.7.5, 7)."""

from __future__ import annotations

import asyncio

import pytest

from .browser_office import DESK, BrowserOffice, aside
from .softphone import Softphone
from .softphone_browser import SoftphoneBrowser

pytestmark = [pytest.mark.journey, pytest.mark.patient, pytest.mark.asyncio(loop_scope="module")]


async def test_two_talk_and_one_is_muted(desks: BrowserOffice, chrome: SoftphoneBrowser) -> None:
    desks.app.pages[DESK] = '<Response><Dial action="/after"><Client>ben</Client></Dial></Response>'
    desks.app.pages["/after"] = desks.play(500)
    ann, ben = await desks.desk(chrome, "ann"), await desks.desk(chrome, "ben", context=await chrome.context())
    await ann.speak(700)
    await ben.speak(1100)
    await ann.call(Order="1")
    incoming = await ben.expect("incoming")
    assert incoming["parameters"]["From"] == "client:ann"
    await ben.accept()
    await ann.hears(1100)
    await ben.hears(700)
    await ben.mute()
    await ann.hears_nothing()
    await ben.hears(700)
    await ben.mute(False)
    await ann.hears(1100)
    await ben.hang_up()
    await ann.hears(500)  # she is with the app again
    after = await aside(desks.asked, "/after", Order="1")
    assert (after["DialCallStatus"], after["DialBridged"]) == ("completed", "true")
    await ann.hang_up()


async def test_all_tabs_of_one_person_ring_and_one_has_the_call(desks: BrowserOffice, chrome: SoftphoneBrowser) -> None:
    tabs = [await desks.desk(chrome, "cleo") for _ in range(3)]
    sid = await aside(desks.ring, "cleo", twiml=desks.play(660))
    for tab in tabs:
        await tab.expect("incoming")
    await tabs[0].reject()  # the others ring on
    await tabs[2].accept()
    await tabs[2].hears(660)
    await tabs[1].expect("cancel")
    assert (await tabs[1].call_state())["status"] == "closed"
    await tabs[2].hang_up()
    assert (await aside(desks.over, sid)).status == "completed"


async def test_three_in_a_room(desks: BrowserOffice, chrome: SoftphoneBrowser) -> None:
    desks.app.pages[DESK] = '<Response><Dial><Conference beep="false">three</Conference></Dial></Response>'
    tones = {"dan": 600, "eve": 900, "fay": 1300}
    phones = {name: await desks.desk(chrome, name, context=await chrome.context()) for name in tones}
    for name, phone in phones.items():
        await phone.speak(tones[name], 0.2)
        await phone.call()
    for name, phone in phones.items():
        await phone.hears(*(hertz for other, hertz in tones.items() if other != name))
    await phones["dan"].hang_up()
    await phones["eve"].hears(1300)
    await phones["fay"].hears(900)
    await asyncio.gather(*(phones[name].hang_up() for name in ("eve", "fay")))


async def test_a_phone_talks_to_a_browser(desks: BrowserOffice, chrome: SoftphoneBrowser) -> None:
    """A number that leads to a client, as most are in the end."""
    desks.app.pages["/number"] = "<Response><Dial answerOnBridge='true'><Client>gus</Client></Dial></Response>"
    number = await aside(desks.lead, "/number")
    gus = await desks.desk(chrome, "gus")
    phone = await aside(desks.exchange.phone, "+14155550123")
    call = await aside(phone.call, number)
    incoming = await gus.expect("incoming")
    assert incoming["parameters"]["From"] == "+14155550123"
    await gus.accept()
    await gus.connected()
    await gus.press("5")
    await aside(call.expect_keys, "5")
    await gus.hang_up()
    await aside(call.expect_hangup)


@pytest.mark.parametrize("crowd", [6, pytest.param(20, marks=pytest.mark.torture)])
async def test_a_crowd_of_calls_from_one_browser(desks: BrowserOffice, chrome: SoftphoneBrowser, crowd: int) -> None:
    """Each call hears its own tone and nobody else's, though all of them come from one address to one port."""
    tones = {f"n{number}": 300 + 100 * number for number in range(crowd)}
    desks.app.pages[DESK] = lambda form: desks.play(tones[form["From"].removeprefix("client:")])
    phones = dict(zip(tones, await asyncio.gather(*(desks.desk(chrome, name) for name in tones)), strict=True))
    await asyncio.gather(*(phone.call() for phone in phones.values()))
    for name, phone in phones.items():  # one listens at a time: all at once would keep the machine from speaking
        await phone.hears(tones[name], within=60)
    assert [name for name, phone in phones.items() if (await _lost(phone)) > 2] == []
    await asyncio.gather(*(phone.hang_up() for phone in phones.values()))
    await asyncio.gather(*(phone.expect("disconnect") for phone in phones.values()))


async def _lost(phone: Softphone) -> int:
    return int((await phone.rtp())["inbound"]["lost"])
