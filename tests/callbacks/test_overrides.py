"""callbacks/overrides.py: the fragment's connection overrides (voice 3.5)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.callbacks.overrides import CAUSES, Limits, overridden
from hoyhoy.wire.errors import Fault


def test_the_defaults():
    assert overridden("https://a.example/v", Limits()) == Limits(5, 15, 15, 1, frozenset({"ct"}), False)


def test_every_key():
    limits = overridden("http://a.example/#ct=1000&rt=3000&tt=4000&rc=2&rp=ct,5xx&sni=n&e=ashburn-ix,dublin", Limits())
    assert limits == Limits(1, 3, 4, 2, frozenset({"ct", "5xx"}), True)


def test_all_means_all():
    assert overridden("x#rp=all", Limits()).policy == CAUSES


def test_the_ceiling_of_the_exchange_stays():
    assert overridden("x#tt=15000", Limits(total=2)).total == 2


@pytest.mark.parametrize("fragment", ["", "top", "section-2", "ct", "colour=red&x", "/app/route?ct"])
def test_an_ordinary_fragment_means_nothing(fragment):
    assert overridden(f"https://a.example/#{fragment}", Limits()) == Limits()


@pytest.mark.parametrize(
    ("pair", "code"),
    [
        ("ct=99", 11243),
        ("ct=10001", 11243),
        ("rt=15001", 11243),
        ("tt=0", 11243),
        ("rc=6", 11243),
        ("rc=-1", 11243),
        ("rc=", 11243),
        ("rc=²", 11243),
        ("ct=1e3", 11243),
        ("ct=99999999999999", 11243),
        ("rp=", 11243),
        ("rp=2xx", 11243),
        ("sni=maybe", 11243),
        ("e=", 11240),
        ("e=dublin,", 11240),
        ("e=atlantis", 11241),
    ],
)
def test_bad_values(pair, code):
    with pytest.raises(Fault) as fault:
        overridden(f"https://a.example/#{pair}", Limits())
    assert fault.value.code == code


@given(st.text())
def test_any_fragment_gives_limits_in_bounds_or_a_fault(fragment):
    try:
        limits = overridden("https://a.example/#" + fragment, Limits())
    except Fault as fault:
        assert fault.code in (11240, 11241, 11243)
    else:
        assert 0.1 <= limits.connect <= 10 and 0.1 <= limits.read <= 15 and 0.1 <= limits.total <= 15
        assert 0 <= limits.retries <= 5 and limits.policy <= CAUSES
