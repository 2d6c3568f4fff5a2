import re

import pytest

from hoyhoy.wire.area_codes import CANADIAN, PLACES
from hoyhoy.wire.localities import area_codes, localities, locality_of


def test_known_localities():
    there = locality_of("+14155550100")
    assert (there.name, there.region, there.postal_code, there.lata) == ("San Francisco", "CA", "94102", "722")
    assert there.rate_center == "SAN FRANCISCO"
    assert (localities()["514"].name, localities()["514"].lata) == ("Montreal", "888")
    assert (localities()["587"].name, localities()["587"].region, localities()["587"].latitude) == ("", "AB", None)
    assert locality_of("+18005550100") is None and locality_of("+442071838750") is None
    assert locality_of("+1415555010") is None


def test_every_row_is_whole():
    assert localities().keys() == PLACES.keys()
    for code, locality in localities().items():
        city, region = PLACES[code]
        assert locality.region == region
        assert locality.name.upper() == (city if city != "CHTAMSTTHS" else "")
        if locality.name:
            assert 18 < locality.latitude < 65 and -160 < locality.longitude < -52
            form = "[A-Z][0-9][A-Z]" if region in CANADIAN else "[0-9]{5}"
            assert re.fullmatch(form, locality.postal_code) and re.fullmatch("([0-9]{3})?", locality.lata)


@pytest.mark.parametrize(("one", "other", "miles"), [("415", "510", 8.5), ("415", "213", 347), ("212", "312", 711)])
def test_distances(one, other, miles):
    there = localities()[other]
    assert localities()[one].miles_to(there.latitude, there.longitude) == pytest.approx(miles, rel=0.03)


def test_nobody_knows_how_far_it_is_to_nowhere():
    assert localities()["587"].miles_to(0, 0) is None
    assert localities()["415"].miles_to(-37.77, 57.58) == pytest.approx(12437, rel=0.01), "half way round"


def test_area_codes():
    assert area_codes(lambda one: one.name == "Miami") == {"305", "786"}
    assert area_codes(lambda one: False) == frozenset()
