"""Browsers' legs per core: `python bench/browsers.py [legs] [seconds] [rounds] [what...]`.

The plane is the real media process, pinned to one core and told by orders what to do; browsers on another core, each
with a socket, ICE, DTLS and SRTP, send every leg a packet each 20 ms and take the kernel's arrival times of what they
are sent (`_browsers.py`). Beside it, in the same run, stand as many plain legs of the same process, and a process with
some dozens of legs of aiortc, whose far ends are the media process on the other core. *Share*, *jitter* and *missed*
are those of `media.py`; *set-up* is CPU of the process from the first check to the keys, for one leg. With `comers`
the jitter is theirs who talk already.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass, field

from _browsers import UFRAG, Browser, Browsers, Way
from _far_ends import SETTLE, FarEnds, Seen

from hoyhoy.audio import FRAME_SECONDS, tones
from hoyhoy.media import orders
from media import AIM, PATIENCE, PORTS, Exchange, on_cpu, product

AIORTC = 30
"""Legs: more than a core of it can carry."""

RATE = 100
"""Browsers that come in a second, before anything is measured."""

TALKING, COMERS = 200, 20

WHATS = {
    "plain": "legs without encryption: a prompt to each, packets and RFC 4733 in, jitter ring, statistics, latch, RTCP",
    "prompt": "the same to browsers: SRTP both ways, SRTCP, checks of consent",
    "keys": "the same, and in-band keys searched for in all",
    "pairs": "browsers connected in pairs",
    "recorded": "a prompt to each browser, both sides of each recorded in one channel",
    "comers": f"a prompt to each of {TALKING} browsers, while {COMERS} others come every second and leave again",
    "aiortc": f"{AIORTC} legs of aiortc in one process: a tone to each, packets in",
}


@dataclass
class Figure:
    legs: int
    share: float
    setup: float
    jitter: float = 0.0
    missed: float = 0.0
    late: float = 0.0


@dataclass
class Plane:
    """A media process with browsers' legs."""

    process: subprocess.Popen
    exchange: Exchange
    ways: dict[int, Way] = field(default_factory=dict)

    def open(self, legs: range) -> list[Way]:
        """Doors for these legs, whose far ends are not described yet."""
        self.exchange.tell(
            *(
                orders.OpenSecure(leg=leg, ssrc=leg, sequence=0, timestamp=0, ufrag=f"u{leg}", password=f"p{leg:030}")
                for leg in legs
            )
        )
        opened = {one.leg: one for one in self.exchange.expect(orders.Opened, len(legs))}
        self.fingerprint = opened[legs[0]].fingerprint
        return [Way(opened[leg].places[0], f"u{leg}", f"p{leg:030}") for leg in legs]

    def admit(self, leg: int, ufrag: str, *fingerprints: tuple[str, str]) -> None:
        self.exchange.tell(orders.Admit(leg=leg, ufrag=ufrag, fingerprints=fingerprints))

    def begin(self, legs: range, what: str) -> None:
        """What each hears, and what is done with what it says."""
        tell = self.exchange.tell
        if what == "pairs":
            tell(*(orders.Join(leg=leg, room=1 + (leg - 1) // 2) for leg in legs))
            return
        tell(orders.Load(clip=1, sound=tones.tone(30, 440).tobytes()))
        tell(*(orders.Play(leg=leg, clip=1, times=0) for leg in legs))
        if what == "keys":
            tell(*(orders.Listen(leg=leg, keys=True) for leg in legs))
        if what == "recorded":
            tell(*(orders.Record(recording=leg, of=leg, track="both", frames=10**9) for leg in legs))


@contextmanager
def plane(core: int) -> Iterator[Plane]:
    ours, theirs = socket.socketpair()
    for one in (ours, theirs):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8 << 20)
    process = subprocess.Popen(
        [sys.executable, "-m", "hoyhoy.media.process", str(theirs.fileno()), "127.0.0.1", "8192", *["0"] * PORTS],
        pass_fds=[theirs.fileno()],
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
    )
    theirs.close()
    exchange = Exchange(ours)
    exchange.expect(orders.Ready, 1)
    try:
        yield Plane(process, exchange)
    finally:
        ours.close()
        process.wait(PATIENCE)


def browsers(what: str, count: int, seconds: float) -> Figure:
    legs, far = range(1, count + 1), Browsers()
    with plane(0) as made:
        come_in(made, far, legs)
        setup = far.setup
        made.begin(legs, what)
        seen, share = measured(made, far, seconds)
        made.exchange.look_again()
        made.exchange.tell(*(orders.Close(leg=leg) for leg in legs))
        closed = made.exchange.expect(orders.Closed, count)
        lost = sum(one.lost for one in closed) / max(1, sum(one.received + one.lost for one in closed))
    far.close()
    return Figure(count, share, setup, seen.jitter, max(lost, seen.missed), seen.late)


def come_in(made: Plane, far: Browsers, legs: range) -> None:
    """All of them, one after the other as fast as they can."""
    ways = made.open(legs)
    ours = ("sha-256", far.identity.fingerprint)
    idle, before = idle_share(made), on_cpu(made.process.pid)
    began = time.monotonic()
    by_way = {
        browser.way.ufrag: browser for browser in far.come(ways, RATE, lambda n: made.admit(legs[n], UFRAG, ours))
    }
    passed = time.monotonic() - began
    far.each = [by_way[way.ufrag] for way in ways]
    made.exchange.expect(orders.Connected, len(ways))
    far.setup = (on_cpu(made.process.pid) - before - idle * passed) / len(ways)


def idle_share(made: Plane) -> float:
    """What its ticks cost that find nothing to do."""
    before, began = on_cpu(made.process.pid), time.monotonic()
    time.sleep(1)
    return (on_cpu(made.process.pid) - before) / (time.monotonic() - began)


def measured(
    made: Plane, far: Browsers, seconds: float, besides: Callable[[float], None] = lambda passed: None
) -> tuple[Seen, float]:
    marks: list[tuple[float, int]] = []

    def look(passed: float) -> None:
        besides(passed)
        if (passed >= 0 and not marks) or (passed >= seconds - 0.1 and len(marks) == 1):
            marks.append((on_cpu(made.process.pid), far.packets))

    seen = far.run(seconds, made.exchange.wait, look)
    (before, first), (after, last) = marks
    return seen, (after - before) / ((last - first) * FRAME_SECONDS / (2 * len(far.each)))


def comers(what: str, count: int, seconds: float) -> Figure:
    """What those who talk notice of those who come."""
    legs, far = range(1, TALKING + 1), Browsers()
    with plane(0) as made:
        come_in(made, far, legs)
        made.begin(legs, "prompt")
        others = range(TALKING + 1, TALKING + 1 + round((seconds + SETTLE) * COMERS))
        ways = made.open(others)
        ours = ("sha-256", far.identity.fingerprint)
        expected, came = list(others), list[Browser]()

        def admit(passed: float) -> None:
            """A little before it comes."""
            while expected and expected[0] - others[0] <= (passed + SETTLE) * COMERS + 1:
                made.admit(expected.pop(0), UFRAG, ours)

        coming = threading.Thread(target=lambda: came.extend(far.come(ways, COMERS, lambda number: None)))
        coming.start()
        seen, share = measured(made, far, seconds, admit)
        coming.join()
        for browser in came:
            browser.socket.close()
    far.close()
    return Figure(TALKING, share, far.setup, seen.jitter, seen.missed, seen.late)


def plain(what: str, count: int, seconds: float) -> Figure:
    far = FarEnds(count)
    marks: list[tuple[float, int]] = []
    with product("prompt", far) as subject:

        def look(passed: float) -> None:
            if (passed >= 0 and not marks) or (passed >= seconds - 0.1 and len(marks) == 1):
                marks.append((on_cpu(subject.pid), far.packets))

        seen = far.run(subject.near, seconds, subject.wait, look)
        (before, first), (after, last) = marks
        share = (after - before) / ((last - first) * FRAME_SECONDS / (2 * count))
        figure = Figure(count, share, 0.0, seen.jitter, max(subject.missed(), seen.missed), seen.late)
    far.close()
    return figure


def aiortc(what: str, count: int, seconds: float) -> Figure:
    """The other way round: its legs are the subject, and the media process is their far end."""
    legs = range(1, AIORTC + 1)
    process = subprocess.Popen(
        [sys.executable, os.path.join(os.path.dirname(__file__), "_aiortc.py"), str(AIORTC)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=lambda: os.sched_setaffinity(0, {0}),
    )
    with plane(1) as made:
        ways = made.open(legs)
        told = json.loads(process.stdout.readline())
        for leg, one in zip(legs, told, strict=True):
            made.admit(leg, one["ufrag"], *map(tuple, one["fingerprints"]))
        before = on_all_threads(process.pid)
        answers = [sdp(way, made.fingerprint, leg) for leg, way in zip(legs, ways, strict=True)]
        process.stdin.write(json.dumps(answers).encode() + b"\n")
        process.stdin.flush()
        made.exchange.expect(orders.Connected, AIORTC)
        setup = (on_all_threads(process.pid) - before) / AIORTC
        made.begin(legs, "prompt")
        made.exchange.wait(SETTLE)
        began, before = time.monotonic(), on_all_threads(process.pid)
        made.exchange.wait(seconds)
        share = (on_all_threads(process.pid) - before) / (time.monotonic() - began)
        made.exchange.look_again()
        made.exchange.tell(*(orders.Close(leg=leg) for leg in legs))
        closed = made.exchange.expect(orders.Closed, AIORTC)
        missed = 1 - min(one.received for one in closed) * FRAME_SECONDS / (seconds + SETTLE)
        process.stdin.close()
        process.wait(PATIENCE)
    return Figure(AIORTC, share, setup, missed=max(0.0, missed))


def on_all_threads(pid: int) -> float:
    """Seconds; it decodes each leg's sound in a thread."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with suppress(OSError), open(f"/proc/{pid}/task/{task}/schedstat") as file:
            total += int(file.read().split()[0])
    return total / 1e9


def sdp(way: Way, fingerprint: str, ssrc: int) -> str:
    host, port = way.place
    lines = [
        *("v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0", "a=ice-lite"),
        *("m=audio 9 UDP/TLS/RTP/SAVPF 0", "c=IN IP4 127.0.0.1", "a=mid:0", "a=sendrecv", "a=rtcp-mux"),
        *(f"a=ice-ufrag:{way.ufrag}", f"a=ice-pwd:{way.password}", f"a=fingerprint:sha-256 {fingerprint}"),
        *("a=setup:passive", "a=rtpmap:0 PCMU/8000", f"a=ssrc:{ssrc} cname:us"),
        *(f"a=candidate:1 1 udp 1 {host} {port} typ host", "a=end-of-candidates", ""),
    ]
    return "\r\n".join(lines)


def main() -> None:
    arguments = sys.argv[1:]
    count = int(arguments[0]) if arguments else 400
    seconds = float(arguments[1]) if len(arguments) > 1 else 5.0
    rounds = int(arguments[2]) if len(arguments) > 2 else 3
    whats = arguments[3:] or list(WHATS)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    os.sched_setaffinity(0, set(range(os.cpu_count() or 1)) - {0} or {0})
    measure = {"plain": plain, "comers": comers, "aiortc": aiortc}
    got_all: dict[str, list[Figure]] = {what: [] for what in whats}
    for _ in range(rounds):
        for what in whats:
            got_all[what].append(measure.get(what, browsers)(what, count, seconds))
    print(f"the best of {rounds} rounds of {seconds:.0f} s after {SETTLE:.0f} s of settling")
    for what, figures in got_all.items():
        got = Figure(*(min(column) for column in zip(*map(astuple, figures), strict=True)))
        print(
            f"  {what:8} {got.legs:4} legs {got.share:6.1%} of a core, {got.share / got.legs * 1e3:6.3f} ms per leg "
            f"and second, {got.legs * AIM / got.share:5.0f} legs at {AIM:.0%}, set-up {got.setup * 1e3:4.2f} ms, "
            f"jitter p99 {got.jitter * 1e3:5.2f} ms, missed {got.missed:.3%}, far ends late {got.late * 1e3:.1f} ms",
            flush=True,
        )
    for what in whats:
        print(f"{what:8} {WHATS[what]}")


if __name__ == "__main__":
    main()
