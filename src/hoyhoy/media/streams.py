"""RTP of all legs with sockets: packets in become frames and keys, frames out become packets.

Reading goes by columns from the datagram to the jitter ring; Python touches a single packet only when
it is a key (RFC 4733), a report (RFC 3550 6), encrypted, or comes from an address nobody knows. Writing
fills one array of packets and hands it to the kernel, port by port.
"""

from __future__ import annotations

import itertools
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hoyhoy.audio import FRAME, FRAME_SECONDS, RATE
from hoyhoy.audio.g711 import Law, Octets, Samples, encode
from hoyhoy.wire.rtp import rtcp

from . import packets
from .datagrams import AT_ONCE, Batch, address_columns, address_of, sources
from .dialling import KEY_FRAMES, Dialling
from .dtls import Fingerprints, Identity
from .jitter import Jitter
from .packets import KEYS, Integers, Packets
from .places import Places
from .plane import Pressed
from .ports import NOBODY, Ports
from .reception import Reception
from .reports import MOST_AT_ONCE, NO_REPORTS, WITH_SOUND, Reported, Reports
from .secure import Aimed, Connected, Failed, SecureLegs
from .srtp import TRAILER

NO_EVENTS = -1
UNKNOWN = -1

CONTROL_TURNS = 8
"""Ticks in which every port for reports is asked once."""

DATAGRAM = 1500
"""Octets of the longest datagram that is taken whole: a handshake's."""


@dataclass(frozen=True, slots=True)
class Description:
    """What two SDPs agreed on. `remote` is host and port as one number, `hosts` where else packets may come from,
    `events` the payload type of RFC 4733 (NO_EVENTS without), `ssrc`, `sequence` and `timestamp` how ours begins.

    Without a host in `remote` the far end's address is not known, or as it was known before. It is sent nothing
    unless the leg `sends`, and not listened to unless it `hears`. `reports` is where these go: host and port as one
    number, WITH_SOUND or NO_REPORTS.
    """

    remote: int
    law: Law
    events: int
    ssrc: int
    sequence: int
    timestamp: int
    hosts: tuple[int, ...] = ()
    sends: bool = True
    hears: bool = True
    reports: int = NO_REPORTS


Told = Pressed | Reported | Connected | Failed


@dataclass(frozen=True, slots=True)
class Statistics:
    """One leg's packets and octets of payload (RFC 3550 6.4.1). `jitter` in seconds; `late` packets are counted as
    received too. `far` is what the far end says of ours."""

    sent: int
    octets_sent: int
    received: int
    octets_received: int
    lost: int
    late: int
    concealed: int
    jitter: float
    far: Reported


class Streams:
    """The network side of a plane's rows. `sockets` are the pool of local ports, `control` those for the reports of
    legs that keep them apart from sound: the next higher ports, None where there is none.

    `now` gives Unix seconds, without it time is counted in ticks; `chance` numbers from 0 to 1, which spread the
    reports; `name` is the one that we go by in them (RFC 3550 6.5.1). With an `identity` and `places` there can be
    secure legs.
    """

    def __init__(
        self,
        rows: int,
        sockets: Sequence[socket.socket],
        control: Sequence[socket.socket | None] = (),
        *,
        now: Callable[[], float] | None = None,
        chance: Callable[[], float] = lambda: 0.5,
        name: str = "hoyhoy",
        identity: Identity | None = None,
        places: Places | None = None,
    ) -> None:
        self.rows, self.sockets = rows, sockets
        self.control = [*control, *[None] * (len(sockets) - len(control))]
        self.tick = 0
        self._knows_time = now is not None
        self._now = now or (lambda: self.tick * FRAME_SECONDS)
        self.reception = Reception(rows)
        self.reports = Reports(rows, chance, name)
        self._control_in = Batch(MOST_AT_ONCE, packets.LONGEST)
        self.ports = Ports(len(sockets), rows)
        self.jitter = Jitter(rows)
        self.strangers = 0
        """Packets that no leg listens to."""
        self._in = Batch(AT_ONCE + max(AT_ONCE, 2 * rows), DATAGRAM)
        self._in_port = np.zeros(self._in.count, np.int64)
        self._turn = 0
        self._out = Batch(rows, packets.SIZE + TRAILER)
        self.secure = SecureLegs(rows, self.ports, sockets, self._in, self._out, identity, places)
        self.port = np.full(rows, NOBODY, np.int64)
        self._heard = np.zeros(rows, np.bool_)
        self._law = np.zeros(rows, np.int64)
        self._events = np.full(rows, NO_EVENTS, np.int64)
        self._sends = np.zeros(rows, np.bool_)
        self._hears = np.zeros(rows, np.bool_)
        self._first_sequence = np.zeros(rows, np.int64)
        self._sequence = np.zeros(rows, np.int64)
        self._timestamp = np.zeros(rows, np.int64)
        self._address = np.zeros((rows, 16), np.uint8)
        self._ssrc = np.zeros((rows, 4), np.uint8)
        self._begins = np.zeros(rows, np.bool_)
        self._saved = np.zeros(rows, np.int64)
        """Octets by which packets of keys are shorter than those of sound."""
        self._at = np.zeros(rows, np.int64)
        """The place in `_order` of each row that is there."""
        self._last_event = np.full(rows, UNKNOWN, np.int64)
        self.dialling = Dialling()
        self._order: NDArray[np.intp] = np.zeros(0, np.intp)
        self._used = self._places = self._order
        """Rows that `frames` and `send` speak of, and where among them those of `_order` are."""
        self._shares: list[tuple[int, int]] = []
        self._stale = True

    # Legs ------------------------------------------------------------------------------------

    def open(self, row: int, description: Description) -> int:
        """Give a row a local port; which one of the pool. PortsExhausted."""
        if _has_host(description.remote):
            port = self.ports.open(row, description.remote, *description.hosts)
        else:
            port = self.ports.reserve(row, *description.hosts)
        self._begin(row, port, description.ssrc, description.sequence, description.timestamp)
        self._agree(row, description)
        return port

    def open_secure(
        self, row: int, ssrc: int, sequence: int, timestamp: int, ufrag: str, password: str
    ) -> tuple[str, tuple[tuple[str, int], ...]]:
        """Let a far end find its way to a row by ICE; our fingerprint, and the places where it may. ValueError."""
        told = self.secure.open(row, ufrag, password)
        self._begin(row, 0, ssrc, sequence, timestamp)
        self._law[row], self._events[row], self._heard[row] = Law.ULAW, NO_EVENTS, True
        self._stale = True  # there may be more sockets
        return told

    def admit(self, row: int, ufrag: str, fingerprints: Fingerprints, *, is_active: bool, events: int) -> None:
        """The description of a secure row's far end is here."""
        self._events[row] = events
        self.secure.admit(row, ufrag, fingerprints, is_active=is_active, now=self._seconds)
        self._stale = True  # it may be over

    def move(self, row: int, ufrag: str, password: str, *, anew: bool = False) -> None:
        """A secure row's far end comes another way, or `anew` another far end. ValueError."""
        if not anew:
            self.secure.move(row, ufrag, password, self._seconds)
            return
        self.secure.replace(row, ufrag, password)
        self._carry(row, is_there=False)
        self.reception.end_stream(row)
        self.reports.end_stream(row)

    def _carry(self, row: int, *, is_there: bool) -> None:
        """Sound to and from a secure row, while its far end is there."""
        self._sends[row] = self._hears[row] = is_there
        self.jitter.forget(row)
        self.reports.agree(row, WITH_SOUND if is_there else NO_REPORTS, self.tick)
        self._stale = True

    def _begin(self, row: int, port: int, ssrc: int, sequence: int, timestamp: int) -> None:
        self.port[row] = port
        self._ssrc[row] = np.frombuffer(ssrc.to_bytes(4, "big"), np.uint8)
        self._first_sequence[row] = self._sequence[row] = sequence
        self._timestamp[row] = timestamp
        self._begins[row], self._heard[row] = True, False
        self._sends[row] = self._hears[row] = False
        self._saved[row] = 0
        self._last_event[row] = UNKNOWN
        self.reception.begin(row)
        self.reports.begin(row)
        self.jitter.late[row] = self.jitter.concealed[row] = 0
        self.jitter.forget(row)

    def change(self, row: int, description: Description) -> None:
        """The address of a reserved leg, or what a re-INVITE agreed on: address, codec and direction may change, our
        own stream goes on. PortsExhausted."""
        if _has_host(description.remote) and self.ports.move(row, description.remote, *description.hosts):
            self._heard[row] = False
            self.reception.end_stream(row)
            self.reports.end_stream(row)
        self._agree(row, description)

    def close(self, row: int) -> None:
        if self.reports.to[row] != NO_REPORTS and self.reports.has_spoken(row):
            self._report(row, self._now(), is_leaving=True)
        if self.secure.is_secure[row]:
            self.secure.close(row)
        self.ports.close(row)
        self.reports.close(row)
        self.port[row] = NOBODY
        self._sends[row] = self._hears[row] = False
        self.jitter.forget(row)
        self.dialling.forget(row)
        self._stale = True

    def dial(self, row: int, keys: str) -> bool:
        """Send keys as RFC 4733 events, with pauses where `w` and `W` stand; False when the far end does not
        understand these, and browsers, which send them, play none. What is no key is left out."""
        if self._events[row] == NO_EVENTS or self.secure.is_secure[row]:
            return False
        self.dialling.add(row, keys)
        return True

    def statistics(self, row: int) -> Statistics:
        sent = int(self._sequence[row] - self._first_sequence[row])
        return Statistics(
            sent=sent,
            octets_sent=sent * FRAME - int(self._saved[row]),
            received=self.reception.received(row),
            octets_received=self.reception.octets(row),
            lost=self.reception.lost(row),
            late=int(self.jitter.late[row]),
            concealed=int(self.jitter.concealed[row]),
            jitter=float(self.reception.jitter[row]) / RATE,
            far=self.reports.last(row),
        )

    def _agree(self, row: int, description: Description) -> None:
        self._law[row], self._events[row] = description.law, description.events
        is_reserved = self.ports.source(row) == NOBODY
        sends = description.sends and _has_host(description.remote)
        hears = description.hears and not is_reserved
        if sends and not self._sends[row]:
            self._begins[row] = True  # the first packet after silence is marked (RFC 3551 4.1)
        if hears != self._hears[row]:
            self.jitter.forget(row)
        self._sends[row], self._hears[row] = sends, hears
        self.reports.agree(row, NO_REPORTS if is_reserved else description.reports, self.tick)
        if not sends:
            self.dialling.cut_short(row)
        if description.events == NO_EVENTS:
            self.dialling.forget(row)
        self._aim(row)

    def _aim(self, row: int) -> None:
        """Packets go to where the leg's own come from."""
        source = self.ports.source(row)
        if source != NOBODY:
            self._address[row] = address_columns(*address_of(source))
        self._stale = True

    # In --------------------------------------------------------------------------------------

    def receive(self) -> list[Told]:
        """Take what has arrived, of a flood only as much as a tick has time for; keys and reports among it."""
        told: list[Told] = []
        count, room = 0, self._in.count
        sockets = self.secure.sockets
        for step in range(len(sockets)):  # who comes first changes, so that a flooded port does not silence the others
            port = (self._turn + step) % len(sockets)
            while room - count >= AT_ONCE and (got := self._in.receive(sockets[port], count)):
                self._in_port[count : count + got] = port
                count += got
                if got < AT_ONCE:
                    break
        self._turn += 1
        if count:
            self._read(count, told)
        self._receive_control(told)
        return told

    def frames(self, used: NDArray[np.intp], heeded: NDArray[np.bool_] | None = None) -> Samples:
        """The next frame of these rows [used, 160]; silence of those that are not `heeded` by anybody."""
        return self.jitter.take(used, heeded)

    def arrived(self, used: NDArray[np.intp]) -> NDArray[np.bool_]:
        """From which of these rows the latest frame came; legs without a socket have no other sound than their own."""
        there: NDArray[np.bool_] = self.jitter.arrived[used] | (self.port[used] == NOBODY)
        return there

    @property
    def _seconds(self) -> float:
        """The plane's time."""
        return self.tick * FRAME_SECONDS

    def _read(self, count: int, told: list[Told]) -> None:
        """The first `count` packets, of all ports at once: arrays are worth their while when they are long."""
        self._in.describe(0, count)
        if self.secure:
            self.secure.read(count, self._in_port, self._seconds)
        lengths = np.minimum(self._in.lengths[:count], packets.LONGEST)
        found, control = packets.read(self._in.data[:count, : packets.LONGEST], lengths)
        self._read_sound(found, told)
        if len(control):  # afterwards: a report may speak of a stream that begins in this batch
            self._hear_reports(self._in, control, self._in_port[control], told)

    def _read_sound(self, found: Packets, told: list[Told]) -> None:
        is_sound = (found.kind == Law.ULAW) | (found.kind == Law.ALAW)
        rows = self._rows_of(self._in_port[found.index], sources(self._in.addresses[found.index]), is_sound)
        known = rows != NOBODY
        self.strangers += int((~known).sum())
        agreed = known & (is_sound | (found.kind == self._events[rows]))
        if not agreed.all():
            found, rows = found.only(agreed), rows[agreed]
        if not len(rows):
            return
        fresh = self.reception.notice_new(rows, found)
        if len(fresh):
            self.jitter.forget(fresh)
            for row in fresh.tolist():
                self.reports.end_stream(row)
        is_event = found.kind == self._events[rows]
        self.reception.count(rows, found, self._in.arrivals[found.index], ~is_event)
        hears = self._hears[rows]
        if not hears.all():
            found, rows, is_event = found.only(hears), rows[hears], is_event[hears]
        for i in np.flatnonzero(is_event):
            self._event(int(rows[i]), found, int(i), told)
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
        first_heard = (rows != NOBODY) & ~self._heard[rows]
        if first_heard.any():
            for row in set(rows[first_heard].tolist()):
                self.ports.heard(row)
                self._heard[row] = True
        return rows

    def _event(self, row: int, found: Packets, i: int, told: list[Told]) -> None:
        """A key is told once, at its first packet; the others of the same key have the same timestamp."""
        timestamp, last = int(found.timestamp[i]), int(self._last_event[row])
        if found.length[i] < 4 or (last != UNKNOWN and not 0 < (timestamp - last) % 2**32 < 2**31):
            return
        self._last_event[row] = timestamp
        number = int(self._in.data[found.index[i], found.start[i]])
        if number < len(KEYS):
            told.append(Pressed(row, KEYS[number]))

    def _hear(self, rows: Integers, found: Packets, which: NDArray[np.bool_], law: Law) -> None:
        wanted = np.flatnonzero(which)
        if not len(wanted):
            return
        shape = found.start[wanted] << 16 | found.length[wanted]
        for one in [int(shape[0])] if (shape == shape[0]).all() else np.unique(shape).tolist():
            these = wanted[shape == one]
            start, length = one >> 16, one & 0xFFFF
            payloads = self._in.data[found.index[these], start : start + length]
            self.jitter.put(rows[these], found.timestamp[these], payloads, law)

    # Reports ---------------------------------------------------------------------------------

    def _receive_control(self, told: list[Told]) -> None:
        """Reports on ports of their own, which may wait some ticks: a few of these ports are asked in each."""
        into, count = self._control_in, 0
        ports: list[int] = []
        for port in range(self.tick % CONTROL_TURNS, len(self.control), CONTROL_TURNS):
            sock = self.control[port]
            if sock is not None and count < into.count:
                got = into.receive(sock, count)
                ports += [port] * got
                count += got
        if count:
            into.describe(0, count)
            came = np.array(ports)
            rows = self.ports.find(came, sources(into.addresses[:count]))
            plain = np.flatnonzero((rows == NOBODY) | ~self.secure.is_secure[rows])  # what is secure comes with sound
            self._hear_reports(into, plain, came[plain], told)

    def _hear_reports(self, batch: Batch, places: NDArray[np.intp], ports: Integers, told: list[Told]) -> None:
        """Those from legs' own addresses first: a flood of others has what time is left."""
        origins = sources(batch.addresses[places])
        rows = self.ports.find(ports, origins)
        first = np.argsort(rows == NOBODY, kind="stable")[:MOST_AT_ONCE]
        self.strangers += len(places) - len(first)
        for i in first.tolist():
            row, place = int(rows[i]), int(places[i])
            try:
                found = rtcp.read(batch.data[place, : batch.lengths[place]].tobytes())
            except rtcp.Malformed:
                continue
            at = float(batch.arrivals[place]) if self._knows_time else 0.0
            port, source = int(ports[i]), int(origins[i])
            able = np.array([row]) if row != NOBODY else self.ports.of_host(port, source >> 16)
            self._hear_report(able, found, source, at or self._now(), told)

    def _hear_report(
        self, able: NDArray[np.intp], found: rtcp.Compound, source: int, at: float, told: list[Told]
    ) -> None:
        """Of the legs whose far end has this host it is the one that the report speaks of."""
        ours, theirs = self._ssrc[able].view(">u4")[:, 0].astype(np.int64), self.reception.ssrc[able]
        about, by = _is_one_of(ours, found.sources), _is_one_of(theirs, found.senders)
        if not (about | by).any():
            self.strangers += 1
            return
        place = int(np.argmax(4 * about + 2 * by + (self.reports.to[able] == source)))  # our SSRC is what only we chose
        row = int(able[place])
        self.reports.hear(row, found, int(ours[place]), int(theirs[place]), at)
        to = int(self.reports.to[row])
        if to > WITH_SOUND and to >> 16 != source >> 16:  # behind a NAT: where it comes from is where it hears
            self.reports.to[row] = source
        if (news := self.reports.tell(row, self.tick)) is not None:
            told.append(news)

    def _send_reports(self) -> None:
        if rows := self.reports.due(self.tick):
            now = self._now()
            for row in rows:
                self._report(row, now)

    def _report(self, row: int, now: float, *, is_leaving: bool = False) -> None:
        sent = int(self._sequence[row] - self._first_sequence[row])
        theirs = int(self.reception.ssrc[row])
        packet = self.reports.write(
            row,
            now,
            int(self._ssrc[row].view(">u4")[0]),
            (int(self._timestamp[row]), sent, sent * FRAME - int(self._saved[row])),
            None
            if theirs == UNKNOWN
            else (theirs, *self.reception.since_last_report(row), float(self.reception.jitter[row])),
            is_leaving=is_leaving,
        )
        if self.secure.is_secure[row]:
            return self.secure.report(row, packet)
        to, port = int(self.reports.to[row]), int(self.port[row])
        apart = self.control[port] if to != WITH_SOUND else None
        with suppress(OSError):  # as a network loses it
            (apart or self.sockets[port]).sendto(packet, address_of(self.ports.source(row) if to == WITH_SOUND else to))

    # Secure legs -----------------------------------------------------------------------------

    def work(self) -> list[Told]:
        """Handshakes of secure legs, and whose time is up: at the end of a tick, when nobody's sound waits for it."""
        told: list[Told] = []
        for happened in self.secure.work(self.tick, self._seconds) if self.secure else ():
            row = happened.row
            if isinstance(happened, Aimed):
                self.port[row], source = happened.way
                self._address[row] = address_columns(*address_of(source))
            else:
                self._carry(row, is_there=isinstance(happened, Connected))
                told.append(happened)
            self._stale = True
        return told

    # Out -------------------------------------------------------------------------------------

    def send(self, used: NDArray[np.intp], frames: Samples) -> int:
        """One packet to every leg that is sent to: its frame of [used, 160], or the next part of a key; and the
        reports that are due. How many packets of sound left."""
        if self._stale or used is not self._used:
            self._arrange(used)
        left = self._send_sound(frames) if len(self._order) else 0
        self._timestamp += FRAME  # of the others too: timestamps count time (RFC 3550 5.1)
        self.tick += 1
        self._send_reports()
        return left

    def _send_sound(self, frames: Samples) -> int:
        order, out = self._order, self._out
        count = len(order)
        out.data[:count, packets.HEADER : packets.SIZE] = self._encoded(
            frames.take(self._places, axis=0), self._law[order]
        )
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
        for row, key, sent in self.dialling.pass_frame(self._sends) if self.dialling else ():
            self._write_key(row, key, sent)
        self.secure.encryption.encrypt()
        out.prepare(count)
        return sum(
            out.send(sock, first, last)
            for sock, (first, last) in zip(self.secure.sockets, self._shares, strict=True)
            if first < last
        )

    def _encoded(self, frames: Samples, laws: Integers) -> Octets:
        octets = encode(frames, Law.ULAW)
        rows = np.flatnonzero(laws == Law.ALAW)
        if len(rows):
            octets[rows] = encode(frames[rows], Law.ALAW)
        return octets

    def _write_key(self, row: int, key: str, sent: int) -> None:
        """In place of the leg's sound; all packets of a key have the timestamp of its beginning."""
        began = (int(self._timestamp[row]) - sent * FRAME) & 0xFFFFFFFF
        duration = min(sent + 1, KEY_FRAMES) * FRAME
        i = int(self._at[row])
        packet = self._out.data[i]
        packet[1] = int(self._events[row]) | (0x80 if sent == 0 else 0)
        packet[4:8] = np.frombuffer(began.to_bytes(4, "big"), np.uint8)
        payload = packets.key_payload(key, end=sent >= KEY_FRAMES, duration=duration)
        packet[packets.HEADER : packets.HEADER + 4] = np.frombuffer(payload, np.uint8)
        self._out.lengths[i] = packets.HEADER + 4
        self._saved[row] += FRAME - 4

    def _arrange(self, used: NDArray[np.intp]) -> None:
        """Rows by port, where their frames are, and what stays the same in their packets: addresses and SSRCs."""
        has_way = self.secure.encryption.has_keys | ~self.secure.is_secure
        using = np.flatnonzero(self._sends & has_way)
        self._order = using[np.argsort(self.port[using], kind="stable")]
        self._at[self._order] = np.arange(len(using))
        self._used, self._places = used, np.searchsorted(used, self._order)
        ports = self.port[self._order]
        borders = np.searchsorted(ports, np.arange(len(self.secure.sockets) + 1))
        self._shares = [(int(first), int(last)) for first, last in itertools.pairwise(borders)]
        self._out.addresses[: len(using)] = self._address[self._order]
        self._out.data[: len(using), 8:12] = self._ssrc[self._order]
        self.secure.encryption.arrange(self._order)
        self._stale = False


def _is_one_of(each: Integers, few: frozenset[int]) -> NDArray[np.bool_]:
    matches: NDArray[np.bool_] = (each[:, None] == np.array(list(few), np.int64)).any(axis=1)
    return matches


def _has_host(remote: int) -> bool:
    """0.0.0.0 is no address but the hold of RFC 2543 (RFC 3264 8.4)."""
    return remote >> 16 != 0
