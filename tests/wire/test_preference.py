"""RFC 2782: the lowest priority first, equals in proportion to their weights."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.wire.preference import ordered

PLACES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), max_size=6)


def order(places, below=lambda limit: 0):
    return ordered(places, lambda one: one[0], lambda one: one[1], below)


def test_the_lowest_priority_is_first():
    assert order([(20, 1), (10, 1), (15, 1)]) == [(10, 1), (15, 1), (20, 1)]


@given(PLACES, st.data())
def test_all_are_there_once_and_in_order_of_priority(places, data):
    found = order(places, lambda limit: data.draw(st.integers(0, limit - 1)))
    assert Counter(found) == Counter(places) and [one[0] for one in found] == sorted(one[0] for one in places)


def test_equals_are_first_as_often_as_their_weight_says():
    first = Counter(order([(1, 1), (1, 3)], lambda limit, drawn=drawn: min(drawn, limit - 1))[0] for drawn in range(4))
    assert first == {(1, 1): 1, (1, 3): 3}
