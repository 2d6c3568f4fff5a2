"""Local ports of media: which one a leg gets, and whose packet it is that arrives there.

Legs are told apart by where their packets come from, so that thousands share a few ports (design,
ports). A leg is known at first by the address its SDP names. Behind a NAT its packets come from
another port, and perhaps from the host its signalling comes from: the leg takes such an address once
and keeps it. It is *latched*, and whoever sends to its port from another address later is not listened to.

Hence the rule of the pool: two legs share a port only if their packets cannot be taken for one
another's: their addresses differ, and no two that could still latch wait for the same host.

A provider, or an office behind one NAT, may have more legs that were not heard yet than there are ports: while calls
ring, or are held, nobody hears anything of them. A leg that names no private address in a public network knows its own,
and is then put where that is free, although others wait there that know theirs too: all of them are heard from their
exact addresses only, as long as two of them wait. None goes where a leg waits that must still latch.

A browser's leg takes no part in this. It is found where its connectivity checks came from, at any of several addresses
and sockets, of which some are none of the pool; those it is *admitted* from are nobody else's, and nobody latches to
one that a browser has just left, which may not have noticed that its call is over.

A leg of an outgoing call has its port before anybody knows the far end's address: it is *reserved*, nobody's
packets are its own, and hundreds may ring on one port. Its address may then turn out to be another leg's,
which is refused, or to be where another one could still latch: then it is heard from that address only.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .datagrams import address_of

NOBODY = -1
_PORT_SHIFT = 48


_PRIVATE = ((0x0A000000, 8), (0xAC100000, 12), (0xC0A80000, 16), (0x64400000, 10), (0xA9FE0000, 16))
"""Networks with the lengths of their prefixes (RFC 1918, RFC 6598, RFC 3927)."""


LEFT = 1024
"""Addresses that browsers have left: these last ones nobody latches to."""


class PortsExhausted(Exception):
    """Every port of the pool has a leg that this one could be mistaken for: the call is refused with 503."""


@dataclass(slots=True)
class Waiting:
    """A leg that was not heard yet. It may latch to an address of one of these hosts, but not to the one it has just
    left; or it may not latch at all, and is here because a stranger's packets could be its own all the same."""

    row: int
    hosts: frozenset[int]
    left: int = NOBODY
    may_latch: bool = True

    @property
    def is_exact(self) -> bool:
        """Does it probably know its own address? Behind a NAT it has a private one and another."""
        return len(self.hosts) == 1 or not any(map(_is_private, self.hosts))


class Ports:
    """`count` local ports and the legs, at most `rows`, on them."""

    def __init__(self, count: int, rows: int) -> None:
        self.count = count
        self._key = np.full(rows, NOBODY, np.int64)
        """Port and source of each row as one number."""
        self._sources: list[dict[int, int]] = [{} for _ in range(count)]
        self._waiting: list[list[Waiting]] = [[] for _ in range(count)]
        self._place: dict[int, tuple[int, int]] = {}
        self._expected: list[dict[int, frozenset[int]]] = [{} for _ in range(count)]
        """Reserved legs, and the hosts that they will probably name."""
        self._outgoing: set[int] = set()
        self._admitted: dict[int, int] = {}
        """Browsers' legs by the numbers of port and source."""
        self._left: dict[int, None] = {}
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
        turns = [(self._next + step) % self.count for step in range(self.count)]
        able = [port for port in turns if not self._is_taken(port, source) and not self._who_waits(port, hosts)]
        if not able:
            return self._share(Waiting(row, hosts, may_latch=False), turns, source)
        undisputed = (port for port in able if not any(hosts & others for others in self._expected[port].values()))
        port = next(undisputed, able[0])
        self._next = (port + 1) % self.count
        self._described[row] = source
        self._put(Waiting(row, hosts), port, source)
        return port

    def _share(self, waiting: Waiting, turns: list[int], source: int) -> int:
        """A port where others wait for the same host, the fewest of them, and all know their addresses."""
        able = []
        for port in turns:
            others = self._who_waits(port, waiting.hosts)
            if not self._is_taken(port, source) and all(one.is_exact for one in (waiting, *others)):
                able.append((len(others), port))
        if not able:
            raise PortsExhausted(
                f"none of {self.count} media ports can tell another leg from {address_of(source)[0]} apart"
            )
        _, port = min(able, key=lambda one: one[0])
        self._next = (port + 1) % self.count
        self._described[waiting.row] = source
        self._put(waiting, port, source)
        return port

    def reserve(self, row: int, *hosts: int) -> int:
        """The port for a leg whose address `move` will tell: the one with the fewest legs of these hosts, which it
        will probably name, and of those the one with the fewest legs."""
        expected = frozenset(hosts)
        using = self._key[self._key != NOBODY]
        at, of = using >> _PORT_SHIFT, using >> 16 & 0xFFFFFFFF
        legs = np.bincount(at, minlength=self.count)
        alike = np.bincount(at[np.isin(of, list(hosts))], minlength=self.count)
        for port, others in enumerate(self._expected):
            legs[port] += len(others)
            alike[port] += sum(1 for other in others.values() if other & expected)
        port = int(np.lexsort((legs, alike))[0])
        self._place[row] = (port, NOBODY)
        self._described[row] = NOBODY
        self._expected[port][row] = expected
        self._outgoing.add(row)
        return port

    def move(self, row: int, source: int, *also: int) -> bool:
        """The address of a reserved leg, or a re-INVITE: another one than before counts at once, and the leg may
        latch again; whether it was another. The same one, as when only the session is refreshed, leaves the latch as
        it is. PortsExhausted when another leg on the port has that address or could be taken for this one, unless the
        call is an outgoing one or they all know their addresses."""
        port, before = self._place[row]
        if source in (self._described[row], before):
            self._described[row] = source
            return False
        hosts = frozenset((source >> 16, *also))
        others = [one for one in self._who_waits(port, hosts) if one.row != row]
        is_disputed = bool(others)
        waiting = Waiting(row, hosts, before, may_latch=not is_disputed)
        may_share = row in self._outgoing or all(one.is_exact for one in (waiting, *others))
        if self._is_taken(port, source) or (is_disputed and not may_share):
            raise PortsExhausted(f"another leg on the same port could be taken for that of {address_of(source)}")
        self._leave(row)
        self._described[row] = source
        self._put(waiting, port, source)
        return True

    def admit(self, row: int, port: int, source: int) -> bool:
        """A browser's leg is also found at this source, and there at a port, which need not be of the pool; False when
        that is another leg's."""
        key = source | port << _PORT_SHIFT
        if self._admitted.get(key, row) != row or (port < self.count and source in self._sources[port]):
            return False
        if key not in self._admitted:
            self._admitted[key] = row
            self._left.pop(key, None)
            self._stale = True
        return True

    def dismiss(self, *ways: tuple[int, int]) -> None:
        """A browser is not found any more at these ports and sources."""
        for port, source in ways:
            key = source | port << _PORT_SHIFT
            if self._admitted.pop(key, None) is not None:
                self._left[key] = None
                self._stale = True
        while len(self._left) > LEFT:
            del self._left[next(iter(self._left))]

    def heard(self, row: int) -> None:
        """A packet came from where the leg is known to be: it is latched."""
        port, _ = self._place[row]
        self._waiting[port] = [one for one in self._waiting[port] if one.row != row]

    def close(self, row: int) -> None:
        if row in self._place:
            self._leave(row)
            self._outgoing.discard(row)

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
        """The leg that a packet from an unknown address belongs to, which keeps that address; NOBODY if none waits,
        or two do."""
        if port >= self.count or source | port << _PORT_SHIFT in self._left:
            return NOBODY
        able = [one for one in self._who_waits(port, {source >> 16}) if source != one.left]
        if len(able) != 1 or not able[0].may_latch:
            return NOBODY
        row = able[0].row
        del self._sources[port][self._place[row][1]]
        self._waiting[port].remove(able[0])
        self._set(row, port, source)
        return row

    def source(self, row: int) -> int:
        """Where the leg's packets come from and go to, as far as is known; NOBODY for a reserved leg."""
        return self._place[row][1]

    def of_host(self, port: int, host: int) -> NDArray[np.intp]:
        """The legs on a port whose packets come from this host."""
        return np.flatnonzero(self._key >> 16 == (port << _PORT_SHIFT - 16 | host))

    def _is_taken(self, port: int, source: int) -> bool:
        return source in self._sources[port] or source | port << _PORT_SHIFT in self._admitted

    def _who_waits(self, port: int, hosts: Set[int]) -> list[Waiting]:
        return [one for one in self._waiting[port] if one.hosts & hosts]

    def _put(self, waiting: Waiting, port: int, source: int) -> None:
        self._waiting[port].append(waiting)
        self._set(waiting.row, port, source)

    def _leave(self, row: int) -> None:
        port, source = self._place.pop(row)
        self._sources[port].pop(source, None)
        self._expected[port].pop(row, None)
        self._waiting[port] = [one for one in self._waiting[port] if one.row != row]
        self._described.pop(row, None)
        self._key[row] = NOBODY
        self._stale = True

    def _set(self, row: int, port: int, source: int) -> None:
        self._sources[port][source] = row
        self._place[row] = (port, source)
        self._key[row] = source | port << _PORT_SHIFT
        self._stale = True

    def _sort(self) -> None:
        using = np.flatnonzero(self._key != NOBODY)
        keys = np.append(self._key[using], np.fromiter(self._admitted.keys(), np.int64))
        rows = np.append(using, np.fromiter(self._admitted.values(), np.int64))
        order = np.argsort(keys)
        self._keys, self._rows = keys[order], rows[order]
        self._stale = False


def _is_private(host: int) -> bool:
    return any((host ^ network) >> (32 - length) == 0 for network, length in _PRIVATE)
