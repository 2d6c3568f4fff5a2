"""Header fields of customers (voice reference 2.7.5, 3.1; bad inputs 10: nothing slips in beside them)."""

import pytest

from hoyhoy.lines.sip.custom_headers import HOPS, MOST_HOPS, custom, foreign, hops, told
from hoyhoy.wire.sip.message import Request
from hoyhoy.wire.sip.uri import parse


@pytest.mark.parametrize(
    ("headers", "taken", "refused"),
    [
        ("x-a=1&X-B=two%20words", (("x-a", "1"), ("X-B", "two words")), ()),
        ("user-to-user=0&REMOTE-PARTY-ID=%3Ca%3E", (("User-to-User", "0"), ("Remote-Party-ID", "<a>")), ()),
        ("X-Twilio-CallSid=CA1&x-TWILIOx=1", (), ("X-Twilio-CallSid", "x-TWILIOx")),
        ("Subject=hi&Via=x&From=y", (), ("Subject", "Via", "From")),
        ("x-a=1%0D%0AVia:%20evil&x-b=%00&x-c=%0Ax", (), ("x-a", "x-b", "x-c")),
        ("x-a=%7F&x-b=%C2%85x&x-c=%E2%80%A8x&x-d=%E2%80%A9&x-e=%C2%9F", (), ("x-a", "x-b", "x-c", "x-d", "x-e")),
        ("x-a=%C3%A9%E2%82%AC", (("x-a", "é€"),), ()),
        ("x-a%20b=1&x-%3A=2", (), ("x-a b", "x-:")),
        ("X-Hoyhoy-Hops=0", (), ("X-Hoyhoy-Hops",)),
        ("x-empty=", (("x-empty", ""),), ()),
    ],
)  # fmt: skip
def test_what_may_be_sent(headers, taken, refused):
    assert custom(parse(f"sip:a@b?{headers}")) == (taken, refused)


def test_all_of_them_have_a_limit():
    taken, refused = custom(parse(f"sip:a@b?x-a={'a' * 1000}&x-b={'b' * 1000}&x-c=1"))
    assert ([name for name, _ in taken], refused) == (["x-a"], ("x-b", "x-c"))


def test_what_webhooks_are_told():
    request = Request("INVITE", parse("sip:a@b"))
    for name, value in (("X-Order", "17"), ("x-order2", "18"), ("X-Order", "19"), ("Subject", "no")):
        request.headers.add(name, value)
    assert told(request) == (("SipHeader_X-Order", "17"), ("SipHeader_x-order2", "18"))


def test_nobody_speaks_in_our_name():
    request = Request("INVITE", parse("sip:a@b"))
    for name in ("X-Twilio-AccountSid", "x-TWILIO-CallSid", "X-Hoyhoy-Hops", "x-hoyhoy-other", "X-Mine"):
        request.headers.add(name, "1")
    assert foreign(request) == (("SipHeader_X-Mine", "1"),)


@pytest.mark.parametrize(
    ("value", "count"), [("7", 7), ("", 0), ("-1", 0), ("1e3", 0), ("99999", MOST_HOPS), ("9" * 50, 0), ("\u0663", 0)]
)
def test_how_many_calls_dialled_one_another(value, count):
    request = Request("INVITE", parse("sip:a@b"))
    request.headers.add(HOPS, value)
    assert hops(request) == count and told(request) == ()


def test_who_says_nothing_comes_first():
    assert hops(Request("INVITE", parse("sip:a@b"))) == 0
