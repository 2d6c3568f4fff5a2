"""Which of several places is tried first: by priority, and among equals by weight (RFC 2782, RFC 3263 4.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import TypeVar

T = TypeVar("T")


def ordered(
    choices: Iterable[T], priority: Callable[[T], int], weight: Callable[[T], int], below: Callable[[int], int]
) -> list[T]:
    """By priority, the lowest first; equals by chance, each place in proportion to weight. `below(n)` draws from 0 to
    n - 1."""
    found: list[T] = []
    for _, group in groupby(sorted(choices, key=priority), key=priority):
        left = list(group)
        while left:
            drawn = below(max(1, sum(weight(one) for one in left)))
            for at, one in enumerate(left):
                drawn -= weight(one)
                if drawn < 0 or at == len(left) - 1:
                    found.append(left.pop(at))
                    break
    return found
