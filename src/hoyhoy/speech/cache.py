"""Sounds kept by what they are made of, in memory or in a folder, the least recently used thrown out.

A file is a digest and the samples it is of. It is written under another name and then given its own, so it is
whole or not there; one that was damaged nevertheless is thrown away and its sound made anew. The
names tell nothing: they are digests too.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import threading
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

import numpy as np

from hoyhoy.audio.g711 import Samples
from hoyhoy.exchange.clock import Clock

log = logging.getLogger(__name__)

IN_MEMORY = 64 << 20
"""Octets: more than an hour of sound."""

IN_FOLDER = 512 << 20
MARK = b"hoyhoy sound 1\n"
DIGEST = 32
SUFFIX = ".sound"


def key_of(*parts: str) -> str:
    """What the parts, in this order, are kept under."""
    digest = hashlib.sha256()
    for part in parts:
        told = part.encode("utf-8", "surrogatepass")
        digest.update(len(told).to_bytes(8, "big") + told)
    return digest.hexdigest()


class _Sizes(OrderedDict[str, int]):
    """Octets by key, the least recently used first."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most, self.total = most, 0

    def keep(self, key: str, size: int) -> list[str]:
        """The keys that have to go for it; it may itself be one."""
        self.drop(key)
        self[key] = size
        self.total += size
        gone = []
        while self.total > self.most:
            oldest, octets = self.popitem(last=False)
            self.total -= octets
            gone.append(oldest)
        return gone

    def drop(self, key: str) -> None:
        self.total -= self.pop(key, 0)


class SoundCache:
    """Sounds in memory, and in `folder` when there is one: it outlives the exchange."""

    def __init__(
        self, clock: Clock, folder: Path | None = None, *, in_memory: int = IN_MEMORY, in_folder: int = IN_FOLDER
    ) -> None:
        """`in_memory` and `in_folder` are in octets. The folder is made when there is something to keep."""
        self._clock, self._folder = clock, folder
        self._sounds: dict[str, Samples] = {}
        self._here, self._there = _Sizes(in_memory), _Sizes(in_folder)
        self._is_known = folder is None
        self._turn = threading.Lock()
        """Whoever has it may change the folder and `_there`: what is told of a file and the file go together."""

    async def get(self, key: str) -> Samples | None:
        """The sound, not to be written to; None when it has to be made."""
        if key in self._sounds:
            self._here.move_to_end(key)
            return self._sounds[key]
        if self._folder is None:
            return None
        with self._clock.busy("kept sound"):
            sound = await asyncio.to_thread(self._read, self._folder, key)
        if sound is not None:
            self._remember(key, sound)
        return sound

    async def put(self, key: str, sound: Samples) -> None:
        """Keep it. A folder that cannot be written to is told of in the log, and nothing else comes of it."""
        self._remember(key, sound)
        if self._folder is not None:
            with self._clock.busy("kept sound"):
                await asyncio.to_thread(self._write, self._folder, key, sound)

    def _remember(self, key: str, sound: Samples) -> None:
        self._sounds[key] = sound
        for gone in self._here.keep(key, sound.nbytes):
            del self._sounds[gone]

    # In the folder, on other threads ---------------------------------------------------------

    def _read(self, folder: Path, key: str) -> Samples | None:
        path = folder / (key + SUFFIX)
        with self._turn:
            self._know(folder)
        try:
            whole = path.read_bytes()
        except FileNotFoundError:
            with self._turn:
                if not path.exists():  # nobody wrote it meanwhile
                    self._there.drop(key)
            return None
        except OSError as why:
            log.warning("a kept sound cannot be read: %s", why)
            return None
        digest, octets = whole[len(MARK) : len(MARK) + DIGEST], whole[len(MARK) + DIGEST :]
        if not whole.startswith(MARK) or hashlib.sha256(octets).digest() != digest or len(octets) % 2:
            log.warning("the kept sound %s was damaged; it is made anew", path.name)
            with self._turn, suppress(OSError):
                self._there.drop(key)
                path.unlink(missing_ok=True)
            return None
        with self._turn, suppress(OSError):  # it may have been thrown out since it was read
            if key in self._there:
                self._there.move_to_end(key)
                os.utime(path)  # the order of use outlives the exchange too
        return np.frombuffer(octets, "<i2").astype(np.int16, copy=False)

    def _write(self, folder: Path, key: str, sound: Samples) -> None:
        octets = sound.astype("<i2").tobytes()
        path, made = folder / (key + SUFFIX), folder / f"{key}.{os.getpid()}.{threading.get_ident()}.new"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._turn:
                self._know(folder)
            with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # words of customers
                file.write(MARK + hashlib.sha256(octets).digest() + octets)
            with self._turn:
                made.replace(path)
                for gone in self._there.keep(key, len(MARK) + DIGEST + len(octets)):
                    (folder / (gone + SUFFIX)).unlink(missing_ok=True)
        except OSError as why:
            log.warning("a sound cannot be kept: %s", why)
            with suppress(OSError):
                made.unlink()

    def _know(self, folder: Path) -> None:
        """Once: what an earlier exchange kept, and what it did not finish."""
        if self._is_known:
            return
        self._is_known = True
        found = []
        for path in folder.glob("*"):
            try:
                if path.suffix == SUFFIX:
                    found.append((path.stat().st_mtime, path.stem, path.stat().st_size))
                elif path.suffix == ".new":
                    path.unlink()
            except OSError:
                continue
        for _, key, size in sorted(found):
            for gone in self._there.keep(key, size):
                (folder / (gone + SUFFIX)).unlink(missing_ok=True)
