"""Connectivity checks and their answers (RFC 8489, RFC 8445 7; test vectors: RFC 5769)."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoyhoy.wire.webrtc import stun
from hoyhoy.wire.webrtc.stun import Malformed

PASSWORD = "VOkJxbRl1RmTxUk/WvJxBt"
REQUEST = bytes.fromhex(  # RFC 5769 2.1
    "000100582112a442b7e7a701bc34d686fa87dfae"
    "802200105354554e207465737420636c69656e74"
    "002400046e0001ff"
    "80290008932ff9b151263b36"
    "000600096576746a3a68367659202020"
    "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
    "80280004e57a3bcf"
)
RESPONSE = bytes.fromhex(  # RFC 5769 2.2
    "0101003c2112a442b7e7a701bc34d686fa87dfae"
    "8022000b7465737420766563746f7220"
    "002000080001a147e112a643"
    "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7"
    "80280004c07d4c96"
)
TRANSACTION = bytes(range(12))


def signed(*attributes, password="secret", kind=stun.REQUEST):
    return stun.write(kind, TRANSACTION, attributes, password)


def with_fingerprint(unfinished, more=0):
    """A message with the right fingerprint and the right length, and so many octets `more`."""
    message = unfinished[:2] + struct.pack("!H", len(unfinished) - 20 + 8 + more) + unfinished[4:]
    crc = stun.binascii.crc32(message) ^ stun.FINGERPRINT_XOR
    return message + struct.pack("!HHI", stun.FINGERPRINT, 4, crc) + bytes(more)


def test_the_request_of_the_vectors_is_read_and_its_sender_known():
    check = stun.read(REQUEST)
    assert (check.kind, check.username) == (stun.REQUEST, "evtj:h6vY")
    assert check.is_authentic(REQUEST, PASSWORD) and not check.is_authentic(REQUEST, PASSWORD + "x")
    assert not check.is_nominating and check.unknown == ()


def test_the_response_of_the_vectors_says_where_its_question_came_from():
    answer = stun.read(RESPONSE)
    assert answer.kind == stun.SUCCESS and answer.is_authentic(RESPONSE, PASSWORD)
    assert stun.mapped_address(answer) == ("192.0.2.1", 32853)


def test_an_answer_of_ours_differs_from_the_vectors_by_the_name_of_the_software():
    ours = stun.success(stun.read(REQUEST).transaction, ("192.0.2.1", 32853), PASSWORD)
    answer = stun.read(ours)
    assert answer.is_authentic(ours, PASSWORD) and answer.attributes == stun.read(RESPONSE).attributes[1:]
    assert answer.transaction == stun.read(RESPONSE).transaction


def test_a_way_is_chosen_by_an_attribute_without_a_value():
    check = stun.read(signed((stun.USERNAME, b"us:them"), (stun.USE_CANDIDATE, b"")))
    assert check.is_nominating and check.username == "us:them"


def test_the_first_attribute_of_a_kind_counts():
    """RFC 8489 14: any later ones are not looked at."""
    assert stun.read(signed((stun.USERNAME, b"first"), (stun.USERNAME, b"second"))).username == "first"


def test_what_nobody_vouches_for_is_not_looked_at():
    """RFC 8489 14.5: attributes after MESSAGE-INTEGRITY, as a USE-CANDIDATE that was put in on the way."""
    message = signed((stun.USERNAME, b"us:them"))[:-8] + struct.pack("!HH", stun.USE_CANDIDATE, 0)
    check = stun.read(with_fingerprint(message))
    assert not check.is_nominating and check.username == "us:them"
    assert check.is_authentic(with_fingerprint(message), "secret")


def test_of_two_signatures_the_first_counts():
    ours, theirs = signed((stun.USERNAME, b"us:them")), signed((stun.USERNAME, b"us:them"), password="another")
    both = with_fingerprint(ours[:-8] + theirs[-32:-8])
    assert stun.read(both).is_authentic(both, "secret")


def test_attributes_that_would_have_to_be_understood_are_named_in_a_420():
    """RFC 8489 6.3.1; those from 0x8000 on may be passed over."""
    check = stun.read(signed((stun.USERNAME, b"us:them"), (0x7FF1, b"?"), (0x8FF1, b"!"), (0x0003, b"abcd")))
    assert check.unknown == (0x7FF1, 0x0003)
    reply = stun.not_understood(check.transaction, check.unknown, "secret")
    error = stun.read(reply)
    assert error.kind == stun.ERROR and error.is_authentic(reply, "secret")
    assert error.first(stun.ERROR_CODE)[2:4] == b"\4\x14"
    assert error.first(stun.UNKNOWN_ATTRIBUTES) == bytes.fromhex("7ff10003")


@pytest.mark.parametrize("value", [b"", bytes(8), b"\0\2" + bytes(18), b"\0\1\0\0\0"])
def test_an_address_that_is_none_of_ipv4_is_not_told(value):
    assert stun.mapped_address(stun.read(signed((stun.XOR_MAPPED_ADDRESS, value)))) is None


BROKEN = {
    "empty": b"",
    "a header is cut off": REQUEST[:19],
    "another cookie": REQUEST[:4] + b"\0" + REQUEST[5:],
    "sound": b"\x80" + REQUEST[1:],
    "an octet too few": REQUEST[:-1],
    "an octet too many": REQUEST + b"\0",
    "shorter than it says": REQUEST[:-8],
    "a length that is no multiple of four": struct.pack("!HHI", 1, 6, stun.COOKIE) + TRANSACTION + bytes(6),
    "no attributes": struct.pack("!HHI", 1, 0, stun.COOKIE) + TRANSACTION,
    "no fingerprint": signed()[:2] + struct.pack("!H", 24) + signed()[4:-8],
    "a wrong fingerprint": signed()[:-1] + b"\0",
    "a fingerprint that is no number": signed()[:2] + struct.pack("!H", 28) + signed()[4:-8] + b"\x80\x28\0\0",
    "a fingerprint before the end": with_fingerprint(signed()[:-8], more=4),
    "nobody vouches for it": with_fingerprint(struct.pack("!HHI", 1, 0, stun.COOKIE) + TRANSACTION),
    "an attribute is longer than the message": signed((0x8001, b"1234")).replace(b"\0\4\x31", b"\xff\xff\x31"),
}


@pytest.mark.parametrize("why", BROKEN)
def test_what_is_broken_is_no_message(why):
    with pytest.raises(Malformed):
        stun.read(BROKEN[why])


def test_a_signature_that_is_no_digest_is_wrong():
    message = struct.pack("!HHI", 1, 0, stun.COOKIE) + TRANSACTION + struct.pack("!HH", stun.MESSAGE_INTEGRITY, 0)
    assert not stun.read(with_fingerprint(message)).is_authentic(with_fingerprint(message), "secret")


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=80), st.tuples(st.integers(0, len(REQUEST) - 1), st.integers(1, 255))))
def test_whatever_comes_is_read_or_refused_and_nothing_changed_is_authentic(came):
    if isinstance(came, tuple):
        at, change = came
        came = REQUEST[:at] + bytes([REQUEST[at] ^ change]) + REQUEST[at + 1 :]
    try:
        message = stun.read(came)
    except Malformed:
        return
    assert not message.is_authentic(came, PASSWORD)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0x8030, 0xFFFF), st.binary(max_size=40)), max_size=5), st.text(max_size=40))
def test_what_is_written_is_read(attributes, password):
    message = signed(*attributes, password=password)
    found = stun.read(message)
    assert found.attributes == tuple(attributes) and found.is_authentic(message, password)
