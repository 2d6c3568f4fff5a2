"""The way to a plane in a process of its own, which is started again whenever it dies.

Orders for a process that comes up wait for it. When it fails to, whoever waits is told so, and until it has come up
everything is refused. Orders for legs of one that died find nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from hoyhoy.exchange.clock import Clock

from .datagrams import is_taken
from .link import Link
from .orders import Close, Closed, Event, Open, OpenSecure, OpenStream, Order, Record, refusal

log = logging.getLogger(__name__)

REST = 1.0
"""Seconds before a process that did not come up is started again."""

DOWN = "the media process does not come up"


class MediaProcess:
    """`await start()`, or `run` beside other work; `close` ends it. `clock` is the machine's own."""

    def __init__(
        self,
        clock: Clock,
        host: str,
        ports: Sequence[int],
        rows: int,
        hear: Callable[[Event], None],
        lost: Callable[[], None],
        *,
        may_move: bool = False,
        advertised: str = "",
    ) -> None:
        """`ports` of `host` are the pool, 0 being any free one; at most `rows` legs. When one is taken a pool that
        `may_move` uses any free ones. Browsers know the host as `advertised`, if that is another."""
        self.clock, self.host, self.ports, self.rows = clock, host, tuple(ports), rows
        self.starts = 0
        """How often a process has come up."""
        self._hear, self._lost, self._may_move, self._advertised = hear, lost, may_move, advertised
        self._link: Link | None = None
        self._waiting: list[Order] = []
        self._is_down = False
        """It failed to come up, and has not since."""
        self._is_closed = False

    @property
    def pid(self) -> int | None:
        return self._link.process.pid if self._link else None

    async def run(self) -> None:
        """Start, and try again while that fails. Each end of the process begins this anew."""
        while not self._is_closed:
            try:
                return await self.start()
            except OSError as error:
                log.error("The media process does not come up: %s", error)
                await self.clock.sleep(REST)

    async def start(self) -> None:
        """OSError when it does not come up."""
        try:
            link = await self._link_up()
        except Exception:
            self._is_down = True
            self._waiting.clear()
            self._lost()
            raise
        if self._is_closed or not link.is_open:  # one that is gone already has another one started
            await link.close()
            return
        if self._is_down:
            self._is_down = False
            self._lost()  # of whatever was ordered meanwhile nothing is there
        self.starts += 1
        self._link = link
        waiting, self._waiting = self._waiting, []
        link.tell(*waiting)

    async def _link_up(self) -> Link:
        if self._may_move and any(is_taken(self.host, port) for port in self.ports):
            log.info("A media port from %d on is taken: free ones are used instead.", self.ports[0])
            self.ports = (0,) * len(self.ports)
        return await Link.start(self.clock, self.host, self.ports, self.rows, self._hear, self._gone, self._advertised)

    def tell(self, order: Order) -> None:
        if self._link:
            self._link.tell(order)
        elif self._is_down:
            self._refuse(order)
        elif not self._is_closed:
            self._waiting.append(order)
            if isinstance(order, Close):
                self._forget(order.leg)

    def port(self, place: int) -> int:
        return self._link.ports[place] if self._link and 0 <= place < len(self._link.ports) else 0

    def _refuse(self, order: Order) -> None:
        if isinstance(order, Open | OpenStream | OpenSecure | Record):
            self._tell(refusal(order, DOWN))

    def _forget(self, leg: int) -> None:
        """It is given up before the process is there. What was ordered of it is dropped, if it was to begin there."""
        others = [one for one in self._waiting if getattr(one, "leg", None) != leg]
        if any(isinstance(one, Open | OpenStream | OpenSecure) and one.leg == leg for one in self._waiting):
            self._waiting = others
            self._tell(Closed(leg=leg))

    def _tell(self, event: Event) -> None:
        """In the next turn of the loop, as a process would."""
        asyncio.get_running_loop().call_soon(self._hear, event)

    async def close(self) -> None:
        self._is_closed = True
        link, self._link = self._link, None
        if link:
            await link.close()

    def _gone(self) -> None:
        self._link = None
        self._lost()
        self.clock.spawn(self.run(), "media process")
