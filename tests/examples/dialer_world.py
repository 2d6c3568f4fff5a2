"""The dialer without any exchange: browsers, Twilio's side of the HTTP, and a clock that is set by hand."""

import asyncio
import socket
from contextlib import asynccontextmanager
from xml.etree import ElementTree

import httpx
import uvicorn
from dialer.app import create_app
from dialer.settings import SERVICES, from_environment
from twilio.request_validator import RequestValidator

TOKEN = "0123456789abcdef0123456789abcdef"
SECRET = "the-secret-of-the-api-key-is-long"
PUBLIC_URL = "https://dialer.example"
NUMBER = "+14155551234"
USERS = {"ada": "difference-engine", "bob": "battery:staple"}
ENVIRON = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": TOKEN,
    "TWILIO_API_KEY": "SK" + "0" * 32,
    "TWILIO_API_SECRET": SECRET,
    "TWILIO_APP_SID": "AP" + "0" * 32,
    "TWILIO_NUMBER": NUMBER,
    "DIALER_USERS": " ".join(f"{name}:{password}" for name, password in USERS.items()),
    "PUBLIC_URL": PUBLIC_URL,
    "SDK_URL": "/sdk.js",
}


class Browser(httpx.AsyncClient):
    """One browser with its cookies, at one network address."""

    def __init__(self, app, address="192.0.2.1", url=PUBLIC_URL):
        super().__init__(transport=httpx.ASGITransport(app, client=(address, 40000)), base_url=url)

    async def sign_in(self, name="ada", password=None, **headers):
        told = {"user": name, "password": USERS.get(name, "") if password is None else password}
        return await self.post("/login", json=told, headers=headers)


class DialerWorld:
    """The app, or some of its services, and everything around it."""

    def __init__(self, services=SERVICES, **settings):
        self.moment = 1_800_000_000.0
        environ = ENVIRON | {name.upper(): str(value) for name, value in settings.items()}
        self.settings = from_environment(environ)
        self.app = create_app(self.settings, services, now=lambda: self.moment)
        self._browsers = []

    def browser(self, address="192.0.2.1", **more):
        self._browsers.append(Browser(self.app, address, **more))
        return self._browsers[-1]

    async def webhook(self, path, signature=None, **params):
        """A request of Twilio's, signed as voice 3.8 tells; the app is asked by another name than Twilio was told."""
        if signature is None:
            signature = RequestValidator(TOKEN).compute_signature(PUBLIC_URL + path, params)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://inside:5001") as client:
            return await client.post(path, data=params, headers={"X-Twilio-Signature": signature})

    async def document(self, path, **params):
        """The TwiML that answers."""
        answer = await self.webhook(path, **params)
        assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/xml")
        return ElementTree.fromstring(answer.content)

    async def message(self, caller, sid, at=None, seconds=7):
        """Somebody was not answered and has left a voicemail."""
        self.moment = at or self.moment + 1
        call = f"CA{sid[2:]}"
        await self.webhook("/voice/incoming/over", CallSid=call, From=caller, DialCallStatus="no-answer")
        await self.webhook(
            "/voice/message/kept",
            CallSid=call,
            RecordingSid=sid,
            RecordingStatus="completed",
            RecordingDuration=str(seconds),
        )

    @asynccontextmanager
    async def served(self, port=0):
        """The app behind a real socket of loopback, on a free port unless told; gives its URL."""
        server = uvicorn.Server(uvicorn.Config(self.app, log_config=None, lifespan="off"))
        with socket.create_server(("127.0.0.1", port)) as listening:
            serving = asyncio.get_running_loop().create_task(server.serve([listening]))
            try:
                yield f"http://127.0.0.1:{listening.getsockname()[1]}"
            finally:
                server.should_exit = True
                await serving

    async def close(self):
        for browser in self._browsers:
            await browser.aclose()
        async with self.app.router.lifespan_context(self.app):
            pass
