import numpy as np
import pytest

from hoyhoy.audio import RATE, tones


def loudest(sound, count=1):
    """The strongest frequencies, in Hz."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 8 * RATE))
    found = []
    for _ in range(count):
        peak = int(spectrum.argmax())
        found.append(peak / 8)
        spectrum[max(0, peak - 320) : peak + 320] = 0
    return sorted(found)


@pytest.mark.parametrize("key", tones.KEYS)
def test_a_key_is_two_tones(key):  # Q.23
    sound = tones.keys(key)[: round(tones.KEY_SECONDS * RATE)]
    row, column = divmod(tones.KEYS.index(key), 4)
    assert loudest(sound, 2) == pytest.approx([tones.LOW[row], tones.HIGH[column]], abs=3)


def test_lengths():
    assert len(tones.keys("12wW3")) == round((3 * (tones.KEY_SECONDS + tones.KEY_PAUSE) + 1.5) * RATE)
    assert len(tones.keys("")) == 0 and len(tones.beep()) == round(0.3 * RATE)
    assert len(tones.ringing()) == 6 * RATE and len(tones.ringing("gb")) == 3 * RATE == len(tones.ringing("jp"))
    assert len(tones.ringing("nowhere")) == 5 * RATE


def test_what_is_no_key():
    with pytest.raises(ValueError):
        tones.keys("1x")


def test_a_tone_neither_clicks_nor_clips():
    sound = tones.tone(0.1, 697, 1209, level=0.9)
    assert max(abs(int(sound[0])), abs(int(sound[-1]))) < 4000
    assert sound.max() == 32767
