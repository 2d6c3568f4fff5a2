"""Where the calls of a customer's trunk are sent, in order (voice reference 10.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import TypeVar

from hoyhoy.exchange.chance import Chance
from hoyhoy.exchange.ports import SipTrunk

T = TypeVar("T")


def origination(trunk: SipTrunk, chance: Chance) -> list[str]:
    """The URLs of a trunk, the first to be called first; each of the others when those before it failed (32011).

    None at all is 32010, and then as after the last one the trunk's `disaster` URL is asked what to do.
    """
    enabled = [one for one in trunk.originations if one.enabled]
    return [one.url for one in ordered(enabled, lambda one: one.priority, lambda one: one.weight, chance)]


def ordered(choices: Iterable[T], priority: Callable[[T], int], weight: Callable[[T], int], chance: Chance) -> list[T]:
    """By priority, the lowest first; equals by chance, each place in proportion to weight (as RFC 2782 says)."""
    found: list[T] = []
    for _, group in groupby(sorted(choices, key=priority), key=priority):
        left = list(group)
        while left:
            drawn = chance.below(max(1, sum(weight(one) for one in left)))
            for at, one in enumerate(left):
                drawn -= weight(one)
                if drawn < 0 or at == len(left) - 1:
                    found.append(left.pop(at))
                    break
    return found
