import numpy as np

from hoyhoy.audio import FRAME
from hoyhoy.media.arena import Arena
from hoyhoy.media.players import ENDLESS, Players


def counting(frames, start):
    """Frames whose samples are start, start + 1, ..."""
    return np.repeat(np.arange(start, start + frames), FRAME).astype(np.int16)


def advance(players, steps, rows=4):
    into = np.zeros((rows, steps, FRAME), np.int16)
    places, sound, ended = players.advance(np.arange(rows), steps)
    into[places] = sound
    assert (into == into[:, :, :1]).all()
    return into[:, :, 0].tolist(), ended.tolist()


def test_clips_are_played_to_their_ends():
    arena = Arena(20)
    players = Players(4, arena)
    players.play(1, arena.load(counting(3, 10)), order=7)
    players.play(3, arena.load(counting(2, 50)), times=2, order=8)
    assert players.shortest(np.arange(4)) == 3
    assert advance(players, 3) == ([[0] * 3, [10, 11, 12], [0] * 3, [50, 51, 50]], [1])
    assert players.shortest(np.arange(4)) == 1 and players.order[1] == 7
    assert advance(players, 1) == ([[0], [0], [0], [51]], [3])
    assert advance(players, 5) == ([[0] * 5] * 4, []) and players.shortest(np.arange(4)) == ENDLESS


def test_for_ever_until_stopped():
    arena = Arena(20)
    players = Players(4, arena)
    players.play(0, arena.load(counting(2, 1)), times=0)
    assert players.shortest(np.arange(4)) == ENDLESS
    for _ in range(100):
        assert advance(players, 3)[1] == []
    assert advance(players, 2)[0][0] == [1, 2]
    assert players.stop(0) == 302 and players.stop(0) == 0
    assert advance(players, 2)[0][0] == [0, 0]


def test_a_new_clip_replaces_the_old():
    arena = Arena(20)
    players = Players(4, arena)
    players.play(2, arena.load(counting(5, 1)))
    advance(players, 2)
    players.play(2, arena.load(counting(1, 90)))
    assert advance(players, 1) == ([[0], [0], [90], [0]], [2])


def test_only_rows_in_use_are_looked_at():
    arena = Arena(20)
    players = Players(9, arena)
    for row in (2, 5, 8):
        players.play(row, arena.load(counting(3, 10 * row)))
    used = np.array([1, 5, 8])
    places, sound, ended = players.advance(used, 3)
    assert places.tolist() == [1, 2] and ended.tolist() == [5, 8]
    assert sound[:, 0, 0].tolist() == [50, 80] and players.left[2] == 3
    assert players.shortest(used) == ENDLESS and players.shortest(np.array([2])) == 3


def test_what_is_skipped_has_passed():
    arena = Arena(20)
    players = Players(4, arena)
    players.play(1, arena.load(counting(3, 10)), times=3)
    assert players.skip(np.arange(4), 4).tolist() == [] and advance(players, 1)[0][1] == [11]
    assert players.skip(np.arange(4), 4).tolist() == [1] and players.stop(1) == 0
