import pytest

from hoyhoy.wire.line_type import line_type, sold_as


@pytest.mark.parametrize(
    ("number", "kind", "sold"),
    [
        ("+14155550123", "mobile", "local"),  # North American plans do not tell mobiles from landlines
        ("+18005550199", "tollFree", "tollfree"),
        ("+15005550006", "personal", "local"),
        ("+447400123456", "mobile", "mobile"),
        ("+442071838750", "landline", "local"),
        ("+491771234567", "mobile", "mobile"),
        ("+493012345678", "landline", "local"),
        ("+445612345678", "nonFixedVoip", "local"),
        ("+49900123456", "unknown", "local"),
        ("+4916412345", "pager", "local"),
        ("+443001234567", "uan", "local"),
        ("+19005550123", "premium", "local"),
        ("+15555555555", "unknown", "local"),
        ("", "unknown", "local"),
        ("client:ann", "unknown", "local"),
    ],
)
def test_kinds(number, kind, sold):  # messaging 5.2, 3.4
    assert (line_type(number), sold_as(number)) == (kind, sold)
