"""Places that a leg may ring at (voice reference 2.7.5)."""

import pytest

from hoyhoy.lines.sip.destination import Destination, called, caller_of, dialled
from hoyhoy.lines.sip.target import Target
from hoyhoy.wire.sip.authentication import Login
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.uri import parse


@pytest.mark.parametrize(
    ("address", "uri"),
    [
        ("kate@example.com", "sip:kate@example.com"),
        ("sip:kate@example.com;transport=tcp", "sip:kate@example.com;transport=tcp"),
        ("SIPS:kate@example.com", "sips:kate@example.com"),
    ],
)
def test_a_scheme_may_be_missing(address, uri):
    assert str(dialled(address)) == uri


@pytest.mark.parametrize("address", ["", "sip:", "a b@example.com", "sip:a@b\r\nVia: x"])
def test_what_is_no_address(address):
    with pytest.raises(SipError):
        dialled(address)


def test_what_is_for_us_does_not_go_out():
    asked = parse("sip:kate@example.com;region=ie1;transport=tcp;edge=dublin;secure=false?x-a=1")
    assert str(called(asked)) == "sip:kate@example.com;transport=tcp"


@pytest.mark.parametrize(
    ("shown", "address"),
    [
        ("+14155550100", "<sip:+14155550100@192.0.2.1:5060>"),
        ("client:joe", "<sip:joe@192.0.2.1:5060>"),
        ("sip:alice@acme.example;x=1", "<sip:alice@acme.example>"),
        ("sip:a b@x", "<sip:a%20b@192.0.2.1:5060>"),
        ("", "<sip:anonymous@192.0.2.1:5060>"),
        ('Kate <"x', "<sip:Kate%20%3C%22x@192.0.2.1:5060>"),
    ],
)
def test_who_is_shown(shown, address):
    assert str(caller_of(shown, "192.0.2.1", 5060)) == address


def test_a_redirection_takes_the_password_nowhere_else():
    """RFC 3261 22.4; CVE-2021-41158."""
    login = Login("hoy", "secret")
    one = Destination(parse("sip:kate@example.com"), "+1", login=login, is_chosen=False)
    assert one.moved(parse("sip:other@EXAMPLE.com")).login is login
    assert one.moved(parse("sip:other@example.com:5060;transport=udp")).login is login
    for other in ("sip:kate@example.com:5061", "sip:kate@example.com;transport=tcp", "sips:kate@example.com"):
        assert one.moved(parse(other)).login is None, "somebody else may listen there"
    elsewhere = one.moved(parse("sip:kate@example.net"))
    assert (elsewhere.login, elsewhere.is_chosen) == (None, True)
    assert str(elsewhere.to()) == "<sip:kate@example.com>"
    known = Destination(parse("sip:kate@example.com"), "+1", place=Target("udp", "192.0.2.1", 5060), login=login)
    assert known.moved(parse("sip:kate@example.com")).login is None


def test_providers_send_nobody_elsewhere():
    """Bad-inputs 24: prefixes and caps are for the number that was asked for."""
    uri, place = parse("sip:+14155550100@192.0.2.77"), Target("udp", "192.0.2.1", 5060)
    assert not Destination(uri, "+1", is_chosen=False).may_move
    assert Destination(uri, "+1", is_chosen=False, place=place).may_move, "a registered phone may"
    assert Destination(uri, "+1").may_move
