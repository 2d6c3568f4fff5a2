"""Who sits where, what is announced, and what is counted; the legs themselves are in test_session.py."""

import numpy as np
import pytest

from hoyhoy.audio import tones
from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.clock import VirtualClock
from hoyhoy.exchange.media import NoRoom, Terms, Track
from hoyhoy.media import orders
from hoyhoy.media.board import Board

from .stage import Reel, stage

TONE = tones.tone(0.5, 500)


class Post:
    """A plane that only listens to its orders."""

    def __init__(self, hear, lost):
        self.hear, self.lost, self.orders = hear, lost, []

    def tell(self, order):
        self.orders.append(order)

    def port(self, place):
        return 10000 + place


def test_legs_of_one_account_sit_on_one_plane():
    board = Board(VirtualClock(0.0), SeededChance(1))
    posts = [board.add(Post) for _ in range(3)]
    for account in range(30):
        for _ in range(2):
            board.open(f"AC{account:032x}").listen(keys=True)
    opened = [{order.leg for order in post.orders if isinstance(order, orders.Open)} for post in posts]
    assert sum(map(len, opened)) == 60 and all(len(legs) % 2 == 0 and legs for legs in opened)


def test_a_plane_that_is_lost_takes_its_own_legs_only():
    board = Board(VirtualClock(0.0), SeededChance(1))
    posts = [board.add(Post) for _ in range(2)]
    legs = [board.open(f"AC{number}") for number in range(20)]
    for leg in legs:
        leg.listen(keys=True)
    there = [leg for leg in legs if leg.seat.line is posts[0]]
    posts[0].lost()
    assert [leg for leg in legs if leg.is_closed] == there and board.legs == 20 - len(there)


async def test_an_announcement_is_heard_by_everybody_in_the_room():
    async with stage() as (clock, board, _):
        room, reels = board.room(), [Reel(), Reel()]
        recorders = []
        for reel in reels:
            leg = board.open("AC")
            leg.join(room)
            recorders.append(leg.record(Track.TO, 60, reel))
        board.announce("AC", room, TONE)
        await clock.advance(1)
        for recorder in recorders:
            recorder.stop()
        await clock.settle()
        assert all(np.array_equal(reel.samples[: len(TONE)], TONE) for reel in reels)


async def test_a_room_is_recorded():
    async with stage() as (clock, board, _):
        room, reel, leg = board.room(), Reel(), board.open("AC")
        recorder = board.record_room("AC", room, 60, reel)
        leg.join(room)
        clock.spawn(leg.say(TONE), "say")
        await clock.advance(1)
        recorder.stop()
        await clock.settle()
        assert np.array_equal(reel.samples[: len(TONE)], TONE) and reel.seconds == 1.0


def test_packets_of_legs_that_are_over_are_counted():
    board = Board(VirtualClock(0.0), SeededChance(1))
    post = board.add(Post)
    for _ in range(2):
        post.hear(orders.Closed(leg=9, received=50, sent=40, lost=2))
    post.hear(orders.Measured(legs=3, late=0.001, busy=0.1))
    assert (board.packets["received"], board.packets["sent"], board.packets["lost"]) == (100, 80, 4)
    assert [one.legs for one in board.measured.values()] == [3]


async def test_a_stream_that_is_refused_is_forgotten():
    async with stage() as (clock, board, _):
        for _ in range(3):
            opening = clock.spawn(board.open_stream("AC", Terms()), "stream")
            await clock.settle()
            with pytest.raises(NoRoom, match="no sockets"):
                opening.result()
        assert board.legs == 0


@pytest.mark.parametrize("is_refused", [False, True])
async def test_a_stream_nobody_waits_for_any_more_is_forgotten_when_the_plane_answers(is_refused):
    clock = VirtualClock(0.0)
    board = Board(clock, SeededChance(1))
    post = board.add(Post)
    opening = clock.spawn(board.open_stream("AC", Terms()), "open")
    await clock.settle()
    opening.cancel()
    await clock.settle()
    opened, closed = post.orders
    assert closed == orders.Close(leg=opened.leg)
    if is_refused:
        post.hear(orders.Refused(order="open", of=opened.leg, why="full"))
    else:
        post.hear(orders.Opened(leg=opened.leg, port=3))
        post.hear(orders.Closed(leg=opened.leg))
    assert board.legs == 0
    await clock.close()


def test_what_one_call_makes_of_its_loss_is_not_missed_by_the_others(caplog):
    board = Board(VirtualClock(0.0), SeededChance(1))
    post, lost = board.add(Post), []
    for number in range(3):
        leg = board.open("AC")
        leg.listen(keys=True)
        leg.on_lost = (lambda: 1 / 0) if number == 0 else lambda: lost.append(True)
    post.lost()
    assert lost == [True, True] and board.legs == 0 and "was not taken" in caplog.text


def test_announcements_are_told_apart():
    board = Board(VirtualClock(0.0), SeededChance(1))
    post = board.add(Post)
    for _ in range(2):
        board.announce("AC", 7, TONE)
    assert len({order.order for order in post.orders if isinstance(order, orders.Announce)}) == 2


async def test_a_recording_says_why_it_lacks_sound():
    board = Board(VirtualClock(0.0), SeededChance(1))
    post = board.add(Post)
    refused, lost, whole = (board.record_room("AC", 7, 60, Reel()) for _ in range(3))
    post.hear(orders.Recorded(recording=whole.number, sound=b"", channels=1, is_last=True))
    post.hear(orders.Refused(order="record", of=refused.number, why="there are 2 recordings already"))
    post.lost()
    assert [one.why for one in (refused, lost, whole)] == [
        "there are 2 recordings already",
        "the media plane is gone",
        "",
    ]
    assert all(one.ended.done() for one in (refused, lost, whole))


async def test_a_leg_whose_new_address_cannot_be_told_apart_is_over():
    clock = VirtualClock(0.0)
    board = Board(clock, SeededChance(1))
    post, lost = board.add(Post), []
    opening = clock.spawn(board.open_stream("AC", Terms()), "open")
    await clock.settle()
    post.hear(orders.Opened(leg=post.orders[-1].leg, port=3))
    await clock.settle()
    stream = opening.result()
    stream.on_lost = lambda: lost.append(True)
    stream.change(Terms(remote=("127.0.0.1", 4000), sends=False, rtcp=("127.0.0.1", 4001)))
    changed = post.orders[-1]
    assert (changed.remote, changed.rtcp, changed.sends) == (0x7F000001 << 16 | 4000, 0x7F000001 << 16 | 4001, False)
    post.hear(orders.Refused(order="change", of=stream.number, why="another leg has it"))
    assert stream.port == 10003 and lost == [True] and post.orders[-1] == orders.Close(leg=stream.number)
    await clock.close()
