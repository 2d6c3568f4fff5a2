"""The package's own declarations: what an engine is."""

from hoyhoy.exchange.clock import RealClock
from hoyhoy.speech import Engine, SpeechFailed, Spoken
from hoyhoy.speech.espeak import Espeak
from hoyhoy.speech.espeak_library import Found


async def test_an_engine_has_a_version_before_it_is_started():
    engine: Engine = Espeak(RealClock(), Found("/nowhere.so", "", "1.2.3"))
    assert "1.2.3" in engine.version
    await engine.close()


def test_what_is_spoken_may_come_without_notices():
    assert Spoken(None).notices == () and issubclass(SpeechFailed, Exception)
