"""Which leg a packet belongs to, and that nobody else's packets are taken for it."""

import numpy as np
import pytest

from hoyhoy.media.datagrams import source_of
from hoyhoy.media.ports import NOBODY, Ports, PortsExhausted

HERE, THERE, NAT = "198.51.100.1", "203.0.113.9", "192.168.1.20"


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
    ports = Ports(2, 10)
    assert [ports.open(row, source_of(HERE, 4000 + row)) for row in (0, 1)] == [0, 1]
    with pytest.raises(PortsExhausted, match=HERE):
        ports.open(2, source_of(HERE, 4002))
    ports.heard(0)
    assert ports.open(2, source_of(HERE, 4002)) == 0


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
    ports.open(2, source_of(THERE, 4000))
    with pytest.raises(PortsExhausted):
        ports.move(1, source_of(THERE, 4002))
    assert found(ports, 0, (HERE, 4000)) == [1]
    ports.heard(2)
    ports.move(1, source_of(THERE, 4002))


def test_packets_on_their_way_from_the_old_address_change_nothing():
    ports = Ports(1, 10)
    ports.open(1, source_of(HERE, 4000))
    ports.heard(1)
    ports.move(1, source_of(HERE, 5000))
    assert ports.latch(0, source_of(HERE, 4000)) == NOBODY


def test_an_empty_pool_knows_nobody():
    assert found(Ports(1, 10), 0, (HERE, 4000)) == [NOBODY]
