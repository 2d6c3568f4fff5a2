"""What befalls browsers: connections that break, pages that go, an exchange that is killed (official-clients B10)."""

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
from .softphone import Softphone
from .softphone_browser import SoftphoneBrowser, Tab

pytestmark = [pytest.mark.journey, pytest.mark.patient, pytest.mark.asyncio(loop_scope="module")]
started = pytest.fixture(exchanges)


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
