import numpy as np
import pytest

from hoyhoy.speech.placeholder import murmur, seconds_of

from .conftest import likeness, loudness, seconds


@pytest.mark.parametrize(
    ("text", "lasts"), [("", 0.5), ("hi", 0.5), ("x" * 15, 1.0), ("a b c " * 10, 4.0), ("x" * 99999, 600.0)]
)
def test_it_lasts_as_long_as_the_speech_would(text, lasts):
    assert seconds_of(text) == lasts and seconds(murmur(text)) == pytest.approx(lasts, abs=1e-3)


def test_it_is_soft_and_audible_and_silent_between_words():
    sound = murmur("wonderful weather")
    assert 300 < loudness(sound) < 3000
    gap = slice(round(9 / 15 * 8000), round(10 / 15 * 8000))
    assert not sound[gap].any() and np.abs(sound[: gap.start].astype(int)).max() > 1000


def test_words_are_told_apart_and_repeat():
    assert (murmur("one two") == murmur("one two")).all()
    assert likeness(murmur("seventeen"), murmur("eighteens")) < 0.9
