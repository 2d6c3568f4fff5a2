"""What the simulated network has in stock (voice reference 9)."""

import re

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType

from hoyhoy.wire import inventory, number
from hoyhoy.wire.inventory import Capabilities, Kind, capabilities, countries, kind_of, kinds, offers
from hoyhoy.wire.plan import Sought

TYPES = {
    Kind.LOCAL: {PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE},
    Kind.TOLL_FREE: {PhoneNumberType.TOLL_FREE},
    Kind.MOBILE: {PhoneNumberType.MOBILE},
    Kind.NATIONAL: {PhoneNumberType.UAN},
    Kind.VOIP: {PhoneNumberType.VOIP},
    Kind.SHARED_COST: {PhoneNumberType.SHARED_COST},
    Kind.MACHINE_TO_MACHINE: {PhoneNumberType.MOBILE},
}

SOLD = [(country, kind) for country in countries() for kind in kinds(country)]


def nobody(e164):
    return False


def valid(e164, country, kind):
    parsed = phonenumbers.parse(e164)
    return (
        phonenumbers.is_valid_number(parsed)
        and phonenumbers.is_valid_number_for_region(parsed, country)
        and phonenumbers.number_type(parsed) in TYPES[kind]
        and number.parse(e164) == e164
    )


def test_countries_have_what_they_sell_in_stock():
    for country, kind in SOLD[::11]:
        offered = offers(country, kind, 3, nobody)
        assert len(set(offered)) == 3, (country, kind)
        assert all(valid(one, country, kind) for one in offered), (country, kind, offered)


@settings(deadline=None, max_examples=100)
@given(
    st.sampled_from(SOLD),
    st.text("0123456789*AZ", max_size=4),
    st.none() | st.lists(st.text("23456789", min_size=1, max_size=3), max_size=3),
    st.integers(1, 30),
)
def test_what_is_offered_is_valid_and_nobodys_and_fits(sold, contains, prefixes, most):
    country, kind = sold
    code = str(phonenumbers.country_code_for_region(country))
    digits = contains.replace("*", ".").replace("A", "2").replace("Z", "9")
    owned = set()

    def ask():
        return offers(country, kind, most, owned.__contains__, Sought.read(contains), prefixes)

    offered = ask()
    assert offered == ask(), "always the same"
    assert len(offered) == len(set(offered)) <= most
    for e164 in offered:
        assert valid(e164, country, kind)
        assert re.search(digits, e164[1:])
        assert prefixes is None or any(e164[1:].startswith(code + one) for one in prefixes)
    owned.update(offered[::2])
    again = ask()
    assert owned.isdisjoint(again) and set(offered) - owned <= {*again}
    assert len(again) == len(offered) or len(again) < most, "others take their place while there are any"


def test_the_whole_of_a_small_stock_is_offered():
    wanted = Sought.read("41555501*1")
    offered = offers("US", Kind.LOCAL, 50, nobody, wanted)
    assert sorted(offered) == [f"+141555501{n}1" for n in range(10)]
    assert offers("US", Kind.LOCAL, 50, set(offered[:9]).__contains__, wanted) == offered[9:]
    assert offers("US", Kind.LOCAL, 50, nobody, Sought.read("4155550111")) == ["+14155550111"]
    assert offers("US", Kind.LOCAL, 50, nobody, Sought.read("1155550111")) == []


def test_whoever_owns_the_beginning_of_the_stock_does_not_slow_the_search():
    bought, asked = set(offers("US", Kind.LOCAL, 1000, nobody)), []

    def owned(e164):
        asked.append(e164)
        return e164 in bought

    assert len(offers("US", Kind.LOCAL, 20, owned)) == 20 and len(asked) < 1000
    asked.clear()
    assert offers("US", Kind.LOCAL, 20, lambda e164: asked.append(e164) or True) == [] and len(asked) < 5000


@pytest.mark.parametrize(("country", "kind"), [("ZZ", Kind.LOCAL), ("US", Kind.MOBILE), ("us", Kind.LOCAL)])
def test_what_is_not_sold(country, kind):
    with pytest.raises(KeyError):
        offers(country, kind, 1, nobody)


def test_kinds():
    assert kinds("US") == (Kind.LOCAL, Kind.TOLL_FREE) and kinds("ZZ") == ()
    assert {Kind.LOCAL, Kind.MOBILE, Kind.TOLL_FREE, Kind.NATIONAL, Kind.VOIP} <= set(kinds("GB"))
    assert {kind for _, kind in SOLD} == set(Kind) and len(countries()) > 240
    assert kind_of("+447400123456") is Kind.MOBILE and kind_of("+18005550100") is Kind.TOLL_FREE
    assert kind_of("+15551234567") is kind_of("+19005550100") is kind_of("nonsense") is None


def test_what_an_owned_number_tells():
    assert [inventory.type_of(one) for one in ("+14155550100", "+18005550100", "+447400123456", "+15551234567")] == [
        "local",
        "tollfree",
        "mobile",
        "local",
    ]
    assert inventory.sold_as("+443001234567") is Kind.LOCAL and inventory.sold_as("+447400123456") is Kind.MOBILE
    assert inventory.sold_as("+18005550100") is Kind.TOLL_FREE and inventory.sold_as("+15551234567") is Kind.LOCAL
    assert inventory.is_beta("+911123456789") and not inventory.is_beta("+14155550100")
    assert inventory.address_requirement_of("+49301234567") == "local"
    assert (
        inventory.address_requirement_of("+15551234567") == inventory.address_requirement_of("+4915123456789") == "none"
    )
    assert inventory.is_valid("+14155550100") and not inventory.is_valid("+15551234567") and not inventory.is_valid("1")


def test_capabilities():
    everything = Capabilities(sms=True, mms=True)
    assert capabilities("US", Kind.TOLL_FREE) == inventory.capabilities_of("+15551234567") == everything
    assert inventory.capabilities_of("+442071838750") == Capabilities()
    assert (
        inventory.capabilities_of("+447400123456")
        == capabilities("GB", Kind.MACHINE_TO_MACHINE)
        == Capabilities(sms=True)
    )


def test_area_prefixes():
    assert inventory.area_prefix("US", "415") == "415" and inventory.area_prefix("GB", "020") == "20"
    assert inventory.area_prefix("GB", "20") == "20" and inventory.area_prefix("IT", "06") == "06"
    assert inventory.north_american()[:1] == ("US",) and "CA" in inventory.north_american()
    for country, wrong in (("US", "41"), ("CA", "115"), ("US", "4155"), ("GB", "x"), ("GB", ""), ("DE", "²")):
        with pytest.raises(ValueError):
            inventory.area_prefix(country, wrong)
