import pytest

from hoyhoy.lines.quota import Quota, network


def test_so_many_and_as_many_again():
    quota = Quota(2, 60)
    assert [quota.take("a", 0) for _ in range(3)] == [True, True, False]
    assert quota.take("b", 0), "each name by itself"
    assert not quota.has("a", 29)
    assert quota.has("a", 30)
    assert [quota.take("a", 30) for _ in range(2)] == [True, False]
    assert [quota.take("a", 1000) for _ in range(3)] == [True, True, False], "no more than that at once"


def test_asking_costs_nothing():
    quota = Quota(1, 60)
    assert [quota.has("a", 0) for _ in range(3)] == [True] * 3
    assert len(quota) == 0


def test_a_clock_that_is_set_back_gives_nothing_and_takes_nothing():
    quota = Quota(1, 60)
    assert quota.take("a", 1000)
    assert not quota.take("a", 10)
    assert quota.take("a", 70)


def test_memory_is_bounded():
    quota = Quota(1, 60, most=3)
    for name in "abcad":
        quota.take(name, 0)
    assert len(quota) == 3
    assert not quota.has("a", 0), "it was used after b"
    assert quota.has("b", 0)


@pytest.mark.parametrize(
    ("address", "same", "other"),
    [
        ("192.0.2.1", "192.0.2.1", "192.0.2.2"),
        ("2001:db8::1", "2001:db8::ffff:1", "2001:db8:0:1::1"),
        ("::ffff:192.0.2.1", "192.0.2.1", "::ffff:192.0.2.2"),
        ("fe80::1%eth0", "fe80::2", "fe80:0:0:1::1"),
    ],
)
def test_networks(address, same, other):
    assert network(address) == network(same) != network(other)
