"""Softphones in headless Chromium: Debian's own browser, with every Twilio host led to an exchange.

    async with SoftphoneBrowser(proxy, ca) as browser:
        ann = await browser.open()
        await ann.setup(token)
        await ann.register()

Nothing can leave the machine: names other than Twilio's and loopback's are found nowhere.
"""

from __future__ import annotations

import os
import shutil
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from hoyhoy.intercept.chromium import key_hash

from .browser import ARGUMENTS, CHROMIUM, PATIENCE
from .softphone import SDKS, Pages, Softphone, loaded

TALKING = [
    "--use-fake-ui-for-media-stream",  # nobody is there to allow the microphone
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    # Pages that nobody looks at go on at their own pace: a test has many of them.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--allow-loopback-in-peer-connection",  # a machine without a network can talk to itself
]


class SoftphoneBrowser:
    """One browser process. `proxy` is the exchange's intercepting port as a URL, `ca` its root certificate.

    `lead` is how hosts get there: "resolver" (their names are given its address) or "proxy" (the browser's setting),
    or "none" (the page does it: option `edge` or `chunderw`).
    """

    def __init__(self, proxy: str, ca: Path, *, lead: str = "resolver", arguments: tuple[str, ...] = ()) -> None:
        self._arguments = [
            *(argument for argument in ARGUMENTS if argument != "--no-proxy-server" or lead != "proxy"),
            *TALKING,
            f"--ignore-certificate-errors-spki-list={key_hash(ca)}",
            *_leading(proxy, lead),
            *arguments,
        ]

    async def __aenter__(self) -> Self:
        require_chromium()
        async with AsyncExitStack() as stack:
            self._pages = stack.enter_context(Pages())
            playwright = await stack.enter_async_context(async_playwright())
            self._browser: Browser = await playwright.chromium.launch(
                executable_path=CHROMIUM, args=self._arguments, headless=True
            )
            stack.push_async_callback(self._browser.close)
            self._shared = await self.context()
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def context(self) -> BrowserContext:
        """A profile of its own, as another person at another browser."""
        context = await self._browser.new_context(locale="en-US")
        context.set_default_timeout(PATIENCE)
        return context

    async def clear(self) -> None:
        """Close every page, as if the browser had just started."""
        for context in self._browser.contexts:
            if context is not self._shared:
                await context.close()
        for page in self._shared.pages:
            await page.close()

    async def open(
        self, sdk: str = "2.18", *, microphone: str = "tone", context: BrowserContext | None = None
    ) -> Softphone:
        """A tab with a softphone: in `context`, by default in one that all share."""
        page = await (context or self._shared).new_page()
        await page.goto(self._pages.url(sdk, microphone))
        window = Tab(page)
        await loaded(window)
        return Softphone(window)


class Tab:
    """A `Window` of Chromium; `page` is playwright's, for whatever else a test wants."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def evaluate(self, expression: str) -> Any:
        return await self.page.evaluate(expression)

    async def reload(self) -> None:
        await self.page.reload()

    async def close(self) -> None:
        await self.page.close()

    async def crash(self) -> None:
        """The renderer ends without a goodbye."""
        gone = self.page.wait_for_event("crash")
        try:
            await self.page.goto("chrome://crash", timeout=1000)
        except Exception:
            pass
        await gone


def require_chromium() -> None:
    """Leave the test out where there is no Chromium or no SDK; fail it where nothing may be left out."""
    missing = [] if shutil.which(CHROMIUM) else [f"Chromium ({CHROMIUM}); on Debian: apt-get install chromium"]
    missing += [f"{file}; in tests/clients: npm ci" for file in SDKS.values() if not file.exists()]
    leave_out(missing)


def leave_out(missing: list[str]) -> None:
    """Nothing when nothing is missing."""
    if missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"missing: {missing[0]}")


def _leading(proxy: str, lead: str) -> list[str]:
    where = urlsplit(proxy).netloc
    nowhere = "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE *.localhost"
    if lead == "resolver":
        return [f"--host-resolver-rules=MAP *.twilio.com:443 {where}, {nowhere}"]
    if lead == "proxy":
        return [f"--proxy-server={where}", f"--host-resolver-rules={nowhere}"]
    return [f"--host-resolver-rules={nowhere}"]
