"""A browser phone as tests see it: a page with one of Twilio's own SDKs, unmodified, in whatever browser.

`Pages` serves softphone_page/ and the SDKs from tests/clients; `Softphone` drives one such page. Everything is waited
for in the page, by what happens there: no test sleeps.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
from base64 import b64decode
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np

from hoyhoy.audio.g711 import Samples
from hoyhoy.audio.resample import resample

PATIENCE = 20.0
"""Real seconds after which something that should have happened in a browser has not."""

PAGE = Path(__file__).with_name("softphone_page")
INSTALLED = Path(__file__).parents[1] / "clients" / "node_modules"
SDKS = {
    "2.18": INSTALLED / "@twilio" / "voice-sdk" / "dist" / "twilio.min.js",
    "2.0": INSTALLED / "voice-sdk-2.0" / "dist" / "twilio.min.js",
    "1.12": INSTALLED / "twilio-client" / "dist" / "twilio.min.js",
}
"""What `Softphone`s can be made with, oldest last: voice-sdk 2.18.5 and 2.0.1, twilio-client 1.12.5."""

KINDS = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


class Fault(Exception):
    """What the SDK refused with: its own `code` (0 when it has none), `name`, `message`, and the `cause` it wraps."""

    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__(f"{told['code']} {told['name']}: {told['message']}")
        self.code, self.name, self.message, self.cause = told["code"], told["name"], told["message"], told["cause"]


class Missing(Exception):
    """What was waited for did not happen; the text says what did."""


class Window(Protocol):
    """A page of a browser."""

    async def evaluate(self, expression: str) -> Any:
        """The value of the expression, awaited if it is a promise, as JSON would have it."""

    async def reload(self) -> None: ...

    async def close(self) -> None: ...


class Softphone:
    """One page. Calls have numbers from 0 in the order in which they came up there; -1 is the newest."""

    def __init__(self, window: Window) -> None:
        self.window = window

    async def ask(self, command: str, *given: Any, within: float = PATIENCE) -> Any:
        """What page.js answers; Fault when the SDK refused, Missing when it never answered."""
        try:
            async with asyncio.timeout(within + 1):
                told = json.loads(await self.window.evaluate(f"softphone.ask(...{json.dumps([command, *given])})"))
        except TimeoutError:
            raise Missing(f"{command} did not come to an end in {within:g} s: {await self._log()}") from None
        if "fault" in told:
            raise Fault(told["fault"])
        return told["value"]

    # A person ----------------------------------------------------------------------------

    async def setup(self, token: str, **options: Any) -> None:
        """Make the Device. 2.x does not connect before it has to; 1.x connects and registers at once."""
        await self.ask("setup", token, options)

    async def register(self) -> None:
        """Fault when the token is refused."""
        await self.ask("register")

    async def unregister(self) -> None:
        await self.ask("unregister")

    async def call(self, **params: str) -> int:
        """Call with these parameters for the app; the number of the call, which rings from now on."""
        return int(await self.ask("call", params))

    async def accept(self, call: int = -1) -> None:
        await self.ask("accept", call)

    async def reject(self, call: int = -1) -> None:
        await self.ask("reject", call)

    async def ignore(self, call: int = -1) -> None:
        await self.ask("ignore", call)

    async def hang_up(self, call: int = -1) -> None:
        await self.ask("hangup", call)

    async def mute(self, is_muted: bool = True, call: int = -1) -> None:
        await self.ask("mute", is_muted, call)

    async def press(self, digits: str, call: int = -1) -> None:
        """0 to 9, *, # and w, which waits half a second."""
        await self.ask("digits", digits, call)

    async def send_message(self, content: Any, call: int = -1, **kind: str) -> str:
        """A user-defined message (voice-sdk 2.2 and later); its KX sid. `kind`: contentType, messageType."""
        return str(await self.ask("sendMessage", content, kind, call))

    async def update_token(self, token: str) -> None:
        await self.ask("updateToken", token)

    async def destroy(self) -> None:
        await self.ask("destroy")

    async def preflight(self, token: str, **options: Any) -> dict[str, Any]:
        """The report of the SDK's own test call; Fault when it failed."""
        report: dict[str, Any] = await self.ask("preflight", token, options, within=60)
        return report

    # What happened -----------------------------------------------------------------------

    async def happened(self, what: str = "") -> list[dict[str, Any]]:
        """The log: events of the device and of its calls, oldest first; all of them or those named `what`.

        Each has `at` (milliseconds), `on` ("device" or "call"), `what`, for a call's its number `call`, for an error's
        `code`, `name`, `message` and `cause`, and what else the SDK tells.
        """
        events: list[dict[str, Any]] = json.loads(await self.window.evaluate("JSON.stringify(softphone.happened)"))
        return [event for event in events if not what or event["what"] == what]

    async def expect(self, what: str, times: int = 1, *, within: float = PATIENCE, **like: Any) -> dict[str, Any]:
        """The first event like this (the `times`-th), waited for; Missing when it does not come."""
        found: dict[str, Any] | None = await self.ask(
            "expect", {"what": what, **like}, times, within * 1000, within=within
        )
        if found is None:
            raise Missing(f"{what} {like or ''} ({times}) did not happen: {await self._log()}")
        return found

    async def faults(self) -> list[str]:
        """Errors that nobody caught in the page: what the SDK threw at its app, or a bug of its own."""
        return list(json.loads(await self.window.evaluate("JSON.stringify(softphone.faults)")))

    async def frames(self) -> list[dict[str, Any]]:
        """The messages of the signalling, oldest first: `at` (milliseconds), `way` ("in" or "out"), `type`."""
        return list(json.loads(await self.window.evaluate("JSON.stringify(senses.frames)")))

    async def device(self) -> dict[str, Any]:
        """state, identity, edge, home, isBusy."""
        return dict(await self.ask("deviceState"))

    async def call_state(self, call: int = -1) -> dict[str, Any]:
        """status, direction, parameters, custom (custom parameters), isVerified, isMuted."""
        return dict(await self.ask("callState", call))

    async def rtp(self, call: int = -1) -> dict[str, Any]:
        """What the browser counts: state; inbound and outbound with packets, octets, codec; empty before media."""
        return dict(await self.ask("rtp", call) or {})

    async def connected(self, call: int = -1, *, within: float = PATIENCE) -> None:
        """Wait until sound can flow: `accept` is told before, and keys that are pressed at once go nowhere."""
        if await self.ask("connected", call, within * 1000, within=within) is None:
            raise Missing(f"no sound can flow: {await self._log()}")

    # Sound -------------------------------------------------------------------------------

    async def speak(self, hertz: float, level: float = 0.5) -> None:
        """From now on the microphone has this tone; silence at 0. Only for a page whose microphone is "tone"."""
        await self.window.evaluate(f"senses.speak({hertz}, {level})")

    async def heard(self, call: int = -1) -> dict[str, Any]:
        """The last sixth of a second: `rms` (1 is full scale), `hertz` of the strongest tone, its part of the power
        `purity`; zeros before there is media."""
        return dict(await self.ask("heard", call))

    async def hears(self, *hertz: float, call: int = -1, within: float = PATIENCE) -> dict[str, Any]:
        """Wait until these tones are heard, at once and hardly anything else; Missing when they never are."""
        found = await self.ask("hears", hertz, call, within * 1000, within=within)
        if found is None:
            raise Missing(f"{hertz} Hz are not heard but {await self.heard(call)}: {await self._log()}")
        return dict(found)

    async def hears_nothing(self, call: int = -1, *, within: float = PATIENCE) -> None:
        """Wait until it is silent; Missing when it never is."""
        if await self.ask("hearsNothing", call, within * 1000, within=within) is None:
            raise Missing(f"it is not silent, {await self.heard(call)} is heard: {await self._log()}")

    async def tape(self, call: int = -1) -> Samples:
        """All that was heard, the newest half minute of it, at 8,000 samples a second; empty before there was media."""
        told = await self.ask("tape", call)
        if told is None:
            return np.zeros(0, np.int16)
        return resample(np.frombuffer(b64decode(told["samples"]), "<i2"), int(told["rate"]))

    # Misfortune --------------------------------------------------------------------------

    async def cut(self) -> int:
        """Close the signalling's sockets under the SDK; how many were open."""
        return int(await self.window.evaluate("senses.cut()"))

    async def reload(self) -> None:
        """As a person who presses F5: all is forgotten."""
        await self.window.reload()
        await loaded(self.window)

    async def close(self) -> None:
        await self.window.close()

    async def _log(self) -> str:
        try:
            async with asyncio.timeout(PATIENCE):
                return f"{await self.happened()}; faults {await self.faults()}; {(await self.frames())[-10:]}"
        except Exception as error:
            return f"the page does not answer: {error!r}"


async def loaded(window: Window) -> None:
    """Wait until the page has its SDK."""
    async with asyncio.timeout(PATIENCE):
        assert await window.evaluate("softphone.loaded.then(() => true)")


async def announced(said: asyncio.StreamReader, pattern: re.Pattern[str], within: float) -> str:
    """What a browser says of itself as it starts, such as the address at which it takes commands."""
    lines = []
    async with asyncio.timeout(within):
        while line := (await said.readline()).decode(errors="replace"):
            if found := pattern.search(line):
                return found[1]
            lines.append(line)
    raise AssertionError(f"the browser ended: {''.join(lines)}")


class Pages:
    """Serves the page on a loopback port of its own, in threads: `http://localhost:port/?sdk=2.18`.

    Use as a context manager. Loopback is a secure context, without which there is no microphone.
    """

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Answering)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="softphone pages")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def url(self, sdk: str = "2.18", microphone: str = "tone", ears: str = "context") -> str:
        """`microphone`: "tone" (what `speak` says), "device" (the browser's own fake one) or "denied". `ears`:
        "context" (sample by sample) or "recorder" (for a browser without a sound card, where the former is deaf)."""
        assert sdk in SDKS, sdk
        return f"http://localhost:{self._server.server_port}/?sdk={sdk}&microphone={microphone}&ears={ears}"


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path.partition("?")[0].removeprefix("/") or "index.html"
        folder, _, name = path.rpartition("/")
        file = SDKS.get(name.removesuffix(".js")) if folder == "sdk" else PAGE / name
        if file is None or not file.is_file():
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        content = file.read_bytes()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", KINDS.get(file.suffix, "application/octet-stream"))
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None: ...
