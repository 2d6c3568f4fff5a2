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


def test_keys_one_after_the_other():
    one, two = tones.keys("1"), tones.keys("2")
    assert np.array_equal(tones.keys("1w2"), np.concatenate([one, tones.silence(0.5), two]))
    assert tones.seconds("1w2") == pytest.approx(0.9) and tones.seconds("") == 0
    tones.keys("1")[:] = 0  # whose sound it is may write to it
    assert np.array_equal(tones.keys("1"), one)


def test_pauses_are_not_written_and_a_key_is_made_once(monkeypatch):
    """The loop waits for nobody's keys: what is silent only is there, and tones are copied."""
    tones.keys("1#")
    monkeypatch.setattr(tones, "tone", None)
    monkeypatch.setattr(np, "concatenate", None)
    assert tones.keys("1W#" * 1000).any()


def test_what_is_no_key():
    with pytest.raises(ValueError):
        tones.keys("1x")


def test_a_tone_neither_clicks_nor_clips():
    sound = tones.tone(0.1, 697, 1209, level=0.9)
    assert max(abs(int(sound[0])), abs(int(sound[-1]))) < 4000
    assert sound.max() == 32767
