"""Where browsers reach a media process: addresses of this machine, and a socket at each that is not bound already.

A process that is bound to loopback, as on a laptop, listens at 127.0.0.1 only, and there Firefox finds nobody: it never
pairs that address with its own. So while there are secure legs the process listens at the machine's other addresses
too, if it can at the same port. No packet is heard there that does not come from where a check came from which knew a
leg's password. One that is bound to an address of its own is reached there and opens no other; one that is bound to all
is reached at all.
"""

from __future__ import annotations

import ctypes
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from ipaddress import IPv4Address

from .datagrams import open_socket

MOST_PLACES = 16
"""A machine with many containers has hundreds of addresses; any of these will do."""

LOOPBACK = "127.0.0.1"
IFF_UP = 1


class Places:
    """`bound` is the socket that is there already; `advertised` is the address that far ends know, where that is
    another: behind a NAT. `find` tells the machine's addresses, `listen` opens a socket."""

    def __init__(
        self,
        bound: socket.socket,
        advertised: str = "",
        *,
        find: Callable[[], list[str]] | None = None,
        listen: Callable[[str, int], socket.socket] = open_socket,
    ) -> None:
        self.sockets: list[socket.socket] = []
        """Besides the one that is bound."""
        host, self._port = bound.getsockname()
        self._host = IPv4Address(host)
        self._advertised = [advertised] if advertised else []
        self._find, self._listen = find or own_addresses, listen

    def open(self) -> tuple[tuple[str, int], ...]:
        """Listen at every place where that is needed, and was not done yet: all of them, the likeliest first."""
        if self._host.is_loopback:
            self._listen_at_others()
            others = [sock.getsockname()[:2] for sock in self.sockets]
            bound = [(str(self._host), self._port), *others]
        elif self._host.is_unspecified:
            bound = [(one, self._port) for one in [*self._others(), LOOPBACK]]
        else:
            bound = [(str(self._host), self._port)]
        return tuple(dict.fromkeys([*((one, self._port) for one in self._advertised), *bound]))

    def close(self) -> None:
        """Nobody is to be reached any more."""
        for sock in self.sockets:
            sock.close()
        self.sockets.clear()

    def _listen_at_others(self) -> None:
        open_already = {sock.getsockname()[0] for sock in self.sockets}
        for address in self._others():
            if address not in open_already and len(self.sockets) < MOST_PLACES:
                with suppress(OSError):  # it may have gone meanwhile
                    self.sockets.append(self._at(address))

    def _at(self, address: str) -> socket.socket:
        with suppress(OSError):
            return self._listen(address, self._port)
        return self._listen(address, 0)

    def _others(self) -> list[str]:
        return [one for one in self._find() if not IPv4Address(one).is_loopback][:MOST_PLACES]


# The machine's addresses -------------------------------------------------------------------


class _Interface(ctypes.Structure):
    """`struct ifaddrs` of Linux and BSD, as far as it is looked at."""


_Interface._fields_ = [
    ("next", ctypes.POINTER(_Interface)),
    ("name", ctypes.c_char_p),
    ("flags", ctypes.c_uint),
    ("address", ctypes.POINTER(ctypes.c_uint8)),
]


def own_addresses() -> list[str]:
    """IPv4 addresses of this machine that are up, in the system's order; none where it does not tell."""
    libc = ctypes.CDLL(None)
    first = ctypes.POINTER(_Interface)()
    if not hasattr(libc, "getifaddrs") or libc.getifaddrs(ctypes.byref(first)):
        return []
    try:
        return list(dict.fromkeys(_addresses(first)))
    finally:
        libc.freeifaddrs(first)


def _addresses(interface: ctypes._Pointer[_Interface]) -> Iterator[str]:
    while interface:
        one = interface.contents
        if one.flags & IFF_UP and one.address and _family(one.address) == socket.AF_INET:
            yield socket.inet_ntoa(bytes(one.address[4:8]))  # after family and port
        interface = one.next


def _family(address: ctypes._Pointer[ctypes.c_uint8]) -> int:
    """Two octets on Linux; on BSD the length comes first."""
    return int.from_bytes(bytes(address[0:2]), sys.byteorder) if sys.platform == "linux" else address[1]
