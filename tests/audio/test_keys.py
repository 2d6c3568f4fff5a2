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


def pressed(digits, on, off, shift):
    """Keys of other lengths than ours, in milliseconds, beginning anywhere in a frame."""
    parts = [tones.silence(shift / 8000)]
    for key in digits:
        row, column = divmod(tones.KEYS.index(key), 4)
        parts += [tones.tone(on / 1000, tones.LOW[row], tones.HIGH[column]), tones.silence(off / 1000)]
    return np.concatenate([*parts, tones.silence(0.1)])


@pytest.mark.parametrize(("on", "off"), [(40, 40), (45, 45), (50, 40), (40, 93), (70, 40)])
def test_short_keys_and_short_pauses_wherever_frames_begin(on, off):  # Q.24: 40 ms each
    for shift in range(0, FRAME, 16):
        assert heard(pressed("55#7799*00", on, off, shift)) == "55#7799*00", shift


@pytest.mark.parametrize("on", [15, 20, 23])
def test_too_short_is_no_key(on):  # Q.24: under 23 ms
    for shift in range(0, FRAME, 16):
        assert heard(pressed(tones.KEYS, on, 60, shift)) == "", shift


def test_a_lost_packet_does_not_make_two_keys_of_one():
    for shift in range(0, FRAME, 16):
        sound = pressed("5", 120, 40, shift)
        sound[3 * FRAME : 4 * FRAME] = 0
        assert heard(sound) == "5", shift


def speech(seconds, pitch, seed):
    """Vowels that glide into one another: the harmonics of a voice through three resonances of a throat."""
    random = np.random.default_rng(seed)
    count = round(seconds * 8000)
    knots = np.arange(0, count + 4000, 1000)

    def glide(low, high):
        return np.interp(np.arange(count), knots, random.uniform(low, high, len(knots)))

    phase = 2 * np.pi * np.cumsum(pitch * glide(0.8, 1.25)) / 8000
    throat = [(glide(250, 900), 60), (glide(700, 2300), 90), (glide(1700, 3300), 150)]
    sound = np.zeros(count)
    for n in range(1, int(3000 / pitch)):
        strength = sum(width / np.hypot(n * pitch - resonance, width) for resonance, width in throat)
        sound += strength / n**0.5 * np.sin(n * phase + random.uniform(0, 6))
    sound *= np.interp(np.arange(count), knots, random.choice([0, 0.3, 1, 1], len(knots)))
    return (sound / np.abs(sound).max() * 20000).astype(np.int16)


@pytest.mark.parametrize("pitch", [90, 120, 170, 220, 260, 350])
def test_no_voice_presses_keys(pitch):
    assert heard(speech(10, pitch, seed=pitch)) == ""


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
    further, again = (
        np.stack([one[n * FRAME : (n + 1) * FRAME], two[n * FRAME : (n + 1) * FRAME], frames[2]]) for n in (1, 2)
    )
    assert detector.hear(rows, frames) == []
    assert detector.hear(rows, further) == [(8, "1"), (3, "0")]
    detector.forget(np.array([8]))
    assert detector.hear(rows, further) == []
    assert detector.hear(rows, again) == [(8, "1")]
