"""Chance is an argument: every random value of the exchange comes from one of these."""

from __future__ import annotations

import random
import secrets
from typing import Protocol


class Chance(Protocol):
    """A source of random values."""

    def hex(self, digits: int) -> str:
        """`digits` lower-case hexadecimal digits."""

    def below(self, limit: int) -> int:
        """An integer from 0 to `limit` - 1."""


POOLED = 4096
"""Hexadecimal digits asked of the operating system at once."""


class TrueChance:
    """The operating system's randomness; what every real exchange uses."""

    def __init__(self) -> None:
        self._pool = ""
        self._used = 0

    def hex(self, digits: int) -> str:
        begin, end = self._used, self._used + digits
        if end > len(self._pool):
            self._pool = secrets.token_hex(max(POOLED, digits))
            begin, end = 0, digits
        self._used = end
        return self._pool[begin:end]

    def below(self, limit: int) -> int:
        return secrets.randbelow(limit)


class SeededChance:
    """The same values in every run, for tests and for comparing two runs."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311  not for secrets

    def hex(self, digits: int) -> str:
        return f"{self._random.getrandbits(4 * digits):0{digits}x}"

    def below(self, limit: int) -> int:
        return self._random.randrange(limit)


def new_sid(chance: Chance, prefix: str) -> str:
    """A fresh identifier: two capital letters and 32 hexadecimal digits (messaging reference 4.8)."""
    return prefix + chance.hex(32)
