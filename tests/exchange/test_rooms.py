"""voice 2.8: conferences are found by sid or name, by their own account alone."""

from types import SimpleNamespace

import pytest

from hoyhoy.exchange.rooms import Rooms

HERE, THERE = "AC" + "a" * 32, "AC" + "b" * 32


class Counted(str):
    """A name that counts how often it is compared."""

    compared = 0
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        Counted.compared += 1
        return str.__eq__(self, other)


def conference(sid: str, account: str = HERE, name: str = "Room") -> SimpleNamespace:
    return SimpleNamespace(sid=sid, account=account, name=name)


def test_by_sid_and_by_name_within_an_account():
    rooms, ours, theirs = Rooms(), conference("CF1"), conference("CF2", THERE)
    for one in (ours, theirs):
        rooms.open(one)
    assert rooms.find(HERE, "Room") is rooms.find(HERE, "CF1") is rooms["CF1"] is ours
    assert rooms.find(THERE, "Room") is theirs and rooms.find(THERE, "CF1") is None
    assert rooms.find(HERE, "room") is None
    assert list(rooms) == ["CF1", "CF2"] and list(rooms.values()) == [ours, theirs] and len(rooms) == 2
    assert repr(rooms) == "Rooms(Room, Room)"


def test_the_next_one_has_the_name_of_one_that_is_over():
    rooms, before, after = Rooms(), conference("CF1"), conference("CF2")
    rooms.open(before)
    rooms.close(before)
    assert not rooms and rooms.find(HERE, "Room") is None and rooms.get("CF1") is None
    rooms.open(after)
    assert rooms.find(HERE, "Room") is after
    with pytest.raises(KeyError):
        rooms["CF1"]


def test_one_is_found_among_many_without_looking_at_them():
    rooms = Rooms()
    for i in range(1000):
        rooms.open(conference(f"CF{i}", name=Counted(f"Room {i}")))
    Counted.compared = 0
    assert rooms.find(HERE, "nobody") is None and rooms.find(HERE, "Room 999") is not None
    assert Counted.compared < 10
