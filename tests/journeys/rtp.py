"""The sound of a far end without a telephone: packets of RTP out and in, in real time (RFC 3550, RFC 3551)."""

from __future__ import annotations

import secrets
import select
import socket
import struct
import threading
import time
from types import TracebackType
from typing import Self

import numpy as np

from hoyhoy.audio import FRAME, FRAME_SECONDS, RATE, g711
from hoyhoy.audio.g711 import Samples

HEADER = struct.Struct("!BBHII")


class FarSound:
    """Use as a context manager. Once it `talks` to somebody it says what it was given, and silence after that."""

    def __init__(self, says: Samples | None = None) -> None:
        self._says = np.zeros(0, np.int16) if says is None else says
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._came: dict[int, Samples] = {}
        self._remote: tuple[str, int] | None = None
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="far sound")

    def talk(self, remote: tuple[str, int]) -> None:
        """Send there from here on."""
        self._remote = remote

    def say(self, sound: Samples) -> None:
        """Instead of what it says, or of silence."""
        self._says = sound

    def heard(self) -> Samples:
        """All that came, each packet at its time, silence where none came."""
        if not self._came:
            return np.zeros(0, np.int16)
        first, last = min(self._came), max(self._came)
        sound = np.zeros(last - first + RATE, np.int16)
        for stamp, piece in list(self._came.items()):
            sound[stamp - first : stamp - first + len(piece)] = piece
        return sound

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        ssrc, number, due = secrets.randbits(32), secrets.randbits(15), time.monotonic()
        while not self._is_over.is_set():
            if select.select([self._socket], [], [], max(0.0, due - time.monotonic()))[0]:
                self._hear(self._socket.recv(2048))
                continue
            if self._remote:
                says, self._says = self._says[:FRAME], self._says[FRAME:]
                frame = np.zeros(FRAME, np.int16)
                frame[: len(says)] = says
                head = HEADER.pack(0x80, 0, number & 0xFFFF, number * FRAME & 0xFFFFFFFF, ssrc)
                self._socket.sendto(head + g711.encode(frame).tobytes(), self._remote)
                number += 1
            due += FRAME_SECONDS

    def _hear(self, packet: bytes) -> None:
        if len(packet) > HEADER.size:
            _, kind, _, stamp, _ = HEADER.unpack_from(packet)
            if kind & 0x7F == 0:
                self._came[stamp] = g711.decode(np.frombuffer(packet[HEADER.size :], np.uint8))
