"""The sign-up story in Chromium, in real time: the example app under `hoyhoy run`, a virtual phone in our hand."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from playwright.async_api import BrowserContext, Page, expect

from hoyhoy.intercept.address import Keys
from hoyhoy.lab.client import Lab
from hoyhoy.testing.phones import Phone

pytestmark = [pytest.mark.journey, pytest.mark.patient, pytest.mark.timeout(120)]
APP = Path(__file__).parents[2] / "examples" / "signup"
NUMBER = "+14155550123"
T = TypeVar("T")


class Site:
    """The example app as `hoyhoy run` has started it, and the exchange that came with it."""

    def __init__(self, url: str, keys: Keys) -> None:
        self.url, self.number = url, keys.number
        self.lab = Lab(keys.api)

    async def sign_up(self, page: Page) -> str:
        """Fill in the form and send it; the code that the dialog shows."""
        await page.goto(self.url)
        await page.get_by_label("User name").fill("ada")
        await page.get_by_label("Password").fill("difference engine")
        await page.get_by_label("Phone number").fill(NUMBER)
        await page.get_by_role("button", name="Call me and sign up").click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        code = await page.locator("#code").text_content()
        assert code and len(code) == 6 and code.isdigit()
        return code


@contextmanager
def running(data: Path, *command: str) -> Iterator[Site]:
    """Nothing but the face of the product: `hoyhoy run` with a fresh data folder."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    options = ["--data", str(data), "--port", "0", "--proxy-port", "0", "--sms", f"http://localhost:{port}/sms"]
    process = subprocess.Popen(
        [sys.executable, "-m", "hoyhoy", "run", *options, "--", *command],
        env=environment() | {"PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        assert process.stdout
        said: list[str] = []
        for line in process.stdout:
            said.append(line)
            if "Uvicorn running" in line:
                break
        else:
            pytest.fail("The app did not start: " + "".join(said))
        keys = Keys.read(data)
        assert keys
        try:
            yield Site(f"http://localhost:{port}", keys)
        finally:
            process.terminate()
            process.communicate()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """The app as it is, with the number written into it."""
    with running(tmp_path / "data", sys.executable, str(APP)) as site:
        yield site


@pytest.fixture
def site_with_number(tmp_path: Path) -> Iterator[Site]:
    """The app with the first number of the account, whose texts --sms leads to it."""
    python, keys = sys.executable, str(tmp_path / "data" / "run.json")
    start = f"import json, os; number = json.load(open({keys!r}))['number']; "
    start += f"os.execve({python!r}, [{python!r}, {str(APP)!r}], os.environ | {{'TWILIO_NUMBER': number}})"
    with running(tmp_path / "data", python, "-c", start) as site:
        yield site


def environment() -> dict[str, str]:
    """The machine's, without anything that leads Twilio's clients somewhere."""
    return {
        name: value
        for name, value in os.environ.items()
        if "PROXY" not in name.upper() and not name.startswith(("TWILIO_", "HOYHOY_", "PYTEST_"))
    }


async def by(act: Callable[..., T], *what: object, **how: object) -> T:
    """The phone's hand and ear block; the browser must go on beside them."""
    return await asyncio.to_thread(act, *what, **how)


async def test_the_page_continues_when_the_code_is_keyed(chromium: BrowserContext, site: Site) -> None:
    page = await chromium.new_page()
    phone = await by(Phone, site.lab, NUMBER)
    code = await site.sign_up(page)

    call = await by(phone.expect_call)
    await expect(page.get_by_role("dialog", name="Your phone is ringing")).to_be_visible()
    await by(call.answer)
    await expect(page.get_by_role("dialog", name="You are on the phone")).to_be_visible()
    await by(call.expect_speech, "passcode")
    await by(call.press, code + "#")

    await expect(page.get_by_role("heading", name="You are in")).to_be_visible()
    await expect(page).to_have_url(f"{site.url}/welcome")
    assert "you are in" in await by(call.expect_speech, "you are in")
    await by(call.expect_hangup)
    await page.reload()
    await expect(page.get_by_text("Welcome to Tin Can, ada.")).to_be_visible()


async def test_wrong_codes_a_hang_up_and_a_text(chromium: BrowserContext, site_with_number: Site) -> None:
    site = site_with_number
    page = await chromium.new_page()
    phone = await by(Phone, site.lab, NUMBER)
    code = await site.sign_up(page)
    wrong = "000000" if code != "000000" else "111111"

    call = await by(phone.expect_call)
    await by(call.answer)
    for spoken in ("passcode", "That was not the code.", "That was not the code."):
        await by(call.expect_speech, spoken)
        await by(call.press, wrong)
    await by(call.expect_speech, "not the code either")
    await by(call.expect_hangup)
    await expect(page.get_by_role("dialog", name="That was not the code")).to_be_visible()
    await expect(page.get_by_text("It was wrong 3 times")).to_be_visible()

    await page.get_by_role("button", name="Call me again").click()
    call = await by(phone.expect_call)
    await by(call.answer)
    await by(call.expect_speech, "passcode")
    await by(call.hang_up)
    await expect(page.get_by_role("dialog", name="The call ended early")).to_be_visible()

    await page.get_by_role("button", name="Text me instead").click()
    await expect(page.get_by_role("dialog", name="We have sent you a text")).to_be_visible()
    await by(phone.expect_message, "reply with the code")
    await by(phone.send, site.number, await page.locator("#code").text_content())
    await expect(page.get_by_role("heading", name="You are in")).to_be_visible()
    await by(phone.expect_message, "you are in")


async def test_a_phone_that_is_busy(chromium: BrowserContext, site: Site) -> None:
    page = await chromium.new_page()
    phone = await by(Phone, site.lab, NUMBER)
    await by(phone.behave, answering="busy")
    await site.sign_up(page)
    await expect(page.get_by_role("dialog", name="The line is busy")).to_be_visible()
