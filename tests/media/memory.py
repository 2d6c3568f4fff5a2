"""A network in memory, in a time of its own: what is sent is lost, delayed and doubled as a test wishes."""

import heapq
import itertools

import numpy as np

from hoyhoy.audio import FRAME_SECONDS
from hoyhoy.media import datagrams
from hoyhoy.media.streams import Streams


def carry(delay):
    """A way through the network: every datagram arrives once, `delay` seconds later."""
    return lambda number: [delay]


class Network:
    """`ways` say by (sender, receiver) after which times a datagram arrives, by its number: [] when it is lost."""

    def __init__(self):
        self.now = 1000.0
        self.sockets = {}
        self.ways = {}

    def socket(self, host, port):
        self.sockets[host, port] = made = Socket(self, (host, port))
        return made


class Socket:
    """What a pool of ports needs of a socket."""

    def __init__(self, network, address):
        self.network, self.address = network, address
        self.sent = itertools.count()
        self._arriving, self._order = [], itertools.count()

    def getsockname(self):
        return self.address

    def sendto(self, data, *rest):
        way = self.network.ways.get((self.address, rest[-1]), carry(0.0))
        there = self.network.sockets.get(rest[-1])
        for delay in way(next(self.sent)) if there else []:
            there.arrive(self.network.now + delay, bytes(data), self.address)

    def arrive(self, when, data, source):
        heapq.heappush(self._arriving, (when, next(self._order), data, source))

    def close(self):
        self.network.sockets.pop(self.address, None)

    def recvfrom(self, size, flags=0):
        if not self._arriving or self._arriving[0][0] > self.network.now + 1e-9:
            raise BlockingIOError
        _, _, data, source = heapq.heappop(self._arriving)
        return data[:size], source


class Plane:
    """Streams on a network in memory."""

    def __init__(self, network, host, rows=1, ports=1, apart=True, **options):
        self.network, self.rows = network, np.arange(rows)
        self.sockets = [network.socket(host, 4000 + 2 * n) for n in range(ports)]
        control = [network.socket(host, 4001 + 2 * n) for n in range(ports)] if apart else []
        self.streams = Streams(rows, self.sockets, control, now=lambda: network.now, **options)
        self.told = []

    def tick(self, frames=None):
        """Hear and speak once; the frames that were heard [rows, 160]."""
        self.told += self.streams.receive()
        heard = self.streams.frames(self.rows)
        self.streams.send(self.rows, np.zeros_like(heard) if frames is None else frames)
        self.told += self.streams.work()
        return heard


def pass_time(network, *planes, seconds):
    for _ in range(round(seconds / FRAME_SECONDS)):
        for plane in planes:
            plane.tick()
        network.now += FRAME_SECONDS


def use(monkeypatch):
    """The plain loop instead of system calls."""
    monkeypatch.setattr(datagrams, "LIBC", None)
