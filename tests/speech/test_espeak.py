import os

import numpy as np
import pytest

from hoyhoy.exchange.sound import Speech
from hoyhoy.speech import SpeechFailed
from hoyhoy.speech.espeak import Espeak
from hoyhoy.speech.espeak_library import Found, find

from .conftest import longest_silence, pitch


@pytest.fixture
async def engine(clock):
    made = Espeak(clock, find())
    yield made
    await made.close()


async def test_a_text_becomes_a_sound(engine, say):
    spoken = await engine.speak(Speech("fish & chips", "fish &amp; chips", "Polly.Joanna"))
    assert spoken.sound.dtype == np.int16
    assert (spoken.sound == say("fish &amp; chips", "Polly.Joanna")).all()
    assert [code for code, _ in spoken.notices] == [13511]


async def test_basic_voices_know_no_ssml(engine):  # voice 2.1.2
    marked = Speech("hello world", 'hello <break time="2s"/> world', "man")
    spoken = await engine.speak(marked)
    plain = await engine.speak(Speech("hello world", "hello world", "man"))
    assert (spoken.sound == plain.sound).all() and [code for code, _ in spoken.notices] == [12200]
    alice = await engine.speak(Speech(marked.text, marked.ssml, "alice"))
    assert longest_silence(alice.sound) > 1.9 and alice.notices == ()
    assert pitch(alice.sound) > pitch(plain.sound)


async def test_a_text_that_lasts_too_long(clock):
    engine = Espeak(clock, find(), longest=1.0)
    spoken = await engine.speak(Speech("hello world " * 20, "hello world " * 20))
    assert len(spoken.sound) == 8000 and [code for code, _ in spoken.notices] == [13521]
    await engine.close()


async def test_a_library_that_is_none(clock, tmp_path, monkeypatch):
    engine = Espeak(clock, Found("/nowhere.so", "", "0"))
    (tmp_path / "espeakng_loader").mkdir()
    (tmp_path / "espeakng_loader" / "__init__.py").write_text("")
    (tmp_path / "espeakng_loader" / "libespeak-ng.so").write_text("no library")
    (tmp_path / "espeakng_loader" / "espeak-ng-data").mkdir()
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    with pytest.raises(SpeechFailed, match=r"libespeak-ng\.so"):
        await engine.speak(Speech("one", "one"))
    await engine.close()
