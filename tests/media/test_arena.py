import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoyhoy.audio import FRAME
from hoyhoy.media.arena import Arena, ArenaFull


def sound(value, frames):
    return np.full(frames * FRAME, value, np.int16)


def test_a_sound_lies_in_whole_frames():
    arena = Arena(10)
    arena.frames[:] = 99
    clip = arena.load(sound(5, 2)[:-100])
    lying = arena.frames[clip.first : clip.first + clip.frames].reshape(-1)
    assert clip.frames == 2 and (lying[:-100] == 5).all() and (lying[-100:] == 0).all()
    assert arena.load(sound(1, 0)).frames == 1, "a sound without samples lasts one frame"


def test_full():
    arena = Arena(10)
    first = arena.load(sound(1, 6))
    with pytest.raises(ArenaFull, match="5 frames; 4 are free"):
        arena.load(sound(2, 5))
    arena.drop(first)
    assert arena.load(sound(2, 10)).frames == 10


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.booleans()), max_size=40))
def test_clips_never_overlap_and_nothing_is_lost(steps):
    arena, clips = Arena(30), {}
    for i, (frames, drops) in enumerate(steps):
        if drops and clips:
            arena.drop(clips.pop(next(iter(clips))))
            continue
        try:
            clips[i + 1] = arena.load(sound(i + 1, frames))
        except ArenaFull:
            pass
    for value, clip in clips.items():
        assert (arena.frames[clip.first : clip.first + clip.frames] == value).all()
    assert arena.free == 30 - sum(clip.frames for clip in clips.values())
    for clip in clips.values():
        arena.drop(clip)
    assert arena.load(sound(1, 30)).frames == 30, "what is free is one piece again"
