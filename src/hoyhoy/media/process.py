"""A media process: a desk, its sockets, and a tick every 20 ms (`python -m hoyhoy.media.process`).

It is alone with its clock: nothing here waits for anything but the next tick, and a busy interpreter
elsewhere cannot delay it. Orders are read at every tick and what happened is written at its end. It
ends with the exchange: when the other end of the socket is gone, so is it.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import sys
import time
from collections import deque
from dataclasses import dataclass, field

import msgspec

from hoyhoy.audio import FRAME_SECONDS

from .arena import Arena
from .datagrams import open_pair
from .desk import Desk
from .framing import Broken, Frames, framed
from .orders import Event, Measured, Ready, pack, read_orders
from .plane import Plane
from .streams import Streams

BEHIND = 1.0
"""Seconds: a machine that slept longer does not make up for the ticks it missed."""

MEASURED = 50
"""Ticks between two reports of how late ticks were."""


MOST_READ = 1 << 19
"""Octets of orders that are read in one tick: half a minute of sound. What is more waits for the next."""

MOST_UNSENT = 64 << 20
"""Octets that wait for an exchange which does not read: more than a minute of a thousand recordings."""


class Deaf(Exception):
    """The exchange has not read for so long that it will not read any more."""


@dataclass(slots=True)
class Wire:
    """The exchange's end of the line, read and written without ever waiting."""

    sock: socket.socket
    frames: Frames = field(default_factory=Frames)
    unsent: deque[bytes] = field(default_factory=deque)

    def read(self) -> list[bytes]:
        """Lists that have come, of a flood of sound only what a tick has time for. EOFError when the exchange is
        gone."""
        lists: list[bytes] = []
        left = MOST_READ
        while left > 0:
            try:
                piece = self.sock.recv(left)
            except BlockingIOError:
                break
            if not piece:
                raise EOFError
            left -= len(piece)
            lists += self.frames.feed(piece)
        return lists

    def write(self, events: list[Event]) -> None:
        """Send what happened; what the exchange cannot take yet waits here."""
        if events:
            self.unsent.append(framed(pack(events)))
            if sum(map(len, self.unsent)) > MOST_UNSENT:
                raise Deaf("the exchange does not read")
        while self.unsent:
            try:
                sent = self.sock.send(self.unsent[0])
            except BlockingIOError:
                return
            if sent < len(self.unsent[0]):
                self.unsent[0] = self.unsent[0][sent:]
                return
            self.unsent.popleft()


def run(wire: Wire, desk: Desk) -> None:
    """Tick until the exchange is gone."""
    due = time.monotonic()
    late, ticks, began = 0.0, 0, time.process_time()
    while True:
        now = time.monotonic()
        if now < due:
            time.sleep(due - now)
        elif now - due > BEHIND:
            due = now
        late = max(late, time.monotonic() - due)
        for one in wire.read():
            for order in read_orders(one):
                desk.obey(order)
        events = desk.tick()
        ticks += 1
        if ticks == MEASURED:
            used = time.process_time()
            events.append(Measured(legs=desk.legs, late=late, busy=(used - began) / (MEASURED * FRAME_SECONDS)))
            late, ticks, began = 0.0, 0, used
        wire.write(events)
        due += FRAME_SECONDS


def main(arguments: list[str]) -> int:
    """`FD HOST ROWS PORT...`: the inherited socket, where to listen, how many legs, the pool of ports (0: any).

    Reports come on the next higher port of each, unless that is itself of the pool.
    """
    number, host, rows, *ports = arguments
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the exchange, which ends its calls first
    sock = socket.socket(fileno=int(number))
    sock.setblocking(False)
    wanted = [int(port) for port in ports]
    pairs = [open_pair(host, port, taken=wanted) for port in wanted]
    sockets, control = [sound for sound, _ in pairs], [apart for _, apart in pairs]
    wire = Wire(sock)
    streams = Streams(int(rows), sockets, control, now=time.time, chance=random.random) if sockets else None
    wire.write([Ready(ports=tuple(one.getsockname()[1] for one in sockets))])
    try:
        run(wire, Desk(Plane(int(rows), Arena()), streams))
    except (EOFError, ConnectionError, BrokenPipeError):
        return 0
    except (Broken, Deaf, msgspec.MsgspecError) as why:
        print(f"media process: {why}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.exit(main(sys.argv[1:]))
