"""audio/music.py: royalty-free music to wait by (voice reference 15)."""

from dataclasses import replace

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
    step = round(music.SCORES["classical"].step * RATE)
    for place, note in ((0, "C4"), (2, "G4")):
        part = piece[place * step : (place + 1) * step].astype(float)
        loudness = {name: _level(part, music.hertz(name)) for name in ("C4", "D4", "F#4", "G4", "A4")}
        assert max(loudness, key=loudness.__getitem__) == note or loudness[note] > 0.5 * max(loudness.values())


@pytest.mark.parametrize("genre", music.SCORES)
def test_a_piece_is_a_minute_at_most_never_too_loud_and_cannot_be_changed(genre):
    piece = music.piece(genre)
    assert 20 < len(piece) / RATE < 65 and np.abs(piece.astype(int)).max() == music.LOUDEST
    assert piece is music.piece(genre) and not piece.flags.writeable
    assert all(piece[at : at + 2 * RATE].any() for at in range(0, len(piece) - 2 * RATE, RATE)), "no two silent seconds"
    assert abs(int(piece[0])) < 100 and abs(int(piece[-1])) < 100, "it may begin again without a click"


def test_each_note_is_made_once(monkeypatch):
    """However often it is played: that is most of the time that a piece takes."""
    made = []
    score = music.SCORES["classical"]

    def voice(pitch: float, count: int) -> np.ndarray:
        made.append(pitch)
        return score.voice(pitch, count)

    monkeypatch.setitem(music.SCORES, "classical", replace(score, voice=voice))
    assert np.array_equal(music.piece.__wrapped__("classical"), music.prelude())
    assert len(made) == len(set(made)) == len({note for chord in score.chords for note in chord.split()})


def test_every_genre_is_a_piece_of_its_own():
    pieces = [music.piece(genre)[: 20 * RATE].astype(float) for genre in music.SCORES]
    for i, one in enumerate(pieces):
        for other in pieces[i + 1 :]:
            assert np.abs(np.corrcoef(one, other)[0, 1]) < 0.3


def _level(part: np.ndarray, hertz: float) -> float:
    return abs(np.sum(part * np.exp(-2j * np.pi * hertz * np.arange(len(part)) / RATE)))
