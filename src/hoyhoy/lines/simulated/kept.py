"""The sound that virtual phones keep of what they hear: so much of all of them together, that of the oldest calls goes.

shelf = Shelf()
kept = shelf.open()
recorder = media.record(Track.TO, 600.0, kept)
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from hoyhoy.audio import wav

MOST_SOUND = 64 * 2**20
"""Bytes in all: more than an hour."""


class Kept:
    """The sound that a phone heard in one call; a Tape. `ended` is done when it is complete."""

    def __init__(self, shelf: Shelf) -> None:
        self.ended: asyncio.Future[None] | None = None
        self.is_given_up = False
        """There is no room for it any more."""
        self._shelf = shelf
        self._parts = bytearray()

    def __len__(self) -> int:
        return len(self._parts)

    def write(self, sound: bytes) -> None:
        if not self.is_given_up:
            self._parts += sound
            self._shelf.grew(self, len(sound))

    def wav(self) -> bytes:
        """As a file."""
        return wav.head(1, len(self._parts)) + bytes(self._parts)

    def give_up(self) -> None:
        self._shelf.drop(self)
        self.is_given_up, self._parts = True, bytearray()


class Shelf:
    """Every sound that is kept, the one that began first before the others."""

    def __init__(self, most: int = MOST_SOUND) -> None:
        """`most` in bytes."""
        self.most, self.size = most, 0
        self._sounds: OrderedDict[int, Kept] = OrderedDict()

    def open(self) -> Kept:
        return Kept(self)

    def grew(self, kept: Kept, size: int) -> None:
        """By so many bytes."""
        self._sounds.setdefault(id(kept), kept)
        self.size += size
        while self.size > self.most:
            next(iter(self._sounds.values())).give_up()

    def drop(self, kept: Kept) -> None:
        """It takes no room any more."""
        if self._sounds.pop(id(kept), None):
            self.size -= len(kept)
