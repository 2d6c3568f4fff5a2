import numpy as np

from hoyhoy.audio import FRAME
from hoyhoy.media.announcements import Announcement, Announcements
from hoyhoy.media.arena import Arena


def test_each_is_played_once_to_its_room():
    arena = Arena(20)
    announcements = Announcements(arena)
    assert announcements.shortest(99) == 99 and announcements.advance(1) == ([], [])
    long = Announcement(5, arena.load(np.repeat(np.arange(1, 5, dtype=np.int16), FRAME)), order=1)
    short = Announcement(6, arena.load(np.full(2 * FRAME, 9, np.int16)), order=2)
    announcements.start(long)
    announcements.start(short)
    assert announcements.shortest(99) == 2
    sounds, ended = announcements.advance(2)
    assert [(room, sound[:, 0].tolist()) for room, sound in sounds] == [(5, [1, 2]), (6, [9, 9])]
    assert ended == [short] and announcements.shortest(99) == 2
    sounds, ended = announcements.advance(2)
    assert [(room, sound[:, 0].tolist()) for room, sound in sounds] == [(5, [3, 4])] and ended == [long]
    assert announcements.under_way == []
