"""Calls from the exchange to itself: both ends are legs of the plane."""

import numpy as np
import pytest

from hoyhoy.audio import FRAME, tones
from hoyhoy.exchange.media import Track
from hoyhoy.media.loops import Loops

from .stage import Reel, stage

TONE = tones.tone(1.0, 500)


async def test_each_end_says_what_the_other_one_hears():
    async with stage() as (clock, board, _):
        near = board.open("AC")
        far = board.open("AC", loop=near)
        reel = Reel()
        recorder = far.record(Track.FROM, 60, reel)
        playing = clock.spawn(near.play(TONE), "play")
        await clock.advance(2)
        recorder.stop()
        await clock.settle()
        assert playing.done()
        assert np.array_equal(reel.samples[FRAME : FRAME + len(TONE)], TONE)
        assert not reel.samples[:FRAME].any() and not reel.samples[FRAME + len(TONE) :].any()


async def test_through_a_loop_two_rooms_hear_one_another():
    async with stage() as (clock, board, _):
        near, ada = board.open("AC"), board.open("AC")
        far, bob = board.open("AC", loop=near), board.open("AC")
        for legs in ((near, ada), (far, bob)):
            room = board.room()
            for leg in legs:
                leg.join(room)
        ear, own = Reel(), Reel()
        recorders = bob.record(Track.TO, 60, ear), ada.record(Track.TO, 60, own)
        clock.spawn(ada.say(TONE), "say")
        await clock.advance(2)
        for recorder in recorders:
            recorder.stop()
        await clock.settle()
        assert len(own.samples) == 16000
        assert np.array_equal(ear.samples[FRAME : FRAME + len(TONE)], TONE)
        assert not own.samples.any()  # nobody hears his own voice come back


async def test_when_one_end_is_gone_the_other_hears_nothing_more():
    async with stage() as (clock, board, _):
        near = board.open("AC")
        far = board.open("AC", loop=near)
        reel = Reel()
        recorder = far.record(Track.FROM, 60, reel)
        clock.spawn(near.play(TONE), "play")
        await clock.advance(0.5)
        near.close()
        await clock.advance(1.5)
        recorder.stop()
        await clock.settle()
        assert reel.samples[: 4000 - FRAME].any() and not reel.samples[4000 + FRAME :].any()


@pytest.mark.parametrize(("heard", "speaking", "quiet"), [(0, False, True), (9, False, False), (0, True, False)])
def test_nothing_goes_between_them_while_nobody_speaks(heard, speaking, quiet):
    loops = Loops(4)
    loops.connect(1, 3)
    loops.listen(np.array([1, 3]), np.full((2, 1, FRAME), heard, np.int16))
    assert loops.are_quiet(np.array([False, False, False, speaking])) is quiet
    assert loops.have_any(np.arange(4) == 3) and not loops.have_any(np.arange(4) == 2)
    loops.hush()
    assert loops.are_quiet(np.zeros(4, np.bool_))
    loops.cut(3)
    assert len(loops) == 0 and loops.are_quiet(np.ones(4, np.bool_))
    loops.cut(1)
