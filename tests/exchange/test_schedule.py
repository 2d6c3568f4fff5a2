"""Messages that wait for their time: messaging 1.4."""

import asyncio
import itertools

from hoyhoy.exchange.message import Message
from hoyhoy.exchange.orders import Terms
from hoyhoy.exchange.schedule import AT_ONCE, LONGEST_WAIT, Schedule

from .away import with_away
from .world import ACCOUNT, NUMBER, PHONE


def waiting(exchange, seconds):
    return Message(
        exchange.switchboard.facilities,
        account=ACCOUNT,
        direction="outbound-api",
        sender=NUMBER,
        recipient=PHONE,
        body="Hello",
        terms=Terms(send_at=exchange.clock.now() + seconds),
    )


async def test_each_starts_at_its_time_and_those_of_one_moment_in_their_order(exchange):
    started = []
    schedule = Schedule(
        exchange.clock, exchange.database.journal, lambda message: started.append((message, exchange.clock.now()))
    )
    messages = [waiting(exchange, seconds) for seconds in (60, 30, 60, 45, -5, 30)]
    for message in messages:
        schedule.put(message)
    await exchange.run(5)
    schedule.put(early := waiting(exchange, 5))
    await exchange.run(300)
    order = [messages[4], early, messages[1], messages[5], messages[3], messages[0], messages[2]]
    assert [message for message, _ in started] == order
    assert all(at == message.terms.send_at for message, at in started[1:])
    schedule.put(late := waiting(exchange, 30))
    await exchange.run(30)
    assert started[-1][0] is late, "the alarm is set again after it had nothing to do"


async def test_what_is_dropped_does_not_start(exchange):
    started = []
    schedule = Schedule(exchange.clock, exchange.database.journal, started.append)
    kept, dropped = waiting(exchange, 60), waiting(exchange, 60)
    schedule.put(kept)
    schedule.put(dropped)
    assert schedule.drop(dropped) and not schedule.drop(dropped)
    await exchange.run(60)
    assert started == [kept] and not schedule.drop(kept)


async def test_a_few_start_in_one_turn(exchange):
    started = []
    schedule = Schedule(exchange.clock, exchange.database.journal, started.append)
    messages = [waiting(exchange, 0) for _ in range(10 * AT_ONCE)]
    for message in messages:
        schedule.put(message)
    counts = [0]
    while len(started) < len(messages):
        await asyncio.sleep(0)
        counts.append(len(started))
    assert max(b - a for a, b in itertools.pairwise(counts)) == AT_ONCE
    assert started == messages


async def test_nothing_starts_while_the_store_is_away(exchange):
    store, started = with_away(exchange), []
    schedule = Schedule(exchange.clock, store, started.append)
    messages = [waiting(exchange, 0) for _ in range(3 * AT_ONCE)]
    for message in messages:
        schedule.put(message)
    with store.for_("settled"):
        await exchange.clock.settle()
        assert len(started) == AT_ONCE
    await exchange.run(2)
    assert started == messages


async def test_one_alarm_serves_all_and_looks_at_the_clock_every_hour(exchange):
    # The timer of a machine asleep does not run; its clock does.
    schedule = Schedule(exchange.clock, exchange.database.journal, lambda message: None)
    for seconds in range(35 * 86400, 0, -86400):
        schedule.put(waiting(exchange, seconds))
    await exchange.clock.settle()
    assert [task.get_name() for task in exchange.clock._tasks].count("scheduled messages") == 1
    assert exchange.clock._next() == exchange.clock.now() + LONGEST_WAIT
