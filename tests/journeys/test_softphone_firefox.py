"""The same SDKs, unmodified, in Firefox, led here by a PAC file and its profile's database (official-clients B2, B16).

Firefox finds no way to a lone 127.0.0.1 (webrtc-leg 7.1): what is heard here comes by another address of this machine.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from .browser_office import DESK, BrowserOffice, aside
from .softphone import SDKS, Fault, Softphone
from .softphone_firefox import SoftphoneFirefox, reachable_address, require_firefox

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module")]
TONE = 1300


@pytest.fixture(scope="module")
def desks() -> Iterator[BrowserOffice]:
    """Of an exchange that starts when there is an address for Firefox."""
    require_firefox()
    with reachable_address(), BrowserOffice() as office:
        yield office


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def firefox(desks: BrowserOffice, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SoftphoneFirefox]:
    profile: Path = tmp_path_factory.mktemp("firefox") / "profile"
    async with SoftphoneFirefox(desks.proxy, desks.ca, profile, TONE) as browser:
        yield browser


@pytest.mark.parametrize("sdk", SDKS)
async def test_it_calls_and_is_called(desks: BrowserOffice, firefox: SoftphoneFirefox, sdk: str) -> None:
    name = f"ann{sdk[0]}"
    desks.app.pages[DESK] = (
        f'<Response><Gather numDigits="2" action="/keys"><Play>{desks.tone(440)}</Play></Gather></Response>'
    )
    desks.app.pages["/keys"] = desks.play(880)
    phone = await firefox.open(sdk)
    await phone.setup(desks.token(name))
    await phone.register()
    await phone.call(To="+14155550123")
    await phone.expect("accept")
    await phone.hears(440)
    sid = (await aside(desks.asked, DESK, From=f"client:{name}"))["CallSid"]
    await phone.press("4*")
    await phone.hears(880)
    assert (await aside(desks.asked, "/keys", CallSid=sid))["Digits"] == "4*"
    await phone.hang_up()
    assert (await aside(desks.over, sid)).status == "completed"

    sid = await aside(desks.ring, name, twiml=desks.play(660))
    await phone.expect("incoming")
    await phone.accept()
    await phone.hears(660)
    counted = await phone.rtp()
    assert counted["inbound"]["codec"] == counted["outbound"]["codec"] == "audio/PCMU"
    await aside(desks.client.calls(sid).update, status="completed")
    await phone.expect("disconnect", 2)
    assert await phone.faults() == []
    await phone.close()


async def test_two_tabs_talk_and_one_breaks_off(desks: BrowserOffice, firefox: SoftphoneFirefox) -> None:
    desks.app.pages[DESK] = "<Response><Dial><Client>ben</Client></Dial></Response>"
    cleo, ben = [await _desk(desks, firefox, name) for name in ("cleo", "ben")]
    await cleo.call()
    await ben.expect("incoming")
    await ben.accept()
    for one in (cleo, ben):
        await one.hears(TONE)
    await cleo.cut()
    await cleo.expect("reconnected")
    await ben.mute()
    await cleo.hears_nothing()
    await ben.hears(TONE)
    await cleo.reload()  # as good as hanging up
    await ben.expect("disconnect")
    for one in (cleo, ben):
        await one.close()


async def test_a_token_that_does_not_hold(desks: BrowserOffice, firefox: SoftphoneFirefox) -> None:
    phone = await firefox.open()
    await phone.setup("no token at all")
    with pytest.raises(Fault) as refused:
        await phone.register()
    assert refused.value.code == 20101
    await phone.close()


async def _desk(desks: BrowserOffice, firefox: SoftphoneFirefox, name: str) -> Softphone:
    phone = await firefox.open()
    await phone.setup(desks.token(name))
    await phone.register()
    return phone
