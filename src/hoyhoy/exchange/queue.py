"""Queues: callers wait in a line for whoever asks for the next one (voice reference 2.9, 7).

A queue is a row of the table `queues`, which stays. Who waits in it is only here: a `Queue` is in memory while
somebody waits in it, or asks for its head. The first who came is the first who leaves, and of those who ask the first
who asked is served first.

A caller who was asked for is out of the line; when who asked is gone before the two talk, he is its head again.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from .bridge import Bridge
from .chance import new_sid
from .events import CallDequeued, CallEnqueued, Params, ResourceChanged
from .leg import LegState
from .ports import Row, Rows, Webhook
from .program import Inline, Source
from .turns import Turns

if TYPE_CHECKING:
    from .call import Call
    from .facilities import Facilities

TABLE = "queues"

LONGEST_NAME = 64
LARGEST = 5000


class QueueResult(StrEnum):
    """How a caller left, in the platform's words (2.9)."""

    BRIDGED = "bridged"
    BRIDGING = "bridging-in-process"
    ERROR = "error"
    HANGUP = "hangup"
    LEAVE = "leave"
    REDIRECTED = "redirected"
    REDIRECTED_FROM_BRIDGED = "redirected-from-bridged"
    FULL = "queue-full"
    SYSTEM_ERROR = "system-error"


class Summons:
    """Somebody asks for the head of a queue: the call `by`, which has him perform `document` before they talk.

    `ready` is done when he has heard that, `over` when he is let go, whether or not they talked.
    """

    def __init__(self, by: str, document: Source | None) -> None:
        self.by, self.document = by, document
        loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[None] = loop.create_future()
        self.over: asyncio.Future[None] = loop.create_future()


class Member:
    """One caller in a queue, until he leaves it for good (`gone`)."""

    def __init__(self, queue: Queue, call: Call) -> None:
        self.queue, self.call = queue, call
        self.enqueued_at = call.clock.now()
        self.place = 0
        """Where he stands: less than that of whoever stands behind him."""
        self.summoned: asyncio.Future[Summons] = asyncio.get_running_loop().create_future()
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.bridge: Bridge | None = None
        """Where he talks, or talked, with who asked for him; empty when that is over."""
        self._dequeued_at: float | None = None

    @property
    def position(self) -> int:
        """In the line, from 1; 0 when he is out of it."""
        return self.queue.position(self)

    @property
    def waited(self) -> int:
        """Seconds, up to the moment he was out of the line."""
        until = self.call.clock.now() if self._dequeued_at is None else self._dequeued_at
        return int(until - self.enqueued_at)

    @property
    def is_there(self) -> bool:
        """Whether nothing is about to take him out."""
        return self.call.line.state is LegState.ANSWERED and not self.call.interrupted.done()

    @property
    def told(self) -> Params:
        return ("QueueSid", self.queue.sid), ("QueueTime", str(self.waited))

    @property
    def fate(self) -> QueueResult:
        """The result, were he to be taken out now by something that no verb of his documents did."""
        is_redirected = isinstance(self.call.order, Webhook | Inline)
        if self.bridge is not None:
            return QueueResult.REDIRECTED_FROM_BRIDGED if is_redirected else QueueResult.BRIDGED
        if is_redirected:
            return QueueResult.REDIRECTED
        return QueueResult.BRIDGING if self.summoned.done() else QueueResult.HANGUP

    def moved(self, result: QueueResult) -> None:
        """Out of the line."""
        self._dequeued_at = self.call.clock.now()
        waited = round(self._dequeued_at - self.enqueued_at, 3)
        self.call.record(CallDequeued(queue=self.queue.sid, result=result, seconds=waited))

    def returned(self) -> None:
        """Into the line once more: nobody talked with him after all."""
        self._dequeued_at = None
        self.summoned = asyncio.get_running_loop().create_future()

    def leave(self) -> None:
        """Out of the bridge at once: the next document may put the leg into another room."""
        if self.bridge is not None:
            self.bridge.leave(self.call.line)
        if not self.gone.done():
            self.gone.set_result(None)


class Queue:
    """One line of callers. `account`, `name` and `max_size` are as its row says."""

    def __init__(self, sid: str, account: str, name: str, max_size: int) -> None:
        self.sid, self.account, self.name, self.max_size = sid, account, name, max_size
        self.users = 0
        """Who wait in it, talk with one who did, or ask for its head."""
        self.is_closed = False
        """It was deleted."""
        self._line: list[Member] = []
        """The head first, each with a greater place than the one before. All who wait are told places and times again
        and again, so that none of these may cost a look at all the others."""
        self._members: dict[str, Member] = {}
        """The same, by their calls."""
        self._entered_ms = 0
        """The sum of when those entered, in whole milliseconds: adding and taking away leaves no rest."""
        self._asking: deque[asyncio.Future[None]] = deque()

    # Who waits -------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Member]:
        """Those who wait, the head first."""
        return iter(tuple(self._line))

    @property
    def size(self) -> int:
        """How many wait."""
        return len(self._line)

    @property
    def is_full(self) -> bool:
        return self.size >= self.max_size

    @property
    def average_wait(self) -> int:
        """Seconds: how long those who wait at this moment have waited; 0 when nobody does (7)."""
        if not self._line:
            return 0
        now = self._line[0].call.clock.now()
        return (self.size * _milliseconds(now) - self._entered_ms) // (self.size * 1000)

    def member(self, call: str) -> Member | None:
        """Who waits with this call."""
        return self._members.get(call)

    def head(self) -> Member | None:
        """Who waits first and is still there."""
        return next((one for one in self._line if one.is_there), None)

    def position(self, member: Member) -> int:
        """From 1; 0 when he is not in the line."""
        return self._index(member) + 1 if self.member(member.call.sid) is member else 0

    def _index(self, member: Member) -> int:
        return bisect_left(self._line, member.place, key=lambda one: one.place)

    @contextmanager
    def entered(self, call: Call) -> Iterator[Member]:
        """The call waits inside of it; afterwards it is gone, whatever became of it."""
        member = Member(self, call)
        if self._line:
            member.place = self._line[-1].place + 1
        self._take_in(len(self._line), member)
        call.record(CallEnqueued(queue=self.sid, name=self.name, position=self.size))
        self._wake()
        try:
            yield member
        finally:
            self.remove(member, member.fate)
            member.leave()

    def remove(self, member: Member, result: QueueResult) -> bool:
        """Take a member out of the line; False when he is out of it already."""
        if self.member(member.call.sid) is not member:
            return False
        del self._line[self._index(member)], self._members[member.call.sid]
        self._entered_ms -= _milliseconds(member.enqueued_at)
        member.moved(result)
        return True

    def _take_in(self, index: int, member: Member) -> None:
        self._line.insert(index, member)
        self._members[member.call.sid] = member
        self._entered_ms += _milliseconds(member.enqueued_at)

    # Who asks --------------------------------------------------------------------------------

    async def summon(self, summons: Summons) -> Member | None:
        """The head, as soon as there is one and nobody asked before; None when the queue is deleted."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._asking.append(turn)
        try:
            while self._asking[0] is not turn or (member := self.head()) is None:
                if self.is_closed:
                    return None
                await turn
                self._asking[0] = turn = asyncio.get_running_loop().create_future()
            # From here on nothing can be cancelled: whoever is out of the line was asked for.
            self.remove(member, QueueResult.BRIDGING)
            member.summoned.set_result(summons)
            return member
        finally:
            self._asking.remove(turn)
            self._wake()

    def release(self, member: Member, summons: Summons) -> None:
        """Let him go whom the summons brought; he is the head of the line again when he had nothing of it."""
        if member.bridge is None and not member.gone.done() and not self.is_closed:
            member.returned()
            if self._line:
                member.place = self._line[0].place - 1
            self._take_in(0, member)
            member.call.record(CallEnqueued(queue=self.sid, name=self.name, position=1))
            self._wake()
        summons.over.set_result(None)

    def _wake(self) -> None:
        """Who asked first looks again."""
        if self._asking and (self._line or self.is_closed) and not self._asking[0].done():
            self._asking[0].set_result(None)

    def close(self) -> None:
        """It is deleted: who asks for its head asks in vain."""
        self.is_closed = True
        self._wake()


class Queues:
    """Those that somebody uses, and the way to all others, which are rows.

    What is found or made by name takes turns with everything else of that name: there are never two of one.
    """

    def __init__(self) -> None:
        self._open: dict[str, Queue] = {}
        self._by_name: dict[tuple[str, str], Queue] = {}
        self.turn = Turns()
        """By account and name."""

    def __len__(self) -> int:
        return len(self._open)

    def __iter__(self) -> Iterator[Queue]:
        return iter(tuple(self._open.values()))

    def get(self, sid: str) -> Queue | None:
        """A queue that somebody uses."""
        return self._open.get(sid)

    @asynccontextmanager
    async def used(
        self, facilities: Facilities, account: str, name: str, size: int | None = None
    ) -> AsyncIterator[Queue | None]:
        """The account's queue of that name; None when there is none, unless it is to be made, for `size` callers."""
        with facilities.clock.busy(f"the queue {name}"):
            async with self.turn(account, name):
                queue = await self._found(facilities, account, name)
                if queue is None and size is not None:
                    queue = _made(facilities, account, name, size)
                if queue:
                    self._open[queue.sid] = self._by_name[account, name] = queue
                    queue.users += 1
        try:
            yield queue
        finally:
            if queue:
                queue.users -= 1
                if not queue.users:
                    self._forget(queue)

    async def _found(self, facilities: Facilities, account: str, name: str) -> Queue | None:
        if queue := self._by_name.get((account, name)):
            return queue
        row = await row_named(facilities.rows, account, name)
        return Queue(row["sid"], account, name, row["max_size"]) if row else None

    def _forget(self, queue: Queue) -> None:
        if self._open.get(queue.sid) is queue:
            del self._open[queue.sid], self._by_name[queue.account, queue.name]

    def changed(self, sid: str, *, name: str, max_size: int) -> None:
        """Its row says something else."""
        if queue := self._open.get(sid):
            del self._by_name[queue.account, queue.name]
            queue.name, queue.max_size = name, max_size
            self._by_name[queue.account, name] = queue

    def close(self, sid: str) -> None:
        """Its row is gone."""
        if queue := self._open.get(sid):
            self._forget(queue)
            queue.close()


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


async def row_named(rows: Rows | None, account: str, name: str) -> dict[str, Any] | None:
    """The row of the account's queue of that name."""
    if rows is None:
        return None
    found = await rows.page(TABLE, [("account_sid", "=", account), ("friendly_name", "=", name)], limit=1)
    return found[0] if found else None


def _made(facilities: Facilities, account: str, name: str, size: int) -> Queue:
    queue, now = Queue(new_sid(facilities.chance, "QU"), account, name, size), facilities.clock.now()
    values = {"account_sid": account, "friendly_name": name, "max_size": size, "date_created": now, "date_updated": now}
    event = ResourceChanged(table=TABLE, change="created", names=tuple(values))
    facilities.journal.record(queue.sid, account, event, (Row(TABLE, queue.sid, values, new=True),))
    return queue
