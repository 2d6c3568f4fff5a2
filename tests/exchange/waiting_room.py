"""Callers wait in the queue `support`, agents call another number to talk with them: what tests of queues share."""

from __future__ import annotations

from typing import Any

from hoyhoy.exchange.events import CallBridged, CallCreated, CallEnqueued
from hoyhoy.exchange.facilities import Facilities
from hoyhoy.lines.simulated.phone import PhoneCall

from .talking import ANN, BOB, EVE
from .world import NUMBER, World

AGENTS = "+15005550007"
"""The number that agents call."""
ADA, IDA = "+14155550701", "+14155550702"
"""Agents."""

CALLERS = (ANN, BOB, EVE)


def crowd(count: int) -> list[str]:
    """Numbers of further callers."""
    return [f"+1415556{i:04d}" for i in range(count)]


def furnish(
    exchange: World, inside: str = "", *, enqueue: str = "", dial: str = "", queue: str = "", **pages: Any
) -> None:
    """What callers' documents say, behind which stands a goodbye, and agents'; `inside` are attributes of <Enqueue>,
    `dial` and `queue` of those. The actions are `over` and `dialled`."""
    says = f'<Enqueue action="/over" {inside}>support</Enqueue>'
    serves = f'<Dial action="/dialled" {dial}><Queue {queue}>support</Queue></Dial>'
    exchange.app.pages |= {
        "http://app/in": f"<Response>{enqueue or says}<Say>Goodbye then</Say></Response>",
        "http://app/agent": f"<Response>{serves}</Response>",
        "http://app/over": "<Response><Say>It is over</Say></Response>",
        "http://app/dialled": "<Response><Say>Well served</Say></Response>",
    }
    exchange.app.pages |= {f"http://app/{name}": page for name, page in pages.items()}
    exchange.own(NUMBER, voice_url="http://app/in")
    exchange.own(AGENTS, voice_url="http://app/agent")


async def waits(exchange: World, *phones: str) -> list[str]:
    """They call, a second after one another; the sids of their calls."""
    for phone in phones or (ANN,):
        exchange.network.place_call(exchange.phone(phone), NUMBER)
        await exchange.run(1)
    return [call_of(exchange, phone) for phone in phones or (ANN,)]


def serves(exchange: World, agent: str = ADA) -> PhoneCall:
    """An agent calls."""
    return exchange.network.place_call(exchange.phone(agent), AGENTS)


def call_of(exchange: World, phone: str) -> str:
    """The sid of the last call of a phone."""
    created = [one for one in exchange.entries if isinstance(one.event, CallCreated) and one.event.caller == phone]
    return created[-1].subject


def hangs_up(exchange: World, phone: str) -> None:
    exchange.network.phone(phone).calls[-1].leg.put_down()


def told(exchange: World, page: str = "over") -> list[dict[str, str]]:
    """What an action was told, each time it was."""
    return [dict(one.extra) for one in exchange.app.asked if one.url == f"http://app/{page}"]


def results(exchange: World) -> list[str]:
    return [one["QueueResult"] for one in told(exchange)]


def talks(exchange: World) -> list[str]:
    """The calls that agents talked with, in order."""
    agents = {call for phone in (ADA, IDA) for call in calls_of(exchange, phone)}
    return [one.event.other for one in exchange.entries if isinstance(one.event, CallBridged) and one.subject in agents]


def calls_of(exchange: World, phone: str) -> list[str]:
    return [one.subject for one in exchange.entries if isinstance(one.event, CallCreated) and one.event.caller == phone]


def asked(exchange: World, page: str) -> list[dict[str, str]]:
    """What the app was asked for a page, each time."""
    return [dict(one.params) for one in exchange.app.asked if one.url == f"http://app/{page}"]


def queue_of(exchange: World, call: str) -> str:
    """The sid of the queue that a call waits in."""
    return [one.queue for one in exchange.events(CallEnqueued, call)][-1]


def facilities(exchange: World) -> Facilities:
    return exchange.switchboard.facilities
