"""A caller's stay in a queue: what he hears, and how he gets out of it (voice reference 2.9).

He waits until somebody asks for him, a document of his says Leave or Hangup, or something takes his call elsewhere.
Who is asked for hears what the asker's noun names (2.7.6), and then the two talk, which is the asker's doing.
"""

from __future__ import annotations

import asyncio
from typing import Any

from hoyhoy.wire.errors import Fault

from .aside import music, notice_failed, still_told, wait_by
from .call import Call
from .clock import stopped
from .events import Params
from .ports import Webhook
from .program import End, Left, Within
from .queue import Member, QueueResult, Summons

WAITING = Within(("Play", "Say", "Pause", "Hangup", "Redirect", "Leave", "Gather"))
"""What may stand in the documents of who waits (2.9)."""

BEFORE_TALKING = Within(("Play", "Say", "Pause", "Redirect"))
"""What may stand in the document for who is asked for (2.7.6)."""

SILENCE = ""

FULL = 14207


class Waiting:
    """One call in the queue `name`, which is made for `size` callers if there is none.

    He hears the documents of `hears`, again and again; SILENCE; or, when that is None, the exchange's own music.
    """

    def __init__(self, call: Call, name: str, *, size: int, hears: Webhook | str | None) -> None:
        self.call, self.name, self.size, self.hears = call, name, size, hears
        self.result = QueueResult.SYSTEM_ERROR  # so far: he was not in the queue yet
        self._member: Member | None = None

    @property
    def told(self) -> Params:
        """What the action is told."""
        return (("QueueResult", str(self.result)), *(self._member.told if self._member else ()))

    async def run(self) -> None:
        """Return when he is out of the queue and his document is to go on; End when it is not."""
        try:
            await self._wait()
        except Fault as fault:  # the store does not say whether there is such a queue
            self.call.notice(fault.code, fault.message)
        if self.result is QueueResult.HANGUP:
            raise End

    async def _wait(self) -> None:
        call = self.call
        async with call.facilities.queues.used(call.facilities, call.account, self.name, self.size) as queue:
            assert queue is not None
            await call.goes_on()
            if queue.is_full:
                call.notice(FULL, f"The queue {self.name!r} is full: {queue.size} callers wait in it.")
                self.result = QueueResult.FULL
                return
            began = call.clock.now()
            with queue.entered(call) as member:
                self._member = member
                try:
                    self.result = await self._stay(member)
                except asyncio.CancelledError:
                    self.result = member.fate
                    raise
                finally:
                    call.lasted_since(began)

    async def _stay(self, member: Member) -> QueueResult:
        queue = member.queue
        while not queue.is_closed:
            summoned = member.summoned  # another one as soon as whoever asked gives him back
            if not summoned.done() and (result := await self._entertained(member, summoned)):
                return result
            await self._put_through(member, summoned.result())
            if member.bridge is not None:
                return QueueResult.BRIDGED
        return QueueResult.SYSTEM_ERROR

    async def _entertained(self, member: Member, summoned: asyncio.Future[Summons]) -> QueueResult | None:
        """Until he is asked for, or leaves by himself: how."""
        heard = self.call.spawn(self._hear(member), "waiting")
        either: set[asyncio.Future[Any]] = {heard, summoned}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if summoned.done():
                return None
            member.queue.remove(member, heard.result())
            return heard.result()
        finally:
            await stopped(heard)

    async def _hear(self, member: Member) -> QueueResult:
        """What he hears, until that takes him out of the queue: how."""
        if isinstance(self.hears, Webhook):
            return await self._perform(self.hears, member)
        if self.hears is None:
            await music(self.call)
        silence: asyncio.Future[QueueResult] = asyncio.get_running_loop().create_future()
        return await silence

    async def _perform(self, first: Webhook, member: Member) -> QueueResult:
        call, queue, before = self.call, member.queue, self.call.soundless_documents

        def params() -> Params:
            return (
                ("QueuePosition", str(member.position)),
                *member.told,
                ("AvgQueueTime", str(queue.average_wait)),
                ("CurrentQueueSize", str(queue.size)),
                ("MaxQueueSize", str(queue.max_size)),
            )

        try:
            await wait_by(call, first, WAITING, again=True, params=params)
        except Left:
            return QueueResult.LEAVE
        except Fault as fault:
            notice_failed(call, first, fault)
            still_told(call, before)
            return QueueResult.ERROR
        except End:
            pass
        return QueueResult.HANGUP

    async def _put_through(self, member: Member, summons: Summons) -> None:
        """Return when whoever asked lets go of him, whether or not they talked."""
        if summons.over.done():
            return
        heard = self.call.spawn(self._prepared(member, summons), "before they talk")
        try:
            await asyncio.wait({heard, summons.over}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await stopped(heard)
        if not summons.over.done():
            await self.call.goes_on()
            summons.ready.set_result(None)
            await asyncio.wait({summons.over})

    async def _prepared(self, member: Member, summons: Summons) -> None:
        """A document that fails keeps nobody from talking."""
        if summons.document is None:
            return
        told = (*member.told, ("DequeingCallSid", summons.by))
        try:
            await wait_by(self.call, summons.document, BEFORE_TALKING, params=lambda: told)
        except Fault as fault:
            notice_failed(self.call, summons.document, fault)
