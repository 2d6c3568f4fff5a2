"""Sounds of any length, one after the other (voice reference 2.2: files of up to 40 minutes are played)."""

import numpy as np
import pytest

from hoyhoy.audio import FRAME, RATE, tones
from hoyhoy.exchange.media import NotPlayed, Track
from hoyhoy.media import voice

from .stage import Reel, stage


@pytest.fixture
def short(monkeypatch):
    """Portions of a tenth of a second."""
    monkeypatch.setattr(voice, "PORTION", 5 * FRAME)


def noise(seconds):
    """No two frames are alike."""
    return (np.arange(round(seconds * RATE)) % 32749).astype(np.int16) + 1


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("times", [1, 3])
async def test_a_long_sound_is_played_without_a_gap(times):
    async with stage() as (clock, board, desk):
        phone, reel, sound = board.open("AC"), Reel(), noise(1.04)
        phone.record(Track.TO, 60, reel)
        playing = clock.spawn(phone.play(sound, times=times), "play")
        await clock.advance(1.04 * times - 0.03)
        assert not playing.done()
        await clock.advance(0.04)
        assert playing.done()
        await clock.advance(2)
        expected = np.tile(sound, times)
        assert np.array_equal(reel.samples[: len(expected)], expected) and not reel.samples[len(expected) :].any()
        assert len(desk.desk._clips) == 11, "the portions are the same each time"


@pytest.mark.usefixtures("short")
async def test_a_long_sound_is_said_without_a_gap():
    async with stage() as (clock, board, _):
        phone, reel, sound = board.open("AC"), Reel(), noise(1.0)
        phone.record(Track.FROM, 60, reel)
        clock.spawn(phone.say(sound), "say")
        await clock.advance(3)
        assert np.array_equal(reel.samples[: len(sound)], sound) and not reel.samples[len(sound) :].any()


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("sound", [noise(1.0), noise(0.08)])
@pytest.mark.parametrize("times", [1, 2, 0])
@pytest.mark.parametrize("begun", [0.06, 0.36])
async def test_the_rest_of_a_sound_is_heard_by_who_begins_to_listen(sound, times, begun):
    async with stage() as (clock, board, _):
        phone, reel = board.open("AC"), Reel()
        clock.spawn(phone.play(sound, times=times), "play")
        await clock.advance(begun)
        phone.record(Track.TO, 60, reel)
        await clock.advance(3)
        expected = np.tile(sound, times or 50)[round(begun * RATE) :][: 2 * RATE]
        assert np.array_equal(reel.samples[: len(expected)], expected)
        assert times == 0 or not reel.samples[len(expected) :].any()


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("how", ["cancelled", "closed", "something else"])
async def test_of_a_long_sound_nothing_follows_that_is_not_wanted(how):
    async with stage() as (clock, board, _):
        phone, reel, other = board.open("AC"), Reel(), tones.tone(0.5, 440)
        phone.record(Track.TO, 60, reel)
        playing = clock.spawn(phone.play(noise(5.0), times=0), "play")
        await clock.advance(1.0)
        match how:
            case "cancelled":
                playing.cancel()
            case "closed":
                phone.close()
            case "something else":
                clock.spawn(phone.play(other), "play")
        await clock.advance(3)
        assert playing.done()
        after = reel.samples[RATE:]
        if how == "something else":
            assert np.array_equal(after[: len(other)], other)
            after = after[len(other) :]
        assert not after.any()


async def test_many_hear_long_sounds_at_once():
    async with stage() as (clock, board, _):
        playing, silence = [], np.zeros(40 * 60 * RATE, np.int16)
        for _ in range(5):
            phone = board.open("AC")
            phone.record(Track.TO, 1, Reel())
            playing.append(clock.spawn(phone.play(silence[:]), "play"))
        await clock.advance(40 * 60 - 1)
        assert not any(one.done() for one in playing)
        await clock.advance(2)
        assert [one.exception() for one in playing] == [None] * 5


async def test_a_sound_there_is_no_room_for_is_not_played_and_that_is_told(caplog):
    async with stage() as (clock, board, desk):
        phone, reel, sound = board.open("AC"), Reel(), tones.tone(1.0, 440)
        arena = desk.desk.plane.arena
        taken = arena.take(arena.free * FRAME)
        recorder = phone.record(Track.TO, 60, reel)
        playing, saying = clock.spawn(phone.play(sound), "play"), clock.spawn(phone.say(sound), "say")
        await clock.advance(0.1)
        with pytest.raises(NotPlayed, match="no room for this sound"):
            playing.result()
        assert saying.result() is None and "not heard" in caplog.text
        arena.drop(taken)
        again = clock.spawn(phone.play(sound), "play")
        await clock.advance(2)
        recorder.stop()
        await clock.settle()
        assert again.exception() is None and reel.samples.any()
