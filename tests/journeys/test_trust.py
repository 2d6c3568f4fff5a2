"""Browsers that are led here, and no page of theirs is changed: `hoyhoy run -- chromium`, `hoyhoy trust`
(design 5; official-clients B2)."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.async_api import async_playwright
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant
from twilio.rest import Client

from hoyhoy.intercept import nss, pac

from ..testing.webapp import Direct, WebApp
from .browser import ARGUMENTS, CHROMIUM
from .processes import PATIENCE, Exchanges, exchanges, surroundings
from .softphone import Pages, Softphone, announced, loaded
from .softphone_browser import TALKING, Tab, require_chromium

pytestmark = [pytest.mark.journey, pytest.mark.patient]
HEALTH = "https://voice-js.roaming.twilio.com/lab/v1/health"
"""At a name that only an intercepted program finds here."""

QUIETLY = [option for option in ARGUMENTS if option != "--no-proxy-server"]
LISTENING = re.compile(r"DevTools listening on (ws://\S+)")
started = pytest.fixture(exchanges)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home that is nobody's."""
    require_chromium()
    folder = tmp_path / "me"
    folder.mkdir()
    return folder


def of(home: Path) -> dict[str, str]:
    return surroundings() | {"HOME": str(home), "XDG_DATA_HOME": "", "XDG_CONFIG_HOME": ""}


async def test_run_leads_a_browser_here_and_a_page_calls(tmp_path: Path, home: Path) -> None:
    """All that the person writes is `hoyhoy run -- chromium URL`; the rest here is a test's: nobody looks or clicks."""
    data = tmp_path / "data"
    run = [sys.executable, "-m", "hoyhoy", "run", "--data", str(data), "--port", "0", "--proxy-port", "0", "--"]
    with Pages() as pages, WebApp(desk="<Response><Say loop='0'>Hello.</Say></Response>") as app:
        program = await asyncio.create_subprocess_exec(
            *(*run, CHROMIUM, *QUIETLY, *TALKING[:3], "--remote-debugging-port=0", pages.url()),
            env=of(home),
            stderr=subprocess.PIPE,
        )
        try:
            assert program.stderr
            address = await announced(program.stderr, LISTENING, PATIENCE)
            async with async_playwright() as playwright:
                browser = await playwright.chromium.connect_over_cdp(address)
                page = browser.contexts[0].pages[0]
                await page.wait_for_url(pages.url())
                phone = Softphone(Tab(page))
                await loaded(phone.window)
                await phone.setup(token(data, app.url("/desk")))
                await phone.register()
                await phone.call()
                await phone.connected()
                assert app.forms("/desk")[0]["From"] == "client:ann"
        finally:
            program.terminate()
            await program.communicate()
    assert (data / "chromium" / "Local State").exists(), "a profile of its own"


def token(data: Path, voice_url: str) -> str:
    keys = json.loads((data / "run.json").read_text())
    client = Client(keys["account_sid"], keys["auth_token"], http_client=Direct(keys["api"]))
    application = client.applications.create(voice_url=voice_url)
    made = AccessToken(keys["account_sid"], keys["api_key"], keys["api_secret"], identity="ann")
    made.add_grant(VoiceGrant(outgoing_application_sid=application.sid))
    return str(made.to_jwt())


@pytest.mark.skipif(shutil.which("certutil") is None, reason=f"apt-get install {nss.PACKAGE}")
def test_a_browser_of_every_day_trusts_what_was_installed(tmp_path: Path, home: Path, started: Exchanges) -> None:
    served = started.serve(tmp_path / "data", "--no-sip")
    proxy = json.loads((served.data / "run.json").read_text())["proxy"]
    browser = (CHROMIUM, f"--user-data-dir={home / 'profile'}", f"--proxy-pac-url={pac.as_url(pac.script(proxy))}")
    assert shown(home, *browser) == "", "a stranger's certificate"
    trust(served.data, home, "--install")
    assert shown(home, *browser) == str(served.data)
    trust(served.data, home, "--remove")
    assert shown(home, *browser) == ""


def shown(home: Path, *command: str) -> str:
    """The data folder of the exchange that a browser finds at HEALTH; empty when it does not trust what answers."""
    command = (*command, *QUIETLY, "--dump-dom", HEALTH)
    page = subprocess.run(command, env=of(home), capture_output=True, text=True, timeout=PATIENCE).stdout
    found = re.search(r"{.*}", page)
    return str(json.loads(found[0])["data"]) if found else ""


def trust(data: Path, home: Path, what: str) -> None:
    command = [sys.executable, "-m", "hoyhoy", "trust", "--data", str(data), what]
    subprocess.run(command, env=os.environ | of(home), check=True, capture_output=True)
