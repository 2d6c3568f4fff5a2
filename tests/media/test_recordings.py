import numpy as np

from hoyhoy.audio import FRAME, tones
from hoyhoy.media.recordings import Recording, Recordings, Track, trimmed

SPOKEN = np.full((3, 2, FRAME), 100, np.int16) * np.arange(3).reshape(3, 1, 1).astype(np.int16)
HEARD = np.full((3, 2, FRAME), 7, np.int16)


def recorded(track, row=2, rooms=None):
    recordings = Recordings()
    recordings.start(Recording(1, row, track, most=100))
    assert recordings.take(SPOKEN, HEARD, rooms or {}) == []
    one = recordings.stop(1)
    assert one.frames == 2 and recordings.stop(1) is None
    [block] = one.blocks
    assert len(block) == 2 * FRAME and (block == block[0]).all()
    return block[0].tolist(), one.channels


def test_tracks():
    assert recorded(Track.FROM) == (200, 1)
    assert recorded(Track.TO) == (7, 1)
    assert recorded(Track.BOTH) == (207, 1)
    assert recorded(Track.DUAL) == ([200, 7], 2)
    assert recorded(Track.ROOM, row=9, rooms={9: np.full((2, FRAME), 40000, np.int32)}) == (32767, 1)
    assert recorded(Track.ROOM, row=9) == (0, 1), "an empty room is silent"


def test_it_ends_when_it_is_full():
    recordings = Recordings()
    one, two = Recording(1, 0, Track.FROM, most=4), Recording(2, 1, Track.FROM, most=2, paused=True)
    recordings.start(one)
    recordings.start(two)
    assert recordings.shortest(99) == 4
    assert recordings.take(SPOKEN, HEARD, {}) == [] and recordings.shortest(99) == 2
    assert recordings.take(SPOKEN, HEARD, {}) == [one]
    assert two.frames == 0 and recordings.shortest(99) == 99, "paused, nothing is kept"
    two.paused = False
    assert recordings.take(SPOKEN, HEARD, {}) == [two] and recordings.under_way == {}


def test_silence_is_trimmed_from_both_ends():
    word = tones.tone(0.3, 500)
    sound = np.concatenate([tones.silence(1), word, tones.silence(0.5), word, tones.silence(2)])
    kept = trimmed(sound)
    assert abs(len(kept) - round(1.1 * 8000)) <= 2 * FRAME
    assert len(trimmed(tones.silence(3))) == 0 == len(trimmed(sound[:10]))
    both = trimmed(np.stack([sound, np.zeros_like(sound)], axis=1))
    assert both.shape == (len(kept), 2)


def test_a_clipped_peak_is_not_silence_and_the_last_part_of_a_frame_counts():
    peak = np.zeros(FRAME * 3 + 40, np.int16)
    peak[FRAME] = -32768
    assert len(trimmed(peak)) == FRAME
    peak[-1] = 5000
    assert len(trimmed(peak)) == 2 * FRAME + 40
    assert len(trimmed(np.stack([np.zeros_like(peak), peak], axis=1))) == 2 * FRAME + 40
