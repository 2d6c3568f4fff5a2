"""`hoyhoy demo signup`: the sign-up story from end to end, with the timeline of its call.

The example app runs as a program of its own, led here as any app would be. The demo plays the two
people of the story: the browser (it fills in the form and reads the code off the page) and the
phone (a script that listens and keys that code). It is over when the app itself says "confirmed".
"""

from __future__ import annotations

import html
import http.client
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlencode

from hoyhoy.audio import RATE
from hoyhoy.audio.wav import HEAD
from hoyhoy.lab.client import Lab
from hoyhoy.settings import Settings
from hoyhoy.testing.local import LocalExchange

from .timeline import QUIET, lines

PHONE = "+14155550123"
STARTING_SECONDS = 20.0
ENDING_SECONDS = 10.0
TELLING_SECONDS = 60.0
"""How long the app may take to hear that the call is over, on the exchange's clock."""

Tell = Callable[[str], None]


class StoryFailed(Exception):
    """The story did not come to its good end; the sentence says where it stopped."""


def example(name: str) -> Path:
    """The folder of an example app: inside the installed package, or beside it in a checkout."""
    spec = find_spec("hoyhoy")
    assert spec and spec.origin
    package = Path(spec.origin).parent
    for folder in (package / "examples" / name, package.parents[1] / "examples" / name):
        if (folder / "__main__.py").exists():
            return folder
    raise StoryFailed(f"The example app {name!r} is not part of this installation.")


def signup(tell: Tell, *, real_time: bool, press: str = "", wav: Path | None = None) -> None:
    """Play the story; StoryFailed unless the app confirms the sign-up. `press`: keys instead of the code's; `wav`: the
    file for what the phone heard."""
    settings = Settings(port=0, proxy_port=0, media_port=0, virtual_time=not real_time)
    with LocalExchange(settings) as exchange, running_app(exchange) as port:
        browser = Browser(port)
        tell(f"The browser signs up at http://127.0.0.1:{port}/ with the phone {PHONE}.")
        after = exchange.lab.position()
        phone = exchange.phone(PHONE, keeps_sound=wav is not None)
        code = browser.sign_up(PHONE)
        tell(f"The page shows the code {code}.")
        call = phone.expect_call(within=10)
        call.answer()
        call.expect_speech("code", within=20)
        call.press(press or f"w{code}#")
        call.expect_hangup(within=120)
        state = browser.outcome()
        told_all(exchange.lab, call.sid, after)
        started = None
        for entry in exchange.lab.get("/events", after=after, limit=1000)["entries"]:
            started = entry["at"] if started is None else started
            for line in lines(entry) if entry["kind"] not in QUIET else ():
                tell(f"{entry['at'] - started:7.2f}  {line}")
        if wav is not None:
            wav.write_bytes(sound := call.sound())
            tell(f"What the phone heard, {seconds_of(sound):.0f} seconds, is in {wav}.")
            if not exchange.speaks:
                tell("No voice is installed, so it murmurs: pip install 'hoyhoy[speech]' gives it words.")
        if state != "confirmed":
            raise StoryFailed(f"The app says {state!r}, not 'confirmed'.")
        tell("The app says: confirmed. The browser continues by itself.")


def seconds_of(file: bytes) -> float:
    """How long a WAV file of telephone sound lasts."""
    return (len(file) - HEAD) / 2 / RATE


def told_all(lab: Lab, sid: str, after: int) -> None:
    """Wait until the app was told that the call is over, or could not be: nothing of the story is to come then."""
    match = {"kinds": ["CallbackDelivered", "CallbackFailed"], "subject": sid}
    while entry := lab.expect(match, after=after, within=TELLING_SECONDS):
        event, after = entry["event"], entry["position"]
        given_up = entry["kind"] == "CallbackFailed" and event["again_in"] is None
        if given_up or dict(event.get("params", ())).get("CallStatus") == "completed":
            return


@contextmanager
def running_app(exchange: LocalExchange) -> Iterator[int]:
    """The example app as a program of its own; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = exchange.environment() | {
        "PORT": str(port),
        "TWILIO_NUMBER": exchange.numbers[0],
        "PUBLIC_URL": f"http://localhost:{port}",
        "TWILIO_ACCOUNT_SID": exchange.account.sid,
        "TWILIO_AUTH_TOKEN": exchange.account.auth_token,
    }
    log = exchange.folder / "signup.log"
    with log.open("wb") as file:  # not a pipe: one that nobody drains would stop an app that talks much
        app = subprocess.Popen(
            [sys.executable, str(example("signup"))],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )
    try:
        if not answers(port, lambda: app.poll() is None):
            said = log.read_text(encoding="utf-8", errors="replace").strip()
            raise StoryFailed("The example app did not start." + (f" It said:\n{said}" if said else ""))
        yield port
    finally:
        app.terminate()
        try:
            app.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            app.kill()
            app.wait()


def answers(port: int, lives: Callable[[], bool]) -> bool:
    """Wait until somebody listens on a port of loopback; False when what should does not live, or is too slow."""
    deadline = time.monotonic() + STARTING_SECONDS
    while lives() and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
            return True
        except OSError:
            time.sleep(0.05)
    return False


class Browser:
    """As much of a browser as the story needs: forms, one cookie jar, the code on the page."""

    def __init__(self, port: int, user_name: str = "ada") -> None:
        self.port, self.user_name = port, user_name
        self._cookies: dict[str, str] = {}

    def sign_up(self, phone: str) -> str:
        """Fill in the form and send it; return the code that the page then shows."""
        filled = {"user_name": self.user_name, "password": "difference engine", "phone": phone}
        return _code_on(self.post("/signup", self.hidden("/") | filled))

    def again(self, way: str) -> str:
        """Ask for another call, or for a text instead; return the new code that the page then shows."""
        return _code_on(self.post("/signup/again", self.hidden("/signup") | {"way": way}))

    def hidden(self, path: str) -> dict[str, str]:
        """What the forms of a page carry to show that they are the app's own."""
        return dict(re.findall(r'name="(csrf)"\s+value="([^"]*)"', self.get(path)))

    def outcome(self, seconds: float = 10.0) -> str:
        """The sign-up's state as the app tells it, once it waits for nothing more, or after `seconds` (real ones)."""
        deadline = time.monotonic() + seconds
        while (told := json.loads(self.get("/signup/status")))["is_waiting"] and time.monotonic() < deadline:
            time.sleep(0.05)
        return str(told["state"])

    def get(self, path: str) -> str:
        return self._request("GET", path, None)

    def post(self, path: str, fields: dict[str, str]) -> str:
        return self._request("POST", path, urlencode(fields))

    def _request(self, method: str, path: str, body: str | None) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {
            "Host": f"localhost:{self.port}",
            "Origin": f"http://localhost:{self.port}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(line).items():
                self._cookies[name] = morsel.value
        connection.close()
        if answer.status in (301, 302, 303, 307, 308):
            return self._request("GET", answer.headers["Location"], None)
        return text


def _code_on(page: str) -> str:
    """The code that a page of the app shows."""
    shown = re.search(r'id="code"[^>]*>([^<]+)<', page)
    if not shown:
        words = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())
        raise StoryFailed(f"The app shows no code: {words}")
    return re.sub(r"\D", "", shown[1])
