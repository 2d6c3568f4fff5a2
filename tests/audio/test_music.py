import numpy as np
import pytest

from hoyhoy.audio import RATE, music


@pytest.mark.parametrize(
    ("note", "pitch"), [("A4", 440.0), ("C4", 261.63), ("F#4", 369.99), ("A3", 220.0), ("C5", 523.25)]
)
def test_notes(note, pitch):
    assert music.hertz(note) == pytest.approx(pitch, abs=0.01)


def test_the_first_note_is_middle_c_and_the_third_a_fifth_above():
    piece = music.prelude()
    step = round(music.NOTE * RATE)
    for place, note in ((0, "C4"), (2, "G4")):
        part = piece[place * step : (place + 1) * step].astype(float)
        loudness = {name: _level(part, music.hertz(name)) for name in ("C4", "D4", "F#4", "G4", "A4")}
        assert max(loudness, key=loudness.__getitem__) == note or loudness[note] > 0.5 * max(loudness.values())


def test_it_is_a_minute_that_is_never_too_loud_and_cannot_be_changed():
    piece = music.prelude()
    assert 55 < len(piece) / RATE < 65 and np.abs(piece.astype(int)).max() < 20000
    assert piece is music.prelude() and not piece.flags.writeable
    assert all(piece[second * RATE : (second + 1) * RATE].any() for second in range(60))


def _level(part: np.ndarray, hertz: float) -> float:
    return abs(np.sum(part * np.exp(-2j * np.pi * hertz * np.arange(len(part)) / RATE)))
