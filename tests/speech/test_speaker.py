import asyncio

import numpy as np
import pytest

from hoyhoy.exchange.sound import Speech
from hoyhoy.speech import SpeechFailed, Spoken
from hoyhoy.speech.cache import SoundCache
from hoyhoy.speech.espeak import Espeak
from hoyhoy.speech.espeak_library import find
from hoyhoy.speech.placeholder import murmur
from hoyhoy.speech.speaker import Speaker

HELLO = Speech("hello world", "hello world")


class Parrot:
    """An engine: says how often it was asked."""

    def __init__(self, version="parrot 1"):
        self.version, self.asked, self.fails, self.closed = version, 0, False, False

    async def speak(self, speech):
        await asyncio.sleep(0)
        self.asked += 1
        if self.fails:
            raise SpeechFailed("It is asleep.")
        return Spoken(np.full(10, self.asked, np.int16), ((13511, "A parrot speaks."),))

    async def close(self):
        self.closed = True


async def test_without_an_engine_there_is_a_murmur_and_a_warning(clock):
    speaker = Speaker(clock, None, SoundCache(clock))
    spoken = await speaker.say(HELLO)
    assert (spoken.sound == murmur("hello world")).all()
    ((code, sentence),) = spoken.notices
    assert code == 13511 and "hoyhoy[speech]" in sentence
    await speaker.close()


async def test_equal_texts_are_made_once(clock):
    parrot = Parrot()
    speaker = Speaker(clock, parrot, SoundCache(clock))
    several = await asyncio.gather(*(speaker.say(HELLO) for _ in range(5)))
    again = await speaker.say(HELLO)
    assert parrot.asked == 1 and all((one.sound == 1).all() for one in [*several, again])
    assert {one.notices for one in [*several, again]} == {((13511, "A parrot speaks."),)}
    await speaker.close()
    assert parrot.closed


@pytest.mark.parametrize(
    "other",
    [
        Speech("hello", "hello"),
        Speech("hello world", "<s>hello world</s>"),
        Speech("hello world", "hello world", "woman"),
        Speech("hello world", "hello world", "man", "fr-FR"),
    ],
)
async def test_others_are_not_the_same(clock, other):
    parrot = Parrot()
    speaker = Speaker(clock, parrot, SoundCache(clock))
    assert (await speaker.say(HELLO)).sound[0] != (await speaker.say(other)).sound[0]


async def test_another_version_of_the_engine_speaks_anew(clock, tmp_path):
    for version, asked in (("1", 1), ("1", 0), ("2", 1)):
        parrot = Parrot(version)
        await Speaker(clock, parrot, SoundCache(clock, tmp_path)).say(HELLO)
        assert parrot.asked == asked


async def test_a_failure_is_a_murmur_and_is_tried_again(clock):
    parrot = Parrot()
    parrot.fails = True
    speaker = Speaker(clock, parrot, SoundCache(clock))
    spoken = await speaker.say(HELLO)
    assert (spoken.sound == murmur("hello world")).all() and "It is asleep." in spoken.notices[0][1]
    parrot.fails = False
    assert ((await speaker.say(HELLO)).sound == 2).all()


async def test_who_hangs_up_meanwhile_does_not_disturb(clock):
    parrot = Parrot()
    speaker = Speaker(clock, parrot, SoundCache(clock))
    first, second = (asyncio.create_task(speaker.say(HELLO)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert ((await second).sound == 1).all() and parrot.asked == 1


async def test_espeak_heard_through_it(clock, say, tmp_path):
    speaker = Speaker(clock, Espeak(clock, find()), SoundCache(clock, tmp_path))
    assert ((await speaker.say(HELLO)).sound == say("hello world")).all()
    await speaker.close()
    kept = Speaker(clock, Espeak(clock, find()), SoundCache(clock, tmp_path))
    assert ((await kept.say(HELLO)).sound == say("hello world")).all() and kept.engine.worker.pid == 0
    await kept.close()
