"""RFC 3261 10.3, RFC 3327, RFC 3581, RFC 5626; voice reference 10.1."""

import pytest

from hoyhoy.lines.sip.bindings import Bindings, Terms
from hoyhoy.lines.sip.target import Target
from hoyhoy.wire.sip.error import SipError

from .town import PHONE, ask

AOR = ("SD1", "alice")
FLOW = Target("tcp", "198.51.100.7", 41000, flow=7)


def register(contact: str = "<sip:alice@10.0.0.5:5060>", **options):
    return ask("REGISTER", "sip:acme.sip.twilio.com", from_="sip:alice@acme.sip.twilio.com", contact=contact, **options)


@pytest.fixture
def bindings() -> Bindings:
    return Bindings(Terms())


def put(bindings: Bindings, contact: str = "<sip:alice@10.0.0.5:5060>", now: float = 0.0, source=PHONE, **options):
    return bindings.register(AOR, register(contact, source=source, **options), source, now)


def uris(bindings: Bindings, now: float = 0.0) -> list[str]:
    return [str(one.uri) for one in bindings.of(AOR, now)]


@pytest.mark.parametrize(
    ("contact", "header", "seconds"),
    [
        ("<sip:a@h>", {}, 600),
        ("<sip:a@h>", {"Expires": "300"}, 300),
        ("<sip:a@h>;expires=120", {"Expires": "300"}, 120),
        ("<sip:a@h>;expires=60", {}, 60),
        ("<sip:a@h>;expires=3600", {}, 600),
        ("<sip:a@h>;expires=99999999999", {}, 600),  # RFC 4475 3.1.2.4
        ("<sip:a@h>;expires=soon", {}, 600),  # 10.2.1.1
    ],
)
def test_how_long(bindings, contact, header, seconds):
    change = put(bindings, contact, now=1000, **header)
    assert [one.until for one in change.made] == [1000 + seconds]
    assert uris(bindings, 1000 + seconds - 1) == ["sip:a@h"]
    assert uris(bindings, 1000 + seconds) == []


@pytest.mark.parametrize("asked", ["1", "59"])
def test_too_short(bindings, asked):
    with pytest.raises(SipError) as refused:
        put(bindings, Expires=asked)
    assert refused.value.status == 423
    assert refused.value.headers == (("Min-Expires", "60"),)


def test_removing_one_and_asking_for_all(bindings):
    put(bindings, "<sip:a@h>, <sip:b@h>")
    assert bindings.register(AOR, register("", number=2), PHONE, 0).made == ()
    assert uris(bindings) == ["sip:b@h", "sip:a@h"]
    change = put(bindings, "<sip:a@h>;expires=0", number=3)
    assert (len(change.removed), uris(bindings), len(bindings)) == (1, ["sip:b@h"], 1)
    assert put(bindings, "<sip:nobody@h>;expires=0", number=4).removed == ()


def test_the_most_preferred_first(bindings):
    put(bindings, "<sip:a@h>;q=0.1, <sip:b@h>;q=0.9, <sip:c@h>;q=0.9")
    assert uris(bindings) == ["sip:c@h", "sip:b@h", "sip:a@h"]


def test_star(bindings):  # 10.2.2
    put(bindings, "<sip:a@h>, <sip:b@h>")
    for wrong in ({}, {"Expires": "60"}):
        with pytest.raises(SipError, match="Expires: 0"):
            put(bindings, "*", number=2, **wrong)
    with pytest.raises(SipError, match="older"):
        put(bindings, "*", number=1, Expires="0")
    assert len(bindings) == 2
    assert len(put(bindings, "*", number=2, Expires="0").removed) == 2
    assert len(bindings) == 0


def test_star_beside_another_contact_is_no_star(bindings):
    with pytest.raises(SipError):
        put(bindings, "*, <sip:a@h>", Expires="0")


def test_order(bindings):  # 10.3, 7
    put(bindings, "<sip:a@h>", number=5)
    for stale in (5, 4):
        with pytest.raises(SipError) as refused:
            put(bindings, "<sip:b@h>, <sip:a@h>;expires=0", number=stale)
        assert refused.value.status == 500
    assert uris(bindings) == ["sip:a@h"], "all of it or nothing"
    put(bindings, "<sip:a@h>;q=0.5", number=1, call_id="restarted")
    assert [one.call_id for one in bindings.of(AOR, 0)] == ["restarted"]


def test_a_refreshed_binding_stays_the_same_one(bindings):
    (first,) = put(bindings, "<sip:alice@10.0.0.5:5060;transport=udp>").made
    (again,) = put(bindings, "<SIP:alice@10.0.0.5:5060;transport=UDP>", number=2, now=100).made
    assert (again.number, again.until, len(bindings)) == (first.number, 700, 1)
    (other,) = put(bindings, "<sip:Alice@10.0.0.5:5060>", number=3).made
    assert other.number != first.number


def test_a_phone_that_got_another_port(bindings):  # RFC 5626 6
    same = ';+sip.instance="<urn:uuid:1>";reg-id=1'
    put(bindings, f"<sip:a@10.0.0.5:1111>{same}")
    put(bindings, f"<sip:a@10.0.0.5:2222>{same}", call_id="two")
    put(bindings, '<sip:a@10.0.0.5:3333>;+sip.instance="<urn:uuid:1>"', call_id="three")
    assert uris(bindings) == ["sip:a@10.0.0.5:3333", "sip:a@10.0.0.5:2222"]


def test_twice_in_one_request(bindings):
    put(bindings, "<sip:a@h>, <sip:a@h>;q=0.5")
    assert [one.contact.q for one in bindings.of(AOR, 0)] == [500]
    change = put(bindings, "<sip:a@h>, <sip:a@h>;expires=0", number=2)
    assert (len(change.made), change.removed, len(bindings)) == (1, (), 1)


def test_the_eleventh_crowds_out_the_oldest(bindings):  # 32007
    made = [put(bindings, f"<sip:a@10.0.0.5:{5000 + at}>", now=at, call_id=str(at)).made[0] for at in range(10)]
    put(bindings, "<sip:a@10.0.0.5:5000>", now=20, call_id="0", number=2)
    change = put(bindings, "<sip:a@10.0.0.5:6000>", now=30, call_id="x")
    assert change.crowded_out == (made[1].number,)
    assert len(bindings) == 10
    with pytest.raises(SipError) as refused:
        put(bindings, ", ".join(f"<sip:a@h:{at + 1}>" for at in range(11)), call_id="y")
    assert refused.value.status == 403


@pytest.mark.parametrize("contact", ["<mailto:a@h>", "<sip:a@h?Subject=x>", "<tel:+14155550100>"])
def test_contacts_nobody_can_be_called_at(bindings, contact):
    with pytest.raises(SipError):
        put(bindings, f"<sip:b@h>, {contact}")
    assert len(bindings) == 0


@pytest.mark.parametrize(
    ("contact", "source", "via", "target", "nat"),
    [
        # Behind a NAT, or a third party named: back to where it came from.
        ("sip:a@10.0.0.5:5060", PHONE, "rport", PHONE, True),
        ("sip:a@10.0.0.5:5060", PHONE, "x", PHONE, True),
        ("sip:a@203.0.113.9", PHONE, "rport", PHONE, True),
        ("sip:a@phone.example.com", PHONE, "rport", PHONE, True),
        ("sip:a@203.0.113.9;transport=tcp", PHONE, "rport", PHONE, True),
        # As it says.
        ("sip:a@198.51.100.7:40000", PHONE, "rport", PHONE, False),
        # RFC 3581: it asked for answers where it spoke from, so it listens there.
        ("sip:a@198.51.100.7:5060", PHONE, "rport", PHONE, True),
        ("sip:a@198.51.100.7", PHONE, "x", Target("udp", "198.51.100.7", 5060), False),
        ("sip:a@198.51.100.7:5070;transport=tcp", PHONE, "rport", Target("tcp", "198.51.100.7", 5070), False),
        ("sips:a@198.51.100.7", PHONE, "rport", Target("tls", "198.51.100.7", 5061), False),
        # By its connection, which is the only way.
        ("sip:a@198.51.100.7:5060;transport=tcp", FLOW, "x", FLOW, True),
        ("sip:a@10.0.0.5;transport=tcp", FLOW, "x", FLOW, True),
    ],
)
def test_where_it_is_reached(bindings, contact, source, via, target, nat):
    (one,) = put(bindings, f"<{contact}>", source=source, via=f"SIP/2.0/UDP 10.0.0.5;{via}").made
    assert (one.target, one.is_behind_nat, str(one.uri)) == (target, nat, contact)


def test_a_connection_that_is_gone(bindings):
    (one,) = put(bindings, source=FLOW).made
    put(bindings, "<sip:other@h>", call_id="two")
    assert bindings.at(FLOW) == [one.number]
    put(bindings, number=2)
    assert bindings.at(FLOW) == [], "it registered anew, by UDP"
    put(bindings, number=3, source=FLOW)
    for number in bindings.at(FLOW):
        bindings.drop(number)
    assert uris(bindings) == ["sip:other@h"]
    assert bindings.at(FLOW) == []
    bindings.drop(one.number)
    bindings.drop(99)


def test_path(bindings):  # RFC 3327 5.3
    (one,) = put(bindings, Path="<sip:edge.example.com;lr>, <sip:p2.example.com;lr>").made
    assert [str(hop.uri) for hop in one.path] == ["sip:edge.example.com;lr", "sip:p2.example.com;lr"]
    assert one.target == PHONE, "the proxy it came from, not the one it names"
    for wrong in ("<mailto:x@h>", ", ".join(["<sip:p;lr>"] * 6)):
        with pytest.raises(SipError, match="Path"):
            put(bindings, number=2, Path=wrong)


def test_users_do_not_share(bindings):
    put(bindings)
    bindings.register(("SD1", "Alice"), register(), PHONE, 0)
    bindings.register(("SD2", "alice"), register(), PHONE, 0)
    assert len(bindings) == 3
    assert len(bindings.of(AOR, 0)) == 1
    assert bindings.of(("SD2", "bob"), 0) == ()
