"""testing/texts.py: codes and links in texts, as people write them."""

import pytest

from hoyhoy.testing.log import NotHeard
from hoyhoy.testing.texts import Text


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("Your code is 123456", "123456"),
        ("123456 is your Acme verification code.", "123456"),
        ("G-482913 is your code", "482913"),
        ("Your code: 123-456. Do not share it.", "123456"),
        ("Use 123 456 to log in", "123456"),
        ("PIN 0042", "0042"),
        ("Order 98765 is here. Your code is 4711.", "4711"),
        ("Your code is 4711 for order 98765", "4711"),
        ("Call +14155550123 or enter code 246810", "246810"),
        ("$1500 was paid; the passcode is 2468", "2468"),
        ("Code 1234567 (valid until 12:30)", "1234567"),
        ("See https://a.example/12345?code=99999 with code 5678", "5678"),
    ],
)
def test_codes(body, code):
    assert Text(body).code == code


@pytest.mark.parametrize("body", ["", "No digits", "Call +14155550123", "$1500.00", "12", "https://a.example/123456"])
def test_a_text_without_a_code_is_shown(body):
    with pytest.raises(NotHeard, match="There is no code in the message"):
        _ = Text(body).code


def test_links():
    assert Text("See https://a.example/x?y=1. Or (http://b.example/)!").links == [
        "https://a.example/x?y=1",
        "http://b.example/",
    ]


def test_it_is_a_str_that_knows_where_it_came_from():
    entry = {"subject": "SM1", "event": {"body": "Code 1234", "sender": "+1", "media": ["http://a/x.png"]}}
    text = Text.of(entry, r"code (\d+)")
    assert text == "Code 1234" and (text.sid, text.sender, text.media) == ("SM1", "+1", ["http://a/x.png"])
    assert text.match and text.match[1] == "1234" and Text.of(entry).match is None
