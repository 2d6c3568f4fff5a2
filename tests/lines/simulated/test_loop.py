from hoyhoy.exchange.clock import VirtualClock
from hoyhoy.exchange.leg import Cause, LegState
from hoyhoy.exchange.sound import Keys, Speech
from hoyhoy.lines.simulated.loop import LoopLeg


async def test_two_ends_of_one_call():
    clock = VirtualClock(0.0)
    near, far = LoopLeg(clock, LegState.TRYING), LoopLeg(clock, LegState.RINGING)
    near.other, far.other = far, near
    near.rings()
    assert near.state is LegState.RINGING
    await far.answer()
    assert near.state is far.state is LegState.ANSWERED
    clock.spawn(near.play(Keys("1w2")), "keys")
    clock.spawn(near.play(Speech("Hello", "")), "speech")
    await clock.advance(5)
    assert [far.keys.get_nowait() for _ in range(2)] == ["1", "2"]
    await near.hang_up(Cause.NORMAL)
    assert far.state is LegState.RELEASED and far.cause is Cause.NORMAL
    await clock.close()
