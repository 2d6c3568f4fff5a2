"""What befalls browsers: tokens that do not hold, connections that break, pages that go (official-clients B9 to B11;
voice reference 14)."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import numpy as np
import pytest
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

from hoyhoy.audio import FRAME

from .browser_office import DESK, BrowserOffice, aside
from .processes import Exchanges, exchanges
from .softphone import SDKS, Fault, Softphone
from .softphone_browser import SoftphoneBrowser, Tab

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module")]
started = pytest.fixture(exchanges)


# Tokens ----------------------------------------------------------------------------------


async def test_a_token_that_does_not_hold_and_then_one_that_does(
    desks: BrowserOffice, chrome: SoftphoneBrowser
) -> None:
    phone = await chrome.open()
    await phone.setup(
        desks.token("ann", secret="one that nobody has given to anybody"), enableImprovedSignalingErrorPrecision=True
    )
    for token, code in (
        ("", 31202),
        ("no token at all", 20101),
        (desks.token("ann", ttl=-60), 20104),
        (desks.token("ann", ttl=25 * 3600), 31207),
    ):
        if token:
            await phone.update_token(token)
        with pytest.raises(Fault) as refused:
            await phone.register()
        assert refused.value.code == code, token
    await phone.update_token(desks.token("ann"))
    await phone.register()
    assert (await phone.device())["identity"] == "ann"


async def test_capability_tokens_of_old_apps(desks: BrowserOffice, chrome: SoftphoneBrowser) -> None:
    desks.app.pages[DESK] = desks.play(440)
    phone = await chrome.open("1.12")
    await phone.setup(desks.capability("old.ann", colour="from the token"))
    await phone.register()
    await phone.call(colour="of the page", To="+14155550123")
    await phone.hears(440)
    told = await aside(desks.asked, DESK, From="client:old.ann")
    assert (told["colour"], told["To"]) == ("from the token", "+14155550123")
    await phone.hang_up()


async def test_a_call_outlives_its_token_and_another_token_takes_over(
    desks: BrowserOffice, chrome: SoftphoneBrowser
) -> None:
    desks.app.pages[DESK] = desks.play(440)
    phone = await chrome.open()
    await phone.setup(desks.token("ben", ttl=4), tokenRefreshMs=3000)
    await phone.register()
    await phone.call()
    await phone.hears(440)
    await phone.expect("tokenWillExpire")
    assert (await phone.expect("error", on="device"))["code"] == 20104
    await phone.hears(440)
    await phone.update_token(desks.token("ben"))  # which registers again
    await phone.hears(440)
    await phone.hang_up()
    sid = await aside(desks.ring, "ben", twiml=desks.play(660))
    await phone.expect("incoming")
    await phone.reject()
    assert (await aside(desks.over, sid)).status == "busy"


async def test_who_may_not_call_and_who_cannot_be_called(desks: BrowserOffice, chrome: SoftphoneBrowser) -> None:
    phone = await chrome.open()
    await phone.setup(desks.token("cleo", application="", incoming=False), enableImprovedSignalingErrorPrecision=True)
    await phone.register()
    await phone.call()
    assert (await phone.expect("error", on="call"))["code"] == 31005
    await phone.expect("disconnect")
    sid = await aside(desks.ring, "cleo", twiml=desks.play(660))
    assert (await aside(desks.over, sid)).status == "no-answer"
    assert await phone.happened("incoming") == []


async def test_who_has_unregistered_is_not_called(desks: BrowserOffice, chrome: SoftphoneBrowser) -> None:
    phone = await desks.desk(chrome, "dan")
    await phone.unregister()
    await phone.expect("unregistered")
    sid = await aside(desks.ring, "dan", twiml=desks.play(660))
    assert (await aside(desks.over, sid)).status == "no-answer"


# Connections -----------------------------------------------------------------------------


async def test_a_call_goes_on_while_its_signalling_breaks(desks: BrowserOffice, chrome: SoftphoneBrowser) -> None:
    """And no more than a blink of its sound is lost (B10): it takes another way."""
    desks.app.pages[DESK] = desks.play(440)
    phone = await desks.desk(chrome, "eve")
    await phone.call()
    await phone.hears(440)
    sid = (await aside(desks.asked, DESK, From="client:eve"))["CallSid"]
    began = len(await phone.tape())
    for times in (1, 2):
        assert await phone.cut() == 1
        await phone.expect("reconnected", times)
    heard = await phone.tape()
    frames = heard[began : len(heard) // FRAME * FRAME - FRAME]
    loud = np.abs(frames[: len(frames) // FRAME * FRAME].reshape(-1, FRAME)).max(axis=1) > 1000
    assert loud.mean() > 0.95, "the tone went on"
    await aside(desks.client.calls(sid).update, twiml=desks.play(880))
    await phone.hears(880)
    await phone.hang_up()
    assert (await aside(desks.over, sid)).status == "completed"


async def test_an_old_sdk_comes_back_without_its_call(desks: BrowserOffice, chrome: SoftphoneBrowser) -> None:
    """1.x knows no way back into a call (B13): its person has to hang up, and can be called."""
    desks.app.pages[DESK] = desks.play(440)
    phone = await desks.desk(chrome, "fay", sdk="1.12")
    await phone.call()
    await phone.hears(440)
    await phone.cut()
    await phone.expect("registered", 2)
    sid = (await aside(desks.asked, DESK, From="client:fay"))["CallSid"]
    await phone.hang_up()
    assert (await aside(desks.over, sid)).status == "completed"
    await aside(desks.ring, "fay", twiml=desks.play(660))
    await phone.expect("incoming")
    await phone.accept()
    await phone.hears(660)


async def test_a_page_that_is_loaded_anew_has_hung_up(desks: BrowserOffice, chrome: SoftphoneBrowser) -> None:
    desks.app.pages[DESK] = desks.play(440)
    phone = await desks.desk(chrome, "gus")
    await phone.call()
    await phone.hears(440)
    sid = (await aside(desks.asked, DESK, From="client:gus"))["CallSid"]
    await phone.reload()
    assert (await aside(desks.over, sid)).status == "completed"
    await phone.setup(desks.token("gus"))
    await phone.register()


async def test_a_page_that_crashes_is_missed(desks: BrowserOffice, chrome: SoftphoneBrowser) -> None:
    desks.app.pages[DESK] = desks.play(440)
    phone = await desks.desk(chrome, "hal")
    await phone.call()
    await phone.hears(440)
    sid = (await aside(desks.asked, DESK, From="client:hal"))["CallSid"]
    assert isinstance(phone.window, Tab)
    await phone.window.crash()
    assert (await aside(desks.over, sid)).status == "completed"


async def test_nobody_gives_it_a_microphone(desks: BrowserOffice, chrome: SoftphoneBrowser) -> None:
    phone = await chrome.open(microphone="denied")
    await phone.setup(desks.token("ida"))
    await phone.register()
    await phone.call(Order="none")
    assert (await phone.expect("error", on="call"))["code"] == 31401
    await phone.expect("disconnect")
    sid = await aside(desks.ring, "ida", twiml=desks.play(660))
    await phone.expect("incoming")
    await phone.accept()
    assert (await phone.expect("error", 2, on="call"))["code"] == 31401
    assert (await aside(desks.over, sid)).status == "busy"
    assert not [form for form in desks.app.forms(DESK) if form.get("Order") == "none"]


async def test_it_is_told_where_the_exchange_is(desks: BrowserOffice) -> None:
    """The documented option `edge` with a host and a slash (B2): nothing is intercepted."""
    desks.app.pages[DESK] = desks.play(440)
    async with SoftphoneBrowser(desks.proxy, desks.ca, lead="none") as browser:
        for sdk in SDKS:
            phone = await desks.desk(browser, "jo", sdk=sdk, edge=f"localhost:{desks.exchange.proxy_port}/")
            await phone.call()
            await phone.hears(440)
            await phone.hang_up()
            await phone.expect("disconnect")


async def test_it_tests_its_connection(desks: BrowserOffice, chrome: SoftphoneBrowser) -> None:
    """The SDK's own preflight test: a call to the application, whose sound it rates."""
    desks.app.pages[DESK] = f"<Response><Play>{desks.tone(440, 4)}</Play></Response>"
    phone = await chrome.open()
    report = await phone.preflight(desks.token("kim"))
    assert report["callSid"].startswith("CA") and report["edge"] == "roaming"
    assert report["stats"]["mos"]["average"] > 4


# The exchange goes, and comes back -------------------------------------------------------


async def test_an_exchange_that_is_killed_and_starts_again(tmp_path: Path, started: Exchanges) -> None:
    """Phones come back by themselves; the call that was is over, and says so in the end."""
    served = started.serve(tmp_path / "data", "--no-sip")
    keys = json.loads((served.data / "run.json").read_text())
    ports = ("--port", str(served.port), "--proxy-port", keys["proxy"].rpartition(":")[2])

    def token() -> str:
        made = AccessToken(served.account, keys["api_key"], keys["api_secret"], identity="lee")
        made.add_grant(VoiceGrant(incoming_allow=True))
        return str(made.to_jwt())

    async with SoftphoneBrowser(keys["proxy"], served.data / "tls" / "ca.pem") as browser:
        phone = await browser.open()
        await phone.setup(token())
        await phone.register()
        sid = await _answered(served.api, served.number, phone, 0)
        served.kill()
        await phone.expect("unregistered")
        again = started.serve(tmp_path / "data", "--no-sip", *ports)
        await phone.expect("registered", 2)
        assert again.api("GET", f"/Calls/{sid}.json").json["status"] in ("completed", "failed")
        await phone.expect("disconnect", call=0)
        await _answered(again.api, again.number, phone, 1)


async def _answered(api: object, number: str, phone: Softphone, call: int) -> str:
    form = {"To": "client:lee", "From": number, "Twiml": "<Response><Pause length='60'/></Response>"}
    sid = (await asyncio.to_thread(api, "POST", "/Calls.json", form)).json["sid"]  # type: ignore[arg-type]
    await phone.expect("incoming", call=call)
    await phone.accept(call)
    await phone.connected(call)
    return str(sid)
