import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.wire.number import (
    Place,
    UnknownCountry,
    is_alphanumeric_sender,
    is_e164,
    is_short_code,
    national,
    parse,
    place_of,
    region_of,
)


@pytest.mark.parametrize(
    ("raw", "region", "e164"),
    [  # messaging 7
        ("+15551234567", "US", "+15551234567"),  # every tutorial's number: possible, not valid
        ("+12025550123", "US", "+12025550123"),
        ("+15005550006", "US", "+15005550006"),
        ("(415) 867-5309", "US", "+14158675309"),
        ("4158675309", "US", "+14158675309"),
        ("1-415-867-5309", "US", "+14158675309"),
        ("415.867.5309", "US", "+14158675309"),
        ("011 49 151 12345678", "US", "+4915112345678"),
        ("0049 151 12345678", "US", "+4915112345678"),
        ("+44 (0)20 7183 8750", "US", "+442071838750"),
        ("020 7183 8750", "GB", "+442071838750"),
        ("+39 06 12345678", "US", "+390612345678"),  # Italian numbers keep their zero
        (" 14155550123", "US", "+14155550123"),  # messaging 9, trap 23: the plus became a blank
        ("\u202a+1\u00a0415\u2011555\u20110123\u202c", "US", "+14155550123"),  # pasted from a web page
    ],
)
def test_parse(raw, region, e164):
    assert parse(raw, region) == e164


@pytest.mark.parametrize(
    "raw",
    [
        "",
        " ",
        "abc",
        "12345",
        "+15550100",
        "867-5309",
        "1-800-FLOWERS",
        "+14155550123 ext 12",
        "whatsapp:+14155550123",
        "tel:+1-415-555-0123",
        "+99912345678901",
        "+0123456789",
        "+1415555012",
        "+141555501234567",
        "+1" * 200,
        "+",
        "++1",
        "４１５８６７５３０９",
        "٤١٥٨٦٧٥٣٠٩",
        "+1415555\x000123",
        "()()()",
        "9" * 1000,
    ],
)
def test_refused(raw):
    with pytest.raises(ValueError, match=r"\."):
        parse(raw)


@pytest.mark.parametrize("raw", ["+9991234567", "0021012345678", "+0123456789"])
def test_no_country_has_this_code(raw):  # voice 17.2, 13226
    with pytest.raises(UnknownCountry, match="no country"):
        parse(raw)


@pytest.mark.parametrize("raw", ["ann", "911", "+1", "+41"])
def test_what_is_wrong_with_it_is_something_else(raw):
    with pytest.raises(ValueError) as refused:
        parse(raw)
    assert type(refused.value) is ValueError


@given(st.text(max_size=30))
def test_every_text_is_a_number_or_a_value_error(text):
    try:
        assert is_e164(parse(text))
    except ValueError:
        pass


@given(st.text(st.sampled_from("+0123456789 ()-"), max_size=20), st.sampled_from(["US", "GB", "DE", "IT", "XX"]))
def test_parsing_twice_changes_nothing(text, region):
    try:
        e164 = parse(text, region)
    except ValueError:
        return
    assert parse(e164, "FR") == e164


def test_region():
    assert region_of("+14155550123") == "US"
    assert region_of("+15551234567") == "US"
    assert region_of("+16045550123") == "CA"
    assert region_of("+18765550123") == "JM"
    assert region_of("+442071838750") == "GB"
    assert region_of("client:alice") == region_of("") == region_of("+870773111632") == ""


def test_national_form():  # voice 5.5
    assert national("+14155550123") == "(415) 555-0123"
    assert national("+442071838750") == "+442071838750"
    assert national("client:alice") == "client:alice"


def test_place():  # voice 3.1
    assert place_of("+14155550123") == Place("SAN FRANCISCO", "CA", "", "US")
    assert place_of("+12065550123") == Place("SEATTLE", "WA", "", "US")
    assert place_of("+16045550123") == Place("VANCOUVER", "BC", "", "CA")
    assert place_of("+15551234567") == Place("", "", "", "US")
    assert place_of("+442071838750") == Place(country="GB")
    assert place_of("client:alice") == Place()


def test_senders():  # messaging 7
    assert all(is_short_code(code) for code in ("123", "12345", "12345678"))
    assert not any(is_short_code(code) for code in ("12", "123456789", "+12345", "012", "1234a"))
    assert all(is_alphanumeric_sender(name) for name in ("Acme", "A", "Acme & Co", "123a"))
    assert not any(is_alphanumeric_sender(name) for name in ("", "12345", "Acme Company!", "ACompanyName"))
