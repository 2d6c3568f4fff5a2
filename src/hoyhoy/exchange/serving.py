"""What a Dial does that asks for the head of a queue: it waits, he is told, the two talk (voice reference 2.7.6).

Who asks hears the ringing tone until there is somebody, also while that somebody still hears the document that the
noun names. When he hangs up over that, the next one is asked for, while the time lasts.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from hoyhoy.wire.errors import Fault

from .bridge import Bridge
from .call import Call, CallStatus
from .clock import stopped
from .events import DialEnded, Params
from .leg import LegState
from .media import Prompt
from .orders import Record
from .playback import repeated
from .program import Source
from .queue import Member, Queue, Summons
from .talk import pass_keys, talking
from .taping import Taping

MISSING = 20404
"""The code of the notice about a queue that there is not."""


class Serving:
    """A call, and the queue `name` whose head it is to talk with.

    `seconds` is how long it waits for somebody, `limit` how long they may talk; `star_ends`: a `*` of the call ends
    either. Who is asked for performs `document` first, for as long as they might talk: it is not part of the waiting,
    which may have been nearly over when he came. `record` says how it is recorded, from when they talk.
    """

    def __init__(
        self,
        call: Call,
        name: str,
        *,
        ringing: Prompt,
        seconds: float,
        limit: float,
        document: Source | None = None,
        star_ends: bool = False,
        record: Record | None = None,
    ) -> None:
        self.call, self.name, self.document = call, name, document
        self.ringing, self.seconds, self.limit = ringing, seconds, limit
        self.star_ends = star_ends
        self._taping = Taping(call, record)
        self._queue: Queue | None = None
        self._member: Member | None = None
        """Who was asked for last."""
        self._talks_with: Call | None = None
        self._talked_from: float | None = None
        self._talked: float | None = None
        """Seconds, when it is over."""
        self._is_missing = self._starred = False
        self._result: Params = ()

    async def run(self) -> None:
        """Return when it is over: nobody came, he left, the time is up, or the call pressed `*`."""
        call = self.call
        call.line.forget_keys()
        keys = call.spawn(
            pass_keys(call, lambda: self._talks_with, star_ends=self.star_ends), "keys of who serves the queue"
        )
        served = call.spawn(self._serve(), "queue")
        try:
            await asyncio.wait({keys, served}, return_when=asyncio.FIRST_COMPLETED)
            self._starred = not served.done()
            (keys if self._starred else served).result()
        finally:
            self._taping.stop()
            await stopped(keys, served)

    async def ended(self) -> Params:
        """What the Dial's action is told (2.7.3); more than one may ask."""
        await self._taping.done()
        if not self._result:
            self._result = self._told()
        return self._result

    # What there is to say ----------------------------------------------------------------------

    def _told(self) -> Params:
        status, bridged, other = self._status(), self._talked_from is not None, self._member
        dialled = other.call.sid if other else ""
        self.call.record(DialEnded(status=status, dialled=dialled, bridged=bridged))
        return (
            ("DialCallStatus", status),
            *((("DialCallSid", dialled),) if dialled else ()),
            *((("DialCallDuration", str(round(self._talked))),) if self._talked is not None else ()),
            ("DialBridged", "true" if bridged else "false"),
            *((("QueueSid", self._queue.sid),) if self._queue else ()),
            *((("QueueTime", str(other.waited)),) if other else ()),
            *self._taping.told,
        )

    def _status(self) -> str:
        """The DialCallStatus: a queue that does not exist is an error (2.7.6)."""
        if self._talked_from is not None or self._starred:
            return str(CallStatus.COMPLETED)
        if self._is_missing:
            return str(CallStatus.FAILED)
        has_left = self.call.line.state is LegState.RELEASED
        return str(CallStatus.CANCELED if has_left else CallStatus.NO_ANSWER)

    # What happens ------------------------------------------------------------------------------

    async def _serve(self) -> None:
        try:
            await self._seek()
        except Fault as fault:  # the store does not say whether there is such a queue
            self._is_missing = True
            self.call.notice(fault.code, fault.message)

    async def _seek(self) -> None:
        call = self.call
        async with call.facilities.queues.used(call.facilities, call.account, self.name) as queue:
            if queue is None:
                self._is_missing = True
                call.notice(MISSING, f"There is no queue {self.name!r}, so nobody waits in it.")
                return
            self._queue = queue
            ring = call.spawn(repeated(call, self.ringing), "ringing tone")
            try:
                await self._ask(queue, ring)
            finally:
                await stopped(ring)

    async def _ask(self, queue: Queue, ring: asyncio.Task[None]) -> None:
        until = self.call.clock.now() + self.seconds
        while True:
            summons = Summons(self.call.sid, self.document)
            try:
                async with self.call.clock.timeout(max(0.0, until - self.call.clock.now())):
                    member = self._member = await queue.summon(summons)
            except TimeoutError:
                return
            if member is None:
                self._is_missing = True
                return
            try:
                with suppress(TimeoutError):
                    async with self.call.clock.timeout(self.limit):
                        await asyncio.wait({summons.ready, member.gone}, return_when=asyncio.FIRST_COMPLETED)
                if not summons.ready.done() and not member.gone.done():
                    return
                if not member.gone.done():
                    await stopped(ring)
                if not member.gone.done():
                    await self._talk(member)
                    return
            finally:
                queue.release(member, summons)

    async def _talk(self, member: Member) -> None:
        call, bridge = self.call, Bridge(self.call.facilities.plane)
        self._taping.start()
        member.bridge, self._talked_from = bridge, call.clock.now()
        try:
            async with talking(call, member.call, bridge):
                self._talks_with = member.call
                with suppress(TimeoutError):
                    async with call.clock.timeout(self.limit):
                        await asyncio.wait({member.gone})
        finally:
            self._talks_with = None
            self._talked = call.clock.now() - self._talked_from
