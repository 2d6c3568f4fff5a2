"""Hundreds of packets with one system call, and the plain loop that stands in for it, over real sockets."""

import itertools
import socket
import time

import numpy as np
import pytest

from hoyhoy.media import datagrams
from hoyhoy.media.datagrams import Batch, address_columns, address_of, open_pair, open_socket, source_of, sources


@pytest.fixture(params=["batched", "one by one"])
def way(request, monkeypatch):
    if request.param == "one by one":
        monkeypatch.setattr(datagrams, "LIBC", None)
    return request.param


@pytest.fixture
def pair():
    near, far = open_socket("127.0.0.1"), open_socket("127.0.0.1")
    yield near, far
    near.close()
    far.close()


def test_addresses():
    columns = np.stack([address_columns("192.0.2.7", 5004), address_columns("255.255.255.255", 65535)])
    assert sources(columns).tolist() == [source_of("192.0.2.7", 5004), source_of("255.255.255.255", 65535)]
    assert address_of(source_of("192.0.2.7", 5004)) == ("192.0.2.7", 5004)


def test_packets_arrive_as_they_were_sent(way, pair):
    near, far = pair
    out, into = Batch(300, 200), Batch(512, 172)
    out.data[:] = np.random.default_rng(1).integers(0, 256, out.data.shape, np.uint8)
    out.addresses[:] = address_columns(*far.getsockname())
    out.lengths[:] = np.arange(300) % 172 + 1
    out.prepare(300)
    assert out.send(near, 0, 300) == 300
    assert into.receive(far) == 300
    into.describe(0, 300)
    for row in range(300):
        length = row % 172 + 1
        assert into.lengths[row] == length and (into.data[row, :length] == out.data[row, :length]).all()
    assert (sources(into.addresses[:300]) == source_of(*near.getsockname())).all()
    assert into.receive(far) == 0, "nothing is left, and it does not wait"


def test_only_some_rows(way, pair):
    near, far = pair
    out, into = Batch(10, 4), Batch(10, 4)
    out.data[:, 0] = np.arange(10)
    out.addresses[:] = address_columns(*far.getsockname())
    out.prepare(10)
    assert out.send(near, 3, 6) == 3 and out.send(near, 5, 5) == 0
    assert into.receive(far) == 3 and into.data[:3, 0].tolist() == [3, 4, 5]


def test_more_than_fit_wait_for_the_next_call(way, pair):
    near, far = pair
    for n in range(25):
        near.sendto(bytes([n]), far.getsockname())
    into = Batch(10, 4)
    assert [into.receive(far) for _ in range(4)] == [10, 10, 5, 0]


def test_packets_of_several_sockets_in_one_batch(way, pair):
    near, far = pair
    into = Batch(10, 4)
    near.sendto(b"1", far.getsockname())
    far.sendto(b"2", near.getsockname())
    far.sendto(b"3", near.getsockname())
    assert into.receive(far, 2) == 1 and into.receive(near, 3) == 2
    into.describe(2, 5)
    assert into.data[2:5, 0].tobytes() == b"123" and into.lengths[2:5].tolist() == [1, 1, 1]


def test_too_long_is_cut_off(way, pair):
    near, far = pair
    near.sendto(bytes(1500), far.getsockname())
    into = Batch(4, 100)
    assert into.receive(far) == 1
    into.describe(0, 1)
    assert into.lengths[0] == 100


def test_a_far_end_that_is_gone_stops_nobody(way, pair):
    near, far = pair
    gone = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    gone.bind(("127.0.0.1", 0))
    nowhere = gone.getsockname()
    gone.close()
    out, into = Batch(6, 4), Batch(10, 4)
    out.addresses[:] = address_columns(*far.getsockname())
    out.addresses[::2] = address_columns(*nowhere)
    out.prepare(6)
    for _ in range(3):
        out.send(near, 0, 6)
    assert into.receive(far) == 9


@pytest.mark.skipif(datagrams.LIBC is None, reason="only Linux gives the kernel's times")
def test_the_kernel_says_when_a_packet_came(pair):
    near, far = pair
    near.sendto(b"1", far.getsockname())
    into = Batch(4, 4)
    assert into.receive(far) == 1
    into.describe(0, 1)
    assert time.time() - 60 < into.arrivals[0] <= time.time()


def shut(*sockets):
    for sock in sockets:
        if sock is not None:
            sock.close()


def test_a_port_for_sound_and_the_next_for_reports():  # RFC 3550 11
    pairs = [open_pair("127.0.0.1") for _ in range(20)]
    try:
        for sound, apart in pairs:
            number = sound.getsockname()[1]
            assert number % 2 == 0 and apart.getsockname()[1] == number + 1
    finally:
        shut(*itertools.chain(*pairs))


def test_where_the_next_port_is_anothers_there_is_none_for_reports():
    sound, apart = open_pair("127.0.0.1")
    number = sound.getsockname()[1]
    shut(sound)
    try:
        sound, none = open_pair("127.0.0.1", number)
        assert sound.getsockname()[1] == number and none is None
        shut(sound, apart)
        sound, none = open_pair("127.0.0.1", number, taken=[number, number + 1])
        assert none is None
        with pytest.raises(OSError):
            open_pair("127.0.0.1", number)
    finally:
        shut(sound, apart)


def test_the_highest_port_has_no_neighbour():
    sound, apart = open_pair("127.0.0.1", 0xFFFF)
    shut(sound)
    assert apart is None


def test_rows_are_received_into_again_and_again(way, pair):
    """What the kernel wrote into a row, or a sender, does not cut the next packet or its address short."""
    near, far = pair
    batch, out = Batch(4, 100), Batch(3, 100)
    out.addresses[:] = address_columns(*far.getsockname())
    batch.lengths[:] = 1
    batch.prepare(4)
    for length in (3, 100, 1, 50):
        out.lengths[:] = length
        out.data[:] = length
        out.prepare(3)
        assert out.send(near, 0, 3) == 3
        batch.data[:] = 0
        batch.addresses[:] = 0
        assert batch.receive(far) == 3 and batch.receive(far, 3) == 0
        batch.describe(0, 3)
        assert batch.lengths[:3].tolist() == [length] * 3 and (batch.data[:3, :length] == length).all()
        assert (sources(batch.addresses[:3]) == source_of(*near.getsockname())).all()
        if way == "batched":
            assert (batch.arrivals[:3] > 0).all()
