"""voice 2.10: Leave in a queue (what comes of it is tested beside exchange/waiting.py), and where nobody waits."""

from hoyhoy.exchange.events import Noticed

from ...talking import ANN, calls_in, heard
from ...waiting_room import furnish, results, waits


async def test_out_of_the_queue(exchange):
    furnish(exchange, 'waitUrl="/wait"', wait="<Response><Leave/><Say>Not reached</Say></Response>")
    await waits(exchange)
    assert (results(exchange), heard(exchange, ANN)) == (["leave"], ["It is over"])


async def test_outside_a_queue_it_does_nothing(exchange):
    calls_in(exchange, "<Leave/>")
    await exchange.run(10)
    assert (heard(exchange, ANN), exchange.events(Noticed)) == (["Goodbye then"], [])
