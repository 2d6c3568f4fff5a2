"""Legs per core: `python bench/media.py [legs] [seconds]`.

Every leg is played a prompt, receives a packet every 20 ms into its jitter ring, is counted and
checked for its latch; then the same with keys searched for in every leg's sound. One process is the
plane, pinned to one core; a forked one plays all far ends on the other: it sends on the same
schedule, and takes the kernel's arrival times of what the plane sends. `jitter` is how far the time
between two packets of a leg is from 20 ms, `not heard` what the plane's own counters miss. Both
processes share the machine's loopback, so some of the far end's work is on the plane's bill.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import gc
import pickle
import sys
import time

import numpy as np

from hoyhoy.audio import FRAME, FRAME_SECONDS, tones
from hoyhoy.audio.g711 import Law
from hoyhoy.media import packets
from hoyhoy.media.datagrams import Batch, address_columns, open_socket, source_of
from hoyhoy.media.plane import Plane
from hoyhoy.media.streams import Description, Streams

NEAR, FAR = 64, 128
BUFFER = 8 << 20
SAMPLED = 50
"""Legs whose packets' times are looked at."""


def far_ends(legs: int, seconds: float, sockets: list, near: list[tuple[str, int]], ports: np.ndarray) -> dict:
    """Send a packet of every leg each tick and drain what comes; what was seen of the plane's sending."""
    out, into = Batch(legs, packets.SIZE), Batch(4096, packets.SIZE)
    order = np.argsort(np.arange(legs) % FAR, kind="stable")
    for i, leg in enumerate(order):
        out.addresses[i] = address_columns(*near[ports[leg]])
        out.data[i, 8:12] = np.frombuffer(int(leg + 1).to_bytes(4, "big"), np.uint8)
    out.data[:, packets.HEADER :] = np.random.default_rng(1).integers(0, 256, FRAME, np.uint8)
    borders = np.searchsorted(order % FAR, np.arange(FAR + 1))
    begin, ticks = time.monotonic() + 0.2, int(seconds / FRAME_SECONDS)
    arrivals: dict[int, list[float]] = {leg: [] for leg in range(0, legs, max(1, legs // SAMPLED))}
    received = 0
    zeros = np.zeros(legs, np.int64)
    for tick in range(ticks):
        time.sleep(max(0.0, begin + tick * FRAME_SECONDS - time.monotonic()))
        packets.write_headers(out.data, zeros, zeros.astype(bool), zeros + tick % 65536, zeros + tick * FRAME)
        out.prepare(legs)
        for sock, first, last in zip(sockets, borders[:-1], borders[1:], strict=True):
            out.send(sock, int(first), int(last))
        for sock in sockets:
            while got := into.receive(sock):
                into.describe(0, got)
                received += got
                found, _ = packets.read(into.data[:got], into.lengths[:got])
                for i in np.flatnonzero(np.isin(found.ssrc - 1, list(arrivals))):
                    arrivals[int(found.ssrc[i]) - 1].append(float(into.arrivals[found.index[i]]))
                if got < 1024:
                    break
    gaps = np.concatenate([np.diff(one[25:]) for one in arrivals.values()])
    return {"jitter": float(np.percentile(np.abs(gaps - FRAME_SECONDS), 99)), "received": received}


def measure(legs: int, seconds: float, *, listens: bool) -> str:
    near = [open_socket("127.0.0.1", buffer=BUFFER) for _ in range(NEAR)]
    far = [open_socket(f"127.0.{1 + n}.1", buffer=BUFFER) for n in range(FAR)]
    plane, streams = Plane(legs), Streams(legs, near)
    clip = plane.arena.load(tones.tone(30, 440))
    for leg in range(legs):
        row = plane.open()
        remote = source_of(*far[leg % FAR].getsockname())
        streams.open(row, Description(remote, Law.ULAW, 101, ssrc=row + 1, sequence=0, timestamp=0))
        streams.ports.heard(row)
        plane.to_legs.play(row, clip, times=0)
        plane.to_legs.position[row] = leg * 7 % clip.frames
        plane.listens[row] = listens
    ports = streams.port.copy()
    reading, writing = os.pipe()
    if not (child := os.fork()):
        os.sched_setaffinity(0, {os.cpu_count() - 1})
        told = far_ends(legs, seconds + 1, far, [sock.getsockname() for sock in near], ports)
        os.write(writing, pickle.dumps(told))
        os._exit(0)
    os.sched_setaffinity(0, {0})
    gc.freeze()
    late = []
    begin = time.monotonic() + 0.2
    ticks, before = int((seconds + 0.5) / FRAME_SECONDS), 0.0
    for tick in range(ticks):
        if tick == 25:  # half a second to settle
            before = time.process_time()
        due = begin + tick * FRAME_SECONDS
        time.sleep(max(0.0, due - time.monotonic()))
        late.append(time.monotonic() - due)
        streams.receive()
        heard, _ = plane.step(streams.frames(plane.used, plane.heeded())[:, None, :])
        streams.send(plane.used, heard[:, 0])
    used = time.process_time() - before
    told = pickle.loads(os.read(reading, 1 << 16))
    os.waitpid(child, 0)
    for one in (*near, *far):
        one.close()
    statistics = [streams.statistics(row) for row in range(legs)]
    missed = sum(one.lost for one in statistics) / max(1, sum(one.received for one in statistics))
    share = used / ((ticks - 25) * FRAME_SECONDS)
    name = f"{legs:>6} legs{', keys searched for' if listens else ''}"
    lateness, jitter = np.percentile(late, 99) * 1e3, told["jitter"] * 1e3
    return (
        f"{name}: {share:6.1%} of a core, {share / legs * 1e6:4.0f} us per leg and second, "
        f"tick late p99 {lateness:.2f} ms, jitter p99 {jitter:.2f} ms, not heard {missed:.3%}"
    )


def main() -> None:
    legs = [int(sys.argv[1])] if len(sys.argv) > 1 else [500, 1000, 2000, 3000, 4000]
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 5.0
    for count in legs:
        for listens in (False, True):
            print(measure(count, seconds, listens=listens), flush=True)


if __name__ == "__main__":
    main()
