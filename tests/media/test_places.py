"""Where browsers find a media process, on machines with one address and with many (webrtc-leg.md 7)."""

import socket
import sys
from ipaddress import IPv4Address

import pytest

from hoyhoy.media import places
from hoyhoy.media.datagrams import open_socket
from hoyhoy.media.places import MOST_PLACES, Places, own_addresses


class Listening:
    """A socket that is not opened."""

    def __init__(self, host, port):
        self.address, self.is_closed = (host, port or 50000), False

    def getsockname(self):
        return self.address

    def close(self):
        self.is_closed = True


def made(host, *addresses, taken=(), gone=(), advertised=""):
    def listen(address, port):
        if port in taken or address in gone:
            raise OSError("taken")
        return Listening(address, port)

    return Places(Listening(host, 10000), advertised, find=lambda: list(addresses), listen=listen)


def test_one_that_is_bound_to_loopback_listens_at_all_addresses_of_the_machine():
    """Firefox never pairs 127.0.0.1 alone."""
    found = made("127.0.0.1", "127.0.0.1", "192.0.2.7", "198.51.100.1")
    assert found.open() == (("127.0.0.1", 10000), ("192.0.2.7", 10000), ("198.51.100.1", 10000))
    assert [sock.address for sock in found.sockets] == [("192.0.2.7", 10000), ("198.51.100.1", 10000)]


def test_what_is_open_stays_open_and_what_has_come_since_is_opened():
    addresses = ["192.0.2.7"]
    found = Places(Listening("127.0.0.1", 10000), find=lambda: addresses, listen=Listening)
    found.open()
    [first] = found.sockets
    addresses[:] = ["198.51.100.1"]
    assert found.open() == (("127.0.0.1", 10000), ("192.0.2.7", 10000), ("198.51.100.1", 10000))
    assert found.sockets[0] is first and len(found.sockets) == 2
    found.close()
    assert first.is_closed and found.sockets == []


def test_where_the_port_is_taken_another_will_do():
    found = made("127.0.0.1", "192.0.2.7", taken=(10000,))
    assert found.open() == (("127.0.0.1", 10000), ("192.0.2.7", 50000))


def test_an_address_that_is_gone_is_left_out():
    assert made("127.0.0.1", "192.0.2.7", gone=("192.0.2.7",)).open() == (("127.0.0.1", 10000),)


def test_one_that_is_bound_to_an_address_of_its_own_opens_no_other():
    found = made("192.0.2.7", "192.0.2.7", "198.51.100.1")
    assert found.open() == (("192.0.2.7", 10000),) and found.sockets == []


def test_one_that_is_bound_to_all_is_found_at_all_on_this_machine_too():
    found = made("0.0.0.0", "127.0.0.1", "192.0.2.7", "198.51.100.1")
    assert found.open() == (("192.0.2.7", 10000), ("198.51.100.1", 10000), ("127.0.0.1", 10000))
    assert found.sockets == []


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7"])
def test_behind_a_nat_the_address_that_is_known_outside_comes_first(host):
    assert made(host, "192.0.2.7", advertised="203.0.113.9").open()[:2] == (
        ("203.0.113.9", 10000),
        ("192.0.2.7", 10000),
    )


def test_no_place_is_told_twice():
    assert made("192.0.2.7", advertised="192.0.2.7").open() == (("192.0.2.7", 10000),)


def test_a_machine_with_hundreds_of_addresses_is_found_at_some():
    found = made("127.0.0.1", *(f"10.0.{n}.1" for n in range(200)))
    assert len(found.open()) == MOST_PLACES + 1
    found = Places(
        Listening("127.0.0.1", 10000), find=lambda: [f"10.0.{len(found.sockets)}.{n}" for n in (1, 2)], listen=Listening
    )
    for _ in range(40):
        found.open()
    assert len(found.sockets) == MOST_PLACES


def test_the_system_tells_addresses_that_can_be_listened_at():
    found = own_addresses()
    assert "127.0.0.1" in found and len(set(found)) == len(found)
    for one in found[:4]:
        assert IPv4Address(one)
        open_socket(one).close()


def test_a_real_socket_is_opened_beside_one_of_loopback():
    bound = open_socket("127.0.0.1")
    found = Places(bound, find=lambda: ["127.0.0.1", *own_addresses()])
    try:
        assert found.open()[0] == bound.getsockname()
        assert all(isinstance(one, socket.socket) for one in found.sockets)
    finally:
        found.close()
        bound.close()


def test_a_system_that_does_not_tell_has_only_what_is_bound(monkeypatch):
    class Libc:
        pass

    monkeypatch.setattr(places.ctypes, "CDLL", lambda name: Libc())
    assert own_addresses() == []


def test_addresses_are_found_where_structures_begin_with_their_length(monkeypatch):
    """BSD and macOS: one octet of length, one of family."""
    octets = (places.ctypes.c_uint8 * 8)(16, socket.AF_INET, 0, 0, 192, 0, 2, 7)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert places._family(octets) == socket.AF_INET
    monkeypatch.setattr(sys, "platform", "linux")
    assert places._family(octets) != socket.AF_INET
