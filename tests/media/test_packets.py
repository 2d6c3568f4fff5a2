"""RTP headers by columns: what is written is read, and whatever else arrives is left out, never believed."""

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoyhoy.media import packets


def batch(*datagrams, size=packets.LONGEST):
    data = np.full((len(datagrams), size), 0xAA, np.uint8)
    for row, datagram in enumerate(datagrams):
        data[row, : len(datagram)] = np.frombuffer(datagram, np.uint8)
    return data, np.array([len(one) for one in datagrams])


def rtp(payload=b"x" * 160, *, kind=0, marker=False, sequence=7, timestamp=9, ssrc=11, first=0x80, between=b""):
    return struct.pack(">BBHII", first, kind | marker << 7, sequence, timestamp, ssrc) + between + payload


def read_one(datagram):
    found, control = packets.read(*batch(datagram))
    assert len(found.index) <= 1 and not (len(found.index) and len(control))
    return None if not len(found.index) else {name: getattr(found, name)[0].item() for name in found.__slots__}


def test_a_header():
    assert read_one(rtp(kind=8, marker=True, sequence=65535, timestamp=2**32 - 1, ssrc=2**31)) == {
        "index": 0,
        "kind": 8,
        "marker": True,
        "sequence": 65535,
        "timestamp": 2**32 - 1,
        "ssrc": 2**31,
        "start": 12,
        "length": 160,
    }


@pytest.mark.parametrize(
    ("datagram", "start", "length"),
    [
        (rtp(first=0x82, between=b"csrcCSRC"), 20, 160),
        (rtp(first=0x90, between=b"\xbe\xde\0\x01abcd"), 20, 160),
        (rtp(first=0x91, between=b"csrc\xbe\xde\0\0"), 20, 160),
        (rtp(b"x" * 100 + b"\0\0\x03", first=0xA0), 12, 100),
        (rtp(b""), 12, 0),
    ],
)
def test_what_may_stand_before_and_after_the_payload(datagram, start, length):
    found = read_one(datagram)
    assert (found["start"], found["length"]) == (start, length)


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"\x80",
        rtp()[:11],
        rtp(first=0x40),
        rtp(first=0x00),
        rtp(b"", first=0x8F),
        rtp(b"\0\0", first=0x90),
        rtp(b"", first=0x90, between=b"\0\0\xff\xff"),
        rtp(b"\xff", first=0xA0),
        rtp(b"abc\0", first=0xA0),
        b"INVITE sip:x@y SIP/2.0\r\n",
        b"\x00\x01\x00\x00\x21\x12\xa4\x42" + bytes(12),
    ],
)
def test_what_is_no_rtp(datagram):
    assert read_one(datagram) is None


def test_rtcp_stands_apart():
    report = struct.pack(">BBHI", 0x80, 200, 6, 1) + bytes(20)
    found, control = packets.read(*batch(rtp(), report, rtp()))
    assert found.index.tolist() == [0, 2] and control.tolist() == [1]


def test_headers_are_written_as_they_are_read():
    into = np.zeros((3, packets.SIZE), np.uint8)
    into[1, 8:12] = [1, 2, 3, 4]
    kind, marker = np.array([0, 8, 101]), np.array([True, False, True])
    sequence, timestamp = np.array([0, 65535, 300]), np.array([0, 2**32 - 1, 70000])
    packets.write_headers(into, kind, marker, sequence, timestamp)
    found, _ = packets.read(into, np.full(3, packets.SIZE))
    assert (found.kind == kind).all() and (found.marker == marker).all()
    assert (found.sequence == sequence).all() and (found.timestamp == timestamp).all()
    assert found.ssrc.tolist() == [0, 0x01020304, 0]


def test_some_of_them():
    found, _ = packets.read(*batch(*(rtp(sequence=n) for n in range(5))))
    assert found.only(found.sequence > 2).sequence.tolist() == [3, 4]


def test_keys():  # RFC 4733 2.3
    assert packets.key_payload("#", end=True, duration=800) == bytes([11, 0x8A, 3, 32])
    assert packets.key_payload("0", end=False, duration=160) == bytes([0, 10, 0, 160])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.binary(max_size=60), min_size=1, max_size=5))
def test_whatever_comes_stays_inside_its_packet(datagrams):
    data, lengths = batch(*datagrams)
    found, control = packets.read(data, lengths)
    assert set(found.index.tolist()).isdisjoint(control.tolist())
    ends = found.start + found.length
    assert (ends <= lengths[found.index]).all() and (found.start >= 12).all() and (found.length >= 0).all()


@pytest.mark.parametrize("also", [b"", b"junk", rtp(first=0x82, between=b"csrcCSRC"), rtp(kind=72, marker=True)])
def test_packets_of_one_kind_are_read_as_any_others(also):
    """When all headers are plain there is a shorter way, which must lead to the same."""
    plain = [rtp(kind=n % 3 * 50, marker=n == 2, sequence=n, timestamp=2**32 - n, ssrc=2**31 + n) for n in range(1, 6)]
    found, control = packets.read(*batch(*plain, *([also] if also else [])))
    alone = [read_one(one) | {"index": n} for n, one in enumerate(plain)]
    assert [{name: getattr(found, name)[n].item() for name in found.__slots__} for n in range(5)] == alone
    assert control.tolist() == ([5] if also[1:2] == b"\xc8" else [])
