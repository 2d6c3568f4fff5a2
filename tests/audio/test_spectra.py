"""Tones, noises and voices told apart (voice reference 5.4)."""

import numpy as np
import pytest

from hoyhoy.audio import FRAME, tones
from hoyhoy.audio.spectra import NOISE, VOICE, WINDOW, Kind, made_of
from hoyhoy.speech.placeholder import murmur

from .voices import noise, voice, with_noise


def windows(sound):
    """What each whole window that is not silent is made of."""
    pieces = [sound[at : at + WINDOW] for at in range(0, len(sound) - WINDOW + 1, FRAME)]
    return made_of(np.array([piece for piece in pieces if np.abs(piece).max() > 300]))


@pytest.mark.parametrize("level", [0.02, 0.5])
@pytest.mark.parametrize("hertz", [400, 425, 612, 1000, 1100, 1777, 2100, 3000])
def test_a_tone_and_how_high_it_is(hertz, level):
    for noisy in (0, level * 500):
        found = windows(with_noise(tones.tone(0.3, hertz, level=level), noisy))
        assert {made.kind for made in found} == {Kind.TONE}
        assert all(abs(made.hertz[0] - hertz) < 4 for made in found)


@pytest.mark.parametrize("pair", [(350, 440), (480, 620), (697, 1209), (941, 1633)])
def test_two_tones_at_once(pair):
    found = windows(tones.tone(0.3, *pair))
    assert {made.kind for made in found} == {Kind.TONES}
    assert all(abs(a - b) < 8 for made in found for a, b in zip(sorted(made.hertz), pair, strict=True))


@pytest.mark.parametrize("country", tones.RINGING)
def test_the_ringing_tone_of_any_country_is_tones(country):
    found = windows(tones.ringing(country))
    assert sum(bool(made.hertz) for made in found) > 0.95 * len(found)


@pytest.mark.parametrize("rms", [300, 3000])
def test_noise(rms):
    assert set(windows(noise(3, rms))) == {NOISE}
    impulse = np.zeros(WINDOW, np.int16)
    impulse[200] = 9000
    assert made_of(impulse[None]) == [NOISE]


@pytest.mark.parametrize("pitch", [90, 130, 200, 260])
def test_a_voice(pitch):
    found = windows(voice(3, pitch=pitch))
    assert found.count(VOICE) > 0.8 * len(found) and not any(made.hertz for made in found)
    found = windows(with_noise(voice(3, pitch=pitch, level=0.1), 330))
    assert found.count(VOICE) > 0.6 * len(found) and not any(made.hertz for made in found)


def test_the_placeholder_of_a_voice_counts_as_one():
    found = windows(murmur("Please leave a message, or one of the others, after the tone: I am not there."))
    assert set(found) == {VOICE}


def test_two_tones_that_are_a_voice():
    for pair in ((250, 600), (500, 750), (520, 650)):
        assert set(windows(tones.tone(0.3, *pair))) == {VOICE}, pair


def test_a_window_without_any_sound():
    assert set(made_of(np.zeros((2, WINDOW), np.int16))) <= {NOISE, VOICE}
