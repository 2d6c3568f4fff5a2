"""Tin Can without any exchange: browsers, Twilio's side of the HTTP, and a clock that is set by hand."""

import asyncio
import json
import re
import socket
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))

from signup.app import create_app
from signup.settings import Settings
from tests.journeys.browser import chromium  # noqa: F401

TOKEN = "0123456789abcdef0123456789abcdef"
PUBLIC_URL = "https://tincan.example"
PHONE = "+14155550123"


class TwilioStandIn(HttpClient):
    """Takes the requests of the official client instead of api.twilio.com, and keeps them."""

    def __init__(self):
        self.requests = []
        self.error = None
        self.before_answer = lambda sid: None

    def request(self, method, uri, params=None, data=None, headers=None, auth=None, timeout=None, **rest):
        resource = urlsplit(uri).path.rpartition("/")[2].removesuffix(".json")
        self.requests.append((method, resource, data))
        if isinstance(self.error, Exception):
            raise self.error
        if self.error:
            status, code = self.error
            return Response(status, json.dumps({"code": code, "message": "No.", "more_info": "", "status": status}))
        sid = resource
        if resource in ("Calls", "Messages"):
            sid = f"{'CA' if resource == 'Calls' else 'SM'}{len(self.requests):032x}"
            self.before_answer(sid)
        return Response(201, json.dumps({"sid": sid, "status": "queued"}))

    def sids(self, resource):
        """The sids given so far, the oldest first."""
        prefix = {"Calls": "CA", "Messages": "SM"}[resource]
        return [f"{prefix}{n:032x}" for n, (_, each, _) in enumerate(self.requests, 1) if each == resource]


class Browser(httpx.AsyncClient):
    """One browser with its cookies, at one network address."""

    def __init__(self, app, address="192.0.2.1"):
        transport = httpx.ASGITransport(app, client=(address, 40000))
        super().__init__(transport=transport, base_url=PUBLIC_URL, follow_redirects=True)

    async def csrf(self, path="/"):
        return re.search(r'name="csrf" value="(\w+)"', (await self.get(path)).text)[1]

    async def sign_up(self, phone=PHONE, user_name="ada", password="correct horse", **fields):
        fields = {"csrf": await self.csrf(), "user_name": user_name, "password": password, "phone": phone, **fields}
        return await self.post("/signup", data=fields)

    async def again(self, way):
        return await self.post("/signup/again", data={"csrf": await self.csrf("/signup"), "way": way})

    async def code(self):
        return re.search(r'<output id="code"[^>]*>([0-9]*)</output>', (await self.get("/signup")).text)[1]

    async def status(self):
        answer = await self.get("/signup/status")
        assert answer.status_code == 200
        return answer.json()

    async def state(self):
        return (await self.status())["state"]


class World:
    """The app and everything around it."""

    def __init__(self, **settings):
        self.moment = 1_000_000.0
        self.twilio = TwilioStandIn()
        settings = {"public_url": PUBLIC_URL, **settings}
        self.settings = Settings("AC" + "0" * 32, TOKEN, **settings)
        self.app = create_app(self.settings, self.twilio, now=lambda: self.moment)
        self.site = self.app.state.site
        self.browsers = []

    def browser(self, address="192.0.2.1"):
        self.browsers.append(Browser(self.app, address))
        return self.browsers[-1]

    @property
    def call_sid(self):
        return self.twilio.sids("Calls")[-1]

    async def webhook(self, path, signature=None, **params):
        """A request of Twilio's, signed as voice 3.8 tells."""
        if signature is None:
            signature = RequestValidator(TOKEN).compute_signature(self.settings.public_url + path, params)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://inside:5000") as client:
            return await client.post(path, data=params, headers={"X-Twilio-Signature": signature})

    async def call_status(self, status, sid=None):
        sid = sid or self.call_sid
        answer = await self.webhook("/phone/status", CallSid=sid, CallStatus=status, From="+15005550006", To=PHONE)
        assert answer.status_code == 204

    async def ask(self, sid=None):
        return (await self.webhook("/phone/ask", CallSid=sid or self.call_sid, CallStatus="in-progress")).text

    async def key(self, digits, sid=None):
        answer = await self.webhook("/phone/code", CallSid=sid or self.call_sid, Digits=digits, msg="Gather End")
        assert answer.status_code == 200
        return answer.text

    async def text(self, body, sender=PHONE):
        answer = await self.webhook("/sms", MessageSid="SM" + "f" * 32, From=sender, To="+15005550006", Body=body)
        assert answer.status_code == 200
        return answer.text

    @asynccontextmanager
    async def served(self, port=0):
        """The app behind a real socket of loopback, on a free port unless told; gives the port."""
        server = uvicorn.Server(uvicorn.Config(self.app, log_config=None, lifespan="off"))
        self.site.is_closing = lambda: server.should_exit
        with socket.create_server(("127.0.0.1", port)) as listening:
            serving = asyncio.get_running_loop().create_task(server.serve([listening]))
            try:
                yield listening.getsockname()[1]
            finally:
                server.should_exit = True
                await serving

    async def close(self):
        for browser in self.browsers:
            await browser.aclose()
        self.site.signups.store.close()


@pytest.fixture
async def world():
    world = World()
    yield world
    await world.close()


@pytest.fixture
async def make_world():
    """World(**settings), for tests that need other settings or files."""
    worlds = []

    def make(**settings):
        worlds.append(World(**settings))
        return worlds[-1]

    yield make
    for each in worlds:
        await each.close()
