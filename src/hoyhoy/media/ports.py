"""Local ports of media: which one a leg gets, and whose packet it is that arrives there.

Legs are told apart by where their packets come from, so that thousands share a few ports (design,
ports). A leg is known at first by the address its SDP names. Behind a NAT its packets come from
another port, and perhaps from the host its signalling comes from: the leg takes such an address once
and keeps it. It is *latched*, and whoever sends to its port from another address later is not listened to.

Hence the rule of the pool: two legs share a port only if their packets cannot be taken for one
another's: their addresses differ, and no two that could still latch wait for the same host.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .datagrams import address_of

NOBODY = -1
_PORT_SHIFT = 48


class PortsExhausted(Exception):
    """Every port of the pool has a leg that this one could be mistaken for: the call is refused with 503."""


@dataclass(slots=True)
class Waiting:
    """A leg that may still latch, to an address of one of these hosts, but not to the one it has just left."""

    row: int
    hosts: frozenset[int]
    left: int = NOBODY


class Ports:
    """`count` local ports and the legs, at most `rows`, on them."""

    def __init__(self, count: int, rows: int) -> None:
        self.count = count
        self._key = np.full(rows, NOBODY, np.int64)
        """Port and source of each row as one number."""
        self._sources: list[dict[int, int]] = [{} for _ in range(count)]
        self._waiting: list[list[Waiting]] = [[] for _ in range(count)]
        self._place: dict[int, tuple[int, int]] = {}
        self._described: dict[int, int] = {}
        """What each leg's SDP said last, which may not be where its packets come from."""
        self._keys: NDArray[np.int64] = np.zeros(0, np.int64)
        self._rows: NDArray[np.int64] = np.zeros(0, np.int64)
        self._stale = False
        self._next = 0

    def open(self, row: int, source: int, *also: int) -> int:
        """The port for a leg whose SDP names `source` (host and port as one number), whose packets may `also` come
        from these hosts. PortsExhausted."""
        hosts = frozenset((source >> 16, *also))
        for step in range(self.count):
            port = (self._next + step) % self.count
            if source not in self._sources[port] and not self._could_be_mistaken(port, hosts):
                self._next = (port + 1) % self.count
                self._described[row] = source
                self._put(row, port, source, hosts)
                return port
        raise PortsExhausted(
            f"none of {self.count} media ports can tell another leg from {address_of(source)[0]} apart"
        )

    def move(self, row: int, source: int, *also: int) -> None:
        """A re-INVITE: another address than before counts at once, and the leg may latch again; the same one, as
        when only the session is refreshed, leaves the latch as it is. PortsExhausted when another leg on the port
        has that address or could be taken for this one."""
        port, before = self._place[row]
        if source in (self._described[row], before):
            self._described[row] = source
            return
        hosts = frozenset((source >> 16, *also))
        others = [one for one in self._waiting[port] if one.row != row and one.hosts & hosts]
        if source in self._sources[port] or others:
            raise PortsExhausted(f"another leg on the same port could be taken for that of {address_of(source)}")
        self.close(row)
        self._described[row] = source
        self._put(row, port, source, hosts, left=before)

    def heard(self, row: int) -> None:
        """A packet came from where the leg is known to be: it is latched."""
        port, _ = self._place[row]
        self._waiting[port] = [one for one in self._waiting[port] if one.row != row]

    def close(self, row: int) -> None:
        if row in self._place:
            port, source = self._place.pop(row)
            del self._sources[port][source]
            self._waiting[port] = [one for one in self._waiting[port] if one.row != row]
            self._described.pop(row, None)
            self._key[row] = NOBODY
            self._stale = True

    def find(self, ports: NDArray[np.int64], sources: NDArray[np.int64]) -> NDArray[np.int64]:
        """The row of each packet that came to a port from a source; NOBODY for strangers."""
        if self._stale:
            self._sort()
        if not len(self._keys):
            return np.full(len(sources), NOBODY)
        wanted = sources | ports << _PORT_SHIFT
        place = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        return np.where(self._keys[place] == wanted, self._rows[place], NOBODY)

    def latch(self, port: int, source: int) -> int:
        """The leg that a packet from an unknown address belongs to, which keeps that address; NOBODY if none waits."""
        host = source >> 16
        for one in self._waiting[port]:
            if host in one.hosts and source != one.left:
                del self._sources[port][self._place[one.row][1]]
                self._waiting[port].remove(one)
                self._set(one.row, port, source)
                return one.row
        return NOBODY

    def source(self, row: int) -> int:
        """Where the leg's packets come from and go to, as far as is known."""
        return self._place[row][1]

    def _could_be_mistaken(self, port: int, hosts: frozenset[int]) -> bool:
        return any(one.hosts & hosts for one in self._waiting[port])

    def _put(self, row: int, port: int, source: int, hosts: frozenset[int], left: int = NOBODY) -> None:
        self._waiting[port].append(Waiting(row, hosts, left))
        self._set(row, port, source)

    def _set(self, row: int, port: int, source: int) -> None:
        self._sources[port][source] = row
        self._place[row] = (port, source)
        self._key[row] = source | port << _PORT_SHIFT
        self._stale = True

    def _sort(self) -> None:
        using = np.flatnonzero(self._key != NOBODY)
        self._rows = using[np.argsort(self._key[using])]
        self._keys = self._key[self._rows]
        self._stale = False
