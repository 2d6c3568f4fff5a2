import phonenumbers

from hoyhoy.wire.countries import NAMES


def test_every_country_with_a_numbering_plan_has_a_name():
    assert NAMES.keys() == phonenumbers.SUPPORTED_REGIONS
    assert (NAMES["US"], NAMES["GB"], NAMES["GW"]) == ("United States", "United Kingdom", "Guinea-Bissau")
    assert len(set(NAMES.values())) == len(NAMES)
