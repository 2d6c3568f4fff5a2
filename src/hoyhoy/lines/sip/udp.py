"""One UDP socket."""

from __future__ import annotations

import asyncio
import errno
import socket
import sys
from collections.abc import Callable
from typing import Any

from .target import Bind, Target

BUFFER = 4 << 20
"""Octets the kernel may hold for us; it gives less where it is told to."""

Hear = Callable[[bytes, Target, "UdpSocket"], None]

# Linux tells which destination an ICMP error is about; elsewhere only the timers tell that nobody is there.
_TELLS = sys.platform == "linux"
_RECVERR = ((socket.IPPROTO_IP, 11), (socket.IPPROTO_IPV6, 25))  # IP_RECVERR, IPV6_RECVERR
_GONE = (errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENOPROTOOPT)
_AT_ONCE = 64
"""Errors that are read before anything else has its turn."""


class UdpSocket(asyncio.DatagramProtocol):
    """Datagrams in through the loop, out at once: the error of a sending is known when it is sent."""

    def __init__(self, bind: Bind, hear: Hear, gone: Callable[[Target], None]) -> None:
        """`gone` is told whom a datagram of ours did not reach. OSError when the place cannot be had."""
        self.bind, self._hear, self._gone = bind, hear, gone
        self._socket = open_socket(bind.host, bind.port, socket.SOCK_DGRAM)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            self._socket.setsockopt(socket.SOL_SOCKET, option, BUFFER)
        if _TELLS:
            self._socket.setsockopt(*_RECVERR[":" in bind.host], 1)
        self.port: int = self._socket.getsockname()[1]
        self._transport: asyncio.DatagramTransport | None = None

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, sock=self._socket)

    def send(self, octets: bytes, target: Target) -> bool:
        """False when the message cannot go there at all. One that finds no room is lost, as it may be on the way."""
        for _ in range(3):
            try:
                self._socket.sendto(octets, (target.host, target.port))
            except BlockingIOError:
                return True
            except (OSError, OverflowError):
                if not self._read_errors():
                    return False
                continue  # it was about another one
            return True
        return False

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        self._hear(data, Target("udp", addr[0], addr[1]), self)

    def error_received(self, exc: Exception) -> None:
        self._read_errors()

    def _read_errors(self) -> int:
        """Tell who is gone by what the network says (RFC 3261 18.4); how much it said."""
        if not _TELLS:
            return 0
        for read in range(_AT_ONCE):
            try:
                _, told, _, about = self._socket.recvmsg(64, 512, socket.MSG_ERRQUEUE | socket.MSG_DONTWAIT)
            except OSError:
                return read
            # struct sock_extended_err begins with the error number.
            if any(int.from_bytes(data[:4], sys.byteorder) in _GONE for _, _, data in told) and about:
                self._gone(Target("udp", about[0], about[1]))
        return _AT_ONCE

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
        else:
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
