"""Messages on the socket between the exchange and a media process: four octets of length, then a list of messages."""

from __future__ import annotations

from collections.abc import Iterator

LENGTH = 4
LONGEST = 64 << 20
"""Octets of one list: an hour of sound in a Load, and more."""


class Broken(Exception):
    """What arrived is no list of messages."""


def framed(body: bytes) -> bytes:
    return len(body).to_bytes(LENGTH, "big") + body


class Frames:
    """Cuts what arrives, in pieces of any size, into lists."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """The lists that are complete now. Broken when one is too long to be true."""
        self._buffer += piece
        while len(self._buffer) >= LENGTH:
            length = int.from_bytes(self._buffer[:LENGTH], "big")
            if length > LONGEST:
                raise Broken(f"a list of {length} octets")
            if len(self._buffer) < LENGTH + length:
                return
            whole = bytes(self._buffer[LENGTH : LENGTH + length])
            del self._buffer[: LENGTH + length]
            yield whole
