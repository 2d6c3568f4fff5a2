import numpy as np
import pytest

from hoyhoy.audio import tones, wav
from hoyhoy.exchange.clock import RealClock
from hoyhoy.exchange.ports import FetchFailed, Page
from hoyhoy.exchange.sound import Audio, Speech
from hoyhoy.speech.cache import SoundCache
from hoyhoy.speech.fetched import Recordings
from hoyhoy.speech.placeholder import murmur
from hoyhoy.speech.speaker import Speaker
from hoyhoy.speech.studio import Studio
from hoyhoy.speech.worker import Worker

TONE = tones.tone(0.3, 440)


class Shelf:
    """Files by URL."""

    async def get(self, url, asked=()):
        if url == "http://app/tone.wav":
            return Page(url, 200, "audio/wav", wav.write(TONE))
        raise FetchFailed(11200, "HTTP 404")


@pytest.fixture
async def studio():
    clock = RealClock()
    decoder, cache = Worker(clock, "decode", 30.0), SoundCache(clock)
    yield Studio(Speaker(clock, None, cache), Recordings(clock, Shelf(), decoder, cache))
    await decoder.close()
    await clock.close()


async def test_texts_and_recordings_become_sounds(studio):
    speech = await studio.prompt(Speech("Hello", "Hello"), "AC")
    assert np.array_equal(speech.samples, murmur("Hello")) and "pip install" in speech.notices[0][1]
    audio = await studio.prompt(Audio("http://app/tone.wav"), "AC")
    assert np.array_equal(audio.samples, TONE) and audio.notices == () and audio.wish == Audio("http://app/tone.wav")


async def test_a_recording_that_is_not_there_fails(studio):
    with pytest.raises(FetchFailed) as failed:
        await studio.prompt(Audio("http://app/nothing.wav"), "AC")
    assert failed.value.code == 11200
