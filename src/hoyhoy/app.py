"""The roof: one exchange put together from its parts, started and stopped as a whole."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict, replace
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from . import __version__
from .bus.feed import Feed
from .callbacks.documents import TWIMLETS
from .callbacks.fetch import AppFetcher
from .callbacks.guard import LOOPBACK, Guard
from .callbacks.outbox import Outbox
from .callbacks.target import Map
from .exchange.chance import Chance, SeededChance, TrueChance
from .exchange.clock import Clock, RealClock, VirtualClock
from .exchange.closing import Closing
from .exchange.events import Entry
from .exchange.facilities import Facilities, Rules
from .exchange.notices import notify
from .exchange.ports import Account, Key, Line, Row
from .exchange.recovery import recover
from .exchange.switchboard import Switchboard
from .exchange.triggers import Triggers
from .intercept.address import Address, Keys
from .intercept.authority import Authority
from .intercept.environment import upstream_of
from .intercept.port import InterceptPort
from .kiosk import serve_twimlets
from .lab.events import EventRoutes
from .lab.guard import guarded
from .lab.moving import TimeRoutes
from .lab.phones import PhoneRoutes
from .lab.presence import PresenceRoutes
from .lab.rooms import RoomRoutes
from .lab.wires import refuse
from .lines.simulated.network import Network
from .metrics import PATH, Metrics, Now
from .provisioning import Provisioning
from .rest import build, resources, tables
from .rest.kit.auth import TEST
from .rest.kit.services import OnRequest, Services
from .rest.kit.services import Settings as RestSettings
from .server import HttpServer, PortTaken, bind
from .settings import SIP_PORT, Settings
from .signalling import Signalling
from .softphones import SDKS, Softphones
from .stage import Stage
from .store.database import Database, open_database
from .store.folder import FolderUnusable
from .store.tapes import Tapes

log = logging.getLogger(__name__)

LAST_CALLBACKS = 2.0
"""Real seconds in which callbacks of the calls that a stop ended may be delivered."""

DRAINING = 0.1
"""Real seconds between two looks at the calls that still go on."""

GIVEN_KEY = "For programs that hoyhoy runs"
"""The name of the API key that the first start makes."""

VIRTUAL_START = 1_700_000_000.0
"""Where virtual time begins when a seed asks for the same run again."""


class Exchange:
    """A running exchange. `await Exchange.start(settings)`, then `close()`."""

    def __init__(self, settings: Settings, clock: Clock, chance: Chance, database: Database) -> None:
        self.settings, self.clock, self.chance, self.database = settings, clock, chance, database
        journal, directory = database.journal, database.directory
        self.identity = chance.hex(16)
        self.closing = asyncio.Event()
        self.on_request: OnRequest | None = None

        self.feed = Feed(lambda after, limit: database.events(after, limit=limit), clock, journal.last)
        journal.subscribe(self.feed.hear)
        self.provisioning = Provisioning(clock, chance, journal, directory)
        virtual = isinstance(clock, VirtualClock)
        self.guard = Guard((*(LOOPBACK if settings.is_loopback else ()), *settings.allow_networks))
        maps = [Map(public, local) for public, local in settings.maps]
        self.fetcher = AppFetcher(
            clock=clock,
            chance=chance,
            token_of=self._token_of,
            in_order=virtual,
            guard=self.guard,
            maps=maps,
            remark=lambda account, subject, sentence: self._complain(account, 12200, sentence, subject),
        )
        self.outbox = Outbox(clock=clock, journal=journal, fetcher=self.fetcher, notice=self._notice)
        journal.deliver_to(self.outbox.deliver)
        self.stage = Stage(settings, clock, chance, self.guard, maps, database.folder)
        board, studio = self.stage.board, self.stage.studio
        self.network = Network(clock, journal, directory, board, studio, has_phones=settings.lab)
        self.signalling: Signalling | None = None
        lines: list[Line] = [self.network]
        if settings.sip and not virtual:
            kept = database.folder if settings.data else None
            self.signalling = Signalling(settings, clock, chance, directory, board, self.guard, kept, self._complain)
            lines.insert(0, self.signalling.line)
        self.softphones: Softphones | None = None
        if not virtual:
            own_proxy = f"http://{settings.host}:{settings.proxy_port}"
            sdks = database.folder / SDKS if settings.data else None
            self.softphones = Softphones(
                clock, chance, directory, board, journal, database.rows, sdks, self._complain, own_proxy
            )
            lines.insert(0, self.softphones.line)
        self.switchboard = Switchboard(
            Facilities(
                clock,
                chance,
                journal,
                self.fetcher,
                directory,
                lines,
                (self.network,),
                board,
                studio,
                Tapes(database.folder),
                replace(settings.rules or Rules(), strict=settings.strict),
                database.rows,
                self.stage.recogniser,
                self.stage.encoder,
            )
        )
        self.network.exchange = self.switchboard
        if self.signalling:
            self.signalling.line.exchange = self.switchboard
        if self.softphones:
            self.softphones.line.equipment.exchange = self.switchboard
        sip = self.signalling.counts if self.signalling else dict
        self.metrics = Metrics(Now(self.switchboard.facilities.calls, self.stage, sip))
        journal.subscribe(self.metrics.hear)
        self.triggers = Triggers(clock=clock, chance=chance, journal=journal, rows=database.rows, directory=directory)
        journal.subscribe(self.triggers.hear)
        self.real = clock if isinstance(clock, RealClock) else RealClock()
        self.presence = PresenceRoutes(self._health, self.closing)
        self.http: HttpServer | None = None
        self.proxy: InterceptPort | None = None
        self.proxy_port = 0
        self.authority: Authority | None = None
        self._api_key = ""

    @classmethod
    async def start(cls, settings: Settings, on_request: OnRequest | None = None) -> Exchange:
        """Open the data folder, take up what the last run left, and serve.

        Raises Unsafe, PortTaken, FolderInUse and what `open_database` raises; nothing is left open then.
        """
        settings.check()
        listener = bind(settings.host, settings.port)
        real = RealClock()
        clock = VirtualClock(real.now() if settings.seed is None else VIRTUAL_START) if settings.virtual_time else real
        try:
            database = await open_database(settings.data, tables(), clock, url=settings.database)
        except BaseException:
            listener.close()
            raise
        try:
            if isinstance(clock, VirtualClock):
                await _go_on_after(clock, database)
        except BaseException:
            await database.close()
            listener.close()
            raise
        exchange = cls(settings, clock, _chance(settings.seed, database.journal.last), database)
        exchange.on_request = on_request
        exchange.guard.own.add(int(listener.getsockname()[1]))
        try:
            if settings.proxy_port is not None:
                exchange.authority = exchange._trusted(real)
            await exchange._open()
            exchange.http = HttpServer(exchange._application(), listener)
            await exchange.http.start()
            if settings.proxy_port is not None:
                await exchange._intercept(settings.proxy_port)
            exchange.keys().write(database.folder)
            database.journal.subscribe(exchange._keys_changed)
        except BaseException:
            await exchange.close()
            listener.close()
            raise
        return exchange

    async def _open(self) -> None:
        await self.fetcher.start()
        await self.stage.open()
        if not self.accounts:
            self.provisioning.first_start()
        self._api_key = self._key_to_give().sid
        # First what the last run owed, then what taking up its calls adds: each call's callbacks stay in order.
        self.outbox.start(await self.database.pending_callbacks())
        if self.signalling:  # calls of the last run may be dialled by it
            await self._signal(self.signalling)
        taken_up = await recover(self.switchboard, self.database)
        if taken_up:
            log.warning("%d calls and messages of the last run were taken up", taken_up)
        database = self.database
        await Closing(database.journal, database.rows, database.directory, self.switchboard).take_up()
        await self.triggers.start()
        await self.database.journal.settled()

    def _trusted(self, real: Clock) -> Authority:
        try:
            return Authority.open(self.database.folder, real.now)
        except ValueError as error:
            raise FolderUnusable(str(error)) from None

    async def _intercept(self, port: int) -> None:
        assert self.http and self.authority
        upstream = self.settings.upstream_proxy
        if upstream is None:
            upstream = upstream_of(os.environ, f"http://{self.settings.host}:{port}")
        try:
            self.proxy = InterceptPort(
                self.authority, self.http.protocol, upstream=upstream or None, allow=self.settings.allow_networks
            )
        except ValueError as error:
            log.warning("%s Other hosts are reached directly.", error)
            self.proxy = InterceptPort(self.authority, self.http.protocol, allow=self.settings.allow_networks)
        try:
            self.proxy_port = await self.proxy.start(self.settings.host, port)
        except OSError:
            raise PortTaken(self.settings.host, port, "--proxy-port") from None
        self.guard.own.add(self.proxy_port)

    async def _signal(self, signalling: Signalling) -> None:
        try:
            await signalling.open(self.authority)
        except OSError as error:
            raise PortTaken(self.settings.sip_address, self.settings.sip_port or SIP_PORT, "--sip-port") from error

    async def drain(self, seconds: float) -> None:
        """Take no more calls; return when those there are have ended, or after so many real seconds."""
        self.switchboard.drain()
        if self.signalling:
            self.signalling.line.drain()
        if self.softphones:
            self.softphones.line.drain()
        calls = self.switchboard.facilities.calls
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while calls:  # noqa: ASYNC110  calls leave the table one by one; nobody else waits for the last
                    await asyncio.sleep(DRAINING)

    async def close(self) -> None:
        """Stop serving, end what is under way in order, make everything durable. NotStored when that cannot be."""
        self.closing.set()
        self.feed.close()
        async with AsyncExitStack() as rest:  # from the last to the first; when one fails the others still end
            rest.push_async_callback(self.database.close)
            rest.push_async_callback(self.fetcher.close)
            rest.push_async_callback(self.stage.close)
            rest.push_async_callback(self.clock.close)
            rest.push_async_callback(self._close_real)
            rest.push_async_callback(self._last_callbacks)
            if self.signalling:
                rest.push_async_callback(self.signalling.close)
            if self.softphones:
                rest.push_async_callback(self.softphones.close)
            rest.push_async_callback(self.switchboard.close)
            if self.http:
                rest.push_async_callback(self.http.close)
            if self.proxy:
                rest.push_async_callback(self.proxy.close)

    async def _close_real(self) -> None:
        if self.real is not self.clock:
            await self.real.close()

    async def _last_callbacks(self) -> None:
        """Apps hear how their calls ended, if they answer soon; the next start tells the others."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_CALLBACKS):
                await self.outbox.finish()

    # What the parts ask ------------------------------------------------------------------

    @property
    def accounts(self) -> Sequence[Account]:
        return self.database.directory.accounts()

    @property
    def url(self) -> str:
        """Where the API, the lab and later the console are."""
        assert self.http
        host = f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host
        return f"http://{host}:{self.http.port}"

    def address(self) -> Address:
        """Where the exchange is; nothing in it is secret."""
        return Address(
            hoyhoy=__version__,
            exchange=self.identity,
            data=str(self.database.folder),
            api=self.url,
            proxy=f"http://{self.settings.host}:{self.proxy_port}" if self.proxy else "",
            account_sid=self.accounts[0].sid,
        )

    def keys(self) -> Keys:
        """What `hoyhoy run` and `hoyhoy env` find in the data folder: the first account's credentials and number."""
        account, address, directory = self.accounts[0], self.address(), self.database.directory
        number = next(iter(directory.numbers(account.sid, 1)), None)
        key = directory.key(self._api_key)
        test = next((one for one in self.accounts if one.status == TEST and one.owner == account.sid), None)
        return Keys(
            exchange=self.identity,
            api=address.api,
            proxy=address.proxy,
            account_sid=account.sid,
            auth_token=account.auth_token,
            number=number.number if number else "",
            number_sid=number.sid if number else "",
            api_key=key.sid if key else "",
            api_secret=key.secret if key else "",
            test_account_sid=test.sid if test else "",
            test_auth_token=test.auth_token if test else "",
        )

    def _key_to_give(self) -> Key:
        """The key that programs were given last time, unless it was deleted; else a new one."""
        account, left = self.accounts[0].sid, Keys.read(self.database.folder)
        key = self.database.directory.key(left.api_key) if left else None
        return key if key and key.account == account else self.provisioning.key(account, GIVEN_KEY)

    def _keys_changed(self, entry: Entry, rows: Sequence[Row]) -> None:
        """What programs are given follows a promoted token and a deleted key."""
        if any(row.table in ("accounts", "keys") and row.sid in (self.accounts[0].sid, self._api_key) for row in rows):
            try:
                self.keys().write(self.database.folder)
            except OSError as error:
                log.warning("The new credentials could not be put into the data folder: %s", error)

    def _health(self) -> dict[str, Any]:
        if not self.settings.is_loopback:
            return {"hoyhoy": __version__}
        return asdict(self.address()) | {"virtual": isinstance(self.clock, VirtualClock)}

    def _token_of(self, sid: str) -> str:
        account = self.database.directory.account(sid)
        return account.auth_token if account else ""

    def _complain(self, account: str, code: int, sentence: str, subject: str = "") -> None:
        """A Notification about the account itself, or about one of its calls."""
        self._notice(account=account, subject=subject or account, code=code, message=sentence)

    def _notice(self, **told: Any) -> None:
        """`notify` for the outbox, which knows neither journal, chance nor time."""
        notify(self.database.journal, self.chance, self.clock.now(), **told)

    def _application(self) -> ASGIApp:
        """The lab under /lab/v1, twimlets under /twimlets, everything else the API."""
        adopts = self.settings.adopts
        services = Services(
            clock=self.clock,
            chance=self.chance,
            journal=self.database.journal,
            rows=self.database.rows,
            directory=self.database.directory,
            switchboard=self.switchboard,
            settings=RestSettings(
                strict=not adopts, ice_servers=self.settings.ice_servers, turn_secret=self.settings.turn_secret
            ),
            events=lambda subject, after, limit: self._entries(after, subject, limit),
            last_event=self.database.last_event,
            on_request=self._told,
        )
        if adopts:
            services = replace(
                services,
                adopt=self.provisioning.adopt_account,
                adopt_key=self.provisioning.adopt_key,
                adopt_number=self.provisioning.adopt_number,
            )
        api, lab, softphones = build(resources(), services), self._lab(), self.softphones

        async def route(scope: Scope, receive: Receive, send: Send) -> None:
            if softphones and softphones.matches(scope):
                await softphones(scope, receive, send)
            elif scope["type"] == "websocket":
                await send({"type": "websocket.close"})  # answered by 403, before it was accepted
            elif scope["path"] == PATH and self.settings.shows_metrics:
                await self.metrics(scope, receive, send)
            elif scope["path"].startswith(TWIMLETS):
                await serve_twimlets(scope, receive, send)
            else:
                await (lab if scope["path"].startswith("/lab/") else api)(scope, receive, send)

        return route

    def _lab(self) -> ASGIApp:
        routes = self.presence.routes(public=not self.settings.is_loopback)
        if self.settings.lab:
            routes += [
                *PhoneRoutes(self.network).routes(),
                *EventRoutes(self.feed, self._entries).routes(),
                *TimeRoutes(self.clock, self.feed, self.chance, self.real).routes(),
                *RoomRoutes(self.switchboard.facilities).routes(),
            ]
        lab = Starlette(routes=[Mount("/lab/v1", routes=routes)], exception_handlers={404: refuse, 405: refuse})
        # Off loopback nothing is here that a page could use, and the exchange has names of its own.
        return guarded(lab, self.settings.host) if self.settings.is_loopback else lab

    async def _entries(self, after: int, subject: str, limit: int) -> list[Entry]:
        return await self.database.events(after, subject=subject or None, limit=limit)

    def _told(self, method: str, path: str, status: int, seconds: float, code: int) -> None:
        if self.on_request:
            self.on_request(method, path, status, seconds, code)


def _chance(seed: int | None, last: int) -> Chance:
    """A seed gives the same run again in a new data folder; in one that was used, what it gave is not given twice."""
    return TrueChance() if seed is None else SeededChance(seed + (last << 64))


async def _go_on_after(clock: VirtualClock, database: Database) -> None:
    """What happens in this run is later than what happened in the last one, however far that was driven."""
    for last in await database.events(database.journal.last - 1, limit=1):
        await clock.advance(max(last.at - clock.now(), 0.0))
