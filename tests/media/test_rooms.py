import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hoyhoy.audio import FRAME
from hoyhoy.media.rooms import NOWHERE, Rooms, limited

ROWS = 8


def voices(loud=1):
    """Row i says 10**i; powers show who is in a sum."""
    return np.repeat(np.array([loud * 2**i for i in range(ROWS)], np.int16), FRAME).reshape(ROWS, 1, FRAME)


def heard(rooms):
    """What each row hears, as the sum of who it hears."""
    members, mix = rooms.mix(voices())
    assert (mix == mix[:, :, :1]).all()
    return dict(zip(members.tolist(), mix[:, 0, 0].tolist(), strict=True))


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
    rooms.held[1] = True
    assert heard(rooms) == {0: bits(2), 1: 0, 2: 0}
    rooms.held[1] = rooms.muted[0] = False
    assert heard(rooms)[1] == bits(0, 2)
    rooms.join(7, 9)
    assert heard(rooms)[7] == 0


def test_a_coach_is_heard_by_one():
    rooms = Rooms(ROWS)
    rooms.join(0, 1)
    rooms.join(1, 1)
    rooms.join(2, 1, coaches=1)
    assert heard(rooms) == {0: bits(1), 1: bits(0, 2), 2: bits(0, 1)}
    rooms.muted[2] = True
    assert heard(rooms)[1] == bits(0)
    rooms.muted[2] = False
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
    numbers, sums = rooms.sums(voices())
    assert dict(zip(numbers.tolist(), sums[:, 0, 0].tolist(), strict=True)) == {3: bits(5), 4: bits(0, 1)}


def test_nobody_anywhere():
    assert heard(Rooms(ROWS)) == {} and len(Rooms(ROWS).sums(voices())[0]) == 0


def test_too_loud_is_cut_off():
    assert limited(np.array([70000, -70000, 5], np.int32)).tolist() == [32767, -32768, 5]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, ROWS - 1), st.integers(-1, 3), st.booleans(), st.booleans()), max_size=30))
def test_whoever_comes_and_goes(steps):
    rooms, where = Rooms(ROWS), {}
    for row, room, muted, held in steps:
        if room == NOWHERE:
            rooms.leave(row)
            where.pop(row, None)
        else:
            rooms.join(row, room, muted=muted)
            rooms.held[row] = held
            where[row] = (room, muted, held)
    wanted = {
        row: 0 if held else bits(*(o for o, (r, m, h) in where.items() if r == room and o != row and not m and not h))
        for row, (room, _, held) in where.items()
    }
    assert heard(rooms) == wanted
