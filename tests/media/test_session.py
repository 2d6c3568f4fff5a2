"""Legs as the exchange holds them (design, the media plane: the same plane runs without sockets)."""

import asyncio
import gc
import weakref

import numpy as np
import pytest

from hoyhoy.audio import FRAME, RATE, tones
from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.clock import VirtualClock
from hoyhoy.exchange.media import Terms, Track
from hoyhoy.media import orders
from hoyhoy.media.board import Board
from hoyhoy.media.virtual import VirtualDesk

from .stage import Reel, stage
from .test_board import Post

TONE = tones.tone(1.0, 500)
OTHER = tones.tone(0.5, 900)


async def test_a_phone_nobody_listens_to_only_takes_time():
    async with stage() as (clock, board, desk):
        phone = board.open("AC")
        playing = clock.spawn(phone.play(TONE, times=3), "play")
        await clock.advance(2.9)
        assert not playing.done() and desk.desk.legs == 0
        await clock.advance(0.2)
        assert playing.done() and desk.desk.legs == 0


async def test_what_is_played_goes_on_from_where_it_is_when_somebody_begins_to_listen():
    async with stage() as (clock, board, _):
        phone, reel = board.open("AC"), Reel()
        playing = clock.spawn(phone.play(TONE, times=2), "play")
        await clock.advance(0.5)
        recorder = phone.record(Track.TO, 60, reel)
        await clock.advance(1.6)
        assert playing.done()
        recorder.stop()
        await clock.advance(0)
        assert recorder.ended.done()
        expected = np.concatenate([TONE[RATE // 2 :], TONE])
        assert np.array_equal(reel.samples[: len(expected)], expected)
        assert not reel.samples[len(expected) :].any()


async def test_a_leg_hears_what_another_one_says_in_the_same_room_and_nothing_more_when_it_left():
    async with stage() as (clock, board, _):
        one, other, reel = board.open("AC"), board.open("AC"), Reel()
        room = board.room()
        one.join(room)
        other.join(room)
        other.record(Track.TO, 60, reel)
        said = clock.spawn(one.say(TONE), "say")
        await clock.advance(1.0)
        assert said.done()
        one.leave()
        clock.spawn(one.say(TONE), "say")
        await clock.advance(3.0)
        assert np.array_equal(reel.samples[: len(TONE)], TONE) and not reel.samples[len(TONE) :].any()


async def test_something_else_is_played_instead_and_whoever_waited_goes_on():
    async with stage() as (clock, board, _):
        phone, reel = board.open("AC"), Reel()
        phone.record(Track.TO, 60, reel)
        first = clock.spawn(phone.play(TONE, times=0), "hold music")
        await clock.advance(0.5)
        second = clock.spawn(phone.play(OTHER), "announcement")
        await clock.advance(0)
        assert first.done() and not second.done()
        await clock.advance(0.5)
        assert second.done()
        await clock.advance(2)
        assert np.array_equal(reel.samples[RATE // 2 : RATE], OTHER)
        assert not reel.samples[RATE:].any()


@pytest.mark.parametrize("is_heard", [True, False])
async def test_cancellation_stops_it_at_once(is_heard):
    async with stage() as (clock, board, _):
        phone, reel = board.open("AC"), Reel()
        if is_heard:
            phone.record(Track.TO, 60, reel)
        playing = clock.spawn(phone.play(TONE), "play")
        await clock.advance(0.2)
        playing.cancel()
        await clock.advance(1.0)
        assert playing.cancelled()
        if is_heard:
            assert reel.samples[RATE // 5 - FRAME :][:FRAME].any() and not reel.samples[RATE // 5 + FRAME :].any()


async def test_keys_in_the_sound_are_told_when_the_leg_listens():
    async with stage() as (clock, board, _):
        phone, keys = board.open("AC"), []
        phone.on_key = keys.append
        phone.listen(keys=True)
        clock.spawn(phone.say(tones.keys("1#5")), "keys")
        await clock.advance(2)
        assert keys == ["1", "#", "5"]


async def test_silence_is_told_when_it_has_lasted():
    async with stage() as (clock, board, _):
        phone = board.open("AC")
        silent = clock.spawn(phone.silent(2.0), "silence")
        clock.spawn(phone.say(TONE), "say")
        await clock.advance(2.9)
        assert not silent.done()
        await clock.advance(0.2)
        assert silent.done()


@pytest.mark.parametrize("seconds", [2e17, 1e30, float("inf")])
async def test_a_silence_longer_than_any_plane_counts_disturbs_nobody(seconds):
    async with stage() as (clock, board, _):
        phone, other = board.open("AC"), board.open("AC")
        silent = clock.spawn(phone.silent(seconds), "silence")
        other.join(board.room())
        playing = clock.spawn(other.play(TONE), "play")
        await clock.advance(2)
        assert playing.done() and not silent.done()
        phone.close()
        await clock.advance(0)
        assert silent.done() and not silent.exception()


async def test_a_recording_is_as_long_as_it_may_be():
    async with stage() as (clock, board, _):
        phone, reel = board.open("AC"), Reel()
        recorder = phone.record(Track.FROM, 2.5, reel)
        await clock.drive(60, recorder.ended.done)
        assert clock.now() == pytest.approx(1002.5, abs=0.03) and reel.seconds == 2.5


async def test_a_paused_recording_leaves_out_what_is_said():
    async with stage() as (clock, board, _):
        phone, reel = board.open("AC"), Reel()
        recorder = phone.record(Track.FROM, 60, reel)
        clock.spawn(phone.say(np.concatenate([TONE, OTHER, TONE])), "say")
        await clock.advance(1.0)
        recorder.pause(True)
        await clock.advance(0.5)
        recorder.pause(False)
        await clock.advance(1.0)
        recorder.stop()
        await clock.advance(0)
        assert np.array_equal(reel.samples, np.concatenate([TONE, TONE]))


async def test_closing_ends_all_that_goes_on():
    async with stage() as (clock, board, desk):
        phone, reel = board.open("AC"), Reel()
        recorder = phone.record(Track.FROM, 60, reel)
        waiting = [clock.spawn(work, "wait") for work in (phone.play(TONE), phone.say(TONE), phone.silent(9))]
        await clock.advance(0.1)
        phone.close()
        await clock.settle()
        assert all(task.done() for task in waiting) and recorder.ended.done() and desk.desk.legs == 0
        await phone.play(TONE)  # returns at once
        phone.close()


@pytest.mark.parametrize("begun", [0.5, 1.0])
async def test_what_a_phone_says_goes_on_from_where_it_is_when_somebody_begins_to_listen(begun):
    async with stage() as (clock, board, _):
        phone, reel = board.open("AC"), Reel()
        saying = clock.spawn(phone.say(np.concatenate([TONE, OTHER])), "say")
        playing = clock.spawn(phone.play(TONE, times=2), "play")
        await clock.advance(begun)
        recorder = phone.record(Track.FROM, 60, reel)
        await clock.advance(1.4 - begun)
        assert not saying.done() and not playing.done()
        await clock.advance(0.7)
        assert saying.done() and playing.done()
        recorder.stop()
        await clock.settle()
        rest = np.concatenate([TONE, OTHER])[round(begun * RATE) :]
        assert np.array_equal(reel.samples[: len(rest)], rest) and not reel.samples[len(rest) :].any()


@pytest.mark.parametrize("is_heard", [True, False])
async def test_a_phone_whose_words_are_cancelled_is_quiet_at_once(is_heard):
    async with stage() as (clock, board, _):
        phone, reel = board.open("AC"), Reel()
        if is_heard:
            phone.record(Track.FROM, 60, reel)
        saying = clock.spawn(phone.say(TONE), "say")
        await clock.advance(0.2)
        saying.cancel()
        await clock.advance(0.4)
        if not is_heard:
            phone.record(Track.FROM, 60, reel)
        await clock.advance(2.0)
        assert saying.cancelled() and not reel.samples[RATE // 5 + FRAME :].any()
        assert reel.samples[: RATE // 5 - FRAME].any() == is_heard


async def test_a_leg_that_is_over_is_forgotten_at_once():
    async with stage() as (clock, board, _):
        phone = board.open("AC")
        phone.record(Track.FROM, 60, Reel())
        tasks = [clock.spawn(phone.play(TONE, 3), "play"), clock.spawn(phone.say(TONE), "say")]
        await clock.advance(0.2)
        phone.close()
        await clock.settle()
        del tasks
        gone = weakref.ref(phone)
        gc.disable()
        try:
            del phone
            assert gone() is None, "rings of objects are found late"
        finally:
            gc.enable()


async def test_a_leg_the_plane_has_no_room_for_is_lost():
    clock = VirtualClock(0.0)
    board = Board(clock, SeededChance(1))
    board.add(lambda hear, lost: VirtualDesk(clock, hear, rows=1)).start()
    board.open("AC").listen(keys=True)
    phone, lost = board.open("AC"), []
    phone.on_lost = lambda: lost.append(True)
    recorder = phone.record(Track.FROM, 60, Reel())
    playing = clock.spawn(phone.play(TONE), "play")
    await clock.advance(1.0)
    assert playing.done() and lost == [True] and phone.is_closed and board.legs == 1
    assert recorder.ended.done() and "1 legs" in recorder.why
    phone.close()
    await clock.close()


async def test_listening_for_keys_does_not_break_a_silence():
    async with stage() as (clock, board, _):
        phone = board.open("AC")
        silent = clock.spawn(phone.silent(2.0), "silence")
        for keys in (True, False, True):
            await clock.advance(0.6)
            phone.listen(keys)
        await clock.advance(0.3)
        assert silent.done() and silent.exception() is None
        await clock.advance(9)
        again = clock.spawn(phone.silent(2.0), "silence")
        await clock.advance(1.9)
        assert not again.done()


async def opened(events):
    clock = VirtualClock(0.0)
    board = Board(clock, SeededChance(1))
    post = board.add(Post)
    opening = clock.spawn(board.open_stream("AC", Terms(events=events)), "open")
    await clock.settle()
    post.hear(orders.Opened(leg=post.orders[-1].leg, port=3))
    await clock.settle()
    post.orders.clear()
    return clock, post, opening.result()


async def test_keys_are_sent_for_as_long_as_they_last():
    clock, post, stream = await opened(101)
    sending = clock.spawn(stream.send_keys("1w2"), "keys")
    await clock.advance(0.85)
    assert not sending.done() and post.orders == [orders.Dial(leg=stream.number, keys="1w2")]
    await clock.advance(0.1)
    assert sending.done() and len(post.orders) == 1
    await clock.close()


@pytest.mark.parametrize("how", ["cancelled", "other keys", "a sound"])
async def test_keys_are_stopped(how):
    clock, post, stream = await opened(101)
    sending = clock.spawn(stream.send_keys("123456"), "keys")
    await clock.advance(0.3)
    match how:
        case "cancelled":
            sending.cancel()
        case "other keys":
            clock.spawn(stream.send_keys("9"), "keys")
        case "a sound":
            clock.spawn(stream.play(TONE), "play")
    await clock.settle()
    assert sending.done() and post.orders[1] == orders.Stop(leg=stream.number, what="dial")
    assert how != "other keys" or post.orders[2] == orders.Dial(leg=stream.number, keys="9")
    await clock.advance(5)
    assert post.orders.count(post.orders[1]) == 1
    await clock.close()


async def test_keys_of_a_leg_that_is_over_end_at_once():
    clock, post, stream = await opened(101)
    sending = clock.spawn(stream.send_keys("123456"), "keys")
    await clock.advance(0.3)
    stream.close()
    await clock.settle()
    assert sending.done()
    again = clock.spawn(stream.send_keys("1"), "keys")
    await clock.settle()
    assert again.done() and post.orders[-1] == orders.Close(leg=stream.number)
    await clock.close()


async def test_keys_that_the_far_end_does_not_know_after_all_are_played():
    clock, post, stream = await opened(101)
    clock.spawn(stream.send_keys("1"), "keys")
    await clock.settle()
    post.hear(orders.Refused(order="dial", of=stream.number, why="the far end knows no events"))
    await clock.settle()
    assert [type(order) for order in post.orders] == [orders.Dial, orders.Load, orders.Play]
    await clock.close()


async def test_a_stream_needs_sockets():
    async with stage() as (clock, board, _):
        opening = clock.spawn(board.open_stream("AC", Terms()), "stream")
        await clock.settle()
        with pytest.raises(Exception, match="no sockets"):
            opening.result()


async def test_a_plane_that_is_gone_takes_its_legs_with_it():
    async with stage() as (clock, board, _):
        phone, reel, lost = board.open("AC"), Reel(), []
        phone.on_lost = lambda: lost.append(True)
        recorder = phone.record(Track.FROM, 60, reel)
        playing = clock.spawn(phone.play(TONE), "play")
        await clock.advance(0.5)
        board._lost(phone.seat)
        await asyncio.wait_for(playing, 5)
        assert lost == [True] and recorder.ended.done() and phone.is_closed


async def test_who_watches_speech_is_told_of_its_changes():
    async with stage() as (clock, board, _):
        phone, told = board.open("AC"), []
        phone.watch_speech(lambda speaks: told.append((speaks, round(clock.now() - 1000, 2))))
        clock.spawn(phone.say(np.concatenate([tones.silence(0.5), TONE])), "say")
        await clock.advance(3)
        assert told == [(True, 0.56), (False, 1.7)]
        phone.watch_speech(None)
        clock.spawn(phone.say(TONE), "say")
        await clock.advance(3)
        assert len(told) == 2


async def test_keys_silence_and_speech_are_listened_for_at_once():
    async with stage() as (clock, board, _):
        phone, told, keys = board.open("AC"), [], []
        phone.on_key = keys.append
        silent = clock.spawn(phone.silent(2.0), "silence")
        await clock.advance(1.0)
        phone.watch_speech(told.append)
        phone.listen(keys=True)
        await clock.advance(1.1)
        assert silent.done()
        clock.spawn(phone.say(np.concatenate([TONE, tones.silence(0.5), tones.keys("7")])), "say")
        await clock.advance(1.3)
        clock.spawn(phone.silent(9.0), "silence")
        await clock.advance(1.0)
        assert told == [True, False, True, False] and keys == ["7"]
        phone.listen(keys=False)
        phone.watch_speech(None)
        clock.spawn(phone.say(tones.keys("7")), "say")
        await clock.advance(1.0)
        assert len(told) == 4 and keys == ["7"]


async def test_what_is_not_asked_for_any_more_needs_no_row():
    async with stage() as (clock, board, desk):
        phone = board.open("AC")
        phone.listen(keys=False)
        phone.watch_speech(None)
        phone.echo(False)
        await clock.settle()
        assert desk.desk.legs == 0
        phone.watch_speech(lambda speaks: None)
        await clock.settle()
        assert desk.desk.legs == 1


async def test_a_leg_hears_itself_beside_what_it_is_played():
    async with stage() as (clock, board, _):
        phone, reel = board.open("AC"), Reel()
        clock.spawn(phone.say(TONE), "say")
        await clock.advance(0.5)
        phone.echo(True)
        phone.record(Track.TO, 60, reel)
        await clock.advance(0.2)
        clock.spawn(phone.play(OTHER), "play")
        await clock.advance(0.8)
        phone.echo(False)
        clock.spawn(phone.say(TONE), "say")
        await clock.advance(2.0)
        wanted = np.zeros(2 * RATE, np.int16)
        wanted[: RATE // 2] += TONE[RATE // 2 :]
        wanted[RATE // 5 :][: len(OTHER)] += OTHER
        assert np.array_equal(reel.samples[: 2 * RATE], wanted)


async def test_a_loop_brings_back_what_its_far_end_echoes():
    async with stage() as (clock, board, _):
        near = board.open("AC")
        far, reel = board.open("AC", loop=near), Reel()
        far.echo(True)
        near.record(Track.FROM, 60, reel)
        await clock.advance(1.0)
        clock.spawn(near.play(TONE), "play")
        await clock.advance(3.0)
        began = int(np.flatnonzero(reel.samples)[0]) - int(np.flatnonzero(TONE)[0])
        assert abs(began - RATE) <= 3 * FRAME and np.array_equal(reel.samples[began:][: len(TONE)], TONE)
