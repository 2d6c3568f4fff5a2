"""Far ends of thousands of legs in one process: they send on schedule and look at when the kernel got what comes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hoyhoy.audio import FRAME, FRAME_SECONDS, tones
from hoyhoy.audio.g711 import encode
from hoyhoy.media import packets
from hoyhoy.media.datagrams import Batch, address_columns, open_socket, source_of

HOSTS = 128
"""Addresses far ends are on: so many legs can wait for their first packet on one port."""

BUFFER = 8 << 20
SAMPLED = 100
"""Legs whose packets' times are looked at."""

SETTLE = 1.0
"""Seconds that are not measured: first packets latch and rings fill."""


@dataclass
class Seen:
    """Of what the far ends were sent: the 99th percentile of how far the time between two packets of a leg is from
    20 ms, and the part of all packets that did not come."""

    jitter: float
    missed: float
    late: float
    """Seconds by which half of the far ends' own ticks came later: a round with much of it says nothing."""


class FarEnds:
    """Leg i is at `addresses[i]`, sends with SSRC i + 1, and is sent to with the same."""

    def __init__(self, legs: int) -> None:
        self.legs = legs
        self.sockets = [open_socket(f"127.0.{1 + n}.1", buffer=BUFFER) for n in range(min(HOSTS, legs))]
        names = [sock.getsockname() for sock in self.sockets]
        self.addresses = [names[leg % len(names)] for leg in range(legs)]
        self.sources = [source_of(*address) for address in self.addresses]
        self.packets = 0
        """Sent and received by all."""
        self._out, self._into = Batch(legs, packets.SIZE), Batch(4096, packets.SIZE)

    def run(
        self,
        near: list[tuple[str, int]],
        seconds: float,
        wait: Callable[[float], None],
        passed: Callable[[float], None],
    ) -> Seen:
        """Send a packet of every leg to its `near` address each tick, and drain what comes. `wait` is told how many
        seconds there are between two; `passed` is told at each how many there were since the measured part began."""
        out, into, legs = self._out, self._into, self.legs
        order = np.argsort(np.arange(legs) % len(self.sockets), kind="stable")
        voice = encode(tones.tone(1.0, 300, 490, level=0.1)).reshape(-1, FRAME)
        for i, leg in enumerate(order.tolist()):
            out.addresses[i] = address_columns(*near[leg])
            out.data[i, 8:12] = np.frombuffer((leg + 1).to_bytes(4, "big"), np.uint8)
        borders = np.searchsorted(order % len(self.sockets), np.arange(len(self.sockets) + 1)).tolist()
        sampled = np.zeros(legs + 1, np.bool_)
        sampled[1 :: max(1, legs // SAMPLED)] = True
        seen: list[np.ndarray] = []
        late: list[float] = []
        zeros = np.zeros(legs, np.int64)
        begin, ticks, settled = (
            time.monotonic(),
            round((seconds + SETTLE) / FRAME_SECONDS),
            round(SETTLE / FRAME_SECONDS),
        )
        for tick in range(ticks):
            wait(max(0.0, begin + tick * FRAME_SECONDS - time.monotonic()))
            late.append(time.monotonic() - begin - tick * FRAME_SECONDS)
            passed(time.monotonic() - begin - SETTLE)
            out.data[:, packets.HEADER :] = voice[tick % len(voice)]
            packets.write_headers(out.data, zeros, zeros.astype(bool), zeros + tick % 65536, zeros + tick * FRAME)
            out.prepare(legs)
            for sock, first, last in zip(self.sockets, borders[:-1], borders[1:], strict=True):
                out.send(sock, first, last)
            self.packets += legs
            for sock in self.sockets:
                while got := into.receive(sock):
                    into.describe(0, got)
                    found, _ = packets.read(into.data[:got], into.lengths[:got])
                    self.packets += len(found.index)
                    if tick >= settled:
                        which = sampled[np.minimum(found.ssrc, legs)]
                        columns = (found.ssrc[which], found.sequence[which], into.arrivals[found.index[which]])
                        seen.append(np.stack(columns, axis=1))
                    if got < 1024:
                        break
        every = np.concatenate(seen)
        by_leg = [every[every[:, 0] == ssrc, 1:] for ssrc in np.unique(every[:, 0])]
        gaps = np.concatenate([np.diff(one[:, 1]) for one in by_leg])
        missed = sum(int(np.maximum(np.diff(one[:, 0]) - 1, 0).sum()) for one in by_leg) / len(every)
        return Seen(float(np.percentile(np.abs(gaps - FRAME_SECONDS), 99)), missed, float(np.median(late[settled:])))

    def close(self) -> None:
        for sock in self.sockets:
            sock.close()
