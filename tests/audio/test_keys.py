"""Keys in the sound: found when faint, noisy or companded (Q.24), and not found in what is no key."""

import numpy as np
import pytest

from hoyhoy.audio import FRAME, g711, tones
from hoyhoy.audio.keys import NONE, KeyDetector, keys_in

ROW = np.array([0])


def heard(sound, detector=None):
    """The keys a detector tells of, frame by frame."""
    detector = detector or KeyDetector(1)
    frames = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME)
    return "".join(key for frame in frames for _, key in detector.hear(ROW, frame[None, :]))


@pytest.mark.parametrize("shift", [0, 37, 80, 111, 159])
@pytest.mark.parametrize("law", g711.Law)
def test_every_key_wherever_frames_begin(shift, law):
    sound = np.concatenate([tones.silence(shift / 8000), tones.keys(tones.KEYS), tones.silence(0.1)])
    assert heard(g711.decode(g711.encode(sound, law), law)) == tones.KEYS


@pytest.mark.parametrize("level", [0.01, 0.03, 0.1, 0.5])
def test_faint_and_loud(level):
    sound = np.concatenate([tones.tone(0.08, 770, 1336, level=level), tones.silence(0.1)])
    assert heard(sound) == "5"


def test_with_noise():
    random = np.random.default_rng(1)
    sound = tones.keys("0123456789*#").astype(np.float64)
    sound += random.normal(0, 0.25 * 32767 / np.sqrt(2) / 10**0.75, len(sound))  # 15 dB below one tone
    assert heard(np.clip(sound, -32768, 32767).astype(np.int16)) == "0123456789*#"


def test_one_tone_louder_than_the_other():  # Q.24: twist
    def twisted(low, high):
        return np.clip(
            tones.tone(0.1, 852, level=low).astype(int) + tones.tone(0.1, 1477, level=high), -32768, 32767
        ).astype(np.int16)

    assert heard(twisted(0.3, 0.14)) == heard(twisted(0.19, 0.3)) == "9"
    assert heard(twisted(0.5, 0.02)) == heard(twisted(0.02, 0.5)) == ""


def test_held_it_is_told_once_and_again_after_a_pause():
    held = tones.tone(1.0, 697, 1209)
    assert heard(held) == "1"
    assert heard(np.concatenate([held, tones.silence(0.06), held])) == "11"
    dropout = held.copy()
    dropout[3 * FRAME : 4 * FRAME] = 0
    assert heard(dropout) == "1", "one frame lost is no new key"


def test_too_short_is_no_key():  # Q.24: under 23 ms
    assert heard(np.concatenate([tones.silence(0.01), tones.tone(0.02, 697, 1209), tones.silence(0.1)])) == ""


def test_what_is_no_key():
    random = np.random.default_rng(2)
    time = np.arange(8000 * 20) / 8000
    vowel = sum(np.sin(2 * np.pi * 120 * k * time + k) / k for k in range(1, 25)) * 6000
    chirp = 12000 * np.sin(2 * np.pi * (200 + 70 * time) * time)
    noise = random.normal(0, 5000, len(time))
    for sound in (vowel, chirp, noise, tones.ringing(), tones.tone(2, 1000), tones.tone(2, 770), np.zeros(8000)):
        assert heard(np.clip(sound, -32768, 32767).astype(np.int16)) == ""


def test_each_leg_by_itself():
    one, two = tones.tone(0.1, 697, 1209), tones.tone(0.1, 941, 1336)
    frames = np.stack([one[:FRAME], two[:FRAME], np.zeros(FRAME, np.int16)])
    assert keys_in(frames).tolist() == [tones.KEYS.index("1"), tones.KEYS.index("0"), NONE]
    detector, rows = KeyDetector(9), np.array([8, 3, 5])
    assert detector.hear(rows, frames) == []
    assert detector.hear(rows, frames) == [(8, "1"), (3, "0")]
    detector.forget(np.array([8]))
    assert detector.hear(rows, frames) == []
    assert detector.hear(rows, frames) == [(8, "1")]
