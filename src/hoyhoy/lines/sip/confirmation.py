"""An answer of ours that is repeated until the far end confirms it: a 2xx until ACK, a reliable 180 until PRACK."""

from __future__ import annotations

import asyncio

from hoyhoy.exchange.clock import Clock
from hoyhoy.wire.sip.message import Request, Response
from hoyhoy.wire.sip.repetition import Repetition
from hoyhoy.wire.sip.transaction import PATIENCE, T2

from .inbound import Inbound


class Confirmation:
    """`ended` brings the request that confirmed, or None when none came in 32 seconds (RFC 3261 13.3.1.4)."""

    def __init__(self, clock: Clock, inbound: Inbound, response: Response) -> None:
        self.ended: asyncio.Future[Request | None] = asyncio.get_running_loop().create_future()
        self._clock, self._inbound, self._response = clock, inbound, response
        inbound.respond(response)
        self._task: asyncio.Task[None] | None = clock.spawn(self._repeat(), "SIP answer")

    def confirm(self, request: Request) -> None:
        self._end(request)
        self._rest()

    def stop(self) -> None:
        """Nobody need confirm it any more."""
        self._end(None)
        self._rest()

    def _rest(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None  # a task that was cancelled remembers where, and by that whose it was

    async def _repeat(self) -> None:
        most = T2 if self._response.status >= 200 else PATIENCE
        repetition = Repetition(self._response, most)
        while (seconds := repetition.again()) is not None:
            await self._clock.sleep(seconds)
            if repetition.waited < PATIENCE:
                self._inbound.respond(self._response)
        self._end(None)

    def _end(self, request: Request | None) -> None:
        if not self.ended.done():
            self.ended.set_result(request)
