import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.wire.sip import uri
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.uri import Uri

from .messages import plain


@pytest.mark.parametrize(
    "text",
    [
        "sip:alice@atlanta.com",
        "sip:alice:secretword@atlanta.com;transport=tcp",
        "sips:alice@atlanta.com?subject=project%20x&priority=urgent",
        "sip:+1-212-555-1212:1234@gateway.com;user=phone",
        "sip:alice@192.0.2.4:5070",
        "sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com",
        "sip:alice;day=tuesday@atlanta.com",
        "sip:[2001:db8::1]:5060;lr",
        "tel:+1-201-555-0123;phone-context=example.com",
        "isbn:2983792873",
        "sip:caf%E9@b.com",  # Latin-1: it must go back as it came
    ],
)
def test_a_uri_is_written_as_it_was_read(text):  # RFC 3261 19.1.3
    assert str(uri.parse(text)) == text


def test_parts():
    read = uri.parse("SIP:+1(415)555-0123;ext=7:pass%3A@Gateway.example:5070;Transport=TCP;lr?X-A=1%202&Subject=a%3Db")
    assert (read.scheme, read.user, read.password, read.host, read.port) == (
        "sip",
        "+1(415)555-0123;ext=7",
        "pass:",
        "Gateway.example",
        5070,
    )
    assert (read.number, read.transport, read.loose, read.secure) == ("+14155550123", "tcp", True, False)
    assert read.header_fields == (("X-A", "1 2"), ("Subject", "a=b"))
    assert str(read.bare()) == "sip:+1(415)555-0123;ext=7:pass%3A@Gateway.example:5070"
    assert str(uri.parse("sip:a@b;method=INVITE;x?A=b").as_target()) == "sip:a@b;x"
    assert uri.parse("sips:a@b").transport == "tls"
    assert uri.parse("tel:+1.201-555-0123;ext=9").number == "+12015550123"
    assert uri.parse("sip:alice@b").number == ""
    assert uri.parse("sip:caf%E9@b.com").user == "café" == uri.parse("sip:caf%C3%A9@b.com").user


@pytest.mark.parametrize(
    "text",
    [
        "",
        "alice",
        "sip:",
        "sip:@b",
        "sip::p@b",
        "sip:a@",
        "sip:a@b@c",
        "sip:a b@c",
        "sip:a@b;",
        "sip:a@b:0",
        "sip:a@b:99999",
        "sip:a@b?",
        "<sip:a@b>",
        'sip:"a"@b',
        "sip:%4@b",
        "sip:%zz@b",
        "sip:a@b\r\n",
        "tel:",
        "sip:a@2001:db8::1",
        "sip:a@b\x00",
    ],
)
def test_malformed(text):
    with pytest.raises(SipError):
        uri.parse(text)


def test_too_long():
    with pytest.raises(SipError) as raised:
        uri.parse("sip:" + "a" * 3000 + "@b")
    assert raised.value.status == 414


@pytest.mark.parametrize(
    ("one", "other", "same"),  # RFC 3261 19.1.4
    [
        ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtlanTa.CoM;Transport=tcp", True),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", True),
        ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;newparam=5", True),
        (
            "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
            "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
            True,
        ),
        (
            "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
            "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
            True,
        ),
        ("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", False),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", False),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", False),
        ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off", False),
        ("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting", False),
        ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", False),
        ("sip:a@b", "sips:a@b", False),
        ("sip:a@[2001:db8::1]", "sip:a@[2001:db8:0::1]", True),
        ("tel:+1-201", "tel:+1201", True),
    ],
)
def test_comparison(one, other, same):
    assert uri.parse(one).same_as(uri.parse(other)) is same
    assert uri.parse(other).same_as(uri.parse(one)) is same


@given(plain.filter(bool))
def test_what_we_put_in_is_escaped(user):  # bad-inputs 10
    made = Uri.sip(user, "example.com", 5060, transport="tcp")
    assert uri.parse(str(made)) == made
    assert made.user == user


def test_made_from_words():
    assert str(Uri.sip("a@b:c", "::1", ob=None)) == "sip:a%40b%3Ac@[::1];ob"
    assert str(Uri.sip("", "example.com", scheme="sips")) == "sips:example.com"
    assert str(Uri.sip("x\r\nVia: y", "h", p="a;b c")) == "sip:x%0D%0AVia%3A%20y@h;p=a%3Bb%20c"
    assert uri.is_routable(Uri.sip("a", "192.0.2.1")) and not uri.is_routable(Uri.sip("a", "example.com"))


@given(st.text(max_size=40) | st.text("sip:tel@;?=%[]&0a.", max_size=40).map(lambda rest: "sip:" + rest))
def test_any_text_is_a_uri_or_refused(text):
    try:
        read = uri.parse(text)
    except SipError:
        return
    assert uri.parse(str(read)) == read
    assert read.same_as(read)
    assert read.number is not None and read.header_fields is not None and read.password is not None
