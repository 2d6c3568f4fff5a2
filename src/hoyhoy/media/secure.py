"""All encrypted legs of a process: whose datagram it is, what may be done in a tick, and what came of it.

They share the sockets of the others. What arrives is told apart by its first octet (RFC 7983): connectivity checks
find their leg by the ufrag in them, DTLS and SRTP by where they come from, if a check came from there before. Packets
are decrypted where they lie before anybody reads them, and encrypted where they lie when all is written; in between a
secure row is one like any other.

Each tick answers so many checks and takes so many steps of handshakes; what is more waits, or is dropped as a network
does. A hundred browsers that come at once, or somebody who only says he is one, must not hold up the sound of others.
"""

from __future__ import annotations

import logging
import socket
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hoyhoy.wire.webrtc import stun

from .datagrams import Batch, address_of, sources
from .dtls import Fingerprints, Identity
from .encryption import Encryption
from .ice import Way
from .packets import Integers
from .places import Places
from .ports import NOBODY, Ports
from .secure_leg import MOST_WAITING, Over, SecureLeg

MOST_READ, MOST_CHECKED, MOST_OF_ONE = 256, 64, 8
"""Checks in a tick that are looked at, whose signature is computed, and of one leg."""

STEPS, FUTILE = 8, 0.1
"""Of handshakes in a tick, 0.3 ms each; what one counts that led to no answer: most of these are repetitions."""

ROUND = 25
"""Ticks in which the time of every leg is looked at once."""

STUN_LAST, DTLS_FIRST, DTLS_LAST = 3, 20, 63
"""First octets (RFC 7983 7)."""


@dataclass(frozen=True, slots=True)
class Connected:
    """A leg's far end has come."""

    row: int


@dataclass(frozen=True, slots=True)
class Aimed:
    """What is sent to a leg goes this way from now on."""

    row: int
    way: Way


@dataclass(frozen=True, slots=True)
class Failed:
    """A leg is over, as far as the network goes."""

    row: int
    why: str


log = logging.getLogger(__name__)

Happened = Connected | Aimed | Failed


class SecureLegs:
    """Those among `rows` legs that are encrypted. `pool` are the sockets they share, packets arrive in `into` and leave
    in `out`. Without an `identity` and `places` there are no such legs."""

    def __init__(
        self,
        rows: int,
        ports: Ports,
        pool: Sequence[socket.socket],
        into: Batch,
        out: Batch,
        identity: Identity | None = None,
        places: Places | None = None,
    ) -> None:
        self.ports, self.encryption = ports, Encryption(rows, into, out)
        self.is_secure = np.zeros(rows, np.bool_)
        self.sockets = list(pool)
        """Those of the pool, and after them those that only secure legs have."""
        self.strangers = 0
        """Checks and handshakes that are of no leg, or came too often."""
        self._into, self._pool = into, len(pool)
        self._identity, self._places = identity, places
        self._legs: dict[int, SecureLeg] = {}
        self._by_ufrag: dict[str, SecureLeg] = {}
        """Those that are not over."""
        self._turns: dict[SecureLeg, None] = {}
        """Legs with a step to take."""
        self._shaking: dict[SecureLeg, None] = {}
        self._happened: list[Happened] = []

    def __bool__(self) -> bool:
        """Whether there are any: nothing is to be done otherwise."""
        return bool(self._legs)

    # Legs ------------------------------------------------------------------------------------

    def open(self, row: int, ufrag: str, password: str) -> tuple[str, tuple[tuple[str, int], ...]]:
        """Our fingerprint, and the places where the leg's far end may find it. ValueError."""
        if self._identity is None or self._places is None:
            raise ValueError("this plane has no certificate for encrypted legs")
        self._check_ufrag(ufrag)
        places = self._places.open()
        self.sockets[self._pool :] = self._places.sockets
        self._legs[row] = self._by_ufrag[ufrag] = SecureLeg(row, self._identity, ufrag, password)
        self.is_secure[row] = True
        return self._identity.fingerprint, places

    def admit(self, row: int, ufrag: str, fingerprints: Fingerprints, *, is_active: bool, now: float) -> None:
        """The far end's description is here."""
        leg = self._legs[row]
        try:
            leg.admit(ufrag, fingerprints, is_active=is_active, now=now)
        except Over as why:
            self._end(leg, str(why))

    def move(self, row: int, ufrag: str, password: str, now: float) -> None:
        """The far end comes another way. ValueError for a ufrag that is a leg's already."""
        leg = self._legs[row]
        if self.is_over(row):
            return
        self._check_ufrag(ufrag)
        del self._by_ufrag[leg.agent.ufrag]
        self._by_ufrag[ufrag] = leg
        leg.move(ufrag, password, now)

    def replace(self, row: int, ufrag: str, password: str) -> None:
        """Another far end takes the leg over. ValueError for a ufrag that is a leg's already."""
        assert self._identity is not None
        if self.is_over(row):
            return
        self._check_ufrag(ufrag)
        self._forget(self._legs[row])
        self._legs[row] = self._by_ufrag[ufrag] = SecureLeg(row, self._identity, ufrag, password)

    def is_over(self, row: int) -> bool:
        """Whether a secure row has failed: it only waits to be closed."""
        leg = self._legs[row]
        return self._by_ufrag.get(leg.agent.ufrag) is not leg

    def close(self, row: int) -> None:
        """The leg is over, and its far end is told."""
        leg = self._legs[row]
        if not self.is_over(row):
            self._forget(leg)
        del self._legs[row]
        self.is_secure[row] = False
        self._happened = [one for one in self._happened if one.row != row]
        if not self._legs and self._places:
            self._places.close()
            del self.sockets[self._pool :]

    def _check_ufrag(self, ufrag: str) -> None:
        if ufrag in self._by_ufrag:
            raise ValueError("there is a leg with this ufrag")

    def _end(self, leg: SecureLeg, why: str) -> None:
        if not self.is_over(leg.row):
            self._forget(leg)
            self._happened.append(Failed(leg.row, why))

    def _forget(self, leg: SecureLeg) -> None:
        """It sends its last words, and nobody finds it any more."""
        self._send(leg, leg.close())
        del self._by_ufrag[leg.agent.ufrag]
        self.ports.dismiss(*leg.agent.ways)
        self.encryption.end(leg.row)
        self._shaking.pop(leg, None)
        self._turns.pop(leg, None)

    # In --------------------------------------------------------------------------------------

    def read(self, count: int, ports: Integers, now: float) -> None:
        """Take out of the first `count` datagrams what is no sound, and decrypt what is; `ports` are the numbers of the
        sockets where they came."""
        data, addresses = self._into.data, self._into.addresses
        first = data[:count, 0]
        others = np.flatnonzero((first <= DTLS_LAST) & (self._into.lengths[:count] > 0))
        if len(others):
            kinds = first[others]
            self._answer(others[kinds <= STUN_LAST], ports, now)
            self._queue(others[kinds >= DTLS_FIRST], ports)
        rows = self.ports.find(ports[:count], sources(addresses[:count]))
        places = np.flatnonzero((rows != NOBODY) & self.is_secure[rows] & (first > DTLS_LAST))
        if len(places):
            self.encryption.decrypt(rows[places], places, now)

    def _answer(self, places: NDArray[np.intp], ports: Integers, now: float) -> None:
        """Connectivity checks, those from known addresses first: a flood of others has what time is left."""
        origins = sources(self._into.addresses[places])
        is_strange = self.ports.find(ports[places], origins) == NOBODY
        checked, of_one = 0, Counter[SecureLeg]()
        for i in np.argsort(is_strange, kind="stable")[:MOST_READ].tolist():
            place = int(places[i])
            datagram = self._into.data[place, : self._into.lengths[place]].tobytes()
            try:
                check = stun.read(datagram)
            except stun.Malformed:
                check = None
            leg = self._by_ufrag.get(check.username.partition(":")[0]) if check else None
            if leg is None or check is None or checked == MOST_CHECKED or of_one[leg] == MOST_OF_ONE:
                self.strangers += 1
                continue
            checked += 1
            of_one[leg] += 1
            if leg.agent.knows(check, datagram):
                self._let_in(leg, check, (int(ports[place]), int(origins[i])), now)
            else:
                self.strangers += 1

    def _let_in(self, leg: SecureLeg, check: stun.Message, way: Way, now: float) -> None:
        """The far end has asked whether this way leads to us."""
        source, password = address_of(way[1]), leg.agent.password
        if check.unknown:
            return self._send_to(way, stun.not_understood(check.transaction, check.unknown, password))
        if not self.ports.admit(leg.row, *way):
            return None
        before = leg.agent.chosen
        if (forgotten := leg.agent.learn(way, is_nominated=check.is_nominating)) is not None:
            self.ports.dismiss(forgotten)
        if leg.agent.chosen not in (before, None):
            self._happened.append(Aimed(leg.row, leg.agent.chosen))
        leg.met(now)
        if leg.may_begin:
            self._turns[leg] = None
        return self._send_to(way, stun.success(check.transaction, source, password))

    def _queue(self, places: NDArray[np.intp], ports: Integers) -> None:
        """Datagrams of DTLS, whose turn comes: only from where a check has come. A stranger's must end nothing."""
        rows = self.ports.find(ports[places], sources(self._into.addresses[places]))
        for place, row in zip(places.tolist(), rows.tolist(), strict=True):
            leg = self._legs.get(row)
            if leg is None or len(leg.waiting) >= MOST_WAITING:
                self.strangers += 1
            else:
                leg.waiting.append(self._into.data[place, : self._into.lengths[place]].tobytes())
                self._turns[leg] = None

    # What passes with time ---------------------------------------------------------------------

    def work(self, tick: int, now: float) -> list[Happened]:
        """Some steps of handshakes, what is to be repeated, whose time is up; and all that happened."""
        self._shake_hands(now)
        for leg in list(self._shaking):
            self._send(leg, leg.repeat(now))
        for row in (np.flatnonzero(self.is_secure[tick % ROUND :: ROUND]) * ROUND + tick % ROUND).tolist():
            self._check_time(self._legs[row], now)
        happened, self._happened = self._happened, []
        return happened

    def _shake_hands(self, now: float) -> None:
        """Those go first who have begun: when there are too many, rather some get through than none."""
        left = float(STEPS)
        for leg in sorted(self._turns, key=lambda leg: not leg.is_shaking):
            if left <= 0:
                return
            del self._turns[leg]
            while not (led := self._step(leg, now)) and leg.waiting:
                left -= FUTILE
            left -= 1 if led else FUTILE
            if leg.waiting and not self.is_over(leg.row):
                self._turns[leg] = None  # after all others

    def _step(self, leg: SecureLeg, now: float) -> bool:
        """Whether it led anywhere."""
        was_connected = leg.srtp is not None
        try:
            written = leg.step(now)
        except Over as why:
            self._end(leg, str(why))
            return True
        except Exception:  # what one far end sends must not end everybody's calls
            log.exception("a handshake fails as none should")
            self._end(leg, "the DTLS handshake failed")
            return True
        self._send(leg, written)
        if leg.is_shaking:
            self._shaking[leg] = None
        else:
            self._shaking.pop(leg, None)
        if leg.srtp is not None and not was_connected:
            self.encryption.begin(leg.row, leg.srtp)
            self._happened.append(Connected(leg.row))
            return True
        return bool(written)

    def _check_time(self, leg: SecureLeg, now: float) -> None:
        try:
            leg.check_time(now, float(self.encryption.heard[leg.row]))
        except Over as why:
            self._end(leg, str(why))

    # Out ---------------------------------------------------------------------------------------

    def report(self, row: int, packet: bytes) -> None:
        """Send a report to a leg's far end."""
        if encrypted := self.encryption.report(row, packet):
            self._send(self._legs[row], [encrypted])

    def _send(self, leg: SecureLeg, datagrams: Sequence[bytes]) -> None:
        """To where the leg's far end is, as far as that is known."""
        if leg.agent.chosen is not None:
            for datagram in datagrams:
                self._send_to(leg.agent.chosen, datagram)

    def _send_to(self, way: Way, datagram: bytes) -> None:
        with suppress(OSError):  # as a network loses it
            self.sockets[way[0]].sendto(datagram, address_of(way[1]))
