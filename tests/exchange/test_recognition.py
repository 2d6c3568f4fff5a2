"""An ear on one leg (voice 2.4): words beside the sound, and sound that somebody must recognise."""

import numpy as np
import pytest

from hoyhoy.audio import FRAME, RATE, tones
from hoyhoy.exchange.media import Track
from hoyhoy.exchange.ports import Recognised
from hoyhoy.exchange.recognition import BEFORE, CERTAIN, LONGEST, Ear, hearing
from hoyhoy.speech.placeholder import seconds_of

from .test_recording import talking
from .world import World

WORDS = "This is the phone"
LANGUAGE = {"language": "en-US"}


class Sounding:
    """The sound of a leg, as a test has it."""

    def __init__(self) -> None:
        self.speech = self.hear = None
        self.is_tapped = False

    def watch_speech(self, told):
        self.speech = told

    def tap(self, track, hear):
        assert track is Track.FROM
        self.hear, self.is_tapped = hear, True
        return self

    def close(self):
        self.is_tapped = False


class Recogniser:
    def __init__(self) -> None:
        self.asked = []

    async def recognise(self, sound, language, hints):
        self.asked.append((sound, language, hints))
        return Recognised("understood", 0.5)


async def sounding(exchange: World, recogniser=None):
    """A call whose leg is only sound."""
    call = exchange.switchboard.facilities.calls[await talking(exchange)]
    call.line.has_words, call.line.media = False, Sounding()
    exchange.switchboard.facilities.recogniser = recogniser
    return call, call.line.media


async def test_words_and_whoever_heard_them_before(exchange):
    call = exchange.switchboard.facilities.calls[await talking(exchange)]
    first, second = [], []
    with hearing(call.line, first.append), hearing(call.line, second.append):
        call.line.say("one")
    assert (first, second, call.line.on_words) == (["one"], ["one"], None)


async def test_who_took_over_meanwhile_keeps_it(exchange):
    call = exchange.switchboard.facilities.calls[await talking(exchange)]
    with hearing(call.line, print):
        call.line.on_words = str
    assert call.line.on_words is str


async def test_words_of_a_virtual_phone(exchange):
    call = exchange.switchboard.facilities.calls[await talking(exchange, {"wait": 1, "say": WORDS})]
    began = exchange.clock.now()
    with Ear(call, **LANGUAGE) as ear:
        paused = call.spawn(_pause(ear, 2.0), "pause")
        await exchange.run(1.1)
        assert ear.has_words and await ear.so_far() == "This"
        await exchange.run(0.3)
        assert await ear.so_far() == "This is"
        while not paused.done():
            await exchange.run(0.02)
        assert exchange.clock.now() - began == pytest.approx(1 + seconds_of(WORDS) + 2, abs=0.05)
        assert await ear.result() == Recognised(WORDS, CERTAIN)


async def _pause(ear: Ear, seconds: float) -> None:
    await ear.began
    await ear.paused(seconds)


async def test_words_without_a_sound_are_waited_for_all_the_same(exchange):
    """A voice that takes its time, or a phone of which nothing but words is known."""
    call = exchange.switchboard.facilities.calls[await talking(exchange)]
    with Ear(call, **LANGUAGE) as ear:
        paused = call.spawn(ear.paused(2.0), "pause")
        await exchange.run(1.5)
        call.line.say("late")
        await exchange.run(1)
        assert not paused.done()
        await exchange.run(3)
        assert paused.done() and (await ear.result()).text == "late"


async def test_the_pause_of_a_leg_that_is_over_ends(exchange):
    call = exchange.switchboard.facilities.calls[await talking(exchange, {"wait": 1, "say": WORDS, "hang_up": True})]
    with Ear(call, **LANGUAGE) as ear:
        paused = call.spawn(ear.paused(5.0), "pause")
        await exchange.run(20)
        assert paused.done()


async def test_sound_from_shortly_before_to_the_end(exchange):
    recogniser = Recogniser()
    call, media = await sounding(exchange, recogniser)
    silence, speech = tones.silence(2), tones.tone(1, 440)
    with Ear(call, language="de-DE", hints=("Pizza",)) as ear:
        for frame in silence.reshape(-1, FRAME):
            media.hear(frame)
        media.speech(True)
        assert ear.began.done() and not ear.has_words
        media.hear(speech)
        assert await ear.so_far() == "understood"
        assert await ear.result() == Recognised("understood", 0.5)
    assert not media.is_tapped and media.speech is None
    sound, language, hints = recogniser.asked[-1]
    assert (language, hints) == ("de-DE", ("Pizza",))
    assert np.array_equal(sound, np.concatenate([silence[: round(BEFORE * RATE)], speech]))


async def test_sound_is_not_kept_without_bounds(exchange):
    recogniser = Recogniser()
    call, media = await sounding(exchange, recogniser)
    with Ear(call, **LANGUAGE) as ear:
        media.speech(True)
        for _ in range(100):
            media.hear(tones.silence(1))
        await ear.result()
    assert len(recogniser.asked[0][0]) == LONGEST * RATE


async def test_a_pause_in_sound(exchange):
    call, media = await sounding(exchange, Recogniser())
    with Ear(call, **LANGUAGE) as ear:
        media.speech(True)
        paused = call.spawn(ear.paused(1.0), "pause")
        await exchange.run(10)
        media.speech(False)  # 200 ms after the end
        await exchange.run(0.5)
        media.speech(True)
        await exchange.run(5)
        media.speech(False)
        await exchange.run(0.79)
        assert not paused.done()
        await exchange.run(0.02)
        assert paused.done()


async def test_without_a_recogniser(exchange):
    call, media = await sounding(exchange)
    with Ear(call, **LANGUAGE) as ear:
        assert media.hear is None  # nobody needs the sound
        assert await ear.result() == Recognised("")
        media.speech(True)
        assert ear.was_missed and not ear.began.done() and await ear.result() == Recognised("")
        call.line.say("words")  # which come from another party in the call
        assert (await ear.result()).text == "words"
