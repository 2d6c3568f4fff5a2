"""One way through a leg: what it is played, or what a virtual phone says, one sound after the other.

A long sound goes through the plane in portions: one is played while the next one waits there to follow it without a
gap. So no sound is too long, and many legs can be played long ones at once.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hoyhoy.audio import RATE
from hoyhoy.audio.g711 import Samples
from hoyhoy.exchange.media import NotPlayed

from . import orders

if TYPE_CHECKING:
    from .session import Session

PORTION = 10 * RATE
"""Samples: whole frames, so that nothing is filled up with silence in between."""


class Voice:
    """`kind` says which way: Play to the leg, Say from it."""

    def __init__(self, kind: type[orders.Play] | type[orders.Say]) -> None:
        self.kind = kind  # it does not hold its session, which holds it: a ring would outlive its call
        self._waiting: dict[int, asyncio.Future[str]] = {}
        """By the numbers of their orders: the portion that is played, and the one that follows. A dict for each
        sound."""

    async def sound(self, session: Session, samples: Samples, times: int = 1, begin: int = 0) -> None:
        """Return at the end, or when there is another sound instead. The first time begins at sample `begin`. 0 times
        is for ever. NotPlayed when the plane has no room for it."""
        self.settle()
        waiting = self._waiting = {}
        try:
            for first, last, count in _portions(len(samples), times, begin):
                order = session.board.next()
                clip = session.seat.clips.number(samples, first, last)
                session.tell(self._order(session.number, clip, count, order, follows=bool(waiting)))
                waiting[order] = asyncio.get_running_loop().create_future()
                if len(waiting) == 2 and not await self._goes_on(waiting):
                    return
            while waiting and await self._goes_on(waiting):
                pass
        finally:
            if self._waiting is waiting:  # there is no other sound instead
                self._waiting = {}
                if any(not one.done() or one.cancelled() for one in waiting.values()):
                    session.tell(orders.Stop(leg=session.number, what="play" if self.kind is orders.Play else "say"))

    def hear(self, order: int, why: str) -> None:
        """The portion that this order began has ended, or was not played: `why`."""
        ended = self._waiting.get(order)
        if ended and not ended.done():
            ended.set_result(why)

    def settle(self) -> None:
        """Nobody waits any more."""
        waiting, self._waiting = self._waiting, {}
        for one in waiting.values():
            if not one.done():
                one.set_result("")

    async def _goes_on(self, waiting: dict[int, asyncio.Future[str]]) -> bool:
        """At the end of the oldest portion: whether there is no other sound instead."""
        order, ended = next(iter(waiting.items()))
        why = await ended
        if self._waiting is not waiting:
            return False
        del waiting[order]
        if why:
            raise NotPlayed(why)
        return True

    def _order(self, leg: int, clip: int, times: int, order: int, *, follows: bool) -> orders.Order:
        if self.kind is orders.Play:
            return orders.Play(leg=leg, clip=clip, times=times, order=order, follows=follows)
        return orders.Say(leg=leg, clip=clip, order=order, follows=follows)


def _portions(length: int, times: int, begin: int) -> Iterator[tuple[int, int, int]]:
    """From which sample to which, and how many times. They are the same for everybody who is played this sound, so
    that the plane holds them once; but for a first one that begins later."""
    if length <= PORTION:
        if begin:
            yield begin, length, 1
            if times == 1:
                return
            times -= bool(times)
        yield 0, length, times
        return
    for _ in range(times) if times else itertools.repeat(0):
        for first in range(begin // PORTION * PORTION, length, PORTION):
            yield max(first, begin), min(first + PORTION, length), 1
        begin = 0
