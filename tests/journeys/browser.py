"""Headless Chromium for the journeys: Debian's own browser, driven by playwright, with a profile of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import BrowserContext, async_playwright, expect

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
PATIENCE = 20_000
"""Milliseconds that a page may take on a busy machine before a test gives up."""
ARGUMENTS = [
    "--headless",
    "--no-sandbox",  # Chromium refuses its sandbox to root
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
]


@pytest.fixture
async def chromium(tmp_path: Path) -> AsyncIterator[BrowserContext]:
    """A fresh browser, which reaches loopback only: a request for any other host fails the test at its end."""
    if shutil.which(CHROMIUM) is None:
        if os.environ.get("CI"):
            pytest.fail(f"Chromium is missing: {CHROMIUM}")
        pytest.skip(f"Chromium is missing ({CHROMIUM}); on Debian: apt-get install chromium")
    strayed: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch_persistent_context(
            tmp_path / "chromium",
            executable_path=CHROMIUM,
            args=ARGUMENTS,
            headless=True,
            viewport={"width": 1280, "height": 800},
            locale="en-US",
        )
        browser.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        browser.on("request", lambda request: strayed.append(request.url) if is_strange(request.url) else None)
        try:
            yield browser
        finally:
            await browser.close()
    assert strayed == []


def is_strange(url: str) -> bool:
    """Whether a page asks for something outside this machine."""
    where = urlsplit(url)
    return where.scheme in ("http", "https", "ws", "wss") and where.hostname not in ("127.0.0.1", "localhost")
