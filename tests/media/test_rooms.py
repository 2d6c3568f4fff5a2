import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hoyhoy.audio import FRAME
from hoyhoy.media.rooms import NOWHERE, Rooms, add, limited

ROWS = 8


EVERY = np.arange(ROWS)


def voices():
    """Row i says 2**i; a sum shows who is in it."""
    return np.repeat(np.array([2**i for i in range(ROWS)], np.int16), FRAME).reshape(ROWS, 1, FRAME)


def heard(rooms, used=EVERY):
    """What each row hears, as the sum of who it hears."""
    places, mix = rooms.mix(used, voices()[used])
    assert (mix == mix[:, :, :1]).all() and mix.dtype == np.int16
    return dict(zip(used[places].tolist(), mix[:, 0, 0].tolist(), strict=True))


def bits(*rows):
    return sum(2**row for row in rows)


def test_everybody_hears_the_others():
    rooms = Rooms(ROWS)
    for row, room in ((0, 5), (3, 5), (6, 5), (1, 2), (2, 2)):
        rooms.join(row, room)
    assert heard(rooms) == {1: bits(2), 2: bits(1), 0: bits(3, 6), 3: bits(0, 6), 6: bits(0, 3)}
    assert rooms.members(5) == [0, 3, 6]
    rooms.leave(3)
    assert heard(rooms)[0] == bits(6) and 3 not in heard(rooms)


def test_muted_held_and_alone():
    rooms = Rooms(ROWS)
    for row in (0, 1, 2):
        rooms.join(row, 1, muted=row == 0)
    assert heard(rooms) == {0: bits(1, 2), 1: bits(2), 2: bits(1)}
    rooms.join(1, 1, held=True)
    assert heard(rooms) == {0: bits(2), 1: 0, 2: 0}
    rooms.join(0, 1)
    rooms.join(1, 1)
    assert heard(rooms)[1] == bits(0, 2)
    rooms.join(7, 9)
    assert heard(rooms)[7] == 0


def test_a_coach_is_heard_by_one():
    rooms = Rooms(ROWS)
    rooms.join(0, 1)
    rooms.join(1, 1)
    rooms.join(2, 1, coaches=1)
    assert heard(rooms) == {0: bits(1), 1: bits(0, 2), 2: bits(0, 1)}
    rooms.join(2, 1, muted=True, coaches=1)
    assert heard(rooms)[1] == bits(0)
    rooms.join(2, 1, coaches=1)
    rooms.leave(1)
    assert heard(rooms) == {0: 0, 2: bits(0)}, "without an agent the coach is heard by nobody"
    rooms.join(2, 1)
    assert heard(rooms) == {0: bits(2), 2: bits(0)}


def test_what_is_said_in_a_room():
    rooms = Rooms(ROWS)
    for row in (0, 1):
        rooms.join(row, 4)
    rooms.join(2, 4, muted=True)
    rooms.join(5, 3)
    sums = rooms.sums(EVERY, voices(), np.array([4, 99, 3, -1, 2**40]))
    assert (sums == sums[:, :, :1]).all() and sums.shape == (5, 1, FRAME)
    assert sums[:, 0, 0].tolist() == [bits(0, 1), 0, bits(5), 0, 0]


def test_nobody_anywhere():
    assert heard(Rooms(ROWS)) == {}
    assert not Rooms(ROWS).sums(EVERY, voices(), np.array([1])).any()


def test_too_loud_is_cut_off():
    assert limited(np.array([70000, -70000, 5], np.int32)).tolist() == [32767, -32768, 5]


def test_a_whisper_stays_in_its_room():
    rooms = Rooms(ROWS)
    for row, room, coaches in ((0, 1, NOWHERE), (1, 1, NOWHERE), (2, 1, 1)):
        rooms.join(row, room, coaches=coaches)
    rooms.join(1, 7)
    rooms.join(4, 7)
    assert heard(rooms) == {0: 0, 2: bits(0), 1: bits(4), 4: bits(1)}, "the agent has moved, the coach has not"
    rooms.join(1, 1)
    assert heard(rooms)[1] == bits(0, 2)


def test_rooms_of_all_sizes_and_several_frames():
    sizes, frames = (1, 2, 3, 3, 2, 5, 1, 4), 3
    random = np.random.default_rng(1)
    rows = sum(sizes)
    rooms, of = Rooms(rows + 9), random.permutation(np.repeat(np.arange(len(sizes)) * 7, sizes))
    used = np.sort(random.permutation(rows + 9)[:rows])
    for row, room in zip(used.tolist(), of.tolist(), strict=True):
        rooms.join(row, room)
    said = random.integers(-30000, 30000, (rows, frames, FRAME)).astype(np.int16)
    places, mix = rooms.mix(used, said)
    assert sorted(places.tolist()) == list(range(rows))
    for place, one in zip(places, mix, strict=True):
        others = said[of == of[place]].astype(np.int32).sum(axis=0) - said[place]
        assert (one == limited(others)).all()
    sums = rooms.sums(used, said, np.arange(len(sizes)) * 7)
    assert all((sums[i] == said[of == 7 * i].astype(np.int32).sum(axis=0)).all() for i in range(len(sizes)))


def test_who_listens_in_a_room():
    rooms = Rooms(ROWS)
    for row, room, held in ((0, 1, False), (3, 1, True), (4, 1, False), (5, 2, False)):
        rooms.join(row, room, held=held)
    assert rooms.listeners(1).tolist() == [0, 4] and rooms.listeners(3).tolist() == []


def test_added_sound_is_cut_off_too():
    to = np.full((3, 1, FRAME), 30000, np.int16)
    add(to, np.array([0, 2]), np.full((2, 1, FRAME), 5000, np.int16))
    assert to[:, 0, 0].tolist() == [32767, 30000, 32767]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, ROWS - 1), st.integers(-1, 3), st.booleans(), st.booleans()), max_size=30))
def test_whoever_comes_and_goes(steps):
    rooms, where = Rooms(ROWS), {}
    for row, room, muted, held in steps:
        if room == NOWHERE:
            rooms.leave(row)
            where.pop(row, None)
        else:
            rooms.join(row, room, muted=muted, held=held)
            where[row] = (room, muted, held)
    wanted = {
        row: 0 if held else bits(*(o for o, (r, m, h) in where.items() if r == room and o != row and not m and not h))
        for row, (room, _, held) in where.items()
    }
    assert heard(rooms) == wanted
