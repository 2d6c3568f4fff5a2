"""Where requests inside a dialog go (RFC 3261 12.2.1.1, RFC 3581, RFC 5626)."""

import pytest

from hoyhoy.lines.sip.target import Target
from hoyhoy.lines.sip.way import is_known, way_back, way_on
from hoyhoy.wire.sip.message import Response

from .wires import made

UDP = Target("udp", "198.51.100.7", 40000)
FLOW = Target("tcp", "198.51.100.7", 40000, flow=3)


@pytest.mark.parametrize(
    ("via", "contact", "source", "is_source"),
    [
        ("UDP 10.0.0.2:5060", "<sip:a@10.0.0.2>", UDP, True),  # behind a NAT
        ("UDP 198.51.100.7:5060", "<sip:a@198.51.100.7>", UDP, True),  # one that changes ports alone
        ("UDP 198.51.100.7:40000", "<sip:a@198.51.100.9>", UDP, False),  # it knows itself, and wants it elsewhere
        ("UDP proxy.example", "<sip:a@198.51.100.9>", UDP, False),  # a name says nothing against it
        ("TCP 10.0.0.2:5060", "<sip:a@10.0.0.2>", FLOW, True),
        ("TCP 198.51.100.7:5060", "<sip:a@198.51.100.7>", FLOW, True),  # the connection that is there
        ("TCP 198.51.100.7:5060", "<sip:a@198.51.100.9>", FLOW, False),
    ],
)
def test_the_way_back(via, contact, source, is_source):
    request = made("INVITE", f"SIP/2.0/{via};branch=z9hG4bKone", Contact=contact)
    assert way_back(request, source) == (source if is_source else None)


def test_without_contact_there_is_only_the_way_it_came():
    request = made("INVITE", "SIP/2.0/UDP 198.51.100.7:40000;branch=z9hG4bKone")
    request.headers.set("Contact")
    assert way_back(request, UDP) == UDP


@pytest.mark.parametrize(
    ("contact", "host", "is_known"),
    [
        ("<sip:a@10.0.0.2>", "198.51.100.7", False),
        ("<sip:a@10.0.0.2>", "8.8.8.8", True),
        ("<sip:a@10.0.0.2>", "10.0.0.9", False),
        ("<sip:a@8.8.4.4>", "8.8.8.8", False),
        ("<sip:a@phone.example>", "8.8.8.8", False),
        ("", "8.8.8.8", False),
    ],
)
def test_the_way_on(contact, host, is_known):
    answer = Response(200)
    if contact:
        answer.headers.add("Contact", contact)
    target = Target("udp", host, 5060)
    assert way_on(answer, target) == (target if is_known else None)


@pytest.mark.parametrize(
    ("hop", "at", "is_so"),
    [
        (Target("udp", "198.51.100.7", 40000), UDP, True),
        (Target("udp", "198.51.100.7", 5060), UDP, False),
        (Target("udp", "198.51.100.8", 40000), UDP, False),
        (Target("tcp", "198.51.100.7", 40000), UDP, False),
        (Target("tcp", "198.51.100.7", 5060), FLOW, True),  # where a proxy listens whose connection came to us
        (Target("tcp", "198.51.100.7", 6379), FLOW, False),
        (Target("tls", "198.51.100.7", 5061), FLOW, False),
    ],
)
def test_the_place_we_speak_with(hop, at, is_so):
    assert is_known(hop, at) is is_so
