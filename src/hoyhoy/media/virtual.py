"""A plane under the virtual clock: the same desk, in the exchange itself, its ticks as fast as they can.

It lags behind the clock while nothing can happen: before an order is obeyed, and when the next event is due, the
frames that have passed are computed in as few steps as that allows.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from hoyhoy.audio import FRAME_SECONDS
from hoyhoy.exchange.clock import Clock

from .desk import Desk
from .orders import Event, Order
from .plane import Plane

ROWS = 4096
NOTHING = 1e-6
"""Seconds: moments nearer to one another than this are one."""

log = logging.getLogger(__name__)


class VirtualDesk:
    """`start` begins to tell what is due; the clock ends it."""

    def __init__(self, clock: Clock, hear: Callable[[Event], None], rows: int = ROWS) -> None:
        self.clock, self._hear = clock, hear
        self.desk = Desk(Plane(rows))
        self._began, self._frames = clock.now(), 0
        self._told: list[Event] = []
        self._ordered = asyncio.Event()

    def start(self) -> None:
        self.clock.spawn(self._run(), "media plane")

    def tell(self, order: Order) -> None:
        if not self.desk.legs:
            self._began, self._frames = self.clock.now(), 0
        self._catch_up()
        self.desk.obey(order)
        self._told += self.desk.told()
        self._ordered.set()

    def port(self, place: int) -> int:
        """Without sockets there is none."""
        return 0

    async def _run(self) -> None:
        while True:
            self._ordered.clear()
            told, self._told = self._told, []
            for event in told:
                try:
                    self._hear(event)
                except Exception:  # what one call makes of its event must not be missed by the others
                    log.exception("an event of the media plane was not taken: %s", type(event).__name__)
            if self._told or self._ordered.is_set():
                continue
            try:
                async with self.clock.timeout(self._until_due()):
                    await self._ordered.wait()
            except TimeoutError:
                self._catch_up()

    def _until_due(self) -> float | None:
        """Seconds until something can happen; None while there are no legs."""
        if not self.desk.legs:
            return None
        due = self._began + (self._frames + self.desk.plane.quiet()) * FRAME_SECONDS
        return max(0.0, due - self.clock.now())

    def _catch_up(self) -> None:
        passed = int((self.clock.now() - self._began + NOTHING) / FRAME_SECONDS)
        while self._frames < passed and self.desk.legs:
            frames = min(passed - self._frames, self.desk.plane.quiet())
            self._told += self.desk.tick(frames)
            self._frames += frames
        self._frames = passed
