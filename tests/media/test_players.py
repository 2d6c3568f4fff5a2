import numpy as np

from hoyhoy.audio import FRAME
from hoyhoy.media.arena import Arena
from hoyhoy.media.players import ENDLESS, Players


def counting(frames, start):
    """Frames whose samples are start, start + 1, ..."""
    return np.repeat(np.arange(start, start + frames), FRAME).astype(np.int16)


def advance(players, steps, rows=4):
    into = np.zeros((rows, steps, FRAME), np.int32)
    ended = players.advance(into)
    assert (into == into[:, :, :1]).all()
    return into[:, :, 0].tolist(), ended.tolist()


def test_clips_are_played_to_their_ends():
    arena = Arena(20)
    players = Players(4, arena)
    players.play(1, arena.load(counting(3, 10)), order=7)
    players.play(3, arena.load(counting(2, 50)), times=2, order=8)
    assert players.shortest() == 3
    assert advance(players, 3) == ([[0] * 3, [10, 11, 12], [0] * 3, [50, 51, 50]], [1])
    assert players.shortest() == 1 and players.order[1] == 7
    assert advance(players, 1) == ([[0], [0], [0], [51]], [3])
    assert advance(players, 5) == ([[0] * 5] * 4, []) and players.shortest() == ENDLESS


def test_for_ever_until_stopped():
    arena = Arena(20)
    players = Players(4, arena)
    players.play(0, arena.load(counting(2, 1)), times=0)
    assert players.shortest() == ENDLESS
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


def test_it_is_added_to_what_is_there():
    arena = Arena(20)
    players = Players(1, arena)
    players.play(0, arena.load(counting(1, 30000)))
    into = np.full((1, 1, FRAME), 30000, np.int32)
    players.advance(into)
    assert (into == 60000).all(), "limiting comes after mixing"
