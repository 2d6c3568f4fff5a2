"""The API over the real store and switchboard, on the simulated network in virtual time.

It is driven by raw requests (`request`, which answers with httpx's response) and by the official
client (`client`), whose requests are answered in this process, from a thread of its own. Every answer
is compared with the API's own description (`conformance`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import httpx
import pytest
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.clock import VirtualClock
from hoyhoy.exchange.events import ResourceChanged
from hoyhoy.exchange.facilities import Facilities
from hoyhoy.exchange.ports import Account, FetchFailed, Key, Number, Page, Row, Table, Webhook
from hoyhoy.exchange.switchboard import Switchboard
from hoyhoy.lines.simulated.network import Network
from hoyhoy.provisioning import Provisioning
from hoyhoy.rest import build, resources
from hoyhoy.rest.kit import RootResource, Services, Settings
from hoyhoy.store.database import Database, open_database
from hoyhoy.store.tapes import Tapes
from tests.exchange.world import Sounds, stage

from . import conformance

ACCOUNT, TOKEN = "AC" + "a" * 32, "token of the main account"
SUB, SUB_TOKEN = "AC" + "b" * 32, "token of the subaccount"
OTHER, OTHER_TOKEN = "AC" + "c" * 32, "token of somebody else"
NUMBER, OTHERS_NUMBER = "+14155550100", "+14155550199"
PHONE = "+14155550123"
START = 1_767_225_600.0
"""Thu, 01 Jan 2026 00:00:00 +0000"""

SHARED = pytest.mark.asyncio(loop_scope="module")
"""For tests that use the fixture `shared`."""

BASE = f"/2010-04-01/Accounts/{ACCOUNT}"


class App:
    """The customer's web server: one document for every URL."""

    def __init__(self) -> None:
        self.document = "<Response><Pause length='600'/></Response>"
        self.asked: list[Webhook] = []

    def session(self) -> object:
        return object()

    async def fetch(self, webhook: Webhook, *, account: str, session: object) -> Page:
        self.asked.append(webhook)
        if not self.document:
            raise FetchFailed(11200, "HTTP 404", Page(webhook.url, 404, "text/html", b"not here"))
        return Page(webhook.url, 200, "text/xml", self.document.encode())


class InProcess(HttpClient):
    """The official client's transport; it is synchronous, so it runs in a thread and asks the loop."""

    def __init__(self, world: World) -> None:
        super().__init__(None, False, None)
        self.world, self.loop = world, asyncio.get_running_loop()

    def request(
        self,
        method: str,
        url: str,
        params: Any = None,
        data: Any = None,
        headers: Any = None,
        auth: Any = None,
        timeout: Any = None,
        allow_redirects: bool = False,
    ) -> Response:
        asked = self.world.http.request(method, url, params=params, data=data, headers=headers, auth=auth)
        answer = asyncio.run_coroutine_threadsafe(asked, self.loop).result(30)
        return Response(answer.status_code, answer.text)


@dataclass
class World:
    clock: VirtualClock
    database: Database
    app: App
    network: Network
    switchboard: Switchboard
    services: Services
    http: httpx.AsyncClient
    adopted: list[str] = field(default_factory=list)
    log: list[tuple[Any, ...]] = field(default_factory=list)

    async def request(self, method: str, path: str, *, auth: Any = (ACCOUNT, TOKEN), **options: Any) -> httpx.Response:
        return await self.http.request(method, path, auth=auth, **options)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.request("GET", BASE + path, **options)

    async def post(self, path: str, **form: Any) -> httpx.Response:
        return await self.request("POST", BASE + path, data=form)

    async def delete(self, path: str) -> httpx.Response:
        return await self.request("DELETE", BASE + path)

    async def sdk(self, work: Any, sid: str = ACCOUNT, token: str = TOKEN) -> Any:
        """What `work(client)` answers, with the official client."""
        client = Client(sid, token, http_client=InProcess(self))
        return await asyncio.get_running_loop().run_in_executor(None, work, client)

    def write(self, table: str, sid: str, account: str = ACCOUNT, **values: Any) -> str:
        """Put a row into the store as the exchange would."""
        now = self.clock.now()
        row = Row(table, sid, {"date_created": now, "date_updated": now, **values}, new=True)
        self.database.journal.record(sid, account, ResourceChanged(table=table, change="created"), (row,))
        return sid

    def own(self, number: str, account: str = ACCOUNT, **values: Any) -> str:
        return self.write(
            "incoming_phone_numbers",
            "PN" + number[1:].zfill(32),
            account,
            account_sid=account,
            phone_number=number,
            friendly_name=number,
            **values,
        )

    def add_account(self, sid: str, token: str, owner: str, status: str = "active", name: str = "") -> None:
        self.write(
            "accounts",
            sid,
            sid,
            friendly_name=name,
            type="Full",
            status=status,
            auth_token=token,
            owner_account_sid=owner,
        )

    async def run(self, seconds: float = 60) -> None:
        await self.clock.advance(seconds)

    # Adoption --------------------------------------------------------------------------------

    @property
    def provisioning(self) -> Provisioning:
        return Provisioning(self.clock, self.services.chance, self.database.journal, self.database.directory)

    def adopt(self, sid: str, token: str) -> Account | None:
        self.adopted.append(sid)
        return self.provisioning.adopt_account(sid, token)

    def adopt_key(self, sid: str, secret: str, account: str) -> Key | None:
        self.adopted.append(sid)
        return self.provisioning.adopt_key(sid, secret, account)

    def adopt_number(self, account: str, number: str) -> Number | None:
        self.adopted.append(number)
        self.own(number, account)
        return self.database.directory.number(number)


@lru_cache
def served(more: tuple[type[RootResource], ...]) -> tuple[list[type[RootResource]], list[Table]]:
    """All kinds, and their tables: the same for every exchange."""
    kinds = [*resources(), *more]
    tables = {kind.table_name: kind.table() for kind in reversed(kinds) if kind.table_name}
    return kinds, list(tables.values())


@asynccontextmanager
async def world(kinds: Iterable[type[RootResource]] | None = None, **settings: Any) -> AsyncIterator[World]:
    kinds, tables = served(() if kinds is None else tuple(kinds))
    clock = VirtualClock(START)
    database = await open_database(None, tables, clock)
    app, chance = App(), SeededChance(1)
    plane, studio = stage(clock, chance), Sounds({})
    network = Network(clock, database.journal, database.directory, plane, studio)
    switchboard = network.exchange = Switchboard(
        Facilities(
            clock,
            chance,
            database.journal,
            app,
            database.directory,
            [network],
            (network,),
            plane,
            studio,
            Tapes(database.folder),
            rows=database.rows,
        )
    )
    made: World
    services = Services(
        clock=clock,
        chance=chance,
        journal=database.journal,
        rows=database.rows,
        directory=database.directory,
        switchboard=switchboard,
        settings=Settings(**settings),
        events=lambda subject, after, limit: database.events(after, subject=subject, limit=limit),
        last_event=database.last_event,
        adopt=lambda sid, token: made.adopt(sid, token),
        adopt_key=lambda sid, secret, account: made.adopt_key(sid, secret, account),
        adopt_number=lambda account, number: made.adopt_number(account, number),
        on_request=lambda *seen: made.log.append(seen),
    )
    transport = httpx.ASGITransport(build(kinds, services), raise_app_exceptions=True)
    described = conformance.of(kinds)

    async def check(response: httpx.Response) -> None:
        await response.aread()
        described.check(response)

    async with httpx.AsyncClient(
        transport=transport, base_url="http://localhost:8980", event_hooks={"response": [check]}
    ) as http:
        made = World(clock, database, app, network, switchboard, services, http)
        made.add_account(ACCOUNT, TOKEN, ACCOUNT, name="Main")
        made.add_account(SUB, SUB_TOKEN, ACCOUNT, name="Sub")
        made.add_account(OTHER, OTHER_TOKEN, OTHER, name="Other")
        made.own(NUMBER)
        made.own(OTHERS_NUMBER, OTHER)
        try:
            yield made
        finally:
            await switchboard.close()
            await clock.close()
            await database.close()
