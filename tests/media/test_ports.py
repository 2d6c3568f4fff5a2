"""Which leg a packet belongs to, and that nobody else's packets are taken for it."""

import numpy as np
import pytest

from hoyhoy.media.datagrams import source_of
from hoyhoy.media.ports import LEFT, NOBODY, Ports, PortsExhausted

HERE, THERE, NAT = "198.51.100.1", "203.0.113.9", "192.168.1.20"
BROWSER = source_of(HERE, 50000)


def found(ports, port, *sources):
    return ports.find(np.full(len(sources), port), np.array([source_of(*source) for source in sources])).tolist()


def test_packets_come_from_where_the_sdp_says():
    ports = Ports(1, 10)
    assert ports.open(5, source_of(HERE, 4000)) == 0
    ports.heard(5)
    ports.open(6, source_of(HERE, 4002))
    assert found(ports, 0, (HERE, 4002), (HERE, 4000), (HERE, 4001), (THERE, 4000)) == [6, 5, NOBODY, NOBODY]
    ports.close(5)
    assert found(ports, 0, (HERE, 4000)) == [NOBODY]
    ports.close(5)


def test_a_nat_changes_the_port_once():
    ports = Ports(1, 10)
    ports.open(1, source_of(HERE, 4000))
    assert ports.latch(0, source_of(THERE, 5000)) == NOBODY, "another host does not count"
    assert ports.latch(0, source_of(HERE, 61000)) == 1
    assert found(ports, 0, (HERE, 61000), (HERE, 4000)) == [1, NOBODY]
    assert ports.latch(0, source_of(HERE, 62000)) == NOBODY, "whoever comes later is not listened to"
    assert ports.source(1) == source_of(HERE, 61000)


def test_once_heard_it_does_not_move():
    ports = Ports(1, 10)
    ports.open(1, source_of(HERE, 4000))
    ports.heard(1)
    assert ports.latch(0, source_of(HERE, 61000)) == NOBODY


def test_behind_a_nat_packets_may_come_from_where_the_signalling_comes_from():
    ports = Ports(2, 10)
    there = source_of(THERE, 0) >> 16
    assert ports.open(1, source_of(NAT, 4000), there) == 0
    assert ports.open(2, source_of(THERE, 4000)) == 1, "the one behind the NAT could come from there"
    assert ports.latch(0, source_of(HERE, 7000)) == NOBODY
    assert ports.latch(0, source_of(THERE, 7000)) == 1
    assert ports.open(3, source_of(THERE, 4002)) == 0


def test_two_behind_one_address_get_two_ports_until_they_are_heard():
    """They name addresses of their own network: from where in the NAT their packets come is not known."""
    ports, nat = Ports(2, 10), source_of(THERE, 0) >> 16
    assert [ports.open(row, source_of(NAT, 4000 + row), nat) for row in (0, 1)] == [0, 1]
    with pytest.raises(PortsExhausted, match=NAT):
        ports.open(2, source_of(NAT, 4002), nat)
    with pytest.raises(PortsExhausted, match=THERE):
        ports.open(2, source_of(THERE, 4002))
    assert ports.latch(0, source_of(THERE, 7000)) == 0
    assert ports.open(2, source_of(NAT, 4002), nat) == 0


def test_hundreds_of_silent_legs_of_one_provider_share_a_few_ports():
    """Calls that ring or are held send nothing: 200 of one host, each from a port of its own, have room in four. While
    several wait on one port they are heard from where they said, and from nowhere else."""
    ports = Ports(4, 300)
    at = [ports.open(row, source_of(HERE, 4000 + 2 * row)) for row in range(200)]
    assert at[:4] == [0, 1, 2, 3] and sorted(at).count(0) == sorted(at).count(3) == 50
    assert [found(ports, at[row], (HERE, 4000 + 2 * row)) for row in (0, 7, 199)] == [[0], [7], [199]]
    assert ports.latch(0, source_of(HERE, 3000)) == NOBODY
    for row in range(4, 200):
        ports.heard(row)
    assert ports.latch(0, source_of(HERE, 3000)) == 0, "it had its port for itself at first"


def test_a_leg_that_shares_its_port_never_latches():
    ports = Ports(1, 10)
    ports.open(1, source_of(HERE, 4000))
    ports.open(2, source_of(HERE, 4002))
    ports.heard(1)
    assert ports.latch(0, source_of(HERE, 61000)) == NOBODY
    ports.close(1)
    assert ports.latch(0, source_of(HERE, 61000)) == NOBODY
    assert found(ports, 0, (HERE, 4002)) == [2]


def test_a_leg_behind_a_nat_is_not_kept_from_its_latch():
    """Another that knew its address could else take the only sound from it."""
    ports, nat = Ports(1, 10), source_of(THERE, 0) >> 16
    ports.open(1, source_of(NAT, 4000), nat)
    with pytest.raises(PortsExhausted):
        ports.open(2, source_of(THERE, 4000))
    assert ports.latch(0, source_of(THERE, 7000)) == 1


@pytest.mark.parametrize(
    ("signalling", "shares"),
    [(THERE, True), ("9.255.255.255", True), ("172.32.0.1", True), ("192.169.0.1", True), ("100.63.255.255", True),
     (NAT, False), ("10.255.0.1", False), ("172.31.255.255", False), ("100.127.0.1", False), ("169.254.1.1", False)],
)  # fmt: skip
def test_a_provider_whose_sound_has_a_host_of_its_own_knows_where_it_is(signalling, shares):
    """A private address beside a public one says that a NAT is between."""
    ports, also = Ports(1, 10), source_of(signalling, 0) >> 16
    ports.open(1, source_of(HERE, 4000), also)
    try:
        ports.open(2, source_of(HERE, 4002), also)
    except PortsExhausted:
        assert not shares
    else:
        assert shares and found(ports, 0, (HERE, 4000), (HERE, 4002)) == [1, 2]


def test_silent_legs_with_one_address_are_as_many_as_ports():
    ports = Ports(2, 10)
    assert [ports.open(row, source_of(HERE, 4000)) for row in (0, 1)] == [0, 1]
    with pytest.raises(PortsExhausted, match=HERE):
        ports.open(2, source_of(HERE, 4000))
    assert ports.open(2, source_of(HERE, 4002)) in (0, 1)


def test_the_port_with_the_fewest_that_wait_is_shared():
    ports = Ports(2, 10)
    assert [ports.open(row, source_of(HERE, 4000 + row)) for row in range(4)] == [0, 1, 0, 1]
    ports.close(1)
    assert ports.open(4, source_of(HERE, 4004)) == 1, "though it was the other's turn"


def test_one_remote_address_for_every_call():
    """A provider that sends all calls from one port: as many at once as there are ports."""
    ports = Ports(3, 10)
    for row in range(3):
        ports.open(row, source_of(HERE, 4000))
        ports.heard(row)
    with pytest.raises(PortsExhausted):
        ports.open(9, source_of(HERE, 4000))
    ports.close(1)
    assert ports.open(9, source_of(HERE, 4000)) == 1
    assert [found(ports, port, (HERE, 4000)) for port in range(3)] == [[0], [9], [2]]


def test_a_reinvite_moves_a_leg():
    ports = Ports(1, 10)
    ports.open(1, source_of(HERE, 4000))
    ports.heard(1)
    ports.move(1, source_of(THERE, 5000))
    assert found(ports, 0, (HERE, 4000), (THERE, 5000)) == [NOBODY, 1]
    assert ports.latch(0, source_of(THERE, 5001)) == 1, "it may latch again"
    ports.move(1, source_of(THERE, 5001))
    ports.open(2, source_of(HERE, 4000))
    with pytest.raises(PortsExhausted):
        ports.move(2, source_of(THERE, 5001))
    assert found(ports, 0, (HERE, 4000)) == [2]


def test_a_refreshed_session_leaves_the_latch_as_it_is():
    """A phone behind a NAT says the same private address again; its packets still come from where they came from."""
    ports, there = Ports(1, 10), source_of(THERE, 0) >> 16
    ports.open(1, source_of(NAT, 4000), there)
    assert ports.latch(0, source_of(THERE, 7000)) == 1
    ports.move(1, source_of(NAT, 4000), there)
    assert found(ports, 0, (THERE, 7000)) == [1] and ports.source(1) == source_of(THERE, 7000)


def test_a_leg_that_moves_is_not_taken_for_another():
    ports = Ports(1, 10)
    ports.open(1, source_of(HERE, 4000))
    ports.heard(1)
    ports.open(2, source_of(NAT, 4000), source_of(THERE, 0) >> 16)
    with pytest.raises(PortsExhausted):
        ports.move(1, source_of(THERE, 4002))
    assert found(ports, 0, (HERE, 4000)) == [1]
    ports.heard(2)
    ports.move(1, source_of(THERE, 4002))


def test_a_leg_that_moves_to_where_another_waits_has_its_exact_address_there():
    ports = Ports(1, 10)
    ports.open(1, source_of(HERE, 4000))
    ports.heard(1)
    ports.open(2, source_of(THERE, 4000))
    with pytest.raises(PortsExhausted):
        ports.move(1, source_of(THERE, 4000))
    assert ports.move(1, source_of(THERE, 4002))
    assert found(ports, 0, (HERE, 4000), (THERE, 4000), (THERE, 4002)) == [NOBODY, 2, 1]
    assert ports.latch(0, source_of(THERE, 61000)) == NOBODY


def test_packets_on_their_way_from_the_old_address_change_nothing():
    ports = Ports(1, 10)
    ports.open(1, source_of(HERE, 4000))
    ports.heard(1)
    ports.move(1, source_of(HERE, 5000))
    assert ports.latch(0, source_of(HERE, 4000)) == NOBODY


def test_hundreds_ring_at_once():
    """A leg of an outgoing call has its port before the far end has an address: nobody is listened to."""
    ports = Ports(2, 300)
    assert {ports.reserve(row) for row in range(250)} == {0, 1}
    assert found(ports, 0, (HERE, 4000)) == [NOBODY] and ports.latch(0, source_of(HERE, 4000)) == NOBODY
    assert ports.source(7) == NOBODY
    assert ports.open(250, source_of(HERE, 4000)) in (0, 1), "none of them is in the way of an incoming call"
    ports.close(7)
    ports.close(7)


def test_a_reserved_leg_is_told_its_address_later():
    ports = Ports(1, 10)
    ports.reserve(1)
    ports.reserve(2)
    assert ports.move(1, source_of(HERE, 4000)) and found(ports, 0, (HERE, 4000), (HERE, 4002)) == [1, NOBODY]
    assert not ports.move(1, source_of(HERE, 4000)), "the same again, in a 200 after a 183"
    assert ports.latch(0, source_of(HERE, 61000)) == 1, "it may latch"
    assert ports.move(2, source_of(HERE, 4000)), "that address is free, nobody's packets come from there"


def test_a_reserved_leg_with_the_address_of_another_is_refused():
    ports = Ports(1, 10)
    ports.open(1, source_of(HERE, 4000))
    ports.heard(1)
    ports.reserve(2)
    with pytest.raises(PortsExhausted, match=HERE):
        ports.move(2, source_of(HERE, 4000))
    assert found(ports, 0, (HERE, 4000)) == [1]
    assert ports.move(2, source_of(HERE, 4002)), "it is as it was: another address will do"


def test_a_reserved_leg_where_another_could_still_latch_is_heard_from_its_address_only():
    ports = Ports(1, 10)
    ports.open(1, source_of(HERE, 4000))
    ports.reserve(2)
    ports.move(2, source_of(HERE, 4002))
    assert found(ports, 0, (HERE, 4002)) == [2]
    assert ports.latch(0, source_of(HERE, 61000)) == NOBODY, "it could be either's"
    ports.heard(2)
    assert ports.latch(0, source_of(HERE, 61000)) == 1
    ports.reserve(3)
    ports.move(3, source_of(HERE, 4004))
    assert ports.latch(0, source_of(HERE, 61002)) == 3, "none that waits is in its way"


def test_who_has_no_right_to_latch_does_not_get_it_when_the_other_is_heard():
    ports = Ports(1, 10)
    ports.open(1, source_of(HERE, 4000))
    ports.reserve(2)
    ports.move(2, source_of(HERE, 4002))
    ports.heard(1)
    assert ports.latch(0, source_of(HERE, 61000)) == NOBODY
    with pytest.raises(PortsExhausted):
        ports.open(3, source_of(NAT, 4006), source_of(HERE, 0) >> 16)
    assert ports.move(2, source_of(HERE, 4008)) and ports.latch(0, source_of(HERE, 61000)) == 2, "nobody waits here now"


def test_an_outgoing_leg_may_move_to_where_another_waits():
    """A 200 that names another address than the 183 before must not end the call."""
    ports = Ports(1, 10)
    ports.reserve(1)
    ports.move(1, source_of(HERE, 4000))
    ports.open(2, source_of(THERE, 4000))
    assert ports.move(1, source_of(THERE, 4002))
    assert found(ports, 0, (HERE, 4000), (THERE, 4000), (THERE, 4002)) == [NOBODY, 2, 1]


def test_ports_are_reserved_where_the_far_ends_host_is_rare():
    ports, here, there = Ports(3, 20), source_of(HERE, 0) >> 16, source_of(THERE, 0) >> 16
    assert sorted(ports.reserve(row, here) for row in range(3)) == [0, 1, 2]
    assert sorted(ports.reserve(row, there) for row in range(3, 6)) == [0, 1, 2]
    ports.move(1, source_of(HERE, 4000))
    gone = ports.reserve(6, here)
    ports.close(6)
    ports.close(0)
    assert ports.reserve(7, here) == 0 and gone == 0, "the emptiest of those with as many"
    assert ports.open(8, source_of(THERE, 4000)) in (0, 1, 2), "expected everywhere, waited for nowhere"


def test_a_port_without_the_far_ends_host_is_better_than_an_emptier_one():
    ports, here = Ports(2, 10), source_of(HERE, 0) >> 16
    assert ports.open(0, source_of(HERE, 4000)) == 0
    assert [ports.reserve(row) for row in range(1, 4)] == [1, 0, 1]
    ports.close(2)
    assert ports.reserve(4, here) == 1


def test_an_incoming_leg_avoids_ports_where_its_host_is_expected():
    ports, here = Ports(2, 10), source_of(HERE, 0) >> 16
    assert ports.reserve(1, here) == 0
    assert ports.open(2, source_of(HERE, 4000)) == 1
    ports.heard(2)
    assert ports.open(3, source_of(HERE, 4002)) == 1


def test_legs_by_host():
    ports = Ports(2, 10)
    for row in range(6):
        ports.open(row, source_of(HERE if row < 4 else THERE, 4000 + row))
        ports.heard(row)
    assert ports.of_host(0, source_of(HERE, 0) >> 16).tolist() == [0, 2]
    assert ports.of_host(1, source_of(NAT, 0) >> 16).tolist() == []


def test_an_empty_pool_knows_nobody():
    assert found(Ports(1, 10), 0, (HERE, 4000)) == [NOBODY]


def browsers_found(ports, *ways):
    return ports.find(np.array([port for port, _ in ways]), np.array([source for _, source in ways])).tolist()


def test_a_browser_is_found_wherever_it_is_admitted_from():
    """At any of several addresses, at ports of the pool and at others (webrtc-leg.md 3)."""
    ports = Ports(2, 10)
    for port, source in ((0, BROWSER), (0, BROWSER + 1), (5, BROWSER)):
        assert ports.admit(3, port, source) and ports.admit(3, port, source)
    ways = ((0, BROWSER), (0, BROWSER + 1), (5, BROWSER), (1, BROWSER))
    assert browsers_found(ports, *ways) == [3, 3, 3, NOBODY]
    ports.dismiss((0, BROWSER), (5, BROWSER), (4, BROWSER))
    assert browsers_found(ports, *ways) == [NOBODY, 3, NOBODY, NOBODY]


def test_where_one_leg_is_no_other_is_admitted():
    ports = Ports(2, 10)
    assert ports.admit(3, 0, BROWSER) and not ports.admit(4, 0, BROWSER) and ports.admit(4, 1, BROWSER)
    port = ports.open(5, BROWSER + 7)
    assert not ports.admit(4, port, BROWSER + 7)


def test_a_telephone_gets_no_address_of_a_browser():
    ports = Ports(2, 10)
    ports.admit(3, 0, BROWSER)
    assert ports.open(0, BROWSER) == 1
    with pytest.raises(PortsExhausted):
        ports.open(1, BROWSER)
    one = Ports(1, 10)
    one.admit(3, 0, BROWSER)
    assert one.reserve(2) == 0
    with pytest.raises(PortsExhausted):
        one.move(2, BROWSER)


def test_nobody_latches_to_where_a_browser_was_until_now():
    ports = Ports(1, 10)
    ports.admit(3, 0, BROWSER)
    ports.open(0, BROWSER + 7)
    ports.dismiss((0, BROWSER))
    assert ports.latch(0, BROWSER) == NOBODY and ports.latch(4, BROWSER + 1) == NOBODY
    assert ports.latch(0, BROWSER + 1) == 0


def test_where_browsers_were_long_ago_is_forgotten():
    ports = Ports(1, 10)
    for n in range(3000):
        ports.admit(3, 0, BROWSER + n)
        ports.dismiss((0, BROWSER + n))
    assert len(ports._left) == LEFT and not ports._admitted
    ports.open(1, BROWSER + 5000)
    assert ports.latch(0, BROWSER + 2999) == NOBODY and ports.latch(0, BROWSER) == 1
