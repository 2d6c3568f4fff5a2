"""Looking numbers up (messaging reference 5.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.wire.lookup import Found, look_up
from hoyhoy.wire.number import is_e164


@pytest.mark.parametrize(
    ("text", "region", "found"),
    [
        ("+14159929960", "US", Found("", "+14159929960", "1", "US", "(415) 992-9960")),
        ("(415) 992-9960", "US", Found("", "+14159929960", "1", "US", "(415) 992-9960")),
        ("0177 1234567", "DE", Found("", "+491771234567", "49", "DE", "0177 1234567")),
        ("01771234567", "de", Found("", "+491771234567", "49", "DE", "0177 1234567")),
        ("+491771234567", "US", Found("", "+491771234567", "49", "DE", "0177 1234567")),
        (" +1 (604) 992.9960 ", "US", Found("", "+16049929960", "1", "CA", "(604) 992-9960")),
        ("+15555555555", "US", Found("INVALID_BUT_POSSIBLE", "+15555555555", "1", "US", "(555) 555-5555")),
        ("+1415555", "US", Found("TOO_SHORT")),
        ("5550123", "US", Found("TOO_SHORT")),
        ("1", "US", Found("NOT_A_NUMBER")),
        ("+14155501234567", "US", Found("TOO_LONG")),
        ("+999123456789", "US", Found("INVALID_COUNTRY_CODE")),
        ("4159929960", "XX", Found("INVALID_COUNTRY_CODE")),
        ("4159929960", "", Found("INVALID_COUNTRY_CODE")),
        ("", "US", Found("NOT_A_NUMBER")),
        ("+", "US", Found("NOT_A_NUMBER")),
        ("letters", "US", Found("NOT_A_NUMBER")),
        ("1800FLOWERS", "US", Found("NOT_A_NUMBER")),
        ("+14159929960 ext. 5", "US", Found("NOT_A_NUMBER")),
        ("+14159929960;ext=5", "US", Found("NOT_A_NUMBER")),
        ("\N{TELEPHONE RECEIVER}", "US", Found("NOT_A_NUMBER")),
        ("٤١٥٩٩٢٩٩٦٠", "US", Found("NOT_A_NUMBER")),
        ("+1" + "5" * 10_000, "US", Found("TOO_LONG")),
        ("+1" + "5" * 100, "US", Found("TOO_LONG")),
        ("x" * 10_000, "US", Found("NOT_A_NUMBER")),
    ],
)
def test_numbers(text, region, found):
    assert look_up(text, region) == found


@given(st.text(max_size=40) | st.from_regex(r"\+?[0-9 ()-]{0,24}"), st.sampled_from(["US", "DE", "XX", "", "\0"]))
def test_any_text_has_an_answer(text, region):
    found = look_up(text, region)
    assert bool(found.e164) == (found.error in ("", "INVALID_BUT_POSSIBLE"))
    if found.e164:
        assert is_e164(found.e164) and look_up(found.e164) == found
