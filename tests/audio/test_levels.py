"""Speech and silence told apart, on quiet and on noisy lines."""

import numpy as np
import pytest

from hoyhoy.audio import FRAME, tones
from hoyhoy.audio.levels import SILENCE, SPEECH, Levels, Noise

ROW = np.array([1])


def heard(sound, levels=None):
    """(Frame after which it is told, whether the leg speaks, frames that what was before lasted)."""
    if levels is None:
        levels = Levels(2)
        levels.ask(1, True)
    frames = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME).astype(np.int16)
    return [(n + 1, *told[1:]) for n, frame in enumerate(frames) for told in levels.hear(ROW, frame[None])]


def sound(*lengths, level=0.1, noise=0.0, seed=1):
    """Silence and speech in turn, so many frames of each; speech as a voice is: louder and fainter in it."""
    random = np.random.default_rng(seed)
    parts = [np.full(frames * FRAME, i % 2 * 1.0) for i, frames in enumerate(lengths)]
    envelope = np.concatenate(parts) * (1 - 0.5 * np.cos(np.arange(sum(lengths) * FRAME) / 8000 * 2 * np.pi * 4))
    voice = random.normal(0, level * 32767, len(envelope)) * envelope
    return np.clip(voice + random.normal(0, noise * 32767, len(voice)), -32768, 32767).astype(np.int16)


def test_a_change_is_told_when_it_has_lasted():
    assert heard(sound(20, 30, 40, 5, 30)) == [
        (20 + SPEECH, True, 20),
        (50 + SILENCE, False, 30),
        (90 + SPEECH, True, 40),
        (95 + SILENCE, False, 5),
    ]


def test_clicks_and_short_pauses_are_no_changes():
    assert heard(sound(20, 2, 30, 2, 20)) == []
    assert heard(sound(10, 20, 9, 20, 4, 20, 30)) == [(13, True, 10), (93, False, 73)]


def test_who_speaks_at_once_and_never_stops():
    assert heard(sound(0, 300)) == [(SPEECH, True, 0)]


@pytest.mark.parametrize("noise", [0.001, 0.005, 0.012])
def test_the_noise_of_a_line_is_no_speech(noise):
    assert heard(sound(200, noise=noise)) == []
    told = heard(sound(100, 60, 100, noise=noise))
    assert [one[1] for one in told] == [True, False]
    assert abs(told[0][0] - 103) <= 2 and abs(told[1][0] - 170) <= 3


def test_noise_that_begins_later_is_taken_for_speech_no_longer_than_a_second():
    told = heard(np.concatenate([sound(50), sound(200, noise=0.012)]))
    assert [one[1] for one in told] == [True, False] and told[1][2] <= 50


def test_a_long_tone_is_no_noise():
    assert heard(tones.tone(4, 440)) == [(SPEECH, True, 0)]


@pytest.mark.parametrize("seed", range(5))
def test_several_frames_at_once_are_as_loud_as_one_by_one(seed):
    """Of several lines, each at its own place in a stretch."""
    random = np.random.default_rng(seed)
    frames = (random.normal(0, 1, (3, 200, FRAME)) * random.uniform(0, 3000, (3, 200, 1))).astype(np.int16)
    rows, one_by_one, at_once = np.arange(3), Noise(3), Noise(3)
    for row in rows:
        for noise in (one_by_one, at_once):
            noise.exceeded(rows[row:], frames[row:, : 7 * row + 1])
    first = 0
    while first < 200:
        last = first + int(random.integers(1, 70))
        singly = [one_by_one.exceeded(rows, frames[:, at : at + 1]) for at in range(first, min(last, 200))]
        assert np.array_equal(at_once.exceeded(rows, frames[:, first:last]), np.concatenate(singly, axis=1))
        first = last


def test_asked_twice_it_goes_on_and_asked_again_it_begins_anew():
    levels = Levels(2)
    levels.ask(1, True)
    assert heard(sound(0, 20), levels) == [(SPEECH, True, 0)] and levels.is_changing(ROW)
    levels.ask(1, True)
    assert heard(sound(0, 20), levels) == []
    levels.ask(1, False)
    assert not levels.is_changing(ROW)
    levels.ask(1, True)
    assert heard(sound(0, 20), levels) == [(SPEECH, True, 0)]
