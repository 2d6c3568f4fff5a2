"""Legs as the exchange holds them (design, the media plane: the same plane runs without sockets)."""

import asyncio

import numpy as np
import pytest

from hoyhoy.audio import FRAME, RATE, tones
from hoyhoy.exchange.media import Terms, Track

from .stage import Reel, stage

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
