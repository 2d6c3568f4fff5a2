"""Where a tick of the media plane goes: `python bench/media_parts.py [legs] [what...]`.

The desk, the plane and the streams of a media process stand in this one, with far ends beside them whose work is not
counted. CPU time of each part without the parts inside it, as microseconds per leg and second: the best of some
batches of ticks. The whole process under load is measured by `media.py`.

Below stands what it costs the exchange, not the media process, to listen to who answered: per call and second.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
from _far_ends import FarEnds
from _packet_by_packet import Bare

from hoyhoy.audio import FRAME, FRAME_SECONDS, RATE, tones
from hoyhoy.audio.answerer import Answerer
from hoyhoy.audio.g711 import Samples, encode
from hoyhoy.exchange.detection import AT_ONCE
from hoyhoy.media import orders, packets
from hoyhoy.media.announcements import Announcements
from hoyhoy.media.datagrams import Batch, address_columns, open_socket
from hoyhoy.media.desk import Desk
from hoyhoy.media.jitter import Jitter
from hoyhoy.media.plane import Plane
from hoyhoy.media.players import Players
from hoyhoy.media.reception import Reception
from hoyhoy.media.recordings import Recordings
from hoyhoy.media.rooms import Rooms
from hoyhoy.media.streams import Streams
from hoyhoy.speech.placeholder import murmur

PORTS, WARM, BATCHES, TICKS = 64, 12, 6, 8

WHOLE = ("desk, the rest", "bare loop, the rest")
PARTS: list[tuple[str, Any, str]] = [
    ("kernel: receiving", Batch, "receive"),
    ("kernel: sending, and delivery over loopback", Batch, "send"),
    ("headers read", packets, "read"),
    ("whose packets", Streams, "_rows_of"),
    ("counted", Reception, "count"),
    ("into the rings", Jitter, "put"),
    ("out of the rings", Jitter, "take"),
    ("prompts", Players, "advance"),
    ("announcements", Announcements, "advance"),
    ("rooms", Rooms, "mix"),
    ("recordings", Recordings, "take"),
    ("keys, silence, levels", Plane, "_listen"),
    ("plane, the rest", Plane, "step"),
    ("packets written", Streams, "send"),
    ("reports", Streams, "_send_reports"),
    ("reading, the rest", Streams, "receive"),
    (WHOLE[0], Desk, "tick"),
    (WHOLE[1], Bare, "tick"),
]
SOUNDS = {
    "silence": tones.silence(8),
    "words": murmur("Hello, you have reached us. " * 5)[: 8 * RATE],
    "a tone": tones.tone(8, 440),
}
WHATS = ("bare", "prompt", "keys", "pairs", "tens", "recorded", "dual")


class Stopwatch:
    """CPU time by part, each without those it calls."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._inner: list[float] = []
        for name, owner, method in PARTS:
            setattr(owner, method, self._timed(name, getattr(owner, method)))

    def _timed(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **options: Any) -> Any:
            if not self._inner and name not in WHOLE:  # the far ends, which use the same code
                return call(*args, **options)
            self._inner.append(0.0)
            began = time.thread_time()
            try:
                return call(*args, **options)
            finally:
                took = time.thread_time() - began
                self.spent[name] += took - self._inner.pop()
                if self._inner:
                    self._inner[-1] += took

        return timed


class Load:
    """A desk, or a bare loop, with legs and their far ends."""

    def __init__(self, what: str, legs: int) -> None:
        self.legs, self.far = legs, FarEnds(legs)
        if what == "bare":
            loop = Bare(self.far.addresses)
            near, self.sockets, self.subject = loop.near, loop.sockets, loop.tick
        else:
            self.sockets = [open_socket("127.0.0.1", buffer=8 << 20) for _ in range(PORTS)]
            desk = Desk(Plane(8192), Streams(8192, self.sockets, now=time.time))
            near, self.subject = self._ordered(desk, what), desk.tick
        self._out, self._into = Batch(legs, packets.SIZE), Batch(4096, packets.SIZE)
        far_ends = len(self.far.sockets)
        order = np.argsort(np.arange(legs) % far_ends, kind="stable")
        for i, leg in enumerate(order.tolist()):
            self._out.addresses[i] = address_columns(*near[leg])
            self._out.data[i, 8:12] = np.frombuffer((leg + 1).to_bytes(4, "big"), np.uint8)
        self._borders = np.searchsorted(order % far_ends, np.arange(far_ends + 1)).tolist()
        self._voice = encode(tones.tone(1.0, 300, 490, level=0.1)).reshape(-1, FRAME)
        self._tick = 0

    def _ordered(self, desk: Desk, what: str) -> list[tuple[str, int]]:
        told: list[orders.Order] = [orders.Load(clip=1, sound=tones.tone(30, 440).tobytes())]
        for leg in range(1, self.legs + 1):
            remote = self.far.sources[leg - 1]
            told.append(orders.OpenStream(leg=leg, remote=remote, law=0, events=101, ssrc=leg, sequence=0, timestamp=0))
            if what in ("pairs", "tens"):
                told.append(orders.Join(leg=leg, room=leg // (2 if what == "pairs" else 10)))
            else:
                told.append(orders.Play(leg=leg, clip=1, times=0))
            if what == "keys":
                told.append(orders.Listen(leg=leg, keys=True))
            if what in ("recorded", "dual"):
                track = "dual" if what == "dual" else "both"
                told.append(orders.Record(recording=leg, of=leg, track=track, frames=10**9))
        for order in told:
            desk.obey(order)
        port = {one.leg: one.port for one in desk.told() if isinstance(one, orders.Opened)}
        return [self.sockets[port[leg]].getsockname() for leg in range(1, self.legs + 1)]

    def tick(self) -> None:
        out, zeros = self._out, np.zeros(self.legs, np.int64)
        out.data[:, packets.HEADER :] = self._voice[self._tick % len(self._voice)]
        packets.write_headers(out.data, zeros, zeros > 0, zeros + self._tick, zeros + self._tick * FRAME)
        out.prepare(self.legs)
        for sock, first, last in zip(self.far.sockets, self._borders[:-1], self._borders[1:], strict=True):
            out.send(sock, first, last)
        self._tick += 1
        self.subject()
        for sock in self.far.sockets:
            self._into.receive(sock)

    def close(self) -> None:
        for sock in self.sockets:
            sock.close()
        self.far.close()


def measure(what: str, legs: int, watch: Stopwatch) -> dict[str, float]:
    load = Load(what, legs)
    for _ in range(WARM):
        load.tick()
    best: dict[str, float] = {}
    for _ in range(BATCHES):
        watch.spent.clear()
        for _ in range(TICKS):
            load.tick()
        for name, spent in watch.spent.items():
            best[name] = min(best.get(name, np.inf), spent)
    load.close()
    return {name: spent / TICKS / FRAME_SECONDS / legs * 1e6 for name, spent in best.items()}


def listening(sound: Samples) -> float:
    """Microseconds of CPU per second of it in which it is not known who answered."""
    best, portion = np.inf, AT_ONCE * FRAME
    for _ in range(BATCHES):
        answerer = Answerer(to_end=True, seconds=1e9, speech=1e9, pause=1e9, silence=1e9)
        began = time.thread_time()
        for first in range(0, len(sound), portion):
            answerer.hear(sound[first : first + portion])
        best = min(best, time.thread_time() - began)
    return best / (len(sound) / RATE) * 1e6


def main() -> None:
    legs = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    whats = sys.argv[2:] or WHATS
    watch = Stopwatch()
    columns = [measure(what, legs, watch) for what in whats]
    print(f"{legs} legs, us of CPU per leg and second\n{'':44}" + "".join(f"{what:>10}" for what in whats))
    for name, _, _ in PARTS:
        print(f"{name:44}" + "".join(f"{column.get(name, 0):10.1f}" for column in columns))
    print(f"{'together':44}" + "".join(f"{sum(column.values()):10.1f}" for column in columns))
    for name, sound in SOUNDS.items():
        print(f"{'who answered: ' + name:44}{listening(sound):10.1f}")


if __name__ == "__main__":
    main()
