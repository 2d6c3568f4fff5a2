"""One UDP socket."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from .target import Bind, Target

BUFFER = 4 << 20
"""Octets the kernel may hold for us; it gives less where it is told to."""

AT_ONCE = 256
"""Datagrams that are read in one turn of the loop."""

LONGEST = 65_535

Hear = Callable[[bytes, Target, "UdpSocket"], None]


class UdpSocket:
    """Datagrams in whenever the loop turns, out at once: the error of a sending is known when it is sent."""

    def __init__(self, bind: Bind, hear: Hear) -> None:
        """OSError when the place cannot be had."""
        self.bind, self._hear = bind, hear
        self._socket = open_socket(bind.host, bind.port, socket.SOCK_DGRAM)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            self._socket.setsockopt(socket.SOL_SOCKET, option, BUFFER)
        self.port: int = self._socket.getsockname()[1]
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket, self._read)

    def send(self, octets: bytes, target: Target) -> bool:
        """False when the message cannot go there at all. One that finds no room is lost, as it may be on the way."""
        try:
            self._socket.sendto(octets, (target.host, target.port))
        except BlockingIOError:
            pass
        except (OSError, OverflowError):
            return False
        return True

    def _read(self) -> None:
        """All that has come, within reason: datagrams of a loop that has much to do would else wait where there is
        room for a hundred. The transports of loops take one a turn, or 32."""
        for _ in range(AT_ONCE):
            if self._loop is None:
                return
            try:
                octets, place = self._socket.recvfrom(LONGEST)
            except BlockingIOError:
                return
            except OSError:  # somebody that we sent to is not there; who, nobody says, and the timers tell
                continue
            self._hear(octets, Target("udp", place[0], place[1]), self)

    def close(self) -> None:
        if self._loop is not None:
            self._loop.remove_reader(self._socket)
            self._loop = None
        self._socket.close()


def open_socket(host: str, port: int, kind: socket.SocketKind) -> socket.socket:
    """A bound socket that does not block; OSError with a sentence."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, kind)
    try:
        opened.setblocking(False)
        if kind is socket.SOCK_STREAM:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind((host, port))
    except OSError as error:
        opened.close()
        name = "TCP" if kind is socket.SOCK_STREAM else "UDP"
        raise OSError(error.errno, f"cannot listen for SIP at {name} {host} port {port}: {error.strerror}") from None
    return opened
