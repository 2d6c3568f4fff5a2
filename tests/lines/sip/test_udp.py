"""One UDP socket."""

from __future__ import annotations

import asyncio
import socket

from hoyhoy.lines.sip.target import Bind, Target
from hoyhoy.lines.sip.udp import AT_ONCE, UdpSocket

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


async def test_all_that_has_come_is_read_in_one_turn_but_not_without_end():
    came: list[bytes] = []
    udp = UdpSocket(Bind("udp", HOST), lambda octets, *_: came.append(octets))
    sent = [str(number).encode() for number in range(60)]
    for octets in sent:
        assert udp.send(octets, Target("udp", HOST, udp.port))
    udp._loop = asyncio.get_running_loop()
    udp._read()
    assert came == sent
    udp._hear = lambda octets, *_: came.append(octets) or udp.send(octets, Target("udp", HOST, udp.port))  # type: ignore[assignment]
    came.clear()
    udp.send(b"again", Target("udp", HOST, udp.port))
    udp._read()
    assert came == [b"again"] * AT_ONCE
    udp.close()


async def test_errors_of_others_are_passed_over_and_a_socket_closed_meanwhile_is_not_read(monkeypatch):
    """RFC 1122 4.1.3.3: an ICMP error of what was sent waits at the socket."""
    came: list[bytes] = []
    udp = UdpSocket(Bind("udp", HOST), lambda octets, *_: (came.append(octets), udp.close()))  # type: ignore[func-returns-value]
    await udp.start()
    real = udp._socket
    results: list[object] = [ConnectionRefusedError(), (b"hoy", (HOST, 5060)), (b"late", (HOST, 5060))]

    class Scripted:
        def recvfrom(self, most: int) -> object:
            result = results.pop(0)
            if isinstance(result, OSError):
                raise result
            return result

        def fileno(self) -> int:
            return real.fileno()

        def close(self) -> None:
            real.close()

    udp._socket = Scripted()  # type: ignore[assignment]
    udp._read()
    assert came == [b"hoy"]
    assert len(results) == 1


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
