"""Where the phones of a bench listen: a few sockets for all calls, with the kernel's arrival times.

Each answers the first packet of a call with one of its own, as any phone does: by that the exchange knows who it is.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np

from hoyhoy.audio import FRAME_SECONDS
from hoyhoy.media import packets
from hoyhoy.media.datagrams import Batch, address_of, open_socket, sources

HOSTS = 64
BUFFER = 8 << 20


@dataclass(frozen=True)
class Heard:
    """Of all calls: how many could be heard, packets that came, packets missing between the first and the last of
    each, and the 99th percentile of how far the time between two is from 20 ms."""

    calls: int
    packets: int
    missing: int
    jitter: float


class Ears:
    """Use as a context manager; `places` are hosts and ports for SDP."""

    def __init__(self) -> None:
        self._sockets = [open_socket(f"127.0.{1 + number}.1", buffer=BUFFER) for number in range(HOSTS)]
        self.places = [one.getsockname() for one in self._sockets]
        self._batch = Batch(1024, packets.SIZE)
        self._known: set[int] = set()
        self._seen: list[np.ndarray] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Ears:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        for one in self._sockets:
            one.close()

    def forget(self) -> None:
        self._seen = []

    def heard(self) -> Heard:
        """Of what came since the beginning, or since it was forgotten."""
        every = np.concatenate([np.zeros((0, 3)), *self._seen])
        every = every[np.argsort(every[:, 0], kind="stable")]
        calls = np.split(every[:, 1:], np.flatnonzero(np.diff(every[:, 0])) + 1) if len(every) else []
        steps = [np.diff(one[:, 0]) for one in calls]
        gaps = np.concatenate([np.zeros(1), *(np.diff(one[:, 1]) for one in calls)])[1:]
        missing = sum(int((step % 65536 - 1).sum()) for step in steps)
        jitter = float(np.percentile(np.abs(gaps - FRAME_SECONDS), 99)) if len(gaps) else 0.0
        return Heard(len(calls), len(every), missing, jitter)

    def _run(self) -> None:
        batch = self._batch
        while not self._over.wait(FRAME_SECONDS):
            for sock in self._sockets:
                while got := batch.receive(sock):
                    batch.describe(0, got)
                    found, _ = packets.read(batch.data[:got], batch.lengths[:got])
                    self._seen.append(np.stack([found.ssrc, found.sequence, batch.arrivals[found.index]], axis=1))
                    for row, ssrc in zip(found.index.tolist(), found.ssrc.tolist(), strict=True):
                        if ssrc not in self._known:
                            self._known.add(ssrc)
                            packet = batch.data[row, : batch.lengths[row]].tobytes()
                            sock.sendto(packet, address_of(int(sources(batch.addresses[row : row + 1])[0])))
