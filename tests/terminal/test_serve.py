"""The exchange in the foreground: its banner, its live log, and when it ends."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator, Callable
from functools import partial

import click
import pytest

from hoyhoy.app import Exchange
from hoyhoy.exchange.events import CallMoved, Entry, Event, KeyPressed, Noticed
from hoyhoy.settings import Settings
from hoyhoy.terminal import serve as module
from hoyhoy.terminal.serve import _COLOURS, LiveLog, banner, run_loop, serve

SETTINGS = Settings(port=0, proxy_port=0)


@pytest.fixture
async def exchange() -> AsyncIterator[Exchange]:
    exchange = await Exchange.start(SETTINGS)
    yield exchange
    await exchange.close()


# The live log ------------------------------------------------------------------------------


def logged(*entries: Entry) -> list[str]:
    told: list[str] = []
    log = LiveLog(told.append)
    for entry in entries:
        log.entry(entry)
    return [click.unstyle(line) for line in told]


def test_entries_are_lines_with_their_time() -> None:
    (line,) = logged(Entry(1, 1_700_000_000.25, "CA0123456789", "AC1", CallMoved(status="ringing")))
    assert re.fullmatch(r"\d\d:\d\d:\d\d\.250  CA012345  ringing", line)


def test_what_another_line_says_is_left_out() -> None:
    assert logged(Entry(1, 1.0, "CA1", "AC1", KeyPressed(key="1"))) == []


def test_before_it_is_open_no_request_is_shown() -> None:
    told: list[str] = []
    log = LiveLog(told.append, is_open=False)
    log.request("GET", "/2010-04-01/Accounts.json", 200, 0.001, 0)
    assert told == []
    log.is_open = True
    log.request("GET", "/2010-04-01/Accounts.json", 200, 0.001, 0)
    assert len(told) == 1


def test_requests_are_lines_too() -> None:
    told: list[str] = []
    log = LiveLog(told.append)
    log.request("POST", "/2010-04-01/Accounts/AC1/Calls.json", 201, 0.0123, 0)
    log.request("GET", "/2010-04-01/Accounts/AC1/Calls/CA1.json", 404, 0.001, 20404)
    plain = [click.unstyle(line).partition("  ")[2] for line in told]
    assert plain == [
        "API       POST /2010-04-01/Accounts/AC1/Calls.json -> 201  12 ms",
        "API       GET /2010-04-01/Accounts/AC1/Calls/CA1.json -> 404  error 20404  1 ms",
    ]
    assert click.style("x", fg="green")[:5] in told[0] and click.style("x", fg="red")[:5] in told[1]


def test_errors_are_red() -> None:
    told: list[str] = []
    noticed = Noticed(sid="NO1", code=11200, level="error", message="HTTP 500")
    LiveLog(told.append).entry(Entry(1, 1.0, "CA1", "AC1", noticed))
    assert click.style("x", fg="red")[:5] in told[0]


def test_colours_are_of_events_that_exist() -> None:
    assert set(_COLOURS) <= set(Event.kinds)


# The banner --------------------------------------------------------------------------------


async def test_the_banner_says_where_to_look_and_what_to_try(exchange: Exchange) -> None:
    told = "\n".join(banner(exchange))
    numbers = [number.number for number in exchange.database.directory.numbers(exchange.accounts[0].sid)]
    assert exchange.url in told and exchange.accounts[0].sid in told and str(exchange.proxy_port) in told
    assert all(number in told for number in numbers)
    assert "hoyhoy run -- " in told and f"hoyhoy call +14155550123 {numbers[0]}" in told
    keys = exchange.keys()
    assert keys.api_key in told
    for secret in (keys.auth_token, keys.api_secret, keys.test_auth_token):
        assert secret and secret not in told, "secrets are not shown"
    assert len(told.splitlines()) < 10


# Its life ----------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_order_with_a_signal(number: signal.Signals) -> None:
    told: list[str] = []

    async def live() -> None:
        async def beside(exchange: Exchange) -> list[str]:
            asyncio.get_running_loop().call_soon(os.kill, os.getpid(), number)
            return ["and more"]

        await serve(SETTINGS, echo=told.append, beside=beside)

    run_loop(live(), alone=False)
    assert told[0].startswith("hoyhoy ") and told[-1] == "and more"


def test_quiet_is_quiet() -> None:
    told: list[str] = []

    async def live() -> None:
        async def beside(exchange: Exchange) -> list[str]:
            asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGTERM)
            return ["and more"]

        await serve(SETTINGS, quiet=True, echo=told.append, beside=beside)

    run_loop(live(), alone=False)
    assert told == []


@pytest.mark.parametrize("tenants", [0, 2])
def test_it_ends_when_it_is_not_used(monkeypatch: pytest.MonkeyPatch, tenants: int) -> None:
    """Nobody came, or the last one left (design 5)."""
    monkeypatch.setattr(module, "FIRST_TENANT", 0.2 if not tenants else 30.0)
    monkeypatch.setattr(module, "LAST_TENANT", 0.05)
    counted: list[int] = []

    async def hold(exchange: Exchange, connections: list[asyncio.StreamWriter]) -> None:
        assert exchange.http
        reader, writer = await asyncio.open_connection("127.0.0.1", exchange.http.port)
        writer.write(b"GET /lab/v1/tenancy HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await reader.readuntil(b"open\n")
        counted.append(exchange.presence.tenants)
        connections.append(writer)

    async def live() -> None:
        connections: list[asyncio.StreamWriter] = []

        async def beside(exchange: Exchange) -> list[str]:
            for _ in range(tenants):
                await hold(exchange, connections)
            for number, connection in enumerate(connections):
                asyncio.get_running_loop().call_later(0.1 * (number + 1), connection.close)
            return []

        await serve(Settings(port=0, proxy_port=0, until_unused=True), quiet=True, beside=beside)

    run_loop(live(), alone=False)
    assert counted == list(range(1, tenants + 1))


def test_a_loop_of_its_own_process_only_sets_the_collector() -> None:
    import gc

    async def nothing() -> int:
        return 7

    before = gc.get_threshold()
    assert run_loop(nothing(), alone=False) == 7
    assert gc.get_threshold() == before


@pytest.mark.parametrize("again", [False, True])
def test_calls_may_end_by_themselves(again: bool) -> None:
    """With --drain a stop waits for the calls that go on, unless it is asked for once more."""
    told: list[str] = []
    ended: list[str] = []
    waits: list[Callable[[], object]] = []

    async def live() -> None:
        async def beside(exchange: Exchange) -> list[str]:
            number = exchange.database.directory.numbers(exchange.accounts[0].sid)[0].number
            phone = exchange.network.phone("+14155550123")
            call = exchange.network.place_call(phone, number)

            def heard(entry: Entry, rows: object) -> None:
                if isinstance(entry.event, CallMoved):
                    ended.append(f"{entry.event.status} {call.cause}")

            exchange.database.journal.subscribe(heard)
            os.kill(os.getpid(), signal.SIGTERM)
            loop = asyncio.get_running_loop()
            end = partial(os.kill, os.getpid(), signal.SIGTERM) if again else call.leg.put_down
            waits.append(partial(loop.call_soon_threadsafe, end))
            return []

        def echo(line: str) -> None:
            told.append(line)
            if "may go on" in line:
                waits[0]()

        await serve(Settings(port=0, proxy_port=0, media_port=0, sip=False, drain=60.0), echo=echo, beside=beside)

    run_loop(live(), alone=False)
    assert any("1 may go on for 60 s" in line for line in told)
    assert len(ended) >= 1 and ("failed" in ended[-1]) is again
