"""The desk under the virtual clock (design, time and chance): it computes what has passed, when somebody asks."""

import numpy as np

from hoyhoy.audio import FRAME_SECONDS, tones
from hoyhoy.exchange.media import Track
from hoyhoy.media import orders

from .stage import Reel, stage


async def test_an_hour_of_silence_is_recorded_in_its_true_length():
    async with stage() as (clock, board, _):
        phone, reel = board.open("AC"), Reel()
        phone.record(Track.BOTH, 3600, reel)
        await clock.advance(3601)
        assert reel.seconds == 3600


async def test_moments_do_not_drift_from_the_frames():
    async with stage() as (clock, board, _):
        phone, moments = board.open("AC"), []
        phone.record(Track.TO, 9999, Reel())
        tone = tones.tone(0.1, 440)

        async def often() -> None:
            for _ in range(500):
                await phone.play(tone)
                moments.append(clock.now())

        clock.spawn(often(), "often")
        await clock.advance(60)
        assert np.allclose(np.diff(moments), 0.1, atol=FRAME_SECONDS / 10)


async def test_an_order_that_is_refused_disturbs_nobody():
    async with stage() as (clock, board, desk):
        phone = board.open("AC")
        phone.join(board.room())
        desk.tell(orders.Listen(leg=phone.number, keys=True, silence=10**30))
        desk.tell(orders.Open(leg=phone.number))
        playing = clock.spawn(phone.play(tones.tone(1.0, 440)), "play")
        await clock.advance(1.1)
        assert playing.done() and desk.desk.legs == 1


async def test_frames_are_counted_anew_after_everybody_left():
    async with stage() as (clock, board, desk):
        phone = board.open("AC")
        phone.listen(keys=True)
        await clock.advance(1.0)
        phone.close()
        await clock.advance(1000.0)
        reel = Reel()
        board.open("AC").record(Track.FROM, 5, reel)
        await clock.advance(5.1)
        assert reel.seconds == 5 and desk.desk.legs == 1


async def test_what_one_call_makes_of_an_event_is_not_missed_by_the_others(caplog):
    async with stage() as (clock, board, _):
        pressed = []
        for on_key in (lambda key: 1 / 0, pressed.append):
            phone = board.open("AC")
            phone.on_key = on_key
            phone.listen(keys=True)
            clock.spawn(phone.say(tones.keys("12")), "keys")
        await clock.advance(1)
        assert pressed == ["1", "2"] and "was not taken: Pressed" in caplog.text


async def test_it_runs_only_while_there_are_legs():
    async with stage() as (clock, board, _):
        assert clock._next() is None
        phone = board.open("AC")
        phone.listen(keys=True)
        await clock.settle()
        assert clock._next() is not None
        phone.close()
        await clock.settle()
        assert clock._next() is None
