"""Silence at the ends of a sound (`trim-silence`, voice reference 2.6)."""

import numpy as np

from hoyhoy.audio import FRAME, tones
from hoyhoy.audio.silence import LEVEL, loud, trimmed


def test_each_frame_is_loud_or_silent_and_the_last_may_be_short():
    sound = np.concatenate([np.full(FRAME, LEVEL, np.int16), np.full(10, -LEVEL - 1, np.int16)])
    assert loud(sound).tolist() == [False, True]
    assert loud(sound[:0]).tolist() == []
    assert loud(np.array([-32768], np.int16)).tolist() == [True]  # its absolute value is no int16


def test_of_two_channels_one_is_enough():
    sound = np.zeros((2 * FRAME, 2), np.int16)
    sound[FRAME, 1] = LEVEL + 1
    assert loud(sound).tolist() == [False, True]
    assert trimmed(sound).shape == (FRAME, 2)


def test_silence_is_trimmed_from_both_ends_and_not_from_the_middle():
    tone = tones.tone(0.1, 440)
    gap = tones.silence(0.5)
    sound = np.concatenate([tones.silence(1.0), tone, gap, tone, tones.silence(2.0)])
    assert np.array_equal(trimmed(sound), np.concatenate([tone, gap, tone]))


def test_a_clipped_peak_is_not_silence_and_the_last_part_of_a_frame_counts():
    peak = np.zeros(FRAME * 3 + 40, np.int16)
    peak[FRAME] = -32768
    assert len(trimmed(peak)) == FRAME
    peak[-1] = 5000
    assert len(trimmed(peak)) == 2 * FRAME + 40


def test_of_silence_nothing_is_left():
    assert len(trimmed(tones.silence(3))) == 0 == len(trimmed(tones.silence(3)[:0]))
