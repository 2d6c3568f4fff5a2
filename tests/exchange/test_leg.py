import asyncio

import pytest

from hoyhoy.exchange.leg import Cause, Hearsay, Leg, LegState
from hoyhoy.exchange.media import Quality


class Wire(Leg):
    async def answer(self): ...

    async def hang_up(self, cause=Cause.NORMAL): ...

    async def play(self, sound):
        return 0.0


async def test_waiting_for_a_state():
    leg = Wire(LegState.TRYING)
    ringing, answered = (
        asyncio.ensure_future(leg.reached(LegState.RINGING, LegState.ANSWERED)),
        asyncio.ensure_future(leg.reached(LegState.ANSWERED)),
    )
    await asyncio.sleep(0)
    assert leg._become(LegState.RINGING)
    assert await ringing is LegState.RINGING and not answered.done()
    assert leg._become(LegState.RELEASED, Cause.BUSY)
    assert await answered is LegState.RELEASED and leg.cause is Cause.BUSY


async def test_final_means_final():
    leg = Wire(LegState.TRYING)
    leg._become(LegState.RELEASED, Cause.REJECTED)
    assert not leg._become(LegState.ANSWERED) and not leg._become(LegState.RELEASED, Cause.NORMAL)
    assert (leg.state, leg.cause) == (LegState.RELEASED, Cause.REJECTED)
    assert await leg.reached(LegState.ANSWERED) is LegState.RELEASED


@pytest.mark.parametrize(("state", "counts"), [(LegState.RINGING, False), (LegState.ANSWERED, True)])
async def test_keys_count_only_while_answered(state, counts):
    leg, seen = Wire(state), []
    leg.on_key = seen.append
    leg._key("1")
    assert (seen == ["1"]) is counts is not leg.keys.empty()


async def test_what_was_pressed_as_itself():
    leg, seen = Wire(LegState.ANSWERED), []
    leg.on_key = seen.append
    for key in ("1", Hearsay.of("2")):
        leg._key(key)
    assert [type(key) for key in (*seen, await leg.key())] == [str, str, str]
    assert leg.keys.get_nowait() == "2" and leg.keys.empty()


def test_each_end_tells_on_once():
    one, other = Wire(LegState.ANSWERED), Wire(LegState.ANSWERED)
    said = Hearsay.of("hello")
    assert [Hearsay.of(said).is_told_by(end) for end in (one, other, one, other)] == [True, True, False, False]
    assert Hearsay.of("hello").is_told_by(one)  # said again


async def test_a_waiter_that_gave_up_is_forgotten():
    leg = Wire(LegState.TRYING)
    waiting = asyncio.ensure_future(leg.reached(LegState.ANSWERED))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert leg._become(LegState.ANSWERED)


async def test_what_the_network_did_is_told_once_and_at_the_end():
    leg, told = Wire(LegState.ANSWERED), []
    leg.on_measured = told.append
    leg._measured(Quality(received=50))  # a report while it lasts
    leg._become(LegState.RELEASED)
    leg._measured(Quality(received=100, lost=2))
    leg._measured(Quality(received=101))
    assert told == [Quality(received=100, lost=2)]


async def test_words_count_while_answered_and_a_lost_plane_is_a_failure():
    leg, words = Wire(LegState.RINGING), []
    leg.on_words = words.append
    leg._spoke("too early")
    leg._become(LegState.ANSWERED)
    leg._spoke("hello")
    leg._lost()
    leg._spoke("too late")
    assert words == ["hello"] and (leg.state, leg.cause) == (LegState.RELEASED, Cause.FAILED)
