import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.wire.sip import address
from hoyhoy.wire.sip.address import EVER, Address
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.uri import Uri

from .messages import plain


@pytest.mark.parametrize(
    ("text", "display", "uri", "parameters"),
    [
        (
            '"A. G. Bell" <sip:agb@bell-telephone.com> ;tag=a48s',
            "A. G. Bell",
            "sip:agb@bell-telephone.com",
            ";tag=a48s",
        ),
        ("sip:+12125551212@server.phone2net.com;tag=887s", "", "sip:+12125551212@server.phone2net.com", ";tag=887s"),
        ("Anonymous <sip:c8oqz84zk7z@privacy.org>;tag=hyh8", "Anonymous", "sip:c8oqz84zk7z@privacy.org", ";tag=hyh8"),
        ("caller<sip:caller@example.com;lr>", "caller", "sip:caller@example.com;lr", ""),  # RFC 4475 3.1.1.6
        (r'"a \"b\" <x>" < sip:c@d >', 'a "b" <x>', "sip:c@d", ""),  # RFC 4475 3.1.2.14
        ("J. R. (home) <tel:+1>", "J. R. (home)", "tel:+1", ""),
        ("<sip:a@b?X=y>;expires=5", "", "sip:a@b?X=y", ";expires=5"),
    ],
)
def test_addresses(text, display, uri, parameters):  # RFC 3261 20.10, 20.20
    read = address.parse(text)
    assert (read.display, str(read.uri), str(read.params)) == (display, uri, parameters)
    assert address.parse(str(read)) == read


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<sip:a@b",
        "sip:a@b>",
        '"a <sip:a@b>',
        "Bell, A <sip:a@b>",
        "<sip:a@b> x",
        "sip:a@b?X=y",
        '"a"b <sip:c@d>',
        '"a"',
        "a:b <sip:a@b>",
    ],
)
def test_malformed(text):
    with pytest.raises(SipError):
        address.parse(text)


def test_lists_keep_their_order():
    lines = ['"Mr, W" <sip:w@b>;q=0.7, sip:w@c;q=0.1', "<sip:w@d>"]
    assert [str(one.uri) for one in address.parse_all(lines)] == ["sip:w@b", "sip:w@c", "sip:w@d"]
    assert [one.q for one in address.parse_all(lines)] == [700, 100, 1000]


@pytest.mark.parametrize(
    ("q", "thousandths"),
    [("1", 1000), ("0", 0), ("0.5", 500), (".25", 250), ("9", 1000), ("x", 1000), ("-1", 1000), ("0.1234", 123)],
)
def test_preference(q, thousandths):
    assert address.parse(f"<sip:a@b>;q={q}").q == thousandths


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("3600", 3600),
        ("0", 0),
        ("280297596632815", EVER),
        ("9" * 5000, EVER),
        ("x", None),
        ("-1", None),
        ("1.5", None),
        ("", None),
        ("٣", None),
    ],
)
def test_expires(text, seconds):  # RFC 4475 3.1.2.4
    assert address.seconds(text) == seconds


@given(plain, plain.filter(bool))
def test_made_from_words(display, user):
    made = Address.of(Uri.sip(user, "example.com"), display, tag="x1")
    again = address.parse(str(made))
    assert (again.display, again.uri.user, again.tag) == (display, user, "x1")
    assert str(again.tagged("y2")).endswith(";tag=y2")


@given(st.text('"<>sip:@;=,\\ ab', max_size=40))
def test_any_text_is_an_address_or_refused(text):
    try:
        read = address.parse(text)
    except SipError:
        return
    assert address.parse(str(read)) == read
    assert read.q >= 0 and read.display is not None
