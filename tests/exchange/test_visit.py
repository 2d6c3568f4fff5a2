"""voice 2.7, 2.8: what a Dial says for every place that it leads to."""

import asyncio

import pytest

from hoyhoy.exchange.events import CallMoved, Params
from hoyhoy.exchange.orders import Record
from hoyhoy.exchange.visit import Stay

from .talking import presses
from .world import PHONE, World


class Somewhere:
    """A place that is left after so many seconds; `log` is what happened there."""

    def __init__(self, exchange: World, seconds: float) -> None:
        self.exchange, self.seconds = exchange, seconds
        self.log: list[str] = []

    async def run(self) -> None:
        self.log.append("in")
        try:
            await self.exchange.clock.sleep(self.seconds)
            self.log.append("over")
        finally:
            self.log.append("out")

    def pressed(self, key: str) -> None:
        self.log.append(key)

    async def ended(self) -> Params:
        return (("DialCallStatus", "answered"),)


async def stays(exchange: World, seconds: float = 60, keys: str = "", **how) -> tuple[Somewhere, Stay, float]:
    """A call stays somewhere until that is over; and how long that was."""
    exchange.app.pages["http://app/start"] = "<Response><Pause length='3600'/></Response>"
    exchange.phone()
    sid = exchange.place()
    await exchange.until(CallMoved, status="in-progress")
    call = exchange.switchboard.facilities.calls[sid]
    call.line._key("*")  # of before
    place = Somewhere(exchange, seconds)
    terms = {"limit": 100.0, "star_ends": False, "record": None} | how
    stay = Stay(call, place, **terms)
    work, began = exchange.clock.spawn(stay.run(), "stay"), exchange.clock.now()
    if keys:
        await exchange.run(1)
        presses(exchange, PHONE, keys)
    await exchange.clock.drive(200, work.done)
    await asyncio.wait({work})
    assert work.exception() is None
    return place, stay, round(exchange.clock.now() - began, 1)


async def test_a_visit_that_ends_by_itself(exchange):
    place, stay, lasted = await stays(exchange, 60)
    assert (place.log, lasted) == (["in", "over", "out"], 60)
    assert await stay.ended() == (("DialCallStatus", "answered"),)


async def test_no_longer_than_allowed(exchange):
    place, _, lasted = await stays(exchange, 60, limit=10)
    assert (place.log, lasted) == (["in", "out"], 10)


@pytest.mark.parametrize(
    ("star_ends", "log", "lasted"), [(True, ["in", "1", "out"], 1.2), (False, ["in", "1", "*", "over", "out"], 60)]
)
async def test_the_star(exchange, star_ends, log, lasted):
    # keys of before the stay are for nobody, and only the star ends it
    place, _, took = await stays(exchange, 60, keys="1*", star_ends=star_ends)
    assert place.log == log and took == pytest.approx(lasted, abs=0.1)


async def test_the_keys_of_a_stay_are_not_those_of_what_comes_after(exchange):
    _, stay, _ = await stays(exchange, 10, keys="123")
    assert stay.call.line.keys.empty()


async def test_recorded(exchange):
    _, stay, _ = await stays(exchange, 10, record=Record(source="DialVerb"))
    told = dict(await stay.ended())
    (row,) = await exchange.database.rows.page("recordings")
    assert told["RecordingSid"] == row["sid"] and told["DialCallStatus"] == "answered"


async def test_what_goes_wrong_there_is_not_hidden(exchange):
    class Broken(Somewhere):
        async def run(self) -> None:
            raise ZeroDivisionError

    exchange.app.pages["http://app/start"] = "<Response><Pause length='3600'/></Response>"
    exchange.phone()
    sid = exchange.place()
    await exchange.until(CallMoved, status="in-progress")
    call = exchange.switchboard.facilities.calls[sid]
    with pytest.raises(ZeroDivisionError):
        await Stay(call, Broken(exchange, 1), limit=10, star_ends=False, record=None).run()
