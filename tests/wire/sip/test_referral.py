"""REFER and the NOTIFYs about it, as they are written (RFC 3515, RFC 4488, RFC 6665 4.1.3)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.wire.sip import referral, uri
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.message import Request, parse
from hoyhoy.wire.sip.referral import News

from .messages import plain, request


def refer(to: str) -> Request:
    return request(Refer_To=to)


def notify(body: bytes = b"", **headers: str) -> Request:
    made = request(**headers)
    made.body = body
    return made


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("<sip:carol@example.com>", "sip:carol@example.com"),
        ('"Carol, (home)" <sips:carol@example.com;method=INVITE>;x=y', "sips:carol@example.com;method=INVITE"),
        ("sip:carol@example.com;early-only", "sip:carol@example.com"),
        ("<tel:+14155550123;ext=4>", "tel:+14155550123;ext=4"),
        ("<sip:carol@example.com?X-A=%0D%0AVia:x&b=c>", "sip:carol@example.com?X-A=%0D%0AVia:x&b=c"),
    ],
)
def test_who_is_meant_is_kept_as_it_was_written(written: str, found: str) -> None:
    assert str(referral.target(refer(written))) == found


@pytest.mark.parametrize(
    ("written", "status"),
    [("<mailto:a@b.example>", 416), ("<sip:a@b.example;method=bye>", 403), (f"<sip:a@b.example?A={'b' * 1300}>", 414),
     ("<sip:a@b.example> <sip:c@d.example>", 400), ("<sip:a b@c.example>", 400), ("", 400)],
)  # fmt: skip
def test_what_cannot_be_called_is_refused(written: str, status: int) -> None:
    with pytest.raises(SipError) as raised:
        referral.target(refer(written))
    assert raised.value.status == status
    with pytest.raises(SipError):
        referral.target(request())


def test_a_call_in_place_of_another() -> None:
    """RFC 3891 3: whatever the letters, escaped or not."""
    assert referral.replaces(uri.parse("sip:a@b.example?X-A=b&rEplaces=1%3Bto-tag%3D2"))
    assert referral.replaces(uri.parse("sip:a@b.example?%52eplaces=1"))
    assert not referral.replaces(uri.parse("sip:a@b.example?X-Replaces=1"))


@pytest.mark.parametrize(("written", "is_told"), [("false", False), ("False;x=y", False), ("true", True), ("", True)])
def test_the_wish_to_hear_nothing(written: str, is_told: bool) -> None:
    assert referral.is_told(request(Refer_Sub=written) if written else request()) is is_told


@given(st.lists(st.tuples(st.sampled_from(["X-A", "X-B.c", "User-to-User"]), plain), max_size=4))
def test_fields_travel_in_the_uri_and_nothing_leaves_it(fields: list[tuple[str, str]]) -> None:
    to = referral.with_fields(uri.parse("sip:carol@example.com;transport=tcp?Route=evil"), tuple(fields))
    sent = request()
    referral.refer(sent, to, uri.parse("sip:hoy@example.com"))
    (read,) = [parse(bytes(sent))]
    assert isinstance(read, Request)
    found = referral.target(read)
    assert (found.user, found.host, found.transport) == ("carol", "example.com", "tcp")
    assert found.header_fields == tuple(fields)
    assert read.headers.get("Referred-By") == "<sip:hoy@example.com>"
    assert len(list(read.headers)) == len(list(request().headers)) + 2


def test_how_a_call_stands() -> None:
    assert referral.fragment(180) == b"SIP/2.0 180 Ringing\r\n"
    assert referral.fragment(299) == b"SIP/2.0 299 \r\n"


@pytest.mark.parametrize(
    ("event", "state", "body", "told"),
    [
        ("refer", "active;expires=60", b"SIP/2.0 180 Ringing\r\n", News(None, 180, False, 60)),
        ("refer;id=93809824", "Terminated;reason=noresource", b"SIP/2.0 200 OK", News(93809824, 200, True, None)),
        ("refer ;id=x", "pending", b"\r\nSIP/2.0 486\r\nTo: <sip:a@b.example>\r\n", News(None, 486, False, None)),
        ("refer", "active;expires=soon", b"SIP/2.0  700 OK", News(None, 0, False, None)),
        ("refer", "active", b"SIP/2.0 2000", News(None, 0, False, None)),
        ("refer", "active", b"\xff\x00", News(None, 0, False, None)),
        ("refer", "terminated", b"", News(None, 0, True, None)),
    ],
)
def test_what_a_notify_tells(event: str, state: str, body: bytes, told: News) -> None:
    read = notify(body, Event=event, Subscription_State=state, Content_Type="Message/SIPfrag;version=2.0")
    assert referral.is_about_refer(read) and referral.news(read) == told


def test_a_notify_about_something_else() -> None:
    assert not referral.is_about_refer(notify(Event="message-summary"))
    assert not referral.is_about_refer(notify())
    for state in ({}, {"Subscription_State": "active;=x"}):
        with pytest.raises(SipError):
            referral.news(notify(Event="refer", **state))
    other = notify(b"SIP/2.0 200 OK", Event="refer", Subscription_State="active", Content_Type="application/sdp")
    assert referral.news(other).status == 0


def test_what_is_told_is_what_is_read() -> None:
    sent = notify(referral.fragment(603), Content_Type=referral.FRAGMENT)
    referral.tell(sent, 7, "terminated;reason=noresource")
    assert referral.news(sent) == News(7, 603, True, None)
