"""Ann calls a number of ours whose document dials Bob: what tests of Dial and what it stands on share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hoyhoy.exchange.events import Noticed, PhoneHeard, ResourceChanged
from hoyhoy.exchange.leg import Leg
from hoyhoy.exchange.performance import known_verbs
from hoyhoy.exchange.ports import Dialling, Row
from hoyhoy.exchange.program import read_root
from hoyhoy.exchange.switchboard import Switchboard
from hoyhoy.exchange.verbs.voice.dial import Dial
from hoyhoy.lines.simulated.phone import PhoneCall
from hoyhoy.wire.twiml import parse

from .world import ACCOUNT, NUMBER, PHONE, World

APPLICATION = "AP" + "1" * 32

ANN, BOB, EVE = PHONE, "+14155550200", "+14155550300"


def calls_in(exchange: World, dial: str, **pages: Any) -> PhoneCall:
    """Ann calls. Behind the Dial her document says goodbye; `pages` are others of the app, `over` the usual action."""
    exchange.app.pages |= {
        "http://app/in": f"<Response>{dial}<Say>Goodbye then</Say></Response>",
        "http://app/over": "<Response><Say>It is over</Say></Response>",
    }
    exchange.app.pages |= {f"http://app/{name}": page for name, page in pages.items()}
    exchange.own(NUMBER, voice_url="http://app/in")
    return exchange.network.place_call(exchange.phone(ANN), NUMBER)


def on(exchange: World, phone: str) -> Leg:
    """The last call of a phone."""
    return exchange.network.phone(phone).calls[-1].leg


def says(exchange: World, phone: str, words: str) -> None:
    exchange.clock.spawn(exchange.network.phone(phone).say(on(exchange, phone), words), f"{phone} says")


def presses(exchange: World, phone: str, keys: str) -> None:
    exchange.clock.spawn(on(exchange, phone).press(keys), f"{phone} presses")


def heard(exchange: World, phone: str, *kinds: str) -> list[str]:
    """What a phone heard besides the ringing tone."""
    return [e.text for e in exchange.events(PhoneHeard) if e.phone == phone and e.kind in (kinds or ("speech", "keys"))]


def result(exchange: World) -> dict[str, str]:
    """What the action was told, once."""
    (asked,) = [one for one in exchange.app.asked if one.url == "http://app/over"]
    return dict(asked.extra)


async def children(exchange: World, parent: str) -> list[dict[str, Any]]:
    """The rows of what a call dialled, in the order in which it did."""
    return (await exchange.database.rows.page("calls", [("parent_call_sid", "=", parent)]))[::-1]


def application(exchange: World, sid: str = APPLICATION, account: str = ACCOUNT, **values: Any) -> str:
    """An application of the account: voice_url=...; its sid."""
    row = Row("applications", sid, {"account_sid": account, "voice_method": "POST", **values}, new=True)
    exchange.database.journal.record(sid, account, ResourceChanged(table=row.table, change="created"), (row,))
    return sid


def notices(exchange: World) -> list[int]:
    return [one.code for one in exchange.events(Noticed)]


def callbacks(exchange: World, path: str) -> list[dict[str, str]]:
    """What was told at a path of the app."""
    return [dict(one.params) for one in exchange.callbacks if one.url == f"http://app{path}"]


async def dials(exchange: World, dial: str, *steps: dict[str, Any], **pages: Any) -> dict[str, str]:
    """Ann calls, and whoever answers on Bob's phone hangs up after five seconds; what the action was told."""
    calls_in(exchange, dial, **pages)
    exchange.phone(BOB, *steps, {"wait": 5, "hang_up": True})
    await exchange.run(120)
    return result(exchange)


def read(dial: str) -> tuple[Dial, list[int]]:
    """A Dial as it is read, and the codes of what was said about it."""
    codes: list[int] = []
    (verb,) = read_root(parse(f"<Response>{dial}</Response>"), known_verbs(), lambda code, sentence: codes.append(code))
    assert isinstance(verb, Dial)
    return verb, codes


class Wire:
    """A line that keeps what it is asked, and calls Bob's phone; it reaches what begins with one of `schemes`."""

    def __init__(self, exchange: World, *schemes: str) -> None:
        self.network, self.schemes = exchange.network, schemes
        self.dialled: list[Dialling] = []
        facilities = replace(exchange.switchboard.facilities, lines=(self, exchange.network))
        exchange.switchboard = exchange.network.exchange = Switchboard(facilities)

    def reaches(self, address: str, account: str) -> bool:
        return address.startswith(self.schemes)

    def dial(self, dialling: Dialling) -> Leg:
        self.dialled.append(dialling)
        return self.network.dial(replace(dialling, address=BOB))
