"""Legs per core: `python bench/media.py [legs] [seconds] [rounds] [what...]`.

The plane is the real media process, told by orders what to do, pinned to one core; far ends on another core send every
leg a packet each 20 ms and take the kernel's arrival times of what they are sent. Beside it, in the same run, stand a
bare loop over arrays and a program that handles packet by packet (`_packet_by_packet.py`). *Share* is CPU seconds of
the process for the packets of one second; *jitter* how far the time between two packets of a leg is from 20 ms;
*missed* what the process did not hear of what it was sent, or the far ends of what they should have been sent. Delivery
over loopback is on the bill of whoever sends. The best of some rounds is told: on a machine with other work the worse
ones measure that.
"""

from __future__ import annotations

import os
import pickle
import resource
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass

from _far_ends import SETTLE, FarEnds

from hoyhoy.audio import FRAME_SECONDS, tones
from hoyhoy.media import orders
from hoyhoy.media.framing import LENGTH, Frames, framed

PORTS = 64
PATIENCE = 60.0
TRIES, LATE = 3, 0.002
AIM = 0.7
"""Of a core: how many legs that is, is told beside each figure, as if cost grew with their number."""

PRODUCT = {
    "prompt": "a prompt to each leg, packets and RFC 4733 in, jitter ring, statistics, latch, RTCP",
    "keys": "the same, and in-band keys searched for in all",
    "pairs": "connected in pairs",
    "tens": "in conferences of ten, all talking",
    "recorded": "a prompt to each leg, both sides of each recorded in one channel",
    "dual": "the same in two channels",
}
PEERS = {
    "bare": "bare loop over arrays: prompt out, header and payload in, nothing else",
    "uvloop": "packet by packet on uvloop, nothing else",
    "asyncio": "packet by packet on asyncio, nothing else",
}


class Exchange:
    """Our end of a media process."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock, self._frames = sock, Frames()
        self._piece = memoryview(bytearray(1 << 20))
        self._left, self._head = 0, b""
        sock.setblocking(False)

    def tell(self, *told: orders.Order) -> None:
        self.sock.setblocking(True)
        self.sock.sendall(framed(orders.pack(told)))
        self.sock.setblocking(False)

    def hear(self) -> list[orders.Event]:
        """What has been said, without waiting."""
        events: list[orders.Event] = []
        try:
            while piece := self.sock.recv(1 << 20):
                for one in self._frames.feed(piece):
                    events += orders.read_events(one)
        except BlockingIOError:
            pass
        return events

    def pass_over(self) -> None:
        """Take what has been said and look at none of it: this core has the far ends to do."""
        try:
            while count := self.sock.recv_into(self._piece):
                at = 0
                while at < count:
                    if self._left:
                        step = min(self._left, count - at)
                        self._left, at = self._left - step, at + step
                        continue
                    wanted = LENGTH - len(self._head)
                    self._head, at = self._head + bytes(self._piece[at : min(count, at + wanted)]), at + wanted
                    if len(self._head) == LENGTH:
                        self._left, self._head = int.from_bytes(self._head, "big"), b""
        except BlockingIOError:
            pass

    def wait(self, seconds: float) -> None:
        """So long, and read meanwhile."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            select.select([self.sock], [], [], left)
            self.pass_over()

    def look_again(self) -> None:
        """To the end of the list that is being passed over."""
        while self._left or self._head:
            self.pass_over()

    def expect(self, kind: type, count: int) -> list:
        got: list = []
        until = time.monotonic() + PATIENCE
        while len(got) < count:
            for event in self.hear():
                if isinstance(event, orders.Refused):
                    raise SystemExit(f"refused: {event.order} of {event.of}: {event.why}")
                if isinstance(event, kind):
                    got.append(event)
            if time.monotonic() > until:
                raise SystemExit(f"the media process told {len(got)} of {count} {kind.__name__}")
            time.sleep(0.005)
        return got


@dataclass
class Subject:
    """A program under load: its process, where its legs listen, how to wait beside it, and at the end: how much of
    what it was sent it missed."""

    pid: int
    near: list[tuple[str, int]]
    wait: Callable[[float], None]
    missed: Callable[[], float]


@contextmanager
def product(what: str, far: FarEnds) -> Iterator[Subject]:
    ours, theirs = socket.socketpair()
    for one in (ours, theirs):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8 << 20)
    process = subprocess.Popen(
        [sys.executable, "-m", "hoyhoy.media.process", str(theirs.fileno()), "127.0.0.1", "8192", *["0"] * PORTS],
        pass_fds=[theirs.fileno()],
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        preexec_fn=lambda: os.sched_setaffinity(0, {0}),
    )
    theirs.close()
    exchange = Exchange(ours)
    [ready] = exchange.expect(orders.Ready, 1)
    legs = range(1, far.legs + 1)
    exchange.tell(orders.Load(clip=1, sound=tones.tone(30, 440).tobytes()))
    exchange.tell(
        *(
            orders.OpenStream(
                leg=leg, remote=far.sources[leg - 1], law=0, events=101, ssrc=leg, sequence=0, timestamp=0
            )
            for leg in legs
        )
    )
    port = {one.leg: ready.ports[one.port] for one in exchange.expect(orders.Opened, far.legs)}
    if what in ("pairs", "tens"):
        size = 2 if what == "pairs" else 10
        exchange.tell(*(orders.Join(leg=leg, room=1 + (leg - 1) // size) for leg in legs))
    else:
        exchange.tell(*(orders.Play(leg=leg, clip=1, times=0) for leg in legs))
    if what == "keys":
        exchange.tell(*(orders.Listen(leg=leg, keys=True) for leg in legs))
    if what in ("recorded", "dual"):
        track = "dual" if what == "dual" else "both"
        exchange.tell(*(orders.Record(recording=leg, of=leg, track=track, frames=10**9) for leg in legs))

    def missed() -> float:
        exchange.look_again()
        exchange.tell(*(orders.Close(leg=leg) for leg in legs))
        closed = exchange.expect(orders.Closed, far.legs)
        return sum(one.lost for one in closed) / max(1, sum(one.received + one.lost for one in closed))

    try:
        yield Subject(process.pid, [("127.0.0.1", port[leg]) for leg in legs], exchange.wait, missed)
    finally:
        ours.close()
        process.wait(PATIENCE)


@contextmanager
def peer(what: str, far: FarEnds) -> Iterator[Subject]:
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [sys.executable, os.path.join(os.path.dirname(__file__), "_packet_by_packet.py"), what, str(writing)],
        pass_fds=[writing],
        stdin=subprocess.PIPE,
        preexec_fn=lambda: os.sched_setaffinity(0, {0}),
    )
    os.close(writing)
    pickle.dump(far.addresses, process.stdin)
    process.stdin.close()
    with os.fdopen(reading, "rb") as pipe:
        near = pickle.load(pipe)
    try:
        yield Subject(process.pid, near, time.sleep, lambda: 0.0)
    finally:
        process.terminate()
        process.wait(PATIENCE)


@dataclass
class Figure:
    share: float
    jitter: float
    missed: float
    late: float


def on_cpu(pid: int) -> float:
    """Seconds, to the nanosecond, which a crowded machine needs."""
    with open(f"/proc/{pid}/schedstat") as file:
        return int(file.read().split()[0]) / 1e9


def measure(what: str, legs: int, seconds: float) -> Figure:
    far = FarEnds(legs)
    marks: list[tuple[float, int]] = []
    with (product if what in PRODUCT else peer)(what, far) as subject:

        def look(passed: float) -> None:
            if (passed >= 0 and not marks) or (passed >= seconds - 0.1 and len(marks) == 1):
                marks.append((on_cpu(subject.pid), far.packets))

        seen = far.run(subject.near, seconds, subject.wait, look)
        (before, first), (after, last) = marks
        passed = (last - first) * FRAME_SECONDS / (2 * legs)
        figure = Figure((after - before) / passed, seen.jitter, max(subject.missed(), seen.missed), seen.late)
    far.close()
    return figure


def punctual(what: str, legs: int, seconds: float) -> Figure:
    """A round in which the far ends could keep their schedule, or the one in which they nearly did."""
    tried: list[Figure] = []
    while len(tried) < TRIES and (not tried or tried[-1].late > LATE):
        tried.append(measure(what, legs, seconds))
    return min(tried, key=lambda one: one.late)


def main() -> None:
    arguments = sys.argv[1:]
    counts = [int(arguments[0])] if arguments else [1000, 3000]
    seconds = float(arguments[1]) if len(arguments) > 1 else 5.0
    rounds = int(arguments[2]) if len(arguments) > 2 else 3
    whats = arguments[3:] or ["bare", *PRODUCT, "uvloop", "asyncio"]
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    os.sched_setaffinity(0, set(range(os.cpu_count() or 1)) - {0} or {0})
    for legs in counts:
        print(f"{legs} legs, the best of {rounds} rounds of {seconds:.0f} s after {SETTLE:.0f} s of settling")
        got_all: dict[str, list[Figure]] = {what: [] for what in whats}
        for _ in range(rounds):
            for what in whats:
                got_all[what].append(punctual(what, legs, seconds))
        bare = 0.0
        for what, figures in got_all.items():
            got = Figure(*(min(column) for column in zip(*map(astuple, figures), strict=True)))
            if what == "bare":
                bare = got.share
            beside = f", {got.share / bare:4.2f} x bare" if bare else ""
            print(
                f"  {what:8} {got.share:6.1%} of a core, {got.share / legs * 1e6:4.0f} us per leg and second{beside}, "
                f"{legs * AIM / got.share:5.0f} legs at {AIM:.0%}, jitter p99 {got.jitter * 1e3:5.2f} ms, "
                f"missed {got.missed:.3%}, far ends late {got.late * 1e3:.1f} ms",
                flush=True,
            )
    for what in whats:
        print(f"{what:8} {(PRODUCT | PEERS)[what]}")


if __name__ == "__main__":
    main()
