import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.wire.sip import via
from hoyhoy.wire.sip.error import SipError


def test_parts():
    read = via.parse(
        "SIP / 2.0 / udp first.example.com : 4000;ttl=16 ;maddr=224.2.0.1 ;branch=z9hG4bKa7c6a8dlze.1"
    )  # RFC 3261 20.42
    assert (read.transport, read.host, read.port, read.branch) == (
        "UDP",
        "first.example.com",
        4000,
        "z9hG4bKa7c6a8dlze.1",
    )
    assert str(read) == "SIP/2.0/UDP first.example.com:4000;ttl=16;maddr=224.2.0.1;branch=z9hG4bKa7c6a8dlze.1"
    assert via.parse("SIP/2.0/TLS Host").sent_by == "host:5061"
    assert via.parse("SIP/2.0/UDP [2001:db8::9:1]").sent_by == "[2001:db8::9:1]:5060"


@pytest.mark.parametrize(
    ("branch", "modern"), [("z9hG4bK7", True), ("Z9HG4BK7", True), ("z9hG4bK", False), ("1", False)]
)
def test_the_cookie(branch, modern):  # RFC 3261 8.1.1.7, RFC 4475 3.2.1
    assert via.parse(f"SIP/2.0/UDP h;branch={branch}").is_modern is modern


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SIP/2.0 h",
        "SIP/2.0/UDP",
        "HTTP/1.1/TCP h",
        "SIP/2.0/UDP h:0",
        "SIP/2.0/UDP h;ttl=256",
        "SIP/2.0/UDP a b",
        "SIP/2.0/UDP h;;",
    ],
)
def test_malformed(text):
    with pytest.raises(SipError):
        via.parse(text)


@pytest.mark.parametrize(
    ("text", "source", "marked", "place"),
    [
        # RFC 3261 18.2.1: received only when the sent-by is not the source
        ("192.0.2.1:5062", ("192.0.2.1", 9), "192.0.2.1:5062", ("192.0.2.1", 5062)),
        ("bobspc.biloxi.com", ("192.0.2.4", 9), "bobspc.biloxi.com;received=192.0.2.4", ("192.0.2.4", 5060)),
        # RFC 3581 4
        (
            "10.1.1.1:4540;rport",
            ("192.0.2.1", 9988),
            "10.1.1.1:4540;rport=9988;received=192.0.2.1",
            ("192.0.2.1", 9988),
        ),
        ("192.0.2.1;rport", ("192.0.2.1", 5060), "192.0.2.1;rport=5060;received=192.0.2.1", ("192.0.2.1", 5060)),
        # What the sender says of itself counts for nothing.
        ("192.0.2.1;received=203.0.113.9", ("192.0.2.1", 9), "192.0.2.1", ("192.0.2.1", 5060)),
        (
            "h;rport=53;received=203.0.113.9;maddr=203.0.113.8",
            ("192.0.2.1", 9),
            "h;rport=9;maddr=203.0.113.8;received=192.0.2.1",
            ("192.0.2.1", 9),
        ),
        ("192.0.2.1;maddr=203.0.113.8", ("192.0.2.1", 9), "192.0.2.1;maddr=203.0.113.8", ("192.0.2.1", 5060)),
        ("[2001:db8::1]", ("2001:db8:0::1", 9), "[2001:db8::1]", ("2001:db8::1", 5060)),
        ("[2001:db8::1];rport", ("2001:db8::2", 9), "[2001:db8::1];rport=9;received=2001:db8::2", ("2001:db8::2", 9)),
    ],
)
def test_where_a_response_goes(text, source, marked, place):
    read = via.parse(f"SIP/2.0/UDP {text}").arrived(*source)
    assert str(read) == f"SIP/2.0/UDP {marked}"
    assert read.response_place == place


@given(st.text("SIP/2.0UDP h:;=,.[]1 ", max_size=40).map(lambda rest: "SIP/2.0/UDP " + rest))
def test_any_text_is_a_via_or_refused(text):
    try:
        read = via.parse(text)
    except SipError:
        return
    assert via.parse(str(read)) == read
    assert read.response_place[1] > 0
