"""Counters of RFC 3550 6.4.1, A.1, A.3 and A.8."""

import numpy as np
import pytest

from hoyhoy.audio import FRAME, RATE
from hoyhoy.media.packets import Packets
from hoyhoy.media.reception import UNKNOWN, Reception

EVENTS = 101


def packets(*sequences, timestamps=None, ssrc=7, kind=0, length=160):
    count = len(sequences)
    whole = np.ones(count, np.int64)
    return Packets(
        index=np.arange(count),
        kind=whole * kind,
        marker=whole < 0,
        sequence=np.array(sequences, np.int64) % 2**16,
        timestamp=np.array(timestamps if timestamps is not None else [n * FRAME for n in sequences], np.int64),
        ssrc=whole * ssrc,
        start=whole * 12,
        length=whole * length,
    )


def hear(reception, found, row=1, arrivals=None):
    rows = np.full(len(found.index), row)
    fresh = reception.notice_new(rows, found)
    times = np.zeros(len(rows)) if arrivals is None else np.array(arrivals)
    reception.count(rows, found, times, found.kind != EVENTS)
    return fresh.tolist()


@pytest.fixture
def reception():
    made = Reception(3)
    made.begin(1)
    return made


def test_what_was_lost(reception):
    assert hear(reception, packets(10, 11, 13, 12, 16)) == [1]
    assert hear(reception, packets(17)) == []
    assert (reception.received(1), reception.lost(1), reception.octets(1)) == (6, 2, 960)
    assert (reception.received(0), reception.lost(0)) == (0, 0)


def test_sequence_numbers_wrap_and_packets_may_come_twice(reception):
    hear(reception, packets(65534, 65535, 65536, 65536, 65537))
    assert (reception.received(1), reception.lost(1)) == (5, 0), "never less than none"
    assert reception.since_last_report(1) == (0, -1, 65537)


def test_a_reports_block():  # RFC 3550 A.3
    reception = Reception(1)
    reception.begin(0)
    assert reception.since_last_report(0) == (0, 0, 0), "nothing was heard"
    hear(reception, packets(*range(100, 110)), row=0)
    assert reception.since_last_report(0) == (0, 0, 109)
    hear(reception, packets(*range(115, 120)), row=0)
    assert reception.since_last_report(0) == (128, 5, 119), "half of the last ten"
    hear(reception, packets(*range(110, 115)), row=0)
    assert reception.since_last_report(0) == (0, 0, 119), "late, not lost"


def test_another_ssrc_is_another_stream_and_totals_go_on(reception):
    hear(reception, packets(1, 3))
    assert hear(reception, packets(60000, ssrc=8)) == [1] and reception.ssrc[1] == 8
    hear(reception, packets(60001, ssrc=8))
    assert (reception.received(1), reception.lost(1)) == (4, 1)
    assert reception.since_last_report(1) == (0, 0, 60001), "a report speaks of the stream that is there"
    reception.end_stream(1)
    assert reception.ssrc[1] == UNKNOWN and hear(reception, packets(60002, ssrc=8)) == [1]


def test_a_sender_that_begins_anew_loses_no_thousands(reception):  # RFC 3550 A.1
    hear(reception, packets(*range(100, 150)))
    hear(reception, packets(40000))
    hear(reception, packets(40001))
    hear(reception, packets(40002, 40004))
    assert (reception.received(1), reception.lost(1)) == (54, 1)
    hear(reception, packets(100, 101, 102))
    assert (reception.received(1), reception.lost(1)) == (57, 1)


def test_one_that_is_far_from_all_others_changes_nothing(reception):
    hear(reception, packets(100, 101))
    hear(reception, packets(20000, 102, 300 + 2**15, 103))
    assert reception.since_last_report(1)[2] == 103 and reception.lost(1) == 0


def test_jitter(reception):  # RFC 3550 A.8
    for n in range(200):
        late = 0.004 if n % 2 else 0.0
        hear(reception, packets(n), arrivals=[1e9 + n * 0.02 + late])
    assert reception.jitter[1] / RATE == pytest.approx(0.004, rel=0.01)


def test_keys_say_nothing_of_jitter(reception):
    hear(reception, packets(0), arrivals=[1e9])
    hear(reception, packets(1, timestamps=[9 * FRAME], kind=EVENTS), arrivals=[1e9 + 5])
    assert reception.jitter[1] == 0
    hear(reception, packets(2, timestamps=[2 * FRAME]), arrivals=[1e9 + 5])
    assert reception.jitter[1] > 0


def test_a_new_leg_has_none_of_it(reception):
    hear(reception, packets(1, 5), arrivals=[1e9, 1e9 + 3])
    reception.begin(1)
    assert (reception.received(1), reception.lost(1), reception.octets(1), reception.jitter[1]) == (0, 0, 0, 0)
    hear(reception, packets(7))
    assert (reception.received(1), reception.lost(1)) == (1, 0)
