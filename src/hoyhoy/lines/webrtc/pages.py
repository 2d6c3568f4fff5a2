"""What browsers get over HTTP beside signalling: SDKs, sounds, the gateway of events (official-clients B2, B12).

    GET  /js/client/sounds/releases/1.0.0/incoming.mp3      sounds.py
    GET  /js/voice/releases/2.18.5/twilio.min.js            library.py
    POST /v4/EndpointEvents, /v4/EndpointMetrics            telemetry.py

and the same below `/.twilio.com`, where SDKs look that were told `edge: "host:port/"`. All of it is for pages of any
site: an app's page has another origin than the exchange. Nothing here depends on cookies, and only the gateway on a
token, so there is nothing that a page could borrow of its visitor.
"""

from __future__ import annotations

import json
import logging
import re
from collections import deque
from collections.abc import Callable
from pathlib import Path

from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from hoyhoy.exchange.clock import Clock, RealClock
from hoyhoy.exchange.ports import Directory, Journal, Rows

from . import sounds
from .library import Library, named
from .registry import NotHad, Source
from .telemetry import KINDS, LARGEST, Refused, Telemetry

BELOW = "/.twilio.com"
"""What stands before all paths when an SDK was told that an `edge` is here."""

GATEWAY = "/v4/"
OURS = ("/js/", "/sdk/js/", *(GATEWAY + kind for kind in KINDS))

SECONDS = 10.0
"""Real ones, in which a post must be here."""

OPEN = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
"""Fetch standard 3.2: any page may read the answer, also one that isolates itself."""
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type, X-Twilio-Token",
    "Access-Control-Max-Age": "86400",
}
KEPT_A_DAY, KEPT_AN_HOUR, NOT_KEPT = "public, max-age=86400", "public, max-age=3600", "no-store"

JAVASCRIPT = "text/javascript"

LATEST = 100
"""Troubles of which none is told twice."""

_SOUND = re.compile(r"/js/client/sounds/releases/[^/]{1,20}/([a-z0-9-]{1,20})\.(?:mp3|ogg|wav)")


log = logging.getLogger(__name__)


class Pages:
    """One ASGI application for the paths that it `matches`; `close` it at the end."""

    def __init__(
        self,
        clock: Clock,
        directory: Directory,
        journal: Journal,
        rows: Rows,
        folder: Path | None,
        find: Callable[[], Source] = Source.here,
    ) -> None:
        """`folder` keeps the files of SDKs; without one they are kept until the end. `find` tells where they
        come from, by default from where npm has its packages here."""
        self.library = Library(clock, folder, find)
        self.telemetry = Telemetry(clock, directory, journal, rows)
        self._told_of: deque[str] = deque(maxlen=LATEST)

    @staticmethod
    def matches(scope: Scope) -> bool:
        return scope["type"] == "http" and _path(scope).startswith(OURS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        try:
            answer = await self._answered(Request(scope, receive))
        except ClientDisconnect:
            return  # nobody is there to be answered
        answer.headers.update({**OPEN, "X-Content-Type-Options": "nosniff"})
        await answer(scope, receive, send)

    async def close(self) -> None:
        await self.library.close()

    async def _answered(self, request: Request) -> Response:
        path = _path(request.scope)
        if request.method == "OPTIONS":
            return _preflight(request)
        if path.startswith(GATEWAY):
            return await self._told(request, path.removeprefix(GATEWAY))
        if request.method not in ("GET", "HEAD"):
            return PlainTextResponse("Files are asked for by GET.\n", 405, {"Allow": "GET, HEAD, OPTIONS"})
        if match := _SOUND.fullmatch(path):
            return _sound(match[1])
        wanted = named(path)
        if wanted is None:
            return _nothing(404, f"There is no {path[:80]} here: only the Voice SDKs for JavaScript are.")
        return await self._sdk(*wanted)

    async def _sdk(self, version: str, name: str) -> Response:
        """Pages that know another place try that one, for which the status must be an error's; browsers show then what
        came, but do not run it. So the operator is told too, of each trouble once."""
        try:
            path = await self.library.file(version, name)
        except NotHad as why:
            if str(why) not in self._told_of:
                self._told_of.append(str(why))
                log.warning("a page wants the SDK %.40r: %s", version, why)
            return _nothing(503 if why.exists else 404, str(why))
        kept = KEPT_A_DAY if path.parent.parent.name.endswith(f"-{version.removeprefix('v')}") else KEPT_AN_HOUR
        return FileResponse(path, 200, {"Cache-Control": kept}, JAVASCRIPT)

    async def _told(self, request: Request, kind: str) -> Response:
        """What a phone tells; nothing is said in return."""
        if request.method != "POST" or kind not in KINDS:
            return PlainTextResponse("Events are told by POST.\n", 405, {"Allow": "POST, OPTIONS"})
        address = request.client.host if request.client else ""
        try:
            async with RealClock().timeout(SECONDS):
                body = await _body(request)
            await self.telemetry.hear(kind, request.headers.get("X-Twilio-Token", ""), body, address)
        except TimeoutError:
            return PlainTextResponse(f"The post was not here in {SECONDS:g} seconds.\n", 408, {"Connection": "close"})
        except Refused as why:
            wait = {"Retry-After": str(why.wait)} if why.wait else {}
            return PlainTextResponse(f"{why}\n", why.status, wait)
        return Response(status_code=204)


def _path(scope: Scope) -> str:
    return str(scope["path"]).removeprefix(BELOW)


def _preflight(request: Request) -> Response:
    """What a page may ask; one of a public site also, that it may reach this machine (W3C Private Network Access)."""
    headers = dict(PREFLIGHT)
    if request.headers.get("Access-Control-Request-Private-Network") == "true":
        headers["Access-Control-Allow-Private-Network"] = "true"
    return Response(None, 204, headers)


def _sound(name: str) -> Response:
    file = sounds.file(name)
    if file is None:
        return PlainTextResponse(f"There is no sound {name}.\n", 404)
    return Response(file, 200, {"Cache-Control": KEPT_A_DAY}, "audio/wav")


def _nothing(status: int, sentence: str) -> Response:
    """A script that says, where it is run or looked at, why it is not the one that was wanted."""
    script = f"console.error({json.dumps(f'hoyhoy: {sentence}')});\n"
    return Response(script, status, {"Cache-Control": NOT_KEPT}, JAVASCRIPT)


async def _body(request: Request) -> bytes:
    """As far as it is taken, and one byte more of one that is too large."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            break
    return bytes(body[: LARGEST + 1])
