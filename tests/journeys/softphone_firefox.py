"""Softphones in headless Firefox: Debian's firefox-esr, spoken to in WebDriver BiDi, with every Twilio host led to an
exchange by the PAC file that `hoyhoy trust` makes, and its authority in the profile as `hoyhoy trust` puts it there.

    async with SoftphoneFirefox(proxy, ca, tmp_path / "firefox") as browser:
        ann = await browser.open()

Firefox pairs no candidate of 127.0.0.1 (webrtc-leg 7.1), and has none at all on a machine without a default route:
`reachable_address` sees to it that there are both.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, Self, cast

import websockets

from hoyhoy.intercept import nss, pac

from .softphone import PATIENCE, SDKS, Pages, Softphone, announced, loaded
from .softphone_browser import leave_out

FIREFOX = os.environ.get("FIREFOX") or shutil.which("firefox-esr") or "/usr/bin/firefox-esr"
START = 60.0
"""Real seconds until Firefox takes commands: its first start makes a whole profile."""

LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
LINK, PEER = "hoyhoy-test", "hoyhoy-peer"
LINK_ADDRESS = "192.0.2.77"
"""Of RFC 5737's addresses for examples, which no machine of a network has."""

PREFERENCES: dict[str, str | int | bool] = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "media.autoplay.blocking_policy": 0,
    "network.proxy.type": 2,
    "network.proxy.allow_hijacking_localhost": False,
    # Nothing that Firefox does by itself: no news, updates, lists, experiments, probes or guesses.
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.aboutwelcome.enabled": False,
    "browser.newtabpage.enabled": False,
    "browser.region.update.enabled": False,
    "browser.safebrowsing.blockedURIs.enabled": False,
    "browser.safebrowsing.downloads.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.search.update": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.startup.page": 0,
    "datareporting.healthreport.uploadEnabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.push.connection.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.systemAddon.update.enabled": False,
    "extensions.update.enabled": False,
    "media.gmp-manager.updateEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "network.http.speculative-parallel-limit": 0,
    "network.prefetch-next": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "telemetry.fog.test.localhost_port": -1,
    "toolkit.telemetry.enabled": False,
}


class BiDiError(Exception):
    """What Firefox answered instead of a result."""


class SoftphoneFirefox:
    """One Firefox in a profile of its own. `proxy` is the exchange's intercepting port, `ca` its root certificate."""

    def __init__(self, proxy: str, ca: Path, profile: Path, tone: int = 1000) -> None:
        """`tone` is the pitch of the microphone in hertz."""
        self._proxy, self._ca, self._profile, self._tone = proxy, ca, profile, tone
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}

    async def __aenter__(self) -> Self:
        require_firefox()
        self._furnish()
        async with contextlib.AsyncExitStack() as stack:
            self._pages = stack.enter_context(Pages())
            process = await asyncio.create_subprocess_exec(
                *(FIREFOX, "--headless", "--no-remote", "--remote-debugging-port=0", "--profile", str(self._profile)),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=_surroundings(self._profile),
            )
            stack.push_async_callback(_end, process)
            said = cast(asyncio.StreamReader, process.stderr)
            address = f"{await announced(said, LISTENING, START)}/session"
            _keep(stack, said.read())  # whatever more it says: a full pipe would stop it
            self._wire = await stack.enter_async_context(
                websockets.connect(address, max_size=None, open_timeout=START, proxy=None)
            )
            _keep(stack, self._read())
            await self.command("session.new", {"capabilities": {}})
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        with contextlib.suppress(BiDiError, OSError, TimeoutError, websockets.WebSocketException):
            await self.command("browser.close", {})
        await self._stack.aclose()

    async def open(self, sdk: str = "2.18", *, microphone: str = "device") -> Softphone:
        """A tab with a softphone. Its microphone is Firefox's own, for without a sound card no AudioContext runs."""
        made = await self.command("browsingContext.create", {"type": "tab"})
        window = BiDiTab(self, made["context"])
        await window.go(self._pages.url(sdk, microphone, ears="recorder"))
        await loaded(window)
        return Softphone(window)

    async def command(self, method: str, params: dict[str, Any], within: float = START) -> dict[str, Any]:
        """One command of WebDriver BiDi and its result; BiDiError when there is none."""
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(within):
                await self._wire.send(json.dumps({"id": number, "method": method, "params": params}))
                told = await answer
        finally:
            del self._answers[number]
        if told.get("type") != "success":
            raise BiDiError(f"{method}: {told.get('error')}: {told.get('message')}")
        result: dict[str, Any] = told["result"]
        return result

    async def _read(self) -> None:
        try:
            async for text in self._wire:
                told = json.loads(text)
                waiting = self._answers.get(told.get("id") or 0)
                if waiting and not waiting.done():
                    waiting.set_result(told)
        finally:
            for waiting in self._answers.values():
                if not waiting.done():
                    waiting.set_exception(BiDiError("Firefox is gone"))

    def _furnish(self) -> None:
        self._profile.mkdir(parents=True)
        preferences = PREFERENCES | {
            "network.proxy.autoconfig_url": pac_url(self._proxy),
            "media.navigator.audio.fake_frequency": self._tone,
        }
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in preferences.items()]
        (self._profile / "user.js").write_text("\n".join(lines) + "\n")
        nss.install(self._profile, self._ca)


class BiDiTab:
    """A `Window` of Firefox."""

    def __init__(self, browser: SoftphoneFirefox, context: str) -> None:
        self._browser, self._context = browser, context

    async def go(self, url: str) -> None:
        await self._browser.command(
            "browsingContext.navigate", {"context": self._context, "url": url, "wait": "complete"}
        )

    async def evaluate(self, expression: str) -> Any:
        # As JSON: BiDi's own form of values is a long one.
        told = await self._browser.command(
            "script.evaluate",
            {
                "expression": f"(async () => JSON.stringify((await ({expression})) ?? null))()",
                "target": {"context": self._context},
                "awaitPromise": True,
                "userActivation": True,
            },
        )
        if told["type"] != "success":
            raise BiDiError(told["exceptionDetails"]["text"])
        return json.loads(told["result"]["value"])

    async def reload(self) -> None:
        await self._browser.command("browsingContext.reload", {"context": self._context, "wait": "complete"})

    async def close(self) -> None:
        await self._browser.command("browsingContext.close", {"context": self._context})


def require_firefox() -> None:
    """Leave the test out where there is no Firefox, no certutil or no SDK; fail it where nothing may be left out."""
    missing = [] if shutil.which(FIREFOX) else [f"Firefox ({FIREFOX}); on Debian: apt-get install firefox-esr"]
    missing += [] if shutil.which("certutil") else [f"certutil; on Debian: apt-get install {nss.PACKAGE}"]
    missing += [f"{file}; in tests/clients: npm ci" for file in SDKS.values() if not file.exists()]
    leave_out(missing)


@contextlib.contextmanager
def reachable_address() -> Iterator[str]:
    """The address by which this machine would speak to the world; where there is none, one that is made for so long.

    To be entered before the exchange starts. Left out where nobody may make one.
    """
    if found := _address_to_the_world():
        yield found
        return
    if os.geteuid() or not shutil.which("ip"):
        leave_out(["a network, and root's right to make one"])
    made = subprocess.run(["ip", "link", "add", LINK, "type", "veth", "peer", "name", PEER], capture_output=True)
    if made.returncode:
        leave_out(["a network, and a kernel that makes virtual ones"])
    try:
        for end in (LINK, PEER):
            subprocess.run(["ip", "link", "set", end, "up"], check=True)
        subprocess.run(["ip", "address", "add", f"{LINK_ADDRESS}/24", "dev", LINK], check=True)
        subprocess.run(["ip", "route", "add", "default", "dev", LINK], check=True)
        yield LINK_ADDRESS
    finally:
        subprocess.run(["ip", "link", "delete", LINK], check=True)


def _address_to_the_world() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("203.0.113.1", 9))  # nothing is sent (RFC 5737)
        except OSError:
            return ""
        return str(probe.getsockname()[0])


def pac_url(proxy: str) -> str:
    """Twilio's hosts to the exchange, loopback directly, everything else to a port where nobody is."""
    return pac.as_url(pac.script(proxy, "PROXY 127.0.0.1:9", ("localhost", "127.0.0.1")))


def _surroundings(profile: Path) -> dict[str, str]:
    """Nothing of the caller's proxies, and a home that is nobody's."""
    home = profile.with_name(profile.name + "-home")
    home.mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    return kept | {"HOME": str(home), "MOZ_CRASHREPORTER_DISABLE": "1", "MOZ_HEADLESS": "1"}


def _keep(stack: contextlib.AsyncExitStack, work: Coroutine[Any, Any, Any]) -> None:
    """Go on with this until the stack is left."""
    task = asyncio.get_running_loop().create_task(work, name="firefox")

    async def stop() -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    stack.push_async_callback(stop)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Gone by itself after browser.close; whatever happens, it is gone now."""
    try:
        async with asyncio.timeout(PATIENCE):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
