"""A customer whose people telephone with browsers: an exchange in real time, his web app and application, tokens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Self, TypeVar

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant
from twilio.jwt.client import ClientCapabilityToken

from hoyhoy.audio import tones, wav
from hoyhoy.intercept.address import Keys

from .office import Office
from .processes import App, page
from .softphone import Softphone
from .softphone_browser import SoftphoneBrowser

DESK = "/desk"
"""The application's page: what becomes of calls that browsers make."""

T = TypeVar("T")


class BrowserOffice(Office):
    """Use as a context manager. Calls of browsers perform what `app.pages[DESK]` says."""

    def __enter__(self) -> Self:
        super().__enter__()
        self._sounds = App()
        self.application = self.client.applications.create(friendly_name="desks", voice_url=self.app.url(DESK))
        keys = Keys.read(self.exchange.folder)
        assert keys
        self._key, self._secret = keys.api_key, keys.api_secret
        self.proxy, self.ca = f"http://127.0.0.1:{self.exchange.proxy_port}", self.exchange.authority
        return self

    def __exit__(self, *how: Any) -> None:
        super().__exit__(*how)
        self._sounds.close()

    def token(
        self,
        identity: str,
        *,
        ttl: int = 3600,
        secret: str = "",
        incoming: bool = True,
        application: str | None = None,
        **params: str,
    ) -> str:
        """An access token as the official package makes it; `application` "" permits no calls."""
        account = self.exchange.account.sid
        chosen = self.application.sid if application is None else application
        token = AccessToken(account, self._key, secret or self._secret, identity=identity, ttl=ttl)
        grant = {"outgoing_application_sid": chosen, "outgoing_application_params": params or None} if chosen else {}
        token.add_grant(VoiceGrant(incoming_allow=incoming, **grant))
        return str(token.to_jwt())

    def capability(self, identity: str, *, ttl: int = 3600, **params: str) -> str:
        """A capability token, as apps of twilio-client 1.x have them."""
        account = self.exchange.account
        token = ClientCapabilityToken(account.sid, account.auth_token, ttl=ttl)
        token.allow_client_incoming(identity)
        token.allow_client_outgoing(self.application.sid, **params)
        return str(token.to_jwt())

    def tone(self, hertz: float, seconds: float = 60.0) -> str:
        """The address of a recording of this tone, for <Play>."""
        path = f"/{hertz:g}.wav"
        self._sounds.answers[path] = page(
            wav.write(tones.tone(seconds, hertz)), head="Content-Type: audio/wav\r\nConnection: close\r\n"
        )
        return self._sounds.url(path)

    def play(self, hertz: float) -> str:
        """A document that is heard as this tone."""
        return f"<Response><Play>{self.tone(hertz)}</Play></Response>"

    def ring(self, name: str, **more: Any) -> str:
        """Call a client; the sid. What it hears is told by `twiml` or `url`."""
        return str(self.client.calls.create(to=f"client:{name}", from_=self.numbers[0], **more).sid)

    async def desk(
        self,
        browser: SoftphoneBrowser,
        name: str,
        *,
        sdk: str = "2.18",
        context: BrowserContext | None = None,
        **options: Any,
    ) -> Softphone:
        """Somebody at a page, registered under this name."""
        phone = await browser.open(sdk, context=context)
        await phone.setup(self.token(name), **options)
        await phone.register()
        return phone


@pytest.fixture(scope="module")
def desks() -> Iterator[BrowserOffice]:
    """One office for all tests of a file."""
    with BrowserOffice() as office:
        yield office


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running_chrome(desks: BrowserOffice) -> AsyncIterator[SoftphoneBrowser]:
    async with SoftphoneBrowser(desks.proxy, desks.ca) as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def chrome(running_chrome: SoftphoneBrowser) -> AsyncIterator[SoftphoneBrowser]:
    """One Chromium for all tests of a file, which are marked `asyncio(loop_scope="module")`; without the pages of the
    test before."""
    yield running_chrome
    await running_chrome.clear()


async def aside(act: Callable[..., T], *what: Any, **how: Any) -> T:
    """The office's own means block; browsers go on beside them."""
    return await asyncio.to_thread(act, *what, **how)
