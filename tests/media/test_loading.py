"""A sound that comes in pieces is one clip, or none."""

import numpy as np
import pytest

from hoyhoy.audio import FRAME
from hoyhoy.media.arena import Arena, ArenaFull
from hoyhoy.media.loading import Loading


def test_pieces_become_one_clip():
    arena, sound = Arena(10), np.arange(5 * FRAME + 3, dtype=np.int16)
    loading = Loading(arena)
    assert loading.take(sound[:100].tobytes(), more=True) is None
    assert loading.take(sound[100:900].tobytes(), more=True) is None and arena.free == 10
    clip = loading.take(sound[900:].tobytes(), more=False)
    assert clip.frames == 6 and arena.free == 4
    assert (arena.frames[clip.first : clip.first + 6].ravel()[: len(sound)] == sound).all()


def test_what_will_not_fit_is_refused_before_it_is_whole():
    arena = Arena(10)
    loading = Loading(arena)
    assert loading.take(bytes(10 * FRAME * 2), more=True) is None
    with pytest.raises(ArenaFull, match="10 frames"):
        loading.take(bytes(2), more=True)
    assert loading.take(bytes(2), more=True) is loading.take(bytes(2), more=False) is None
    assert arena.free == 10


def test_half_a_sample_is_refused():
    loading = Loading(Arena(10))
    with pytest.raises(ValueError, match="odd"):
        loading.take(b"abc", more=True)
    assert loading.take(b"ab", more=False) is None
