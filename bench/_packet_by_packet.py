"""What the media plane is compared with: two programs that do less than it does.

*Bare*: all legs as arrays, and nothing but a prompt out, a header parsed and a payload put away in. It is the least
that a plane of arrays can cost. *Packet by packet*: what one writes first, a protocol object and a socket for each leg
on an event loop, with a dict for packets that wait for their turn; it checks, counts and mixes nothing either.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import socket
import struct
import sys
import time

import numpy as np
import uvloop

from hoyhoy.audio import FRAME, FRAME_SECONDS
from hoyhoy.media import packets
from hoyhoy.media.datagrams import Batch, address_columns, open_socket

PORTS = 64
BUFFER = 8 << 20


def prompts() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (1500, FRAME), np.uint8)


class Bare:
    """The loop of the prototype that the plane began with."""

    def __init__(self, addresses: list[tuple[str, int]]) -> None:
        legs = self.legs = len(addresses)
        self.sockets = [open_socket("127.0.0.1", buffer=BUFFER) for _ in range(PORTS)]
        out = self.out = Batch(legs, packets.SIZE)
        self.into = Batch(1024, 256)
        self.borders = [n * legs // PORTS for n in range(PORTS + 1)]
        for leg, address in enumerate(addresses):
            out.addresses[leg] = address_columns(*address)
        out.data[:, 0] = 0x80
        out.data[:, 8:12] = np.arange(1, legs + 1, dtype=">u4").view(np.uint8).reshape(legs, 4)
        out.prepare(legs)
        self.sound, self.position = prompts(), np.random.default_rng(2).integers(0, 1500, legs)
        self.sequence, self.timestamp = np.zeros(legs, np.uint16), np.zeros(legs, np.uint32)
        self.ring, self.heard = np.zeros((legs, 8, FRAME), np.uint8), np.zeros(legs, np.int64)
        names = [sock.getsockname() for sock in self.sockets]
        ports = np.searchsorted(self.borders, np.arange(legs), side="right") - 1
        self.near = [names[port] for port in ports.tolist()]

    def tick(self) -> None:
        out, into, legs = self.out, self.into, self.legs
        out.data[:, packets.HEADER :] = self.sound[self.position % 1500]
        out.data[:, 2:4] = self.sequence.astype(">u2").view(np.uint8).reshape(legs, 2)
        out.data[:, 4:8] = self.timestamp.astype(">u4").view(np.uint8).reshape(legs, 4)
        for sock, first, last in zip(self.sockets, self.borders[:-1], self.borders[1:], strict=True):
            if first < last:
                out.send(sock, first, last)
        self.sequence += np.uint16(1)
        self.timestamp += np.uint32(FRAME)
        self.position += 1
        for sock in self.sockets:
            while got := into.receive(sock):
                packet = into.data[:got]
                number = packet[:, 2].astype(np.int64) << 8 | packet[:, 3]
                leg = np.ascontiguousarray(packet[:, 8:12]).view(">u4").ravel().astype(np.int64) - 1
                self.ring[leg, number & 7] = packet[:, packets.HEADER : packets.SIZE]
                self.heard += np.bincount(leg, minlength=legs)
                if got < 1024:
                    break


def bare(addresses: list[tuple[str, int]], ready: int) -> None:
    loop = Bare(addresses)
    tell(ready, loop.near)
    due = time.monotonic()
    while os.getppid() != 1:
        time.sleep(max(0.0, due - time.monotonic()))
        loop.tick()
        due += FRAME_SECONDS


class Leg(asyncio.DatagramProtocol):
    """One leg of the usual kind."""

    def __init__(self, number: int, address: tuple[str, int]) -> None:
        self.ssrc, self.address = number + 1, address
        self.sequence = self.timestamp = self.received = 0
        self.ring: dict[int, bytes] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        _, _, _, timestamp, _ = struct.unpack_from("!BBHII", data)
        self.ring[timestamp] = data[12:]
        self.received += 1

    def tick(self, payload: bytes) -> None:
        header = struct.pack("!BBHII", 0x80, 0, self.sequence & 0xFFFF, self.timestamp & 0xFFFFFFFF, self.ssrc)
        self.transport.sendto(header + payload, self.address)
        self.sequence += 1
        self.timestamp += FRAME
        self.ring.pop(self.timestamp - 3 * FRAME, None)


async def packet_by_packet(addresses: list[tuple[str, int]], ready: int) -> None:
    loop, legs, names = asyncio.get_running_loop(), [], []
    for number, address in enumerate(addresses):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind(("127.0.0.1", 0))
        names.append(sock.getsockname())
        _, leg = await loop.create_datagram_endpoint(lambda n=number, a=address: Leg(n, a), sock=sock)
        legs.append(leg)
    tell(ready, names)
    sound, tick, due = [one.tobytes() for one in prompts()], 0, loop.time()
    while os.getppid() != 1:
        for leg in legs:
            leg.tick(sound[(leg.ssrc * 7 + tick) % 1500])
        tick += 1
        due += FRAME_SECONDS
        await asyncio.sleep(max(0.0, due - loop.time()))


def tell(ready: int, names: list[tuple[str, int]]) -> None:
    with os.fdopen(ready, "wb") as pipe:
        pickle.dump(names, pipe)


def main() -> None:
    kind, ready = sys.argv[1], int(sys.argv[2])
    addresses = pickle.load(sys.stdin.buffer)
    if kind == "bare":
        bare(addresses, ready)
    elif kind == "uvloop":
        uvloop.run(packet_by_packet(addresses, ready))
    else:
        asyncio.run(packet_by_packet(addresses, ready))


if __name__ == "__main__":
    main()
