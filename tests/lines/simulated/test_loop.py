from hoyhoy.audio import tones
from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.clock import VirtualClock
from hoyhoy.exchange.leg import Cause, LegState
from hoyhoy.exchange.media import Prompt
from hoyhoy.exchange.sound import Keys, Speech, Tone
from hoyhoy.lines.simulated.loop import pair
from tests.exchange.world import stage


async def test_two_ends_of_one_call():
    clock = VirtualClock(0.0)
    board = stage(clock, SeededChance(1))
    outgoing = board.open("AC")
    near, far = pair(clock, outgoing, board.open("AC", loop=outgoing), 3)
    assert (near.state, far.state, near.hops, far.hops) == (LegState.TRYING, LegState.RINGING, 0, 3)
    near.rings()
    assert near.state is LegState.RINGING
    await far.answer()
    assert near.state is far.state is LegState.ANSWERED
    words = []
    far.on_words = near.on_words = words.append
    near.overhear("said by somebody else in the call of the near end")
    clock.spawn(near.play(Prompt(Keys("1w2"), tones.keys("1w2"))), "keys")
    played = clock.spawn(near.play(Prompt(Tone("beep"), tones.beep())), "tone")
    said = clock.spawn(far.play(Prompt(Speech("Hello", "Hello"), tones.beep())), "speech")
    await clock.advance(5)
    assert played.done() and said.done() and len(words) == 2 and words[1] == "Hello"
    assert [far.keys.get_nowait() for _ in range(2)] == ["1", "2"]
    await near.hang_up(Cause.NORMAL)
    assert far.state is LegState.RELEASED and far.cause is Cause.NORMAL
    await clock.close()
