"""Compound RTCP packets (RFC 3550 6): what is written is read, and nothing malformed is believed (bad inputs 14)."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoyhoy.wire.rtp.rtcp import (
    Block,
    Malformed,
    Report,
    Sending,
    middle,
    ntp_of,
    read,
    round_trip,
    write,
)

SENDING = Sending(ntp=0xB44DB705_20000000, timestamp=1000, packets=50, octets=8000)
BLOCK = Block(ssrc=7, fraction=64, lost=-3, highest=0x1_0005, jitter=12, last_report=0xB7052000, since=0x5_4000)


def words(*numbers):
    return struct.pack(f">{len(numbers)}I", *numbers)


def packet(kind, body=b"", count=0, first=0x80):
    return struct.pack(">BBH", first | count, kind, len(body) // 4) + body


EMPTY = packet(201, words(5))


def test_a_senders_report():
    written = write(Report(5, SENDING, (BLOCK,)), "hoyhoy")
    assert written[:8] == b"\x81\xc8\x00\x0c" + words(5), "SR, one block, 13 words"
    assert written[52:] == b"\x81\xca\x00\x04" + words(5) + b"\x01\x06hoyhoy" + bytes(4)
    found = read(written)
    assert found.reports == (Report(5, SENDING, (BLOCK,)),)
    assert found.names == {5: b"hoyhoy"} and not found.leaving


def test_a_receivers_report_and_a_goodbye():
    found = read(write(Report(5), "a", is_leaving=True))
    assert found.reports == (Report(5),) and found.names == {5: b"a"} and found.leaving == {5}


def test_counters_that_outgrow_their_fields_wrap_and_losses_do_not():
    """A call of 31 days has more octets than 32 bits count."""
    grown = Sending(2**64 + 3, 2**32 + 1, 2**32 + 2, 2**33 + 5)
    blocks = (Block(7, 300, 2**24, 2**32 + 9, 2**40 + 8, 0, 0), Block(8, -5, -(2**24), 0, 0))
    [report] = read(write(Report(5, grown, blocks), "x")).reports
    assert report.sending == Sending(3, 1, 2, 5)
    assert [(one.fraction, one.lost, one.highest, one.jitter) for one in report.blocks] == [
        (255, 2**23 - 1, 9, 8),
        (0, -(2**23), 0, 0),
    ]


def test_what_is_not_looked_at_is_passed_over():
    extended = packet(207, words(5, 0x04020000, 1, 2))
    feedback = packet(206, words(5, 7), count=1)
    application = packet(204, words(5) + b"name" + bytes(8))
    found = read(EMPTY + application + feedback + extended + packet(203, words(9, 10) + b"\x03bye", count=2))
    assert found.leaving == {9, 10} and found.reports == (Report(5),)
    assert read(packet(200, words(5, 1, 2, 3, 4, 5, 77, 78, 79))).reports[0].sending == Sending(1 << 32 | 2, 3, 4, 5)
    assert read(EMPTY + packet(203)).leaving == frozenset(), "a goodbye of nobody is lawful (RFC 3550 6.6)"


def test_descriptions_of_many_items():
    items = b"\x02\x03Bob" + b"\x01\x02me" + b"\0\0\0"
    found = read(EMPTY + packet(202, words(5) + items + words(6, 0), count=2))
    assert found.names == {5: b"me"}


def test_padding_of_the_last():
    assert read(EMPTY + packet(203, words(9) + b"\0\0\0\x04", count=1, first=0xA0)).leaving == {9}


@pytest.mark.parametrize(
    ("datagram", "why"),
    [
        (b"", "nothing"),
        (b"\x80", "cut off"),
        (EMPTY + b"\x80\xca", "cut off"),
        (EMPTY[:-1], "longer than what came"),
        (packet(201, words(5), first=0x40), "version"),
        (packet(203, words(5), count=1), "begin with a report"),
        (packet(202, words(5, 0), count=1), "begin with a report"),
        (packet(200), "fewer blocks"),
        (packet(201), "fewer blocks"),
        (packet(200, words(5, 1, 2, 3, 4)), "fewer blocks"),
        (packet(201, words(5), count=31), "fewer blocks"),
        (packet(201, words(5, 1, 2, 3, 4, 5), count=1), "fewer blocks"),
        (EMPTY + packet(203, words(9), count=2), "fewer sources"),
        (EMPTY + packet(202, words(9), count=1), "description"),
        (EMPTY + packet(202, words(9) + b"\x01\xffxx", count=1), "description"),
        (EMPTY + packet(202, words(9) + b"\x01\x01x\x02", count=1), "description"),
        (EMPTY + packet(202, words(9) + b"\x01\x02xx", count=1), "no end"),
        (EMPTY + packet(203, b"\0\0\0\x05", first=0xA0), "padding"),
        (EMPTY + packet(203, b"\0\0\0\0", first=0xA0), "padding"),
        (EMPTY + packet(203, b"\0\0\0\x08", first=0xA0), "padding"),
        (EMPTY + packet(203, first=0xA0), "padding"),
        (packet(201, words(5) + b"\0\0\0\x04", first=0xA0) + EMPTY, "padding"),
    ],
)
def test_what_is_malformed(datagram, why):
    with pytest.raises(Malformed, match=why):
        read(datagram)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=80), st.booleans())
def test_whatever_comes_is_read_or_refused(junk, begins_well):
    try:
        found = read(EMPTY + junk if begins_well else junk)
    except Malformed:
        return
    assert found.reports


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_one_octet_changed(data):
    whole = bytearray(write(Report(5, SENDING, (BLOCK, BLOCK)), "somebody", is_leaving=True))
    whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        read(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
    except Malformed:
        pass


def test_times():
    assert ntp_of(0) == 2_208_988_800 << 32
    assert ntp_of(0.5) & 0xFFFFFFFF == 1 << 31
    assert middle(0x11112222_33334444) == 0x22223333


def test_the_round_trip_of_the_rfc():
    """RFC 3550 6.4.1, figure 2: 6.125 seconds."""
    found = round_trip(0xB7108000, Block(7, 0, 0, 0, 0, 0xB7052000, 0x00054000))
    assert found == 6.125


@pytest.mark.parametrize(
    ("arrived", "last_report", "since", "seconds"),
    [
        (0x0000_8000, 0xFFFF_8000, 0x8000, 0.5),
        (0x1_0000, 0, 0, None),
        (0x1_0000, 0x1_0000, 0x100, 0.0),
        (0x1_0000, 0x1_0000, 0x10_0000, None),
        (0x100_0000, 1, 0, None),
    ],
)
def test_round_trips_that_wrap_or_make_no_sense(arrived, last_report, since, seconds):
    assert round_trip(arrived, Block(7, 0, 0, 0, 0, last_report, since)) == seconds
