"""`hoyhoy serve`: an exchange in the foreground, with a live log that people can read."""

from __future__ import annotations

import asyncio
import gc
import signal
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import click
import msgspec

from hoyhoy import __version__
from hoyhoy.app import Exchange
from hoyhoy.exchange.events import Entry
from hoyhoy.settings import Settings

from .printer import Printer
from .timeline import QUIET, lines

FIRST_TENANT = 60.0
"""Seconds an exchange that serves only its tenants waits for the first one."""

LAST_TENANT = 1.0
"""Seconds it goes on after the last one left, for another that is just starting."""

Echo = Callable[[str], None]
Beside = Callable[[Exchange], Awaitable[list[str]]]
"""Starts what runs beside the exchange; says what people can try there."""


def run_loop(main: Any, *, alone: bool = True) -> Any:
    """Run a coroutine on the fast event loop where there is one. `alone`: in a process that is the exchange's own, so
    that the collector of garbage may be set for it; a test's is the test's."""
    try:
        import uvloop

        factory: Any = uvloop.new_event_loop
    except ImportError:
        factory = None
    if alone:
        # What is loaded by now lives as long as the program. Calls and their events are freed by counting references;
        # looking for cycles among them every 700 allocations took a third of the time of a busy exchange.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 5, 10)
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(main)


async def serve(
    settings: Settings, *, quiet: bool = False, echo: Echo = click.echo, beside: Beside | None = None
) -> None:
    """Serve until a signal, or until the last tenant left. `beside` starts what runs beside the exchange."""
    shown = Printer(echo)
    log = LiveLog(shown, is_open=False)
    exchange = await Exchange.start(settings, None if quiet else log.request)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        more = await beside(exchange) if beside else []
        if not quiet:
            for line in banner(exchange) + more:
                shown(line)
            log.is_open = True
            exchange.database.journal.subscribe(lambda entry, rows: log.entry(entry))
        if settings.until_unused:
            await _unused(exchange, stop)
        await stop.wait()
        await _drained(exchange, stop, shown)
    finally:
        await exchange.close()
        shown.close()


async def _drained(exchange: Exchange, stop: asyncio.Event, echo: Echo) -> None:
    """Let the calls that go on end by themselves, as long as the settings say, or until the next signal."""
    seconds, calls = exchange.settings.drain, exchange.switchboard.facilities.calls
    if not seconds or not calls:
        return
    echo(f"No more calls are taken. {len(calls)} may go on for {seconds:g} s; Ctrl-C once more ends them.")
    stop.clear()
    waits = {asyncio.create_task(exchange.drain(seconds)), asyncio.create_task(stop.wait())}
    _, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()


async def _unused(exchange: Exchange, stop: asyncio.Event) -> None:
    """Set `stop` when nobody needs the exchange any more."""
    presence, patience = exchange.presence, FIRST_TENANT
    while not stop.is_set():
        presence.changed.clear()
        waits = {asyncio.create_task(presence.changed.wait()), asyncio.create_task(stop.wait())}
        done, pending = await asyncio.wait(
            waits, timeout=None if presence.tenants else patience, return_when=asyncio.FIRST_COMPLETED
        )
        for task in pending:
            task.cancel()
        if not done and not presence.tenants:
            stop.set()
        patience = LAST_TENANT


def banner(exchange: Exchange) -> list[str]:
    """What to know and what to try, in a few lines."""
    account = exchange.accounts[0]
    numbers = [number.number for number in exchange.database.directory.numbers(account.sid)]
    first = numbers[0] if numbers else "+15005550006"
    where = "in memory" if exchange.settings.data is None else str(exchange.database.folder)
    lines = [
        f"hoyhoy {__version__} is up: the API at {exchange.url}, its data {where}.",
        f"  account  {account.sid}   (its token: hoyhoy env)",
        f"  API key  {exchange.keys().api_key}   (its secret: hoyhoy env)",
        f"  numbers  {'  '.join(numbers)}",
    ]
    if exchange.proxy:
        lines.append(
            f"  apps     hoyhoy run -- python app.py   sends an app's Twilio traffic to port {exchange.proxy_port}"
        )
    if exchange.signalling:
        how = "phones of this machine call the numbers without a password" if exchange.settings.opens_house else ""
        lines.append(f"  SIP      {exchange.signalling.place}   {how}".rstrip())
    lines.append(f"  try      hoyhoy call +14155550123 {first}")
    return lines


class LiveLog:
    """Entries and requests as lines of a terminal, coloured when it is one. While it is not open, none are shown: what
    the start itself asks of the API is no news."""

    def __init__(self, echo: Echo = click.echo, *, is_open: bool = True) -> None:
        self._echo, self.is_open = echo, is_open

    def request(self, method: str, path: str, status: int, seconds: float, code: int) -> None:
        """A request of the API was answered."""
        if not self.is_open:
            return
        failed = f"  error {code}" if code else ""
        colour = "red" if status >= 400 else "green"
        self._line(
            time.time(),
            click.style(f"{'API':<9} {method} {path} -> {status}{failed}  {seconds * 1000:.0f} ms", fg=colour),
        )

    def entry(self, entry: Entry) -> None:
        """Something happened."""
        kind = type(entry.event).__name__
        if kind in QUIET:
            return
        shown = {"kind": kind, "subject": entry.subject, "event": msgspec.to_builtins(entry.event)}
        for line in lines(shown):
            self._line(entry.at, click.style(line, fg=_COLOURS.get(kind)))

    def _line(self, at: float, text: str) -> None:
        moment = datetime.fromtimestamp(at).astimezone()
        self._echo(f"{moment:%H:%M:%S}.{moment.microsecond // 1000:03d}  {text}")


_COLOURS = {
    "Noticed": "red",
    "CallbackFailed": "red",
    "PhoneHeard": "cyan",
    "PhonePressed": "cyan",
    "PhoneRang": "cyan",
    "PhoneGotMessage": "cyan",
    "PhoneSentMessage": "cyan",
    "WebhookAnswered": "yellow",
    "CallbackDelivered": "yellow",
}
