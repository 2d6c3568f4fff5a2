"""Rows with keys among rows without (RFC 3711)."""

import numpy as np
import pytest

from hoyhoy.media.datagrams import Batch
from hoyhoy.media.encryption import MOST_STREAMS, Encryption
from hoyhoy.media.srtp import PROFILES, TRAILER

from .test_srtp import REPORT, heard, packet, pair, put, sent

PROFILE = PROFILES[b"SRTP_AEAD_AES_128_GCM"]


@pytest.fixture
def made():
    """Encryption of 8 rows, of which 2 and 5 have keys; what arrives, what leaves, and both far ends."""
    into, out = Batch(40, 1500), Batch(8, 172 + TRAILER)
    encryption = Encryption(8, into, out)
    far = {}
    for row in (2, 5):
        ours, far[row] = pair(PROFILE, row)
        encryption.begin(row, ours)
    return encryption, into, out, far


def decrypt(made, arrived, now=1.0):
    """What lies there afterwards, of pairs of row and datagram."""
    encryption, into, _, _ = made
    for place, (_, datagram) in enumerate(arrived):
        put(into, place, datagram)
    encryption.decrypt(np.array([row for row, _ in arrived]), np.arange(len(arrived)), now)
    return [into.data[place, : into.lengths[place]].tobytes() for place in range(len(arrived))]


def test_each_row_has_its_keys(made):
    encryption, _, _, far = made
    one, two = sent(far[2], packet(1))[0], sent(far[5], packet(1, ssrc=8))[0]
    assert decrypt(made, [(2, one), (5, two)]) == [packet(1), packet(1, ssrc=8)]
    assert encryption.refused == 0 and list(encryption.heard[[2, 5]]) == [1.0, 1.0]


def test_what_is_of_no_row_with_keys_is_refused(made):
    encryption, _, _, far = made
    assert decrypt(made, [(3, sent(far[2], packet(1))[0]), (5, sent(far[2], packet(2))[0]), (2, b"\x80")]) == [b""] * 3
    assert encryption.refused == 3 and encryption.heard.max() < 0


def test_sound_and_reports_are_told_apart_by_their_second_octet(made):
    far = made[3]
    report = far[2].protect_control(REPORT)
    assert decrypt(made, [(2, sent(far[2], packet(1))[0]), (2, report)]) == [packet(1), REPORT]


def test_what_is_forged_is_no_sign_of_life(made):
    encryption, _, _, far = made
    good = sent(far[2], packet(1))[0]
    decrypt(made, [(2, good)], now=1.0)
    assert decrypt(made, [(2, good), (2, good[:-1] + b"?")], now=2.0) == [b"", b""]
    assert encryption.heard[2] == 1.0


def test_a_row_has_so_many_streams_and_forged_ones_take_no_place(made):
    far = made[3]
    forged = [(2, packet(1, ssrc=900 + n) + bytes(16)) for n in range(20)]
    assert decrypt(made, forged) == [b""] * 20
    real = [packet(1, ssrc=n) for n in range(MOST_STREAMS + 4)]
    for _ in range(2):
        found = [decrypt(made, [(2, sent(far[2], one)[0])])[0] for one in real]
        assert found == real[:MOST_STREAMS] + [b""] * 4
        real = [packet(2, ssrc=n) for n in range(MOST_STREAMS + 4)]
    assert decrypt(made, [(2, one) for one in sent(far[2], *(packet(3, ssrc=n) for n in (3, 99, 4)))])[1] == b""


def test_what_goes_to_rows_with_keys_is_encrypted(made):
    encryption, _, out, far = made
    order = np.array([1, 5, 2, 7])
    encryption.arrange(order)
    for place, row in enumerate(order.tolist()):
        put(out, place, packet(1, ssrc=row))
    encryption.encrypt()
    wire = [out.data[place, : out.lengths[place]].tobytes() for place in range(4)]
    assert wire[0] == packet(1, ssrc=1) and wire[3] == packet(1, ssrc=7)
    assert heard(far[5], wire[1]) == [packet(1, ssrc=5)] and heard(far[2], wire[2]) == [packet(1, ssrc=2)]
    put(out, 1, packet(1, ssrc=5))
    encryption.encrypt()
    assert out.lengths[1] == 0


def test_reports_are_encrypted_and_none_leaves_without_keys(made):
    encryption, _, _, far = made
    assert heard(far[5], encryption.report(5, REPORT), is_control=True) == [REPORT]
    assert encryption.report(4, REPORT) == b""


def test_a_row_that_ends_has_neither_keys_nor_streams(made):
    encryption, _, _, far = made
    encryption.end(2)
    encryption.end(2)
    encryption.arrange(np.array([2]))
    assert decrypt(made, [(2, sent(far[2], packet(1))[0])]) == [b""]
    assert not encryption.has_keys[2] and encryption.report(2, REPORT) == b""
