"""RTP of all legs with sockets: packets in become frames and keys, frames out become packets.

Reading goes by columns from the datagram to the jitter ring; Python touches a single packet only when
it is a key (RFC 4733) or comes from an address nobody knows. Writing fills one array of packets and
hands it to the kernel, port by port.
"""

from __future__ import annotations

import itertools
import socket
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hoyhoy.audio import FRAME, FRAME_SECONDS, RATE
from hoyhoy.audio.g711 import Law, Octets, Samples, encode
from hoyhoy.audio.tones import PAUSES

from . import packets
from .datagrams import AT_ONCE, Batch, address_columns, address_of, sources
from .jitter import Jitter
from .packets import KEYS, Integers, Packets
from .plane import Pressed
from .ports import NOBODY, Ports

NO_EVENTS = -1
UNKNOWN = -1

KEY_FRAMES, KEY_ENDS, KEY_GAP = 5, 3, 2
"""Frames a key is sent for, 100 ms; how often its end is sent (RFC 4733 2.5.1.4); frames of sound until the next."""


@dataclass(frozen=True, slots=True)
class Description:
    """What two SDPs agreed on. `remote` is host and port as one number, `hosts` where else packets may come from,
    `events` the payload type of RFC 4733 (NO_EVENTS without), `ssrc`, `sequence` and `timestamp` how ours begins."""

    remote: int
    law: Law
    events: int
    ssrc: int
    sequence: int
    timestamp: int
    hosts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Statistics:
    """One leg's reception (RFC 3550 6.4.1). `jitter` in seconds; `late` packets are counted as received too."""

    received: int
    lost: int
    late: int
    concealed: int
    jitter: float


class Streams:
    """The network side of a plane's rows. `sockets` are the pool of local ports."""

    def __init__(self, rows: int, sockets: Sequence[socket.socket]) -> None:
        self.rows, self.sockets = rows, sockets
        self.ports = Ports(len(sockets), rows)
        self.jitter = Jitter(rows)
        self.strangers = 0
        """Packets that no leg listens to."""
        self._in = Batch(AT_ONCE + max(AT_ONCE, 2 * rows), packets.LONGEST)
        self._in_port = np.zeros(self._in.count, np.int64)
        self._turn = 0
        self._out = Batch(rows, packets.SIZE)
        self.port = np.full(rows, NOBODY, np.int64)
        self._heard = np.zeros(rows, np.bool_)
        self._law = np.zeros(rows, np.int64)
        self._events = np.full(rows, NO_EVENTS, np.int64)
        self._sequence = np.zeros(rows, np.int64)
        self._timestamp = np.zeros(rows, np.int64)
        self._address = np.zeros((rows, 16), np.uint8)
        self._ssrc = np.zeros((rows, 4), np.uint8)
        self._begins = np.zeros(rows, np.bool_)
        self._their_ssrc = np.full(rows, UNKNOWN, np.int64)
        self._first = np.zeros(rows, np.int64)
        self._highest = np.zeros(rows, np.int64)
        self._received = np.zeros(rows, np.int64)
        self._transit = np.zeros(rows, np.float64)
        self._jitter = np.zeros(rows, np.float64)
        self._last_event = np.full(rows, UNKNOWN, np.int64)
        self._dialling: dict[int, list[tuple[str, int]]] = {}
        self._order: NDArray[np.intp] = np.zeros(0, np.intp)
        self._used = self._places = self._order
        """Rows that `frames` and `send` speak of, and where among them those of `_order` are."""
        self._shares: list[tuple[int, int]] = []
        self._stale = True

    # Legs ------------------------------------------------------------------------------------

    def open(self, row: int, description: Description) -> int:
        """Give a row a local port; which one of the pool. PortsExhausted."""
        port = self.ports.open(row, description.remote, *description.hosts)
        self.port[row] = port
        self._ssrc[row] = np.frombuffer(description.ssrc.to_bytes(4, "big"), np.uint8)
        self._sequence[row], self._timestamp[row] = description.sequence, description.timestamp
        self._begins[row], self._heard[row] = True, False
        self._their_ssrc[row] = UNKNOWN
        self._received[row] = 0
        self._jitter[row] = 0
        self._last_event[row] = UNKNOWN
        self.jitter.late[row] = self.jitter.concealed[row] = 0
        self.jitter.forget(row)
        self._agree(row, description)
        return port

    def change(self, row: int, description: Description) -> None:
        """What a re-INVITE agreed on: the address and codec may change, our own stream goes on. PortsExhausted."""
        self.ports.move(row, description.remote, *description.hosts)
        self._heard[row] = False
        self._their_ssrc[row] = UNKNOWN
        self._agree(row, description)

    def close(self, row: int) -> None:
        self.ports.close(row)
        self.port[row] = NOBODY
        self.jitter.forget(row)
        self._dialling.pop(row, None)
        self._stale = True

    def dial(self, row: int, keys: str) -> bool:
        """Send keys as RFC 4733 events, with pauses where `w` and `W` stand; False when the far end does not
        understand these. What is no key is left out."""
        if self._events[row] == NO_EVENTS:
            return False
        waiting = [(key, 0) for key in keys if key in PAUSES or key.upper() in KEYS]
        if waiting:
            self._dialling.setdefault(row, []).extend(waiting)
        return True

    def is_dialling(self, row: int) -> bool:
        return row in self._dialling

    def statistics(self, row: int) -> Statistics:
        expected = int(self._highest[row] - self._first[row]) + 1 if self._received[row] else 0
        return Statistics(
            received=int(self._received[row]),
            lost=max(0, expected - int(self._received[row])),
            late=int(self.jitter.late[row]),
            concealed=int(self.jitter.concealed[row]),
            jitter=float(self._jitter[row]) / RATE,
        )

    def _agree(self, row: int, description: Description) -> None:
        self._law[row], self._events[row] = description.law, description.events
        if description.events == NO_EVENTS:
            self._dialling.pop(row, None)
        self._aim(row)

    def _aim(self, row: int) -> None:
        """Packets go to where the leg's own come from."""
        self._address[row] = address_columns(*address_of(self.ports.source(row)))
        self._stale = True

    # In --------------------------------------------------------------------------------------

    def receive(self) -> list[Pressed]:
        """Take what has arrived, of a flood only as much as a tick has time for; the keys among it."""
        pressed: list[Pressed] = []
        count, room = 0, self._in.count
        pool = len(self.sockets)
        for step in range(pool):  # who comes first changes, so that a flooded port does not silence the others
            port = (self._turn + step) % pool
            while room - count >= AT_ONCE and (got := self._in.receive(self.sockets[port], count)):
                self._in_port[count : count + got] = port
                count += got
                if got < AT_ONCE:
                    break
        self._turn += 1
        if count:
            self._read(count, pressed)
        return pressed

    def frames(self, used: NDArray[np.intp]) -> Samples:
        """The next frame of these rows [used, 160]."""
        return self.jitter.take(used)

    def _read(self, count: int, pressed: list[Pressed]) -> None:
        """The first `count` packets, of all ports at once: arrays are worth their while when they are long."""
        self._in.describe(0, count)
        found, _ = packets.read(self._in.data[:count], self._in.lengths[:count])
        is_sound = (found.kind == Law.ULAW) | (found.kind == Law.ALAW)
        rows = self._rows_of(self._in_port[found.index], sources(self._in.addresses[found.index]), is_sound)
        known = rows != NOBODY
        self.strangers += int((~known).sum())
        agreed = known & (is_sound | (found.kind == self._events[rows]))
        found, rows = found.only(agreed), rows[agreed]
        if not len(rows):
            return
        self._notice_new(rows, found)
        self._count(rows, found)
        is_event = found.kind == self._events[rows]
        for i in np.flatnonzero(is_event):
            self._event(int(rows[i]), found, int(i), pressed)
        for law in Law:
            self._hear(rows, found, (found.kind == law) & ~is_event, law)

    def _rows_of(self, ports: Integers, origins: Integers, is_sound: NDArray[np.bool_]) -> Integers:
        """Whose packets these are; a leg that waits latches to the first stranger with sound."""
        rows = self.ports.find(ports, origins)
        strange = np.flatnonzero((rows == NOBODY) & is_sound)
        if len(strange):
            for port, source in dict.fromkeys(zip(ports[strange].tolist(), origins[strange].tolist(), strict=True)):
                if (row := self.ports.latch(port, source)) != NOBODY:
                    rows[(ports == port) & (origins == source)] = row
                    self._heard[row] = True
                    self._aim(row)
        first_heard = np.unique(rows[rows != NOBODY])
        for row in first_heard[~self._heard[first_heard]].tolist():
            self.ports.heard(row)
            self._heard[row] = True
        return rows

    def _notice_new(self, rows: Integers, found: Packets) -> None:
        """A far end that changes its SSRC begins a new stream (RFC 3550 8.2)."""
        changed = self._their_ssrc[rows] != found.ssrc
        if not changed.any():
            return
        fresh, first = np.unique(rows[changed], return_index=True)
        self.jitter.forget(fresh)
        self._their_ssrc[fresh] = found.ssrc[changed][first]
        self._first[fresh] = self._highest[fresh] = found.sequence[changed][first]
        self._received[fresh] = 0
        self._transit[fresh] = np.nan

    def _count(self, rows: Integers, found: Packets) -> None:
        np.add.at(self._received, rows, 1)
        highest = self._highest[rows]
        ahead = (found.sequence - highest + 2**15) % 2**16 - 2**15
        np.maximum.at(self._highest, rows, highest + ahead)
        arrivals = self._in.arrivals[found.index]
        if arrivals[0]:
            transit = (arrivals * RATE - found.timestamp) % 2**32
            before = self._transit[rows]
            moved = np.abs((transit - np.where(np.isnan(before), transit, before) + 2**31) % 2**32 - 2**31)
            self._jitter[rows] += (moved - self._jitter[rows]) / 16
            self._transit[rows] = transit

    def _event(self, row: int, found: Packets, i: int, pressed: list[Pressed]) -> None:
        """A key is told once, at its first packet; the others of the same key have the same timestamp."""
        timestamp, last = int(found.timestamp[i]), int(self._last_event[row])
        if found.length[i] < 4 or (last != UNKNOWN and not 0 < (timestamp - last) % 2**32 < 2**31):
            return
        self._last_event[row] = timestamp
        number = int(self._in.data[found.index[i], found.start[i]])
        if number < len(KEYS):
            pressed.append(Pressed(row, KEYS[number]))

    def _hear(self, rows: Integers, found: Packets, which: NDArray[np.bool_], law: Law) -> None:
        wanted = np.flatnonzero(which)
        if not len(wanted):
            return
        shape = found.start[wanted] << 16 | found.length[wanted]
        for one in np.unique(shape).tolist():
            these = wanted if (shape == one).all() else wanted[shape == one]
            start, length = one >> 16, one & 0xFFFF
            payloads = self._in.data[found.index[these], start : start + length]
            self.jitter.put(rows[these], found.timestamp[these], payloads, law)

    # Out -------------------------------------------------------------------------------------

    def send(self, used: NDArray[np.intp], frames: Samples) -> int:
        """One packet to every leg: its frame of [used, 160], or the next part of a key. How many left."""
        if self._stale or used is not self._used:
            self._arrange(used)
        order, out = self._order, self._out
        count = len(order)
        if not count:
            return 0
        out.data[:count, packets.HEADER :] = self._encoded(frames[self._places], self._law[order])
        out.lengths[:count] = packets.SIZE
        packets.write_headers(
            out.data[:count],
            self._law[order],
            self._begins[order],
            self._sequence[order] & 0xFFFF,
            self._timestamp[order] & 0xFFFFFFFF,
        )
        self._begins[order] = False
        self._sequence[order] += 1
        if self._dialling:
            self._write_keys()
        self._timestamp[order] += FRAME
        out.prepare(count)
        return sum(
            out.send(sock, first, last)
            for sock, (first, last) in zip(self.sockets, self._shares, strict=True)
            if first < last
        )

    def _encoded(self, frames: Samples, laws: Integers) -> Octets:
        octets = encode(frames, Law.ULAW)
        rows = np.flatnonzero(laws == Law.ALAW)
        if len(rows):
            octets[rows] = encode(frames[rows], Law.ALAW)
        return octets

    def _write_keys(self) -> None:
        """Replace the audio of legs that are sent keys; all packets of a key have the timestamp of its beginning."""
        place = {int(row): i for i, row in enumerate(self._order)}
        for row, waiting in list(self._dialling.items()):
            key, sent = waiting[0]
            if key in PAUSES:
                whole = round(PAUSES[key] / FRAME_SECONDS)
            else:
                whole = KEY_FRAMES + KEY_ENDS + KEY_GAP
                if sent < KEY_FRAMES + KEY_ENDS:
                    self._write_key(place[row], row, key, sent)
            waiting[0] = (key, sent + 1)
            if sent + 1 == whole:
                waiting.pop(0)
                if not waiting:
                    del self._dialling[row]

    def _write_key(self, i: int, row: int, key: str, sent: int) -> None:
        began = (int(self._timestamp[row]) - sent * FRAME) & 0xFFFFFFFF
        duration = min(sent + 1, KEY_FRAMES) * FRAME
        packet = self._out.data[i]
        packet[1] = int(self._events[row]) | (0x80 if sent == 0 else 0)
        packet[4:8] = np.frombuffer(began.to_bytes(4, "big"), np.uint8)
        payload = packets.key_payload(key, end=sent >= KEY_FRAMES, duration=duration)
        packet[packets.HEADER : packets.HEADER + 4] = np.frombuffer(payload, np.uint8)
        self._out.lengths[i] = packets.HEADER + 4

    def _arrange(self, used: NDArray[np.intp]) -> None:
        """Rows by port, where their frames are, and what stays the same in their packets: addresses and SSRCs."""
        using = np.flatnonzero(self.port != NOBODY)
        self._order = using[np.argsort(self.port[using], kind="stable")]
        self._used, self._places = used, np.searchsorted(used, self._order)
        ports = self.port[self._order]
        borders = np.searchsorted(ports, np.arange(len(self.sockets) + 1))
        self._shares = [(int(first), int(last)) for first, last in itertools.pairwise(borders)]
        self._out.addresses[: len(using)] = self._address[self._order]
        self._out.data[: len(using), 8:12] = self._ssrc[self._order]
        self._stale = False
