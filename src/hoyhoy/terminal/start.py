"""`hoyhoy start`, which is `make run`: the exchange with its live log, and the example apps led to it."""

from __future__ import annotations

import asyncio
import hmac
import os
import re
import signal
import socket
import sys
from base64 import b32encode
from pathlib import Path

import click

from hoyhoy.app import Exchange
from hoyhoy.intercept import environment, trust
from hoyhoy.intercept.address import set_webhooks
from hoyhoy.settings import Settings
from hoyhoy.wire.inventory import WELCOME_SMS

from .demo import ENDING_SECONDS, answers, example
from .serve import Echo, serve

SIGNUP, DIALER = "signup", "dialer"
PORTS = {SIGNUP: 5000, DIALER: 5001}
"""The example apps, each in a folder of this name, and where they listen if nobody else does."""

DIALER_USER = "agent"
NOT_INHERITED = dict.fromkeys(("TWILIO_APP_SID", "TOKEN_URL", "ALLOWED_ORIGINS", "SDK_EDGE"), "")
"""Settings of the dialer that a shell may have for the real Twilio."""

OURS = re.compile(r"http://localhost:\d+/sms")
"""Where the example took texts, this time or an earlier one, on whatever port was free then."""

Process = asyncio.subprocess.Process


async def start(settings: Settings, *, echo: Echo = click.echo) -> None:
    """Serve with the example apps beside it, until a signal."""
    apps: list[Process] = []

    async def run(exchange: Exchange, name: str, **chosen: str) -> int:
        """The port at which the example answers; 0 when it did not start."""
        port = _free(PORTS[name])
        app = await _example(exchange, name, port, chosen)
        apps.append(app)
        return port if await asyncio.to_thread(answers, port, lambda: app.returncode is None) else 0

    async def ready(exchange: Exchange) -> list[str]:
        numbers = [number.number for number in exchange.database.directory.numbers(exchange.accounts[0].sid, 2)]
        if not numbers:
            return ["  examples  the example apps were not started: the account has no phone number"]
        # A closed terminal ends the exchange as Ctrl-C does: the examples, in sessions of their own, hear of neither.
        if signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, signal.raise_signal, signal.SIGTERM)
        password = _password(exchange)
        signup, dialer = await asyncio.gather(
            run(exchange, SIGNUP, TWILIO_NUMBER=numbers[0]),
            run(exchange, DIALER, TWILIO_NUMBER=numbers[-1], DIALER_USERS=f"{DIALER_USER}:{password}", **NOT_INHERITED),
        )
        if signup:
            await _lead_texts(exchange, f"http://localhost:{signup}/sms")
        return [*_on_dialer(exchange, dialer, password), *_on_signup(exchange, signup)]

    try:
        await serve(settings, echo=echo, beside=ready)
    finally:
        for app in apps:
            await _end(app)


def _on_signup(exchange: Exchange, port: int) -> list[str]:
    """What the banner says about it."""
    log = _log(exchange, SIGNUP)
    if not port:
        return [f"  sign-up  the example app did not start; what it said is in {log}"]
    return [
        f"  sign-up  http://localhost:{port}/   an example app; give it the phone +14155550123",
        "           and be that phone in another terminal:  hoyhoy phone +14155550123",
        f"           its own log is {log}",
        "  or see it play by itself:  hoyhoy demo signup",
    ]


def _on_dialer(exchange: Exchange, port: int, password: str) -> list[str]:
    if not port:
        return [f"  dialer   the example app did not start; what it said is in {_log(exchange, DIALER)}"]
    return [f"  dialer   {_browser(port)}   user {DIALER_USER}, password {password}"]


def _browser(port: int) -> str:
    """How a page is opened whose SDK shall speak to this exchange."""
    return f"hoyhoy run -- chromium http://localhost:{port}/"


def _log(exchange: Exchange, name: str) -> Path:
    return exchange.database.folder / f"{name}.log"


def _password(exchange: Exchange) -> str:
    """The same at every start of this data folder, so that a browser may remember it."""
    digest = hmac.digest(exchange.accounts[0].auth_token.encode(), b"dialer", "sha256")
    return b32encode(digest)[:12].decode().lower()


async def _example(exchange: Exchange, name: str, port: int, chosen: dict[str, str]) -> Process:
    assert exchange.authority
    keys, caller = exchange.keys(), dict(os.environ)
    files = trust.prepare(exchange.database.folder, exchange.authority.path, caller)
    led = environment.compose(caller, f"http://127.0.0.1:{exchange.proxy_port}", files)
    chosen = chosen | {
        "PORT": str(port),
        "PUBLIC_URL": f"http://localhost:{port}",
        "LOGIN_NOTE": f"Open this page with: {_browser(port)}",
        "TWILIO_ACCOUNT_SID": keys.account_sid,
        "TWILIO_AUTH_TOKEN": keys.auth_token,
        "TWILIO_API_KEY": keys.api_key,
        "TWILIO_API_SECRET": keys.api_secret,
    }
    # In a session of its own Ctrl-C does not reach it: it is ended in order, after the exchange.
    log = os.open(_log(exchange, name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            str(example(name)),
            env=caller | led | chosen,
            start_new_session=True,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    finally:
        os.close(log)


async def _lead_texts(exchange: Exchange, url: str) -> None:
    """Texts to the first number reach the example, unless somebody has led them elsewhere."""
    present = exchange.database.directory.numbers(exchange.accounts[0].sid, 1)[0].messaging.url
    if present != url and (present == WELCOME_SMS or OURS.fullmatch(present)):
        await asyncio.to_thread(set_webhooks, exchange.keys(), sms=url)


async def _end(app: Process) -> None:
    if app.returncode is None:
        app.terminate()
        try:
            await asyncio.wait_for(app.wait(), ENDING_SECONDS)
        except TimeoutError:
            app.kill()
            await app.wait()


def _free(port: int) -> int:
    """`port`, or any free one when it is taken."""
    for wanted in (port, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", wanted))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    return port
