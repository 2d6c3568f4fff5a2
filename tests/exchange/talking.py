"""Ann calls a number of ours whose document dials Bob: what tests of Dial and what it stands on share."""

from __future__ import annotations

from typing import Any

from hoyhoy.exchange.events import PhoneHeard
from hoyhoy.exchange.leg import Leg
from hoyhoy.lines.simulated.phone import PhoneCall

from .world import NUMBER, PHONE, World

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
