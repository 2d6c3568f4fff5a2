"""Destinations of calls: voice reference 10.1."""

from __future__ import annotations

import pytest

from hoyhoy.wire.countries import NAMES
from hoyhoy.wire.destinations import (
    CONTINENTS,
    calling_codes,
    costly_prefixes,
    destination_of,
    is_costly,
    name_of,
)


def test_every_country_is_on_one_continent() -> None:
    assert CONTINENTS.keys() == NAMES.keys() - {"CA"}
    assert set(CONTINENTS.values()) == {"AFRICA", "ASIA", "EUROPE", "NORTH_AMERICA", "OCEANIA", "SOUTH_AMERICA"}


def test_names_and_codes() -> None:
    assert (name_of("US"), calling_codes("US")) == ("United States/Canada", ["+1"])
    assert (name_of("LV"), calling_codes("LV")) == ("Latvia", ["+371"])


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("+14155550100", "US"),
        ("+14165550100", "US"),
        ("+17875550100", "PR"),
        ("+442071838750", "GB"),
        ("+870773111632", ""),
        ("client:alice", ""),
    ],
)
def test_where_a_number_is(number: str, country: str) -> None:
    assert destination_of(number) == country


@pytest.mark.parametrize(
    ("number", "costs"), [("+19002345678", True), ("+14155550100", False), ("+448431234567", True), ("sip:a@b", False)]
)
def test_what_is_costly(number: str, costs: bool) -> None:
    assert is_costly(number) is costs
    assert any(number.startswith(one) for one in costly_prefixes(destination_of(number) or "LV")) is costs


@pytest.mark.parametrize("country", sorted(CONTINENTS))
def test_prefixes(country: str) -> None:
    found = costly_prefixes(country)
    assert list(found) == sorted(set(found)) and len(found) < 600
    assert all(one.startswith(calling_codes(country)[0]) for one in found)
    assert not any(a != b and a.startswith(b) for a in found for b in found)
