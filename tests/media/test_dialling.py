"""Keys as events: what is sent in each frame (RFC 4733 2.5.1)."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.media.dialling import KEY_ENDS, KEY_FRAMES, KEY_GAP, Dialling

ALL = np.ones(2, np.bool_)
WHOLE = KEY_FRAMES + KEY_ENDS + KEY_GAP


def sent(dialling, frames, sends=ALL):
    return [list(dialling.pass_frame(sends)) for _ in range(frames)]


def test_a_key_its_ends_and_the_gap_behind_it():
    dialling = Dialling()
    dialling.add(1, "5!#")
    assert dialling and 1 in dialling and 0 not in dialling
    frames = sent(dialling, 2 * WHOLE)
    assert frames[:8] == [[(1, "5", number)] for number in range(8)]
    assert frames[8:10] == [[], []] and frames[10] == [(1, "#", 0)] and not dialling


def test_pauses_of_half_a_second_and_of_a_whole_one():
    """Voice reference 2.2."""
    dialling = Dialling()
    dialling.add(0, "wW1")
    frames = sent(dialling, 76)
    assert frames[:75] == [[]] * 75 and frames[75] == [(0, "1", 0)]


def test_what_was_begun_is_sent_to_its_end_when_no_more_is_to_be_sent():
    dialling = Dialling()
    dialling.add(0, "12")
    sent(dialling, 2)
    dialling.stop(0)
    assert [key for frame in sent(dialling, WHOLE) for _, key, _ in frame] == ["1"] * 6 and not dialling
    dialling.add(0, "w12")
    sent(dialling, 1)
    dialling.stop(0)
    dialling.stop(0)
    assert not dialling


def test_keys_wait_while_nothing_is_sent_and_one_that_was_cut_is_over():
    dialling = Dialling()
    dialling.add(0, "12")
    sent(dialling, 3)
    dialling.cut_short(0)
    dialling.cut_short(0)
    assert sent(dialling, 5, np.zeros(2, np.bool_)) == [[]] * 5
    assert sent(dialling, 1) == [[(0, "2", 0)]]
    dialling.forget(0)
    dialling.forget(0)
    assert not dialling


@given(st.text("0123456789*#wWabcd!", max_size=20))
def test_whatever_is_dialled_comes_to_an_end(keys):
    dialling = Dialling()
    dialling.add(0, keys)
    told = [key for frame in sent(dialling, 51 * 20) for _, key, number in frame if number == 0]
    assert told == [key for key in keys if key not in "wW!"] and not dialling
