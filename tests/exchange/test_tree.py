"""voice 2.7, 2.11: what one call sets off, however it goes on, stays within its room."""

import pytest

from hoyhoy.exchange.clock import VirtualClock
from hoyhoy.exchange.events import CallCreated
from hoyhoy.exchange.facilities import Rules
from hoyhoy.exchange.tree import CLOSED, Tree, share
from hoyhoy.lines.simulated.script import Behaviour

from .talking import BOB, calls_in, heard, notices
from .world import NUMBER, world

TWICE = f"<Number>{NUMBER}</Number>" * 2


async def test_a_tree_that_was_full_is_closed_until_nobody_asks():
    clock = VirtualClock(100.0)
    tree = Tree(clock, before=2)
    assert tree.room(5) == 3 and tree.takes(3, 5)
    tree.dialled += 2
    assert tree.room(5) == 1 and tree.room(3) == 0 and tree.takes(1, 5)
    assert not tree.takes(2, 5) and not tree.takes(1, 5)
    tree.dialled -= 2
    await clock.advance(CLOSED - 1)
    assert tree.room(5) == 0 and not tree.takes(1, 5)
    await clock.advance(CLOSED - 1)
    assert tree.room(5) == 0
    await clock.advance(1)
    assert tree.room(5) == 3 and tree.takes(3, 5)
    await clock.close()


def test_shares():
    assert [share(*each) for each in ((30, 1), (30, 10), (3, 2), (1, 1), (1, 2))] == [29, 2, 0, 0, 0]
    assert all(calls * (1 + share(room, calls)) <= room for room in range(10, 60) for calls in range(1, 11))


@pytest.mark.parametrize(
    "dial",
    [
        f"<Dial>{NUMBER}</Dial>",
        f"<Dial>{TWICE}</Dial>",
        f'<Dial answerOnBridge="true">{TWICE}<Number>{NUMBER}</Number></Dial>',
        f'<Dial sequential="true">{TWICE}</Dial>',
        f"<Dial>{NUMBER}</Dial>" * 3,
        f'<Dial action="/in">{NUMBER}</Dial>',
        f'<Dial action="/in" sequential="true">{TWICE}</Dial>',
        f'<Dial action="/in">{TWICE}</Dial>',
    ],
)
async def test_a_number_that_dials_itself(dial):
    async with world(rules=Rules(calls_set_off=12)) as exchange:
        calls_in(exchange, dial)
        await exchange.run(700)
        made = [one for one in exchange.events(CallCreated) if one.direction == "outbound-dial"]
        assert 4 <= len(made) <= 12 and 11215 in notices(exchange)
        assert not exchange.switchboard.facilities.calls


async def test_ten_who_forward_the_call():
    async with world() as exchange:
        numbers = [f"+1500555{n:04d}" for n in range(100, 110)]
        for number in numbers:
            exchange.own(number, voice_url=f"http://app/{number}")
            exchange.app.pages[f"http://app/{number}"] = (
                f'<Response><Dial answerOnBridge="true">+1415556{number[-4:]}</Dial></Response>'
            )
            exchange.phone(f"+1415556{number[-4:]}", answering="ring-out")
        exchange.phone(f"+1415556{numbers[6][-4:]}", {"wait": 3, "say": "Found me"}, {"hang_up": True})
        calls_in(exchange, "<Dial>" + "".join(f"<Number>{number}</Number>" for number in numbers) + "</Dial>")
        await exchange.run(60)
        assert len(exchange.events(CallCreated)) == 1 + 10 * 3 and notices(exchange) == []
        assert "Found me" in heard(exchange, "+14155550123")


async def test_one_after_another_for_as_long_as_it_takes():
    """Who waits while many are tried is in no circle."""
    async with world(rules=Rules(calls_set_off=3)) as exchange:
        calls_in(exchange, f'<Dial timeout="5" action="/in">{BOB}</Dial>')
        exchange.phone(BOB, answering="ring-out")
        await exchange.run(200)
        assert len(exchange.events(CallCreated)) > 15 and notices(exchange) == []


async def test_what_came_by_a_line_that_knows_a_number_only():
    async with world(rules=Rules(calls_set_off=12)) as exchange:
        network = exchange.network
        exchange.own(NUMBER, voice_url="http://app/in")
        exchange.app.pages["http://app/in"] = f"<Response><Dial>{TWICE}</Dial></Response>"
        phone = network.phone(BOB)
        phone.behaviour = Behaviour()
        leg = phone.leg(network.plane.open(""), lambda event: None, outgoing=False)
        leg.hops = 9
        network.exchange.incoming(leg, caller=BOB, called=NUMBER)
        await exchange.run(60)
        made = [one for one in exchange.events(CallCreated) if one.direction == "outbound-dial"]
        assert 2 <= len(made) <= 3 and 11215 in notices(exchange)
