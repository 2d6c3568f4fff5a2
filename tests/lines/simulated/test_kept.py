"""The sound that phones keep is bounded, whatever they hear (design 7: memory)."""

import gc
import weakref

from hoyhoy.audio import wav
from hoyhoy.lines.simulated.kept import Shelf


def test_what_is_written_is_a_wav_file():
    kept = Shelf().open()
    kept.write(b"\1\0")
    kept.write(b"\2\0")
    assert kept.wav() == wav.head(1, 4) + b"\1\0\2\0"


def test_the_oldest_goes_when_there_is_no_room():
    shelf = Shelf(most=100)
    first, second, third = (shelf.open() for _ in range(3))
    for kept in (first, second, third):
        kept.write(bytes(40))
    assert [one.is_given_up for one in (first, second, third)] == [True, False, False]
    first.write(bytes(40))  # it goes on being recorded, for nobody
    assert (shelf.size, len(first), len(second), len(third)) == (80, 0, 40, 40)


def test_what_is_too_large_alone_goes_itself():
    shelf = Shelf(most=100)
    kept = shelf.open()
    kept.write(bytes(101))
    assert kept.is_given_up and shelf.size == 0


def test_what_nobody_asks_for_takes_no_room():
    shelf = Shelf(most=100)
    for _ in range(10):
        kept = shelf.open()
        kept.write(bytes(60))
        kept.give_up()
        kept.give_up()
    assert shelf.size == 0


def test_of_what_never_began_nothing_is_left():
    shelf = Shelf()
    gone = weakref.ref(shelf.open())
    gc.collect()
    assert gone() is None
