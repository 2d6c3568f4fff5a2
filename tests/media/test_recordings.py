import numpy as np
import pytest

from hoyhoy.audio import FRAME
from hoyhoy.media.recordings import Recording, Recordings, RecordingsFull, Track

SPOKEN = np.full((3, 2, FRAME), 100, np.int16) * np.arange(3).reshape(3, 1, 1).astype(np.int16)
HEARD = np.full((3, 2, FRAME), 7, np.int16)


USED = np.array([4, 5, 9])
NO_ROOMS = np.zeros((0, 2, FRAME), np.int32)


def recorded(track, row=9, rooms=NO_ROOMS):
    recordings = Recordings()
    recordings.start(Recording(1, row, track, most=100))
    assert recordings.rooms().tolist() == ([row] if track is Track.ROOM else [])
    assert recordings.take(USED, SPOKEN, HEARD, rooms) == ([], [])
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
    assert recorded(Track.ROOM, rooms=np.full((1, 2, FRAME), 40000, np.int32)) == (32767, 1)


def test_it_ends_when_it_is_full():
    recordings = Recordings()
    one, two = Recording(1, 4, Track.FROM, most=4), Recording(2, 5, Track.FROM, most=2)
    recordings.start(one)
    recordings.start(two)
    assert recordings.shortest(99) == 2
    recordings.pause(2, True)
    assert recordings.shortest(99) == 4
    assert recordings.take(USED, SPOKEN, HEARD, NO_ROOMS) == ([], []) and recordings.shortest(99) == 2
    assert recordings.take(USED, SPOKEN, HEARD, NO_ROOMS) == ([], [one])
    assert two.frames == 0 and recordings.shortest(99) == 99, "paused, nothing is kept"
    recordings.pause(2, False)
    assert recordings.take(USED, SPOKEN, HEARD, NO_ROOMS) == ([], [two]) and recordings.under_way == {}
    assert one.frames == 4 and len(one.taken()) == 4 * FRAME and len(one.taken()) == 0


def test_a_block_is_handed_out_each_second():
    recordings = Recordings(4)
    mono, both = Recording(1, 4, Track.FROM, most=1000), Recording(2, 9, Track.DUAL, most=1000)
    recordings.start(mono)
    recordings.start(both)
    random = np.random.default_rng(1)
    said, heard, ready = [], [], []
    for steps in (20, 29, 1, 50, 50, 7):
        frames = random.integers(-9000, 9000, (2, 3, steps, FRAME)).astype(np.int16)
        ready.append(recordings.take(USED, *frames, NO_ROOMS)[0])
        said.append(frames[0])
        heard.append(frames[1])
    assert ready == [[], [both], [mono], [mono, both], [mono, both], []], "the second's first is a frame shorter"
    said, heard = np.concatenate(said, axis=1), np.concatenate(heard, axis=1)
    assert (recordings.stop(1).taken() == said[0].ravel()).all()
    assert (recordings.stop(2).taken() == np.stack([said[2].ravel(), heard[2].ravel()], axis=1)).all()


def test_many_that_begin_together_do_not_hand_out_together():
    recordings = Recordings(200)
    for number in range(200):
        recordings.start(Recording(number, 4, Track.FROM, most=1000))
    often = [len(recordings.take(USED, SPOKEN[:, :1], HEARD[:, :1], NO_ROOMS)[0]) for _ in range(150)]
    assert often == [4] * 150


def test_places_are_used_again_and_their_number_is_bounded():
    recordings = Recordings(2)
    for number in range(10):
        for leg in (4, 5):
            recordings.start(Recording(10 * number + leg, leg, Track.FROM, most=100))
        with pytest.raises(RecordingsFull, match="2 recordings"):
            recordings.start(Recording(999, 4, Track.FROM, most=100))
        recordings.take(USED, SPOKEN, HEARD, NO_ROOMS)
        assert (recordings.stop(10 * number + 5).taken() == 100).all()
        assert len(recordings.stop(10 * number + 4).taken()) == 2 * FRAME
