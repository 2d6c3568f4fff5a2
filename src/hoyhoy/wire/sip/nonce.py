"""Nonces that need no memory until somebody proves to know the password (RFC 7616 5.4).

A nonce says when it was made, and a keyed hash shows that we made it. Only the counts of nonces that were
used well are kept, so a flood of requests without password leaves nothing behind. Memory is bounded:
when a count must be forgotten, all nonces as old as its own become stale, so none can be replayed.
"""

from __future__ import annotations

import hmac
from collections import OrderedDict
from hashlib import sha256

_MAC_LENGTH = 32  # hexadecimal digits, 128 bits


def make(secret: bytes, now: float, salt: str, realm: str) -> str:
    """A nonce of this second. `salt` is chance of at least 64 bits, or two phones would share a nonce and its count."""
    text = f"{int(now):x}-{salt}"
    return f"{text}-{_mac(secret, text, realm)}"


def issued(secret: bytes, nonce: str, realm: str) -> int | None:
    """The second at which we made it; None for a nonce that is not ours."""
    text, _, mac = nonce.rpartition("-")
    if not nonce.isascii() or not hmac.compare_digest(mac, _mac(secret, text, realm)):
        return None
    return int(text.partition("-")[0], 16)


def _mac(secret: bytes, text: str, realm: str) -> str:
    return hmac.new(secret, f"{text}\0{realm}".encode(), sha256).hexdigest()[:_MAC_LENGTH]


class Counts:
    """How often each nonce was used (`nc`), oldest use first."""

    def __init__(self, most: int = 100_000) -> None:
        self._most = most
        self._used: OrderedDict[str, tuple[int, int]] = OrderedDict()  # nonce: count, second it was made
        self._floor = -1  # nonces made until then are stale unless they are known

    def take(self, nonce: str, made: int, count: int, oldest: int) -> bool:
        """Use a nonce made at second `made` for the `count`th time; False when that is no progress, so a replay.

        Nonces made before second `oldest` are out of date and forgotten.
        """
        known = self._used.get(nonce)
        if made < oldest or count <= (known[0] if known else 0) or (not known and made <= self._floor):
            return False
        self._used[nonce] = count, made
        self._used.move_to_end(nonce)
        while self._used:
            first, (_, born) = next(iter(self._used.items()))
            if born >= oldest and len(self._used) <= self._most:
                break
            if born >= oldest:
                self._floor = max(self._floor, born)
            del self._used[first]
        return True

    def __len__(self) -> int:
        return len(self._used)
