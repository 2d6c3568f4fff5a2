"""Who is there: health, and the tenants that need the exchange (design 5)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from hoyhoy import __version__
from hoyhoy.app import Exchange
from hoyhoy.settings import Settings

from .conftest import Asking


@pytest.fixture(params=[True, False], ids=["lab", "no lab"])
async def exchange(request: pytest.FixtureRequest) -> AsyncIterator[Exchange]:
    exchange = await Exchange.start(Settings(port=0, proxy_port=None, virtual_time=True, lab=request.param))
    yield exchange
    await exchange.close()


class Tenant:
    """A connection to /tenancy."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def enter(self, exchange: Exchange) -> None:
        assert exchange.http
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", exchange.http.port)
        self.writer.write(b"GET /lab/v1/tenancy HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert (await self.reader.readline()).startswith(b"HTTP/1.1 200")
        await self.reader.readuntil(b"open\n")

    async def leave(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


async def changed(exchange: Exchange, tenants: int) -> None:
    """Wait until so many tenants are counted."""
    presence = exchange.presence
    async with asyncio.timeout(30):
        while presence.tenants != tenants:
            presence.changed.clear()
            await presence.changed.wait()


def test_health(ask: Asking) -> None:
    exchange = ask.exchange
    status, told = ask("GET", "/health")
    assert (status, told.pop("exchange") != "") == (200, True)
    assert told == {
        "hoyhoy": __version__,
        "data": str(exchange.folder),
        "api": exchange.url,
        "proxy": f"http://127.0.0.1:{exchange.proxy_port}",
        "account_sid": exchange.account.sid,
        "virtual": True,
    }
    assert exchange.account.auth_token not in str(told)


async def test_tenants_are_counted_while_they_hold_their_connection(exchange: Exchange) -> None:
    assert exchange.presence.tenants == 0
    tenants = [Tenant() for _ in range(3)]
    for tenant in tenants:
        await tenant.enter(exchange)
    await changed(exchange, 3)
    for left, tenant in enumerate(tenants):
        await tenant.leave()
        await changed(exchange, 2 - left)


async def test_a_tenancy_ends_with_the_exchange(exchange: Exchange) -> None:
    tenant = Tenant()
    await tenant.enter(exchange)
    await exchange.close()
    rest: Any = await tenant.reader.read()
    assert rest.endswith(b"0\r\n\r\n"), "the answer is brought to its proper end"
    await tenant.leave()


async def test_without_a_lab_nobody_drives_phones(exchange: Exchange) -> None:
    """--no-lab leaves only who is there."""
    assert exchange.http
    statuses = []
    for path in ("health", "phones", "events", "clock"):
        reader, writer = await asyncio.open_connection("127.0.0.1", exchange.http.port)
        writer.write(f"GET /lab/v1/{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        statuses.append(int((await reader.readline()).split()[1]))
        await reader.read()
        writer.close()
        await writer.wait_closed()
    assert statuses == ([200] * 4 if exchange.settings.lab else [200, 404, 404, 404])
