"""`hoyhoy start`, which is `make run`: the exchange with its live log, and the example apps led to it."""

from __future__ import annotations

import asyncio
import os
import socket
import sys

import click

from hoyhoy.app import Exchange
from hoyhoy.intercept import environment, trust
from hoyhoy.intercept.address import set_webhooks
from hoyhoy.provisioning import WELCOME_SMS
from hoyhoy.settings import Settings

from .demo import example
from .serve import Echo, serve

SIGNUP_PORT = 5000


async def start(settings: Settings, *, echo: Echo = click.echo) -> None:
    """Serve with the sign-up example beside it, until a signal."""
    apps: list[asyncio.subprocess.Process] = []

    async def ready(exchange: Exchange) -> list[str]:
        port = _free(SIGNUP_PORT)
        apps.append(await _signup(exchange, port))
        return [f"  sign-up  http://localhost:{port}/   an example app; give it the phone +14155550123",
                "           and be that phone in another terminal:  hoyhoy phone +14155550123",
                "  or see it play by itself:  hoyhoy demo signup"]

    try:
        await serve(settings, echo=echo, beside=ready)
    finally:
        for app in apps:
            if app.returncode is None:
                app.terminate()
                await app.wait()


async def _signup(exchange: Exchange, port: int) -> asyncio.subprocess.Process:
    assert exchange.authority
    account = exchange.accounts[0]
    number = exchange.database.directory.numbers(account.sid)[0]
    caller = dict(os.environ)
    files = trust.prepare(exchange.database.folder, exchange.authority.path, caller)
    led = environment.compose(caller, f"http://127.0.0.1:{exchange.proxy_port}", files)
    chosen = {"PORT": str(port), "PUBLIC_URL": f"http://localhost:{port}", "TWILIO_NUMBER": number.number,
              "TWILIO_ACCOUNT_SID": account.sid, "TWILIO_AUTH_TOKEN": account.auth_token}
    if number.messaging.url == WELCOME_SMS:  # nobody has led it elsewhere: texted codes reach the example
        await asyncio.to_thread(set_webhooks, exchange.keys(), sms=f"http://localhost:{port}/sms")
    return await asyncio.create_subprocess_exec(sys.executable, str(example("signup")), env=caller | led | chosen)


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
