"""Counting and picking the numbers of a plan, against the patterns themselves."""

import itertools
import re
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoyhoy.wire.plan import Search, Sought, graph


@cache
def spelled(pattern, length):
    """Every number, the slow way."""
    return [
        "".join(one) for one in itertools.product("0123456789", repeat=length) if re.fullmatch(pattern, "".join(one))
    ]


def found(pattern, length, sought="", prefixes=None, code="1"):
    search = Search(graph(pattern, length), code, Sought.read(sought), prefixes)
    picked = [search.pick(index) for index in range(search.size)]
    assert sorted(picked) == picked and sorted(search.shuffled(turn) for turn in range(search.size)) == picked
    return picked


PATTERNS = [
    r"\d{3}",
    r"1[2-5]\d|9(?:0[13]|1)\d?",
    r"(?:1(?:1|2\d)?){1,2}",
    r"[02468]{2,4}",
    r"(?:7|8\d?){2}",
    r"12(?:3(?:4|5)?)?",
    r"(?:1\d|2){2,3}",
]


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_every_number_of_a_pattern_and_no_other(pattern, length):
    assert found(pattern, length) == spelled(pattern, length)


@settings(deadline=None, max_examples=50)
@given(
    st.sampled_from(PATTERNS), st.integers(1, 4), st.text("0123459*", max_size=4), st.lists(st.text("0129", max_size=3))
)
def test_what_is_sought_and_how_it_begins(pattern, length, sought, prefixes):
    sign = re.compile(sought.replace("*", "."))
    expected = [one for one in spelled(pattern, length) if sign.search("1" + one)]
    assert found(pattern, length, sought) == expected
    some = [one for one in expected if any(one.startswith(prefix) for prefix in prefixes)]
    assert found(pattern, length, sought, prefixes) == some


@settings(deadline=None, max_examples=50)
@given(st.text("12*", max_size=4))
def test_after_a_plus_it_stands_at_the_beginning(sought):
    sign = re.compile(sought.replace("*", "."))
    assert found(r"\d{3}", 3, "+" + sought, code="12") == [
        one for one in spelled(r"\d{3}", 3) if sign.match("12" + one)
    ]


def test_letters_are_keys():  # voice 9
    assert Sought.read("storm") == Sought.read("78676") and Sought.read("+A*") == Sought.read("+2*")


@pytest.mark.parametrize("text", ["4-5", "é", "1" * 16, "+" + "*" * 16, "1+", "²"])
def test_what_cannot_be_sought(text):
    with pytest.raises(ValueError):
        Sought.read(text)


@pytest.mark.parametrize("pattern", ["(?:1", "a", "1+", "(?=1)", "^1"])
def test_what_is_no_pattern(pattern):
    with pytest.raises(ValueError):
        graph(pattern, 2)


def test_billions_are_counted_at_once():
    search = Search(graph(r"\d{14}", 14), "1", Sought.read("*7*77*7"), {"4", "52"})
    assert 10**9 < search.size < 10**13
    for turn in (0, 1, search.size - 1):
        assert re.match("4|52", search.shuffled(turn)) and re.search("7.77.7", search.shuffled(turn))


def test_neighbours_are_far_apart():
    search = Search(graph(r"\d{10}", 10), "1", Sought())
    assert len({search.shuffled(turn)[:2] for turn in range(50)}) > 30
