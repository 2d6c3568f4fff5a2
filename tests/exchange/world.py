"""An exchange in virtual time on the simulated network, with the real store, and an app that is a dict of pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from hoyhoy.audio import tones
from hoyhoy.exchange.chance import Chance, SeededChance
from hoyhoy.exchange.clock import Clock, VirtualClock
from hoyhoy.exchange.events import Entry, Event, ResourceChanged
from hoyhoy.exchange.facilities import Facilities, Rules
from hoyhoy.exchange.media import Prompt
from hoyhoy.exchange.orders import PlaceCall, SendMessage
from hoyhoy.exchange.ports import FetchFailed, Page, Row, Steering, Webhook
from hoyhoy.exchange.sound import Audio, Speech
from hoyhoy.exchange.switchboard import Switchboard
from hoyhoy.lines.simulated.network import Network
from hoyhoy.lines.simulated.phone import Phone
from hoyhoy.lines.simulated.script import Behaviour, Step
from hoyhoy.media.board import Board
from hoyhoy.media.virtual import VirtualDesk
from hoyhoy.rest import tables
from hoyhoy.speech.placeholder import murmur
from hoyhoy.store.database import Database, open_database
from hoyhoy.store.tapes import Tapes
from hoyhoy.terminal.timeline import describe

ACCOUNT = "AC" + "a" * 32
NUMBER = "+15005550006"
PHONE = "+14155550123"
START = 1_700_000_000.0
AUDIO_SECONDS = 3.0
ALL = ("initiated", "ringing", "answered", "completed")

Answer = str | Page | Exception | Callable[[Webhook], Any]


@dataclass
class App:
    """The customer's web server: pages by URL, and what was asked of it. A page is TwiML, a Page, an
    exception, or a function of the request."""

    pages: dict[str, Answer] = field(default_factory=dict)
    asked: list[Webhook] = field(default_factory=list)

    def session(self) -> object:
        return object()

    async def fetch(self, webhook: Webhook, *, account: str, session: object) -> Page:
        self.asked.append(webhook)
        answer = self.pages.get(webhook.url)
        if callable(answer):
            answer = answer(webhook)
        if answer is None:
            raise FetchFailed(11200, "HTTP 404", Page(webhook.url, 404, "text/html", b"not here"))
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Page) else Page(webhook.url, 200, "text/xml", answer.encode())

    def params(self, index: int = -1) -> dict[str, str]:
        return dict(self.asked[index].params + self.asked[index].extra)


class Sounds:
    """A studio whose voice is the placeholder, and whose recordings are tones of three seconds. What the app has at
    a URL can only be that it is not there."""

    def __init__(self, pages: Mapping[str, Any]) -> None:
        self.pages = pages

    async def prompt(self, wish: Speech | Audio, account: str) -> Prompt:
        if isinstance(wish, Speech):
            return Prompt(wish, murmur(wish.text))
        answer = self.pages.get(wish.url)
        if isinstance(answer, Exception):
            raise answer
        return Prompt(wish, tones.tone(AUDIO_SECONDS, 440))


def stage(clock: Clock, chance: Chance) -> Board:
    """The media plane of an exchange in virtual time."""
    board = Board(clock, chance)
    board.add(lambda hear, lost: VirtualDesk(clock, hear)).start()
    return board


@dataclass
class World:
    clock: VirtualClock
    database: Database
    app: App
    network: Network
    switchboard: Switchboard
    entries: list[Entry] = field(default_factory=list)
    callbacks: list[Any] = field(default_factory=list)

    def own(self, number: str = NUMBER, **values: Any) -> None:
        """Give the account a number: voice_url=..., sms_url=..."""
        row = Row(
            "incoming_phone_numbers",
            "PN" + number[1:].zfill(32),
            {"account_sid": ACCOUNT, "phone_number": number, **values},
            new=True,
        )
        self.database.journal.record(row.sid, ACCOUNT, ResourceChanged(table=row.table, change="created"), (row,))

    def phone(self, number: str = PHONE, *steps: dict[str, Any], **behaviour: Any) -> Phone:
        phone = self.network.phone(number)
        phone.behaviour = Behaviour(script=tuple(Step(**step) for step in steps), **behaviour)
        return phone

    def place(self, url: str = "http://app/start", to: str = PHONE, **order: Any) -> str:
        steering = Steering(
            url=url if "twiml" not in order else "",
            status_callback="http://app/status",
            fallback_url=order.pop("fallback_url", ""),
        )
        order = {"events": ALL, **order}
        return str(
            self.switchboard.place_call(PlaceCall(account=ACCOUNT, to=to, caller=NUMBER, steering=steering, **order))[
                "sid"
            ]
        )

    def send(self, to: str = PHONE, body: str = "Hello", **order: Any) -> str:
        return str(
            self.switchboard.send_message(
                SendMessage(
                    account=ACCOUNT, to=to, sender=NUMBER, body=body, status_callback="http://app/status", **order
                )
            )["sid"]
        )

    async def run(self, seconds: float = 3600) -> None:
        await self.clock.advance(seconds)

    async def until(self, kind: type[Event], **fields: Any) -> Entry:
        """Drive to the first entry of this kind, from now on."""
        seen = len(self.entries)

        def found() -> list[Entry]:
            return [
                e
                for e in self.entries[seen:]
                if isinstance(e.event, kind) and all(getattr(e.event, name) == value for name, value in fields.items())
            ]

        assert await self.clock.drive(3600, lambda: bool(found())), f"no {kind.__name__} {fields}"
        return found()[0]

    def story(self, sid: str = "") -> list[str]:
        """What happened, one line an event, with seconds since the start."""
        return [
            f"{entry.at - START:g} {line.strip()}"
            for entry in self.entries
            if sid in (entry.subject, "")
            for line in describe(type(entry.event).__name__, msgspec.to_builtins(entry.event))[:1]
        ]

    def events(self, kind: type[Event], sid: str = "") -> list[Any]:
        return [e.event for e in self.entries if isinstance(e.event, kind) and sid in (e.subject, "")]

    async def row(self, table: str, sid: str) -> dict[str, Any]:
        row = await self.database.rows.fetch(table, sid)
        assert row is not None
        return row


@asynccontextmanager
async def world(
    seed: int = 1, rules: Rules | None = None, place: Path | None = None, start: float = START
) -> AsyncIterator[World]:
    """`place` is a data folder to open instead of a temporary one."""
    clock = VirtualClock(start)
    database = await open_database(place, tables(), clock)
    app = App()
    chance, studio = SeededChance(seed), Sounds(app.pages)
    plane = stage(clock, chance)
    network = Network(clock, database.journal, database.directory, plane, studio)
    facilities = Facilities(
        clock, chance, database.journal, app, database.directory, (network,), (network,), plane, studio,
        Tapes(database.folder), rules or Rules(), database.rows,
    )  # fmt: skip
    switchboard = network.exchange = Switchboard(facilities)
    made = World(clock, database, app, network, switchboard)
    database.journal.subscribe(lambda entry, rows: made.entries.append(entry))
    database.journal.deliver_to(lambda callbacks: made.callbacks.extend(callbacks))
    try:
        yield made
    finally:
        await clock.close()
        await database.close()
