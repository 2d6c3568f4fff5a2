"""Answers that are repeated until they are confirmed (RFC 3261 13.3.1.4, RFC 3262 3)."""

import gc
import weakref

import pytest

from hoyhoy.exchange.clock import RealClock, VirtualClock
from hoyhoy.lines.sip.confirmation import Confirmation

from .wires import made, turns


class Sent:
    """An inbound request that notes when it was answered."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock, self.times = clock, []

    def respond(self, response) -> None:
        self.times.append(self.clock.now())


@pytest.fixture
async def clock():
    made = VirtualClock(0.0)
    yield made
    await made.close()


async def test_a_2xx_comes_again_after_ever_longer_waits(clock):
    sent = Sent(clock)
    confirmation = Confirmation(clock, sent, made("INVITE").respond(200))
    await clock.advance(40)
    assert sent.times == [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert confirmation.ended.result() is None


async def test_a_provisional_response_waits_longer_and_longer(clock):
    sent = Sent(clock)
    confirmation = Confirmation(clock, sent, made("INVITE").respond(180))
    await clock.advance(40)
    assert sent.times == [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5]
    assert confirmation.ended.result() is None


async def test_confirmed_or_stopped_it_is_said_no_more(clock):
    sent, ack = Sent(clock), made("ACK")
    confirmation = Confirmation(clock, sent, made("INVITE").respond(200))
    confirmation.confirm(ack)
    confirmation.stop()
    assert confirmation.ended.result() is ack
    stopped = Confirmation(clock, sent, made("INVITE").respond(200))
    stopped.stop()
    assert stopped.ended.result() is None
    await clock.advance(40)
    assert sent.times == [0, 0]


async def test_an_answer_that_was_confirmed_is_kept_by_nobody():
    """Nor does it wait for the collector of cycles, which comes seldom."""
    gc.disable()
    try:
        clock = RealClock()
        confirmation = Confirmation(clock, Sent(clock), made("INVITE").respond(200))
        await turns()
        confirmation.confirm(made("ACK"))
        left = weakref.ref(confirmation)
        del confirmation
        await turns()
        assert left() is None
    finally:
        gc.enable()
