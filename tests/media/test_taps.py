"""Who listens in to a leg (design, the media plane: a tap is a leg's frames handed over)."""

import numpy as np
import pytest

from hoyhoy.audio import FRAME, RATE, tones
from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.clock import VirtualClock
from hoyhoy.exchange.media import Terms, Track
from hoyhoy.media import orders
from hoyhoy.media.board import Board

from .stage import stage
from .test_board import Post

TONE = tones.tone(1.0, 500)
OTHER = tones.tone(0.5, 900)


class Ear:
    """Keeps what it hears."""

    def __init__(self):
        self.frames = []

    def __call__(self, sound):
        self.frames.append(sound)

    @property
    def sound(self):
        return np.concatenate(self.frames) if self.frames else np.zeros(0, np.int16)


async def test_what_comes_from_a_leg_and_what_it_hears():
    async with stage() as (clock, board, _):
        phone, said, heard = board.open("AC"), Ear(), Ear()
        phone.tap(Track.FROM, said)
        phone.tap(Track.TO, heard)
        clock.spawn(phone.say(TONE), "say")
        clock.spawn(phone.play(OTHER), "play")
        await clock.advance(2.0)
        assert np.array_equal(said.sound[:RATE], TONE) and not said.sound[RATE:].any()
        assert np.array_equal(heard.sound[: RATE // 2], OTHER) and not heard.sound[RATE // 2 :].any()
        assert len(said.sound) == len(heard.sound) == 2 * RATE
        assert all(len(one) % FRAME == 0 and not one.flags.writeable for one in said.frames)


async def test_a_leg_nobody_heard_is_heard_from_where_it_is():
    async with stage() as (clock, board, desk):
        phone, ear = board.open("AC"), Ear()
        clock.spawn(phone.say(TONE), "say")
        await clock.advance(0.5)
        assert desk.desk.legs == 0
        phone.tap(Track.FROM, ear)
        await clock.advance(1.0)
        assert np.array_equal(ear.sound[: RATE // 2], TONE[RATE // 2 :]) and not ear.sound[RATE // 2 :].any()


async def test_several_listen_and_each_ends_for_itself():
    async with stage() as (clock, board, _):
        phone, ears = board.open("AC"), [Ear(), Ear()]
        taps = [phone.tap(Track.FROM, ear) for ear in ears]
        clock.spawn(phone.say(TONE), "say")
        await clock.advance(0.4)
        taps[0].close()
        taps[0].close()
        await clock.advance(0.6)
        taps[1].close()
        await clock.advance(1.0)
        assert [len(ear.sound) for ear in ears] == [pytest.approx(3200, abs=800), RATE]
        again = Ear()
        phone.tap(Track.FROM, again)
        await clock.advance(0.1)
        assert len(again.sound) == RATE // 10


async def test_one_that_cannot_take_it_and_one_that_closes_another():
    async with stage() as (clock, board, _):
        phone, ear, closed = board.open("AC"), Ear(), Ear()
        phone.tap(Track.FROM, lambda sound: 1 / 0)
        phone.tap(Track.FROM, lambda sound: other.close())
        other = phone.tap(Track.FROM, closed)
        phone.tap(Track.FROM, ear)
        await clock.advance(0.2)
        assert len(ear.sound) == RATE // 5 and not closed.frames


async def test_it_ends_with_the_leg():
    async with stage() as (clock, board, desk):
        phone, ear = board.open("AC"), Ear()
        tap = phone.tap(Track.TO, ear)
        await clock.advance(0.2)
        phone.close()
        await clock.advance(0.2)
        assert len(ear.sound) == RATE // 5 and desk.desk.legs == 0
        tap.close()
        phone.tap(Track.TO, ear).close()
        assert desk.desk.legs == 0


async def test_what_goes_through_a_loop():
    async with stage() as (clock, board, _):
        near = board.open("AC")
        far = board.open("AC", loop=near)
        came, heard = Ear(), Ear()
        far.tap(Track.FROM, came)
        near.tap(Track.TO, heard)
        clock.spawn(near.play(TONE), "play")
        await clock.advance(2.0)
        assert np.array_equal(heard.sound[:RATE], TONE)
        assert np.array_equal(came.sound[FRAME:][:RATE], TONE), "a frame later"


async def test_both_ways_at_once_are_two_taps():
    async with stage() as (_, board, desk):
        with pytest.raises(ValueError, match="dual"):
            board.open("AC").tap(Track.DUAL, Ear())
        assert desk.desk.legs == 0


async def test_a_stream_is_tapped_once_for_all():
    clock = VirtualClock(0.0)
    board = Board(clock, SeededChance(1))
    post = board.add(Post)
    opening = clock.spawn(board.open_stream("AC", Terms()), "open")
    await clock.settle()
    leg = post.orders[-1].leg
    post.hear(orders.Opened(leg=leg, port=3))
    await clock.settle()
    stream, ears = opening.result(), [Ear(), Ear()]
    post.orders.clear()
    taps = [stream.tap(Track.FROM, ear) for ear in ears]
    post.hear(orders.Tapped(leg=leg, track="from", sound=TONE[:FRAME].tobytes()))
    for tap in taps:
        tap.close()
    post.hear(orders.Tapped(leg=leg, track="from", sound=TONE[:FRAME].tobytes()))
    assert post.orders == [orders.Tap(leg=leg, track="from"), orders.Untap(leg=leg, track="from")]
    assert [len(ear.sound) for ear in ears] == [FRAME, FRAME]
    stream.tap(Track.FROM, ears[0])
    stream.close()
    post.hear(orders.Tapped(leg=leg, track="from", sound=TONE[:FRAME].tobytes()))
    assert len(ears[0].sound) == FRAME and post.orders[-1] == orders.Close(leg=leg)
    await clock.close()
