"""One UDP socket."""

from __future__ import annotations

import socket

from hoyhoy.lines.sip.target import Bind, Target
from hoyhoy.lines.sip.udp import UdpSocket

from .wires import HOST, until


async def test_out_and_in():
    came: list[tuple[bytes, Target]] = []
    one, two = (UdpSocket(Bind("udp", HOST), lambda octets, source, by: came.append((octets, source))) for _ in "12")
    for udp in (one, two):
        await udp.start()
    assert one.send(b"hoy", Target("udp", HOST, two.port))
    await until(lambda: came)
    assert came == [(b"hoy", Target("udp", HOST, one.port))]
    for udp in (one, two):
        udp.close()


def test_what_cannot_be_sent_is_known_at_once():
    udp = UdpSocket(Bind("udp", HOST), lambda *_: None)
    assert not udp.send(b"x" * 70_000, Target("udp", HOST, 5060))
    assert not udp.send(b"x", Target("udp", "::1", 5060))
    assert not udp.send(b"x", Target("udp", HOST, 99_999))
    udp.close()


def test_a_full_buffer_loses_the_datagram_as_the_network_may(monkeypatch):
    udp = UdpSocket(Bind("udp", HOST), lambda *_: None)
    udp._socket.close()

    class Full:
        def sendto(self, octets: bytes, address: object) -> None:
            raise BlockingIOError

        def close(self) -> None: ...

    udp._socket = Full()  # type: ignore[assignment]
    assert udp.send(b"x", Target("udp", HOST, 5060))


def test_families_do_not_mix():
    if not socket.has_ipv6:
        return
    udp = UdpSocket(Bind("udp", "::1"), lambda *_: None)
    assert udp._socket.family == socket.AF_INET6
    assert not udp.send(b"x", Target("udp", HOST, 5060))
    udp.close()
