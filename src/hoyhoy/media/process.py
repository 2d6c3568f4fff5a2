"""A media process: a desk, its sockets, and a tick every 20 ms (`python -m hoyhoy.media.process`).

It is alone with its clock: nothing here waits for anything but the next tick, and a busy interpreter
elsewhere cannot delay it. Orders are done when they come and are heard with the next tick; what happened
is written at its end. What the exchange does not take at once, as the sound of a thousand recordings,
is written as it reads. It ends with the exchange: when the other end of the socket is gone, so is it.
"""

from __future__ import annotations

import os
import random
import select
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from hoyhoy.audio import FRAME_SECONDS

from .arena import Arena
from .datagrams import open_pair
from .desk import Desk
from .dtls import Identity
from .framing import Broken, Frames, framed
from .orders import Event, Measured, Ready, Recorded, Tapped, pack, read_orders
from .places import Places
from .plane import Plane
from .streams import Streams

BEHIND = 1.0
"""Seconds: a machine that slept longer does not make up for the ticks it missed."""

MEASURED = 50
"""Ticks between two reports of how late ticks were."""


MOST_READ = 1 << 19
"""Octets of orders that are read at once: half a minute of sound. What is more waits."""

CALM = 0.004
"""Seconds before a tick in which no orders are done, which might hold it up."""

MOST_UNSENT = 256 << 20
"""Octets that wait for an exchange which does not read: a quarter of a minute of a thousand recordings."""

LONG = 1 << 20
"""Octets of sound after which another list is begun."""


class Deaf(Exception):
    """The exchange has not read for so long that it will not read any more."""


@dataclass(slots=True)
class Wire:
    """The exchange's end of the line, read and written without ever waiting."""

    sock: socket.socket
    frames: Frames = field(default_factory=Frames)
    unsent: deque[memoryview] = field(default_factory=deque)
    waiting: int = 0
    """Octets that are unsent."""

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
        for some in _pieces(events):
            body = framed(pack(some))
            self.unsent.append(memoryview(body))
            self.waiting += len(body)
        if self.waiting > MOST_UNSENT:
            raise Deaf("the exchange does not read")
        while self.unsent:
            try:
                sent = self.sock.send(self.unsent[0])
            except BlockingIOError:
                return
            self.waiting -= sent
            if sent < len(self.unsent[0]):
                self.unsent[0] = self.unsent[0][sent:]
            else:
                self.unsent.popleft()

    def wait(self, seconds: float, *, hears: bool) -> None:
        """Return after so long, or when something has come if it `hears`, or when some of what is unsent was sent."""
        select.select([self.sock] if hears else [], [self.sock] if self.unsent else [], [], seconds)
        self.write([])


def _pieces(events: list[Event]) -> Iterator[list[Event]]:
    """In lists that are not too long: a thousand recordings may end in one tick."""
    piece: list[Event] = []
    octets = 0
    for event in events:
        piece.append(event)
        octets += len(event.sound) if isinstance(event, (Recorded, Tapped)) else 0
        if octets > LONG:
            yield piece
            piece, octets = [], 0
    if piece:
        yield piece


def run(wire: Wire, desk: Desk) -> None:
    """Tick until the exchange is gone."""
    due = time.monotonic()
    late, ticks, began = 0.0, 0, time.process_time()
    while True:
        while (left := due - time.monotonic()) > 0:
            if left > CALM:
                wire.wait(left - CALM, hears=True)
                obey(wire, desk)
            else:
                wire.wait(left, hears=False)
        if -left > BEHIND:
            due -= left
        late = max(late, time.monotonic() - due)
        obey(wire, desk)
        events = desk.tick()
        ticks += 1
        if ticks == MEASURED:
            used = time.process_time()
            events.append(Measured(legs=desk.legs, late=late, busy=(used - began) / (MEASURED * FRAME_SECONDS)))
            late, ticks, began = 0.0, 0, used
        wire.write(events)
        due += FRAME_SECONDS


def obey(wire: Wire, desk: Desk) -> None:
    """Do what has been ordered."""
    for one in wire.read():
        for order in read_orders(one):
            desk.obey(order)


def main(arguments: list[str]) -> int:
    """`FD HOST[=ADVERTISED] ROWS PORT...`: the inherited socket, where to listen and how browsers know that place, how
    many legs, the pool of ports (0: any).

    Reports come on the next higher port of each, unless that is itself of the pool.
    """
    number, hosts, rows, *ports = arguments
    host, _, advertised = hosts.partition("=")
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # for the exchange, which ends its calls first, then us
        signal.signal(one, signal.SIG_IGN)
    sock = socket.socket(fileno=os.dup(int(number)))  # a low number, which select takes
    os.close(int(number))
    sock.setblocking(False)
    wanted = [int(port) for port in ports]
    pairs = [open_pair(host, port, taken=wanted) for port in wanted]
    sockets, control = [sound for sound, _ in pairs], [apart for _, apart in pairs]
    wire = Wire(sock)
    streams = None
    if sockets:
        places = Places(sockets[0], _looked_up(advertised))
        streams = Streams(
            int(rows),
            sockets,
            control,
            now=time.time,
            chance=random.random,
            identity=Identity(datetime.now(UTC)),
            places=places,
        )
    try:
        wire.write([Ready(ports=tuple(one.getsockname()[1] for one in sockets))])
        run(wire, Desk(Plane(int(rows), Arena()), streams))
    except (EOFError, ConnectionError, BrokenPipeError):
        return 0
    except (Broken, Deaf, msgspec.MsgspecError) as why:
        print(f"media process: {why}", file=sys.stderr)
        return 1
    return 0


def _looked_up(advertised: str) -> str:
    """The numeric address of a name; browsers know no others."""
    try:
        return advertised and socket.gethostbyname(advertised)
    except OSError as error:
        print(f"media process: browsers are not told of {advertised}: {error}", file=sys.stderr)
        return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
