"""Datagrams in arrays, ready for one system call for hundreds of them.

`recvmmsg` and `sendmmsg` of libc are called through ctypes on arrays that NumPy owns, so no packet
becomes a Python object and no C of ours faces the network. Where libc lacks them, a plain loop
does the same, slower.
"""

from __future__ import annotations

import ctypes
import errno
import socket
import struct
import sys
from collections.abc import Container
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

AT_ONCE = 1024
"""Most messages Linux takes in one call (UIO_MAXIOV)."""

SO_TIMESTAMPNS = 35
ATTEMPTS = 100
"""Free ports that are looked at for one that is even and has its neighbour free."""

REPORTS_BUFFER = 256 << 10

CONTROL = 64
"""Octets of control data per packet: one timestamp needs 32."""

MMSGHDR = np.dtype(
    {  # struct mmsghdr of 64-bit Linux
        "names": ["name", "namelen", "iov", "iovlen", "control", "controllen", "flags", "len"],
        "formats": ["u8", "u4", "u8", "u8", "u8", "u8", "i4", "u4"],
        "offsets": [0, 8, 16, 24, 32, 40, 48, 56],
        "itemsize": 64,
    }
)


def _libc() -> Any:
    if sys.platform != "linux" or struct.calcsize("P") != 8:
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    return libc if hasattr(libc, "recvmmsg") and hasattr(libc, "sendmmsg") else None


LIBC = _libc()


def address_columns(host: str, port: int) -> NDArray[np.uint8]:
    """An IPv4 address as `struct sockaddr_in`, 16 octets."""
    return np.frombuffer(
        struct.pack("=H", socket.AF_INET) + struct.pack("!H", port) + socket.inet_aton(host) + bytes(8), np.uint8
    )


def sources(addresses: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Host and port of each address [n, 16] as one number: 32 bits and 16 bits."""
    both = addresses[:, :8].view(">u8")[:, 0].astype(np.int64)  # family, port and host as one number
    return (both & 0xFFFFFFFF) << 16 | both >> 32 & 0xFFFF


def source_of(host: str, port: int) -> int:
    """The same number of one address."""
    return int.from_bytes(socket.inet_aton(host), "big") << 16 | port


def address_of(source: int) -> tuple[str, int]:
    return socket.inet_ntoa((source >> 16).to_bytes(4, "big")), source & 0xFFFF


class Batch:
    """`count` datagrams of at most `size` octets: `data` [count, size], `addresses` [count, 16]."""

    def __init__(self, count: int, size: int) -> None:
        self.count, self.size = count, size
        self.data = np.zeros((count, size), np.uint8)
        self.addresses = np.zeros((count, 16), np.uint8)
        self.lengths = np.full(count, size, np.int64)
        self.arrivals = np.zeros(count, np.float64)
        """Unix seconds at which the kernel got each packet; 0 where it does not say."""
        self._control = np.zeros((count, CONTROL), np.uint8)
        self._iov = np.zeros((count, 2), np.uint64)
        self._headers = np.zeros(count, MMSGHDR)
        self._written = count
        """Rows up to this one have to be made ready before anything can be received into them."""
        row = np.arange(count, dtype=np.uint64)
        self._iov[:, 0] = self.data.ctypes.data + row * np.uint64(size)
        self._headers["name"] = self.addresses.ctypes.data + row * np.uint64(16)
        self._headers["iov"] = self._iov.ctypes.data + row * np.uint64(16)
        self._headers["iovlen"] = 1
        self._headers["control"] = self._control.ctypes.data + row * np.uint64(CONTROL)

    def receive(self, sock: socket.socket, first: int = 0) -> int:
        """Take what has arrived at a socket into the rows from `first` on; how many packets there were. Longer ones
        are cut off."""
        if LIBC is None:
            return self._receive_one_by_one(sock, first)
        room = min(self.count - first, AT_ONCE)
        if first < self._written:
            headers = self._headers[first : self._written]
            headers["namelen"], headers["controllen"] = 16, CONTROL
            self._iov[first : self._written, 1] = self.size
            self._written = first
        place = ctypes.c_void_p(self._headers.ctypes.data + first * MMSGHDR.itemsize)
        got = max(0, int(LIBC.recvmmsg(sock.fileno(), place, room, socket.MSG_DONTWAIT, None)))
        self._written = max(self._written, first + got)
        return got

    def describe(self, first: int, last: int) -> None:
        """Fill `lengths` and `arrivals` of rows that were received."""
        if LIBC is None:
            return
        headers = self._headers[first:last]
        self.lengths[first:last] = headers["len"]
        times = self._control[first:last, 16:32].view(np.int64)
        self.arrivals[first:last] = np.where(headers["controllen"] >= 32, times[:, 0] + times[:, 1] / 1e9, 0)

    def prepare(self, last: int) -> None:
        """Before rows up to `last` are sent: the kernel is told their `lengths`."""
        self._written = max(self._written, last)
        self._iov[:last, 1] = self.lengths[:last]
        self._headers["namelen"][:last], self._headers["controllen"][:last] = 16, 0

    def send(self, sock: socket.socket, first: int, last: int) -> int:
        """Send rows `first` to `last`, which were prepared; how many the kernel took. What it has no room for is
        dropped, as a network does, and a far end that refuses (ICMP) does not stop the others."""
        if LIBC is None:
            return self._send_one_by_one(sock, first, last)
        sent, at = 0, first
        while at < last:
            place = ctypes.c_void_p(self._headers.ctypes.data + at * MMSGHDR.itemsize)
            done = LIBC.sendmmsg(sock.fileno(), place, min(last - at, AT_ONCE), socket.MSG_DONTWAIT)
            if done > 0:
                sent += done
                at += done
            elif ctypes.get_errno() in (errno.EAGAIN, errno.ENOBUFS):
                break
            else:
                at += 1
        return sent

    def _receive_one_by_one(self, sock: socket.socket, first: int) -> int:
        for got in range(first, self.count):
            try:
                packet, (host, port) = sock.recvfrom(self.size, socket.MSG_DONTWAIT)
            except OSError:
                return got - first
            self.data[got, : len(packet)] = np.frombuffer(packet, np.uint8)
            self.addresses[got] = address_columns(host, port)
            self.lengths[got], self.arrivals[got] = len(packet), 0
        return self.count - first

    def _send_one_by_one(self, sock: socket.socket, first: int, last: int) -> int:
        sent = 0
        for row in range(first, last):
            host = socket.inet_ntoa(self.addresses[row, 4:8].tobytes())
            port = int(self.addresses[row, 2]) << 8 | int(self.addresses[row, 3])
            try:
                sock.sendto(self.data[row, : self.lengths[row]].tobytes(), socket.MSG_DONTWAIT, (host, port))
                sent += 1
            except OSError:
                continue
        return sent


def open_socket(host: str, port: int = 0, buffer: int = 4 << 20) -> socket.socket:
    """A UDP socket for media: never blocking, with the kernel's arrival times where it gives them."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            sock.setsockopt(socket.SOL_SOCKET, option, buffer)
        if LIBC is not None:
            sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        sock.setblocking(False)
        sock.bind((host, port))
    except BaseException:
        sock.close()
        raise
    return sock


def is_taken(host: str, port: int) -> bool:
    """Whether a port cannot be listened on; 0 is always free."""
    try:
        open_socket(host, port).close()
    except OSError:
        return True
    return False


def open_pair(host: str, port: int = 0, *, taken: Container[int] = ()) -> tuple[socket.socket, socket.socket | None]:
    """Sockets for sound and for the reports on it: an even port and the next higher one (RFC 3550 11). None instead
    of the second where that port is another's, or in `taken`. OSError when there is none for sound."""
    for _ in range(ATTEMPTS):
        sound = open_socket(host, port)
        number = sound.getsockname()[1]
        apart = None
        if number + 1 not in taken and number < 0xFFFF:
            with suppress(OSError):
                apart = open_socket(host, number + 1, REPORTS_BUFFER)
        if port or (apart is not None and number % 2 == 0):
            return sound, apart
        sound.close()
        if apart is not None:
            apart.close()
    return open_socket(host), None
