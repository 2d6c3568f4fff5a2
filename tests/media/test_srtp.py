"""Packets in place (RFC 3711, RFC 7714), and the part of the binding that is not public."""

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoyhoy.media.datagrams import Batch
from hoyhoy.media.srtp import CONTROL_TRAILER, PROFILES, REFUSED, TRAILER, Rows, Srtp

SOUND = bytes(range(160))
REPORT = struct.pack(">BBHIIIIII", 0x80, 200, 6, 7, 1, 2, 3, 4, 5)


def pair(profile, number=0):
    """The two ends of one leg, each with keys of its own."""
    length = profile.key + profile.salt
    mine, yours = bytes(range(number, number + length)), bytes(range(100 + number, 100 + number + length))
    return Srtp(profile, yours, mine), Srtp(profile, mine, yours)


def packet(sequence=1, ssrc=7, payload=SOUND):
    return struct.pack(">BBHII", 0x80, 0, sequence, 160 * sequence, ssrc) + payload


def batch_of(*packets):
    batch = Batch(len(packets), 1500)
    for place, one in enumerate(packets):
        put(batch, place, one)
    return batch


def put(batch, place, one):
    batch.data[place, : len(one)] = np.frombuffer(one, np.uint8)
    batch.lengths[place] = len(one)


def sent(us, *packets):
    """What goes over the wire for these packets."""
    batch = batch_of(*packets)
    places = list(range(len(packets)))
    after = Rows(batch.data).protect([us] * len(packets), places, batch.lengths.tolist())
    return [batch.data[place, :length].tobytes() for place, length in zip(places, after, strict=True)]


def heard(them, *packets, is_control=False):
    """What comes of these packets; None where they are refused."""
    batch = batch_of(*packets)
    places = list(range(len(packets)))
    after = Rows(batch.data).unprotect(
        [them] * len(packets), places, batch.lengths.tolist(), [is_control] * len(places)
    )
    return [batch.data[i, :n].tobytes() if n != REFUSED else None for i, n in zip(places, after, strict=True)]


@pytest.fixture(params=PROFILES, ids=[name.decode() for name in PROFILES])
def ends(request):
    return pair(PROFILES[request.param])


def test_the_binding_still_has_what_is_used_of_it_besides_its_public_calls():
    """When an upgrade breaks this, `srtp.py` is all that knows: `Session.protect` and `unprotect` do the same."""
    us, them = pair(next(iter(PROFILES.values())))
    public = us._sessions[1].protect(packet(1))
    assert heard(them, public) == [packet(1)]
    assert them._sessions[0].unprotect(sent(us, packet(2))[0]) == packet(2)


def test_sound_is_encrypted_where_it_lies_and_decrypted_where_it_lies(ends):
    us, them = ends
    packets = [packet(n) for n in range(5)]
    wire = sent(us, *packets)
    for plain, encrypted in zip(packets, wire, strict=True):
        assert len(plain) < len(encrypted) <= len(plain) + TRAILER
        assert encrypted[:12] == plain[:12] and SOUND[:16] not in encrypted
    assert heard(them, *wire) == packets


def test_rows_of_several_legs_are_taken_in_any_order(ends):
    other = pair(PROFILES[b"SRTP_AEAD_AES_128_GCM"])
    batch = batch_of(*(packet(n, ssrc=n) for n in range(4)))
    rows = Rows(batch.data)
    after = rows.protect([ends[0], other[0], ends[0]], [3, 0, 1], [172, 172, 172])
    assert batch.data[2, :172].tobytes() == packet(2, ssrc=2)
    assert (
        rows.unprotect([other[1], ends[1], ends[1]], [0, 1, 3], [after[1], after[2], after[0]], [False] * 3)
        == [172] * 3
    )
    assert [batch.data[n, :172].tobytes() for n in range(4)] == [packet(n, ssrc=n) for n in range(4)]


def test_reports_are_encrypted_too_and_not_taken_for_sound(ends):
    us, them = ends
    wire = us.protect_control(REPORT)
    assert len(REPORT) < len(wire) <= len(REPORT) + CONTROL_TRAILER
    assert heard(them, wire) == [None]
    assert heard(them, wire, is_control=True) == [REPORT]


def test_a_packet_counts_once(ends):
    """RFC 3711 3.3.2, for sound and for reports."""
    us, them = ends
    [wire], report = sent(us, packet()), us.protect_control(REPORT)
    assert heard(them, wire, wire) == [packet(), None]
    assert heard(them, report, report, is_control=True) == [REPORT, None]


def test_a_changed_octet_anywhere_is_noticed(ends):
    us, them = ends
    [wire] = sent(us, packet())
    for at in range(len(wire)):
        forged = wire[:at] + bytes([wire[at] ^ 1]) + wire[at + 1 :]
        assert heard(them, forged) == [None], at
    assert heard(them, wire) == [packet()]


def test_what_was_never_encrypted_is_refused(ends):
    assert heard(ends[1], packet()) == [None]
    assert heard(ends[1], REPORT, is_control=True) == [None]


def test_packets_that_overtake_one_another_across_the_end_of_the_numbers(ends):
    us, them = ends
    packets = [packet(n % 2**16) for n in range(2**16 - 3, 2**16 + 3)]
    wire = sent(us, *packets)
    assert heard(them, *(wire[n] for n in (0, 2, 1, 4, 3, 5))) == [packets[n] for n in (0, 2, 1, 4, 3, 5)]


def test_what_cannot_be_encrypted_is_not_sent(ends):
    us, _ = ends
    sent(us, packet(9))
    assert sent(us, packet(9)) == [b""]
    with pytest.raises(ValueError, match="parameter"):
        us.protect_control(b"\x80")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(PROFILES)), st.binary(max_size=200), st.booleans(), st.integers(0, 255))
def test_whatever_comes_is_refused(name, rest, is_control, first):
    them = pair(PROFILES[name])[1]
    assert heard(them, bytes([0x80 | first & 0x3F]) + rest, is_control=is_control) == [None]
