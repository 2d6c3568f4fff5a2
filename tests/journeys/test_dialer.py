"""The dialer in Chromium with Twilio's own SDK, unmodified, in real time: it calls phones and is called by them."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from playwright.async_api import Page, expect

from hoyhoy.intercept.address import Keys
from hoyhoy.settings import Settings
from hoyhoy.testing.local import LocalExchange
from hoyhoy.testing.program import Program

from .browser import PATIENCE
from .softphone import SDKS
from .softphone_browser import SoftphoneBrowser

pytestmark = [pytest.mark.journey, pytest.mark.patient, pytest.mark.timeout(180)]
APP = Path(__file__).parents[2] / "examples" / "dialer"
PHONE = "+14155550187"
SHOWN, MASKED = "+1 415 555 0187", "+1 415 *** **87"
USERS = {"ada": "difference-engine", "bob": "battery-staple"}
T = TypeVar("T")


@pytest.fixture(scope="module")
def exchange() -> Iterator[LocalExchange]:
    with LocalExchange(Settings(port=0, proxy_port=0, media_port=0, virtual_time=False)) as exchange:
        yield exchange


def started(exchange: LocalExchange, **more: str) -> Program:
    """The app as it is started anywhere: it makes its own application, and leads the number to itself."""
    keys = Keys.read(exchange.folder)
    assert keys
    environ = {
        "TWILIO_ACCOUNT_SID": keys.account_sid,
        "TWILIO_AUTH_TOKEN": keys.auth_token,
        "TWILIO_API_KEY": keys.api_key,
        "TWILIO_API_SECRET": keys.api_secret,
        "TWILIO_NUMBER": keys.number,
        "DIALER_USERS": " ".join(f"{name}:{password}" for name, password in USERS.items()),
        "SDK_FILE": str(SDKS["2.18"]),
    }
    return exchange.start(sys.executable, str(APP), environ=environ | more)


@pytest.fixture(scope="module")
def app(exchange: LocalExchange) -> Program:
    return started(exchange)


@pytest.fixture
async def browser(exchange: LocalExchange) -> AsyncIterator[SoftphoneBrowser]:
    expect.set_options(timeout=PATIENCE)
    async with SoftphoneBrowser(f"http://127.0.0.1:{exchange.proxy_port}", exchange.authority) as browser:
        yield browser


async def by(act: Callable[..., T], *what: object, **how: object) -> T:
    """The phone's hand and ear block; the browser must go on beside them."""
    return await asyncio.to_thread(act, *what, **how)


class Desk:
    """The page of somebody who has signed in."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)

    async def sign_in(self, app: Program, name: str) -> None:
        await self.page.goto(app.url())
        await self.page.get_by_label("Name", exact=True).fill(name)
        await self.page.get_by_label("Password").fill(USERS[name])
        await self.press("Sign in")

    async def press(self, button: str) -> None:
        await self.page.get_by_role("button", name=button, exact=True).click()

    async def dial(self, typed: str) -> None:
        await self.page.get_by_label("Number or name").fill(typed)
        await self.press("Call")

    async def private(self, is_private: bool) -> None:
        # The switch that is seen lies over the one that counts.
        await self.page.get_by_role("switch", name="Privacy").set_checked(is_private, force=True)

    async def shows(self, place: str, text: str | re.Pattern[str]) -> None:
        """Wait until it does."""
        await expect(self.page.locator(place)).to_have_text(text)

    async def is_(self, state: str, party: str = "") -> None:
        """Wait until the call has this state, and this is who is there."""
        await self.shows("#call-state", state)
        if party:
            await self.shows("#party", party)

    async def whole(self) -> str:
        """All of the document, its title and what its fields hold included."""
        parts = ("title", "documentElement.outerHTML", "getElementById('to').value")
        return "\n".join([str(await self.page.evaluate(f"document.{part}")) for part in parts])


Sit = Callable[..., Awaitable[Desk]]


@pytest.fixture
async def sit(browser: SoftphoneBrowser, app: Program) -> AsyncIterator[Sit]:
    """Somebody signs in at a browser of her own; nothing may go wrong in it."""
    desks: list[Desk] = []

    async def sit(name: str = "ada", app: Program = app, device: str = "Ready") -> Desk:
        desks.append(Desk(await (await browser.context()).new_page()))
        await desks[-1].sign_in(app, name)
        await desks[-1].shows("#device-state", device)
        return desks[-1]

    yield sit
    assert [fault for desk in desks for fault in desk.faults] == []


async def test_it_calls_a_phone(sit: Sit, exchange: LocalExchange) -> None:
    phone = await by(exchange.phone, PHONE)
    desk = await sit()
    await desk.dial("(415) 555-0187")
    call = await by(phone.expect_call)
    await desk.is_("Ringing", SHOWN)
    await by(call.answer)
    await desk.is_("Connected", SHOWN)
    await desk.page.keyboard.press("4")
    await desk.press("Hash")
    for key in "4#":
        await by(call.expect_keys, key)
    await desk.press("Mute")
    await desk.press("Unmute")
    await by(call.hang_up)
    await desk.is_("Call ended")
    await expect(desk.page.locator("#history li")).to_contain_text(SHOWN)


async def test_a_phone_calls_it(sit: Sit, exchange: LocalExchange) -> None:
    desk = await sit()
    call = await by((await by(exchange.phone, PHONE)).call, exchange.numbers[0])
    await desk.is_("Incoming call", SHOWN)
    await expect(desk.page).to_have_title(f"☎ {SHOWN}")
    await desk.press("Accept")
    await desk.is_("Connected", SHOWN)
    await desk.shows("#timer", re.compile("0:0[1-9]"))
    await by(call.press, "1")
    await desk.press("Hang up")
    await desk.is_("Call ended")
    await by(call.expect_hangup)


async def test_who_is_not_answered_leaves_a_message(sit: Sit, exchange: LocalExchange) -> None:
    """Once because she does not want to, once because she is not there."""
    desk = await sit()
    phone = await by(exchange.phone, PHONE)
    call = await by(phone.call, exchange.numbers[0])
    await desk.is_("Incoming call")
    await desk.press("Reject")
    await desk.is_("Rejected")
    await by(call.expect_speech, "leave a message")
    await by(call.hang_up)

    await desk.press("Go offline")
    await desk.shows("#device-state", "Offline")
    call = await by(phone.call, exchange.numbers[0])
    await by(call.expect_beep)
    await by(call.say, "The boat is ready, and the tide is in.")
    await by(call.expect_silence, 2.5)
    await by(call.press, "#")
    await by(call.expect_speech, "Thank you")
    row = desk.page.locator("#voicemails li")
    await expect(row).to_contain_text(SHOWN)
    await desk.press("Play")
    sound = row.locator("audio")
    assert await sound.evaluate("sound => sound.duration") > 1
    await sound.evaluate("sound => { sound.currentTime = 1 }")
    assert await sound.evaluate("sound => sound.currentTime") >= 1
    await expect(sound).to_have_accessible_name(f"Message from {SHOWN}")
    await desk.private(True)
    await expect(sound).to_have_accessible_name(f"Message from {MASKED}")
    await desk.press("Delete")
    await desk.press("Really delete?")
    await expect(desk.page.get_by_text("No messages.")).to_be_visible()


async def test_in_privacy_mode_no_number_is_anywhere(sit: Sit, exchange: LocalExchange) -> None:
    desk = await sit()
    await desk.private(True)
    call = await by((await by(exchange.phone, PHONE)).call, exchange.numbers[0])
    await desk.is_("Incoming call", MASKED)
    await expect(desk.page).to_have_title(f"☎ {MASKED}")
    wholes = [await desk.whole()]
    await desk.press("Accept")
    await desk.is_("Connected", MASKED)
    wholes.append(await desk.whole())
    await by(call.hang_up)
    await expect(desk.page.locator("#history li")).to_contain_text(MASKED)
    await desk.dial(PHONE)
    await desk.is_("Ringing", MASKED)
    wholes.append(await desk.whole())
    await desk.press("Hang up")
    await desk.is_("Cancelled")
    wholes.append(await desk.whole())
    digits = (PHONE[-7:], SHOWN[-8:], exchange.numbers[0][-7:])
    assert [one for whole in wholes for one in digits if one in whole] == []
    await desk.private(False)
    await desk.shows("#party", SHOWN)


async def test_one_of_us_calls_another(sit: Sit) -> None:
    ada, bob = await sit("ada"), await sit("bob")
    await ada.dial("Bob")
    await bob.is_("Incoming call", "ada")
    await ada.is_("Ringing", "bob")
    await bob.press("Accept")
    for one in (ada, bob):
        await one.is_("Connected")
    await bob.press("Hang up")
    await ada.is_("Call ended")

    await ada.dial("bob")
    await bob.is_("Incoming call")
    await ada.press("Hang up")
    await bob.is_("Missed call", "ada")


async def test_a_token_is_renewed_in_time(sit: Sit, exchange: LocalExchange, browser: SoftphoneBrowser) -> None:
    app = started(exchange, TOKEN_SECONDS="32")  # the page asks for another one 30 s before the end
    desk = await sit(app=app)
    await desk.shows("#device-note", re.compile("was renewed at"))
    await desk.shows("#device-state", "Ready")


async def test_a_service_that_refuses_is_told(sit: Sit, exchange: LocalExchange) -> None:
    app = started(exchange, TWILIO_API_SECRET="not the secret that was given out", TWILIO_APP_SID="AP" + "0" * 32)
    desk = await sit(app=app, device="Out of order")
    await desk.shows("#trouble", re.compile(r"refuses this page.*\(31202\)"))
