"""Conferences in the tests of resources: calls that are made to come into one."""

from __future__ import annotations

from tests.rest.world import BASE, NUMBER

ANN, BOB, EVE = "+14155550141", "+14155550142", "+14155550143"


async def ask(exchange, room, **form):
    """The answer to the request for one more participant."""
    path = f"{BASE}/Conferences/{room}/Participants.json"
    form = {name: value for name, value in {"From": NUMBER, "To": ANN, **form}.items() if value is not None}
    return await exchange.request("POST", path, data=form)


async def comes(exchange, room, **form):
    """Somebody is called and in; how he is shown."""
    answer = await ask(exchange, room, **form)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    for _ in range(100):
        if attendant(exchange, made).is_in:
            return made
        await exchange.run(0.1)
    raise AssertionError("never in")


async def meets(exchange, room, **form):
    """Two are in, so that it has begun; `form` is of the first."""
    return await comes(exchange, room, **form), await comes(exchange, room, To=BOB)


def conference(exchange, made):
    """As the exchange knows it; None when it is over."""
    return exchange.switchboard.facilities.conferences.get(made["conference_sid"])


def attendant(exchange, made):
    found = conference(exchange, made)
    return found and found.participants.get(made["call_sid"])
