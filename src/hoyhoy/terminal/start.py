"""`hoyhoy start`, which is `make run`: the exchange with its live log, and the example apps led to it."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys

import click

from hoyhoy.app import Exchange
from hoyhoy.intercept import environment, trust
from hoyhoy.intercept.address import set_webhooks
from hoyhoy.settings import Settings
from hoyhoy.wire.inventory import WELCOME_SMS

from .demo import ENDING_SECONDS, answers, example
from .serve import Echo, serve

SIGNUP_PORT = 5000
SIGNUP_LOG = "signup.log"
OURS = re.compile(r"http://localhost:\d+/sms")
"""Where the example took texts, this time or an earlier one, on whatever port was free then."""

Process = asyncio.subprocess.Process


async def start(settings: Settings, *, echo: Echo = click.echo) -> None:
    """Serve with the sign-up example beside it, until a signal."""
    apps: list[Process] = []

    async def ready(exchange: Exchange) -> list[str]:
        if not exchange.database.directory.numbers(exchange.accounts[0].sid, 1):
            return ["  sign-up  the example app was not started: the account has no phone number"]
        # A closed terminal ends the exchange as Ctrl-C does: the example, in a session of its own, hears of neither.
        if signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, signal.raise_signal, signal.SIGTERM)
        port, log = _free(SIGNUP_PORT), exchange.database.folder / SIGNUP_LOG
        app = await _signup(exchange, port)
        apps.append(app)
        if not await asyncio.to_thread(answers, port, lambda: app.returncode is None):
            return [f"  sign-up  the example app did not start; what it said is in {log}"]
        await _lead_texts(exchange, f"http://localhost:{port}/sms")
        return [
            f"  sign-up  http://localhost:{port}/   an example app; give it the phone +14155550123",
            "           and be that phone in another terminal:  hoyhoy phone +14155550123",
            f"           its own log is {log}",
            "  or see it play by itself:  hoyhoy demo signup",
        ]

    try:
        await serve(settings, echo=echo, beside=ready)
    finally:
        for app in apps:
            await _end(app)


async def _signup(exchange: Exchange, port: int) -> Process:
    assert exchange.authority
    account = exchange.accounts[0]
    number = exchange.database.directory.numbers(account.sid, 1)[0]
    caller = dict(os.environ)
    files = trust.prepare(exchange.database.folder, exchange.authority.path, caller)
    led = environment.compose(caller, f"http://127.0.0.1:{exchange.proxy_port}", files)
    chosen = {
        "PORT": str(port),
        "PUBLIC_URL": f"http://localhost:{port}",
        "TWILIO_NUMBER": number.number,
        "TWILIO_ACCOUNT_SID": account.sid,
        "TWILIO_AUTH_TOKEN": account.auth_token,
    }
    # In a session of its own Ctrl-C does not reach it: it is ended in order, after the exchange.
    log = os.open(exchange.database.folder / SIGNUP_LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            str(example("signup")),
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
