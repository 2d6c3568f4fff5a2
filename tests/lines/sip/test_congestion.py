"""When calls are refused so that others do not suffer: turns of the loop in driven time, nobody sleeps."""

from __future__ import annotations

import pytest

from hoyhoy.exchange.clock import VirtualClock
from hoyhoy.lines.sip.congestion import FEW, LOOKS, MORE, Congestion

LIMIT = 0.05
SHORT, LONG = 0.001, 0.2


class Turns:
    """A congestion that has looked at turns of these lengths, with calls that wait for their answer."""

    def __init__(self, most: float = LIMIT) -> None:
        self.beginning = 0
        self.congestion = Congestion(VirtualClock(0), most, lambda: self.beginning)

    def took(self, *seconds: float) -> Turns:
        for one in seconds:
            self.congestion._look(one)
        return self

    @property
    def room(self) -> int:
        """How many calls may begin."""
        before = self.beginning
        while not self.congestion.is_there() and self.beginning < before + 10_000:
            self.beginning += 1
        taken, self.beginning = self.beginning - before, before
        return taken


def test_calls_that_wait_for_a_slow_app_take_no_room_from_others_while_turns_are_short():
    turns = Turns()
    for waiting in (0, 100, 5_000):
        turns.beginning = waiting
        assert turns.took(SHORT).room == MORE


def test_few_at_a_time_when_turns_are_long():
    turns = Turns().took(*[LONG] * LOOKS)
    assert turns.room == FEW
    turns.beginning = FEW
    assert turns.room == 0


def test_few_may_always_begin():
    assert Turns().took(*[60.0] * 100).room == FEW


def test_one_long_turn_is_nothing_but_nothing_grows_in_it():
    turns = Turns().took(*[SHORT] * LOOKS)
    turns.beginning = 40
    assert turns.took(LONG).room == MORE - 40


def test_it_is_over_when_turns_are_short_again():
    turns = Turns().took(*[LONG] * LOOKS)
    turns.beginning = FEW
    assert turns.took(SHORT).room == 0
    assert turns.took(SHORT).room == MORE


def test_a_limit_that_bears_any_lateness():
    turns = Turns(most=0).took(*[LONG] * LOOKS)
    turns.beginning = 100_000
    assert not turns.congestion.is_there()


@pytest.mark.parametrize("late", [0.0, 0.3])
async def test_it_looks_at_the_clock_until_it_is_stopped(late: float) -> None:
    class Late(VirtualClock):
        async def sleep(self, seconds: float) -> None:
            await super().sleep(seconds + late)

    clock = Late(1_000)
    congestion = Congestion(clock, LIMIT, lambda: FEW)
    congestion.start()
    await clock.advance(2)
    assert congestion.lateness == pytest.approx(late, abs=1e-6)
    assert congestion.is_there() is (late > 0)
    congestion.stop()
    await clock.settle()
    assert clock._next() is None
    await clock.close()
