import numpy as np
import pytest

from hoyhoy.audio import RATE
from hoyhoy.audio.resample import resample


def sine(hertz, rate, seconds=0.5, level=10000):
    return level * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000, 6000])
def test_a_tone_stays_what_it_was(rate):
    made = resample(sine(1000, rate), rate)
    assert len(made) == round(0.5 * RATE)
    middle = slice(800, 3200)
    error = made[middle] - sine(1000, RATE)[middle]
    assert np.sqrt((error**2).mean()) < 0.01 * 10000


@pytest.mark.parametrize("hertz", [4800, 5500, 7000, 12000])
def test_what_a_telephone_cannot_carry_is_taken_away_not_folded_back(hertz):
    made = resample(sine(hertz, 48000), 48000)
    assert np.abs(made[200:-200]).max() < 10000 / 300


def test_the_shortest_and_the_loudest():
    assert len(resample(np.zeros(0), 16000)) == 0
    assert len(resample(np.array([5.0]), 48000)) == 1
    square = 40000 * np.sign(sine(300, 16000))
    assert resample(square, 16000).max() == 32767


def test_long_sounds_are_converted_piece_by_piece():
    whole = resample(sine(440, 16000, seconds=3), 16000)
    assert np.abs(whole[4000:20000] - sine(440, RATE, seconds=3)[4000:20000]).max() < 150
