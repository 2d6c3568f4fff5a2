"""Token buckets by address."""

from __future__ import annotations

from hoyhoy.lines.sip.allowance import Allowance


def test_a_burst_then_the_rate():
    allowance = Allowance(2, 4, 10)
    assert [allowance.take("192.0.2.1", 0) for _ in range(5)] == [True] * 4 + [False]
    assert [allowance.take("192.0.2.1", 0.5) for _ in range(2)] == [True, False]
    assert [allowance.take("192.0.2.1", 100) for _ in range(5)] == [True] * 4 + [False]


def test_addresses_have_a_bucket_each_and_an_ipv6_host_one_for_all_of_its_own():
    """RFC 6177: a host has a /64."""
    allowance = Allowance(1, 1, 10)
    assert allowance.take("192.0.2.1", 0)
    assert allowance.take("192.0.2.2", 0)
    assert allowance.take("2001:db8::1", 0)
    assert not allowance.take("2001:db8::2", 0)
    assert allowance.take("2001:db8:0:1::1", 0)
    assert allowance.take("fe80::1%lo", 0)


def test_buckets_are_bounded_and_who_is_loud_is_not_forgotten():
    allowance = Allowance(0, 2, 3)
    assert allowance.take("loud", 0)
    for number in range(100):
        allowance.take(str(number), 0)
        allowance.take("loud", 0)
    assert len(allowance) == 3
    assert not allowance.take("loud", 0)


def test_a_time_that_goes_back_takes_nothing_away():
    allowance = Allowance(1, 2, 3)
    assert allowance.take("a", 10)
    assert allowance.take("a", 5)
    assert not allowance.take("a", 5)
