"""Who may telephone by a browser, and from where: tokens, registration, the ways to the exchange (official-clients B2,
B9, B11; voice reference 14)."""

from __future__ import annotations

import pytest

from .browser_office import DESK, BrowserOffice, aside
from .softphone import SDKS, Fault
from .softphone_browser import SoftphoneBrowser

pytestmark = [pytest.mark.journey, pytest.mark.patient, pytest.mark.asyncio(loop_scope="module")]


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
