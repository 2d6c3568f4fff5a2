"""A sound that comes in pieces is one clip, or none."""

import numpy as np
import pytest

from hoyhoy.audio import FRAME
from hoyhoy.media.arena import Arena, ArenaFull
from hoyhoy.media.loading import Loading


def test_pieces_become_one_clip():
    arena, sound = Arena(10), np.arange(5 * FRAME + 3, dtype=np.int16)
    arena.frames[:] = 99
    loading = Loading(arena)
    for first, last in ((0, 100), (100, 700)):
        loading.take(sound[first:last].tobytes(), more=True)
        assert loading.copy(1000) == 0 and not loading.is_over and arena.free == 10
    loading.take(sound[700:].tobytes(), more=False)
    assert loading.clip.frames == 6 and arena.free == 4
    copied = [loading.copy(150) for _ in range(4)]
    assert copied == [700, len(sound) - 700, 0, 0], "a piece at least, not much more than was asked for"
    assert loading.is_over
    flat = arena.frames[loading.clip.first :][:6].ravel()
    assert (flat[: len(sound)] == sound).all() and not flat[len(sound) :].any()
    assert (arena.frames[loading.clip.first + 6 :] == 99).all()


def test_what_nobody_wants_any_more_gives_its_room_back():
    arena = Arena(10)
    loading = Loading(arena)
    loading.abandon()
    loading.take(bytes(FRAME * 2), more=False)
    assert arena.free == 9
    loading.abandon()
    assert arena.free == 10


def test_what_will_not_fit_is_refused_before_it_is_whole():
    arena = Arena(10)
    loading = Loading(arena)
    loading.take(bytes(10 * FRAME * 2), more=True)
    with pytest.raises(ArenaFull, match="10 frames"):
        loading.take(bytes(2), more=True)
    assert loading.is_over
    loading.take(bytes(2), more=True)
    loading.take(bytes(2), more=False)
    assert loading.clip is None and loading.copy(5) == 0 and arena.free == 10


def test_half_a_sample_is_refused():
    loading = Loading(Arena(10))
    with pytest.raises(ValueError, match="odd"):
        loading.take(b"abc", more=True)
    loading.take(b"ab", more=False)
    assert loading.clip is None
