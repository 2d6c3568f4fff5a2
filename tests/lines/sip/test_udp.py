"""One UDP socket."""

from __future__ import annotations

import asyncio
import socket
import sys

import pytest
import uvloop

from hoyhoy.lines.sip.target import Bind, Target
from hoyhoy.lines.sip.udp import UdpSocket

from .wires import HOST, until


async def test_out_and_in():
    came: list[tuple[bytes, Target]] = []

    def hear(octets: bytes, source: Target, by: UdpSocket) -> None:
        came.append((octets, source))

    one, two = (UdpSocket(Bind("udp", HOST), hear, print) for _ in "12")
    for udp in (one, two):
        await udp.start()
    assert one.send(b"hoy", Target("udp", HOST, two.port))
    await until(lambda: came)
    assert came == [(b"hoy", Target("udp", HOST, one.port))]
    for udp in (one, two):
        udp.close()


def test_what_cannot_be_sent_is_known_at_once():
    udp = UdpSocket(Bind("udp", HOST), lambda *_: None, lambda target: None)
    assert not udp.send(b"x" * 70_000, Target("udp", HOST, 5060))
    assert not udp.send(b"x", Target("udp", "::1", 5060))
    assert not udp.send(b"x", Target("udp", HOST, 99_999))
    udp.close()


def test_a_full_buffer_loses_the_datagram_as_the_network_may(monkeypatch):
    udp = UdpSocket(Bind("udp", HOST), lambda *_: None, lambda target: None)
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
    udp = UdpSocket(Bind("udp", "::1"), lambda *_: None, lambda target: None)
    assert udp._socket.family == socket.AF_INET6
    assert not udp.send(b"x", Target("udp", HOST, 5060))
    udp.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells whom an error is about")
@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop])
@pytest.mark.parametrize("host", [HOST, "::1"])
def test_whom_a_datagram_did_not_reach_is_told(loop, host):
    """RFC 3261 18.4: an ICMP error is an error of the transport, of nobody but him it is about."""

    async def talk() -> None:
        gone: list[Target] = []
        came: list[bytes] = []
        try:
            one, two, away = (
                UdpSocket(Bind("udp", host), lambda octets, *_: came.append(octets), gone.append) for _ in "123"
            )
        except OSError:
            pytest.skip("this machine has no IPv6")
        away.close()
        for udp in (one, two):
            await udp.start()
        for _ in range(3):
            assert one.send(b"away", Target("udp", host, away.port))
            assert one.send(b"hoy", Target("udp", host, two.port))
        await until(lambda: len(gone) == 3 and len(came) == 3)
        assert set(gone) == {Target("udp", host, away.port)}
        one.close()
        two.close()

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(talk())
