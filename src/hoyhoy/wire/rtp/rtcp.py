"""Reports on a stream of sound: compound RTCP packets, read and written (RFC 3550 6).

    packet = write(Report(ssrc, Sending(ntp, timestamp, packets, octets), (block,)), "hoyhoy")
    read(packet).reports[0].blocks[0].lost

A compound packet begins with a report of its sender, an SR or RR; what else there may be and is not
looked at (APP, feedback, extended reports) is passed over by its length. One thing wrong and the
whole is refused: nothing that comes by UDP is worth guessing.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

SR, RR, SDES, BYE = 200, 201, 202, 203
CNAME = 1

NTP_ERA = 2_208_988_800
"""Seconds from 1900, where NTP begins, to 1970."""

_SENDING = struct.Struct(">QIII")
_BLOCK = struct.Struct(">IIIIII")


class Malformed(ValueError):
    """What arrived is no compound RTCP packet."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What an SR says of the sender's own stream: `timestamp` is that of the RTP packets at `ntp` (64 bits)."""

    ntp: int
    timestamp: int
    packets: int
    octets: int


@dataclass(frozen=True, slots=True)
class Block:
    """How a stream is received (RFC 3550 6.4.1). `fraction` lost since the last report is of 256, `lost` of all may be
    negative when packets come twice, `jitter` is in timestamps; `last_report` is the middle of the latest SR's NTP
    time, `since` how long ago it came, in seconds of 65,536 parts; both 0 when there was none."""

    ssrc: int
    fraction: int
    lost: int
    highest: int
    jitter: int
    last_report: int = 0
    since: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """An SR, or an RR when `sending` is None."""

    ssrc: int
    sending: Sending | None = None
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Compound:
    """One packet. `names` are canonical names by SSRC, `leaving` those who said goodbye."""

    reports: tuple[Report, ...]
    names: dict[int, bytes]
    leaving: frozenset[int]

    @property
    def senders(self) -> frozenset[int]:
        """Whose packet it is."""
        return self.leaving.union(report.ssrc for report in self.reports)

    @property
    def sources(self) -> frozenset[int]:
        """Whose streams it reports on."""
        return frozenset(block.ssrc for report in self.reports for block in report.blocks)


def middle(ntp: int) -> int:
    """The 32 bits by which a report names an SR."""
    return ntp >> 16 & 0xFFFFFFFF


def ntp_of(seconds: float) -> int:
    """Unix seconds as an NTP timestamp of 64 bits."""
    return int((seconds + NTP_ERA) * 2**32) & (2**64 - 1)


def round_trip(arrived: int, block: Block) -> float | None:
    """Seconds from our SR to the far end and back; `arrived` is the middle of the report's own NTP time (RFC 3550
    6.4.1). None when it names none of our reports or makes no sense."""
    if not block.last_report:
        return None
    units = (arrived - block.last_report - block.since + 2**31) % 2**32 - 2**31
    if not -0x1000 <= units < 60 << 16:  # clocks that are corrected step back a little
        return None
    return max(0, units) / 65536


# Reading -----------------------------------------------------------------------------------


def read(datagram: bytes) -> Compound:
    """A compound packet (RFC 3550 6.1, A.2). Malformed."""
    reports: list[Report] = []
    names: dict[int, bytes] = {}
    leaving: set[int] = set()
    for count, kind, body in _packets(datagram):
        if kind in (SR, RR):
            reports.append(_report(kind, count, body))
        elif not reports:
            raise Malformed("it does not begin with a report")
        elif kind == SDES:
            names.update(_names(count, body))
        elif kind == BYE:
            if len(body) < 4 * count:
                raise Malformed("a goodbye of fewer sources than it says")
            leaving.update(struct.unpack_from(f">{count}I", body))
    if not reports:
        raise Malformed("nothing in it")
    return Compound(tuple(reports), names, frozenset(leaving))


def _packets(datagram: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Count, type and body of each packet of a compound."""
    at, end = 0, len(datagram)
    while at < end:
        if end - at < 4:
            raise Malformed("a header is cut off")
        first, kind, words = struct.unpack_from(">BBH", datagram, at)
        until = at + 4 + 4 * words
        if first >> 6 != 2:
            raise Malformed("not version 2")
        if until > end:
            raise Malformed("a packet is longer than what came")
        body = datagram[at + 4 : until]
        if first & 0x20:  # only the last may be padded (RFC 3550 6.4.1)
            padding = body[-1] if body else 0
            if until != end or not 0 < padding <= len(body) or padding % 4:
                raise Malformed("padding that cannot be")
            body = body[:-padding]
        yield first & 0x1F, kind, body
        at = until


def _report(kind: int, count: int, body: bytes) -> Report:
    start = 4 + (_SENDING.size if kind == SR else 0)
    if len(body) < start + count * _BLOCK.size:
        raise Malformed("a report of fewer blocks than it says")
    [ssrc] = struct.unpack_from(">I", body)
    sending = Sending(*_SENDING.unpack_from(body, 4)) if kind == SR else None
    blocks = tuple(_block(*_BLOCK.unpack_from(body, start + n * _BLOCK.size)) for n in range(count))
    return Report(ssrc, sending, blocks)


def _block(ssrc: int, losses: int, highest: int, jitter: int, last_report: int, since: int) -> Block:
    lost = (losses & 0xFFFFFF) - (1 << 24 if losses & 0x800000 else 0)
    return Block(ssrc, losses >> 24, lost, highest, jitter, last_report, since)


def _names(count: int, body: bytes) -> Iterator[tuple[int, bytes]]:
    """Canonical names of a source description: chunks of items, each chunk filled up to whole words (RFC 3550 6.5)."""
    at = 0
    for _ in range(count):
        if len(body) - at < 8:
            raise Malformed("a description is cut off")
        [ssrc] = struct.unpack_from(">I", body, at)
        at += 4
        while at < len(body) and body[at]:
            if at + 2 > len(body) or at + 2 + body[at + 1] > len(body):
                raise Malformed("a description is cut off")
            if body[at] == CNAME:
                yield ssrc, body[at + 2 : at + 2 + body[at + 1]]
            at += 2 + body[at + 1]
        if at >= len(body):
            raise Malformed("a description has no end")
        at += 4 - at % 4


# Writing -----------------------------------------------------------------------------------


def write(report: Report, name: str, *, is_leaving: bool = False) -> bytes:
    """An SR or RR, who sends it, and his goodbye. Numbers that have outgrown their fields wrap, as RFC 3550 has it;
    a loss beyond its field stays at the field's end (A.3)."""
    body = struct.pack(">I", report.ssrc)
    if report.sending is not None:
        sending = report.sending
        wrapped = (value & 0xFFFFFFFF for value in (sending.timestamp, sending.packets, sending.octets))
        body += _SENDING.pack(sending.ntp & (2**64 - 1), *wrapped)
    body += b"".join(map(_written, report.blocks))
    source = struct.pack(">IBB", report.ssrc, CNAME, len(name.encode())) + name.encode()
    source += bytes(4 - len(source) % 4)  # an item list ends with at least one null
    packet = _packet(SR if report.sending else RR, len(report.blocks), body) + _packet(SDES, 1, source)
    return packet + _packet(BYE, 1, struct.pack(">I", report.ssrc)) if is_leaving else packet


def _written(block: Block) -> bytes:
    lost = max(-(1 << 23), min((1 << 23) - 1, block.lost)) & 0xFFFFFF
    numbers = (block.highest, block.jitter, block.last_report, block.since)
    losses = min(255, max(0, block.fraction)) << 24 | lost
    return _BLOCK.pack(block.ssrc, losses, *(number & 0xFFFFFFFF for number in numbers))


def _packet(kind: int, count: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0x80 | count, kind, len(body) // 4) + body
