"""Real apps on loopback for the webhooks: one that speaks HTTP and judges signatures, one that speaks bytes."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from multidict import CIMultiDict, MultiDict
from twilio.request_validator import RequestValidator

from hoyhoy.callbacks.fetch import AppFetcher
from hoyhoy.callbacks.overrides import Limits
from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.clock import Clock, RealClock
from hoyhoy.exchange.ports import Page, Webhook

TOKEN = "0123456789abcdef0123456789abcdef"
ACCOUNT = "AC0123456789abcdef0123456789abcdef"
CALL = "CA0123456789abcdef0123456789abcdef"
PATIENCE = Limits(connect=1.0, read=2.0, total=3.0)


@dataclass
class Seen:
    """A request as the app saw it; `genuine` is the official validator's word."""

    method: str
    url: str
    headers: CIMultiDict[str]
    form: MultiDict[str]
    body: bytes
    genuine: bool


Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class App:
    """An HTTP app: `answers` by path, `seen` in the order of arrival."""

    port: int = 0
    scheme: str = "http"
    answers: dict[str, Answer | web.Response | Callable[[], web.Response]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)

    def url(self, path: str = "/voice", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        return [seen.url.partition(str(self.port))[2] for seen in self.seen]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        form = MultiDict(await request.post())
        # As behind a proxy: the scheme the client saw is told in a header.
        url = str(request.url.with_scheme(request.headers.get("X-Forwarded-Proto", request.scheme)))
        raw = url.partition("://")[0] + "://" + request.headers["Host"] + request.raw_path
        genuine = RequestValidator(TOKEN).validate(raw, form, request.headers["X-Twilio-Signature"])
        self.seen.append(Seen(request.method, raw, CIMultiDict(request.headers), form, body, genuine))
        answer = self.answers.get(request.path)
        if answer is None:
            return web.Response(text="<Response/>", content_type="text/xml")
        if isinstance(answer, web.Response):
            return web.Response(status=answer.status, headers=answer.headers, body=answer.body)
        made: Any = answer(request) if answer.__code__.co_argcount else answer()  # type: ignore[union-attr]
        return await made if asyncio.iscoroutine(made) else made


async def serving(app: App, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> web.AppRunner:
    root = web.Application(client_max_size=1 << 22)
    root.router.add_route("*", "/{path:.*}", app.serve)
    runner = web.AppRunner(root, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, host, 0, ssl_context=tls).start()
    app.port = runner.addresses[0][1]
    return runner


@pytest.fixture
async def app() -> AsyncIterator[App]:
    app = App()
    runner = await serving(app)
    yield app
    await runner.cleanup()


Speaks = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
async def raw() -> AsyncIterator[Callable[[Speaks], Awaitable[int]]]:
    """Start a server that speaks bytes; gives its port."""
    servers = []

    async def start(speaks: Speaks, tls: ssl.SSLContext | None = None) -> int:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await speaks(reader, writer)
            except (ConnectionError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
        servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    yield start
    for server in servers:
        server.close()


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """One request with its body; raises when the client has gone."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
    )
    return head + await reader.readexactly(length)


@dataclass
class Asking:
    """A fetcher in the hands of a test."""

    fetcher: AppFetcher

    async def __call__(
        self,
        url: str,
        method: str = "POST",
        *params: tuple[str, str],
        session: Any = None,
        voice: bool = True,
        extra: tuple[tuple[str, str], ...] = (),
    ) -> Page:
        standard = (("CallSid", CALL),) if voice else (("MessageSid", "SM1"),)
        return await self.fetcher.fetch(
            Webhook(url, method, (*standard, *params), extra),
            account=ACCOUNT,
            session=session or self.fetcher.session(),
        )


Making = Callable[..., Awaitable[Asking]]


@pytest.fixture
async def make() -> AsyncIterator[Making]:
    """Build fetchers with short limits; they are closed at the end."""
    made = []

    async def build(clock: Clock | None = None, **settings: Any) -> Asking:
        settings.setdefault("limits", PATIENCE)
        fetcher = AppFetcher(clock=clock or RealClock(), chance=SeededChance(1), token_of=lambda sid: TOKEN, **settings)
        await fetcher.start()
        made.append(fetcher)
        return Asking(fetcher)

    yield build
    for fetcher in made:
        await fetcher.close()


@pytest.fixture
async def ask(make: Making) -> Asking:
    return await make()
