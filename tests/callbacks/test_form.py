"""callbacks/form.py: parameters as they travel (voice 3.1)."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlencode

from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.callbacks.form import SHORT, _short, encoded

params = st.lists(st.tuples(st.text(max_size=6), st.text(max_size=12)), max_size=5).map(tuple)


def test_blanks():
    assert encoded((("a b", "c d"), ("e", "%20 +"))) == "a+b=c+d&e=%2520+%2B"
    assert encoded((("a b", "c d"), ("e", "%20 +")), "%20") == "a%20b=c%20d&e=%2520%20%2B"


@given(params)
def test_it_is_the_standard_encoding(params):
    assert encoded(params) == urlencode(params, errors="replace")
    assert encoded(params, "%20") == urlencode(params, quote_via=quote, safe="", errors="replace")


@given(
    st.lists(
        st.tuples(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
    ).map(tuple)
)
def test_it_can_be_read_back(params):
    assert tuple(parse_qsl(encoded(params), keep_blank_values=True)) == tuple(p for p in params)


def test_long_values_are_not_remembered():
    _short.cache_clear()
    for length in (SHORT, SHORT + 1, 100_000):
        value = "é" * length
        assert encoded((("a", value),)) == urlencode((("a", value),))
    assert _short.cache_info().currsize == 1
