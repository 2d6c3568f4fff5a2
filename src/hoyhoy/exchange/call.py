"""A call: one leg under the control of a program.

A call is a leg, a document and a status. Its status changes only by `move`, which records the
event, the row's change and the status callback in one stroke. `run` waits for three things at
once: the document being performed, an order from REST (redirect, end), the far end leaving.
Whichever comes first wins and the performance is cancelled; that is why no verb knows about REST
or hang-up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import asdict, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from hoyhoy.audio import FRAME_SECONDS
from hoyhoy.wire.errors import Fault
from hoyhoy.wire.usage_categories import of_call

from .chance import new_sid
from .clock import Clock
from .conversing import Conversation
from .events import (
    CallCreated,
    CallDialled,
    CallMoved,
    CallRedirected,
    Event,
    KeyPressed,
    Params,
    ResourceChanged,
    StreamMeasured,
)
from .facilities import Facilities
from .leg import Cause, Leg, LegState
from .lifecycle import Lifecycle
from .media import NotPlayed, Prompt
from .notices import Patience, notify
from .orders import LONGEST_CALL
from .playback import prompt_of, was_played
from .ports import Callback, Page, Row, Steering, Webhook
from .program import Inline, Place, Source
from .progress import callback_params
from .recording import Recording
from .referral import listen
from .sound import Sound
from .tree import Tree

if TYPE_CHECKING:
    from .detection import Detection

T = TypeVar("T")


class CallStatus(StrEnum):
    QUEUED = "queued"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    CANCELED = "canceled"
    FAILED = "failed"


_ = CallStatus
CALL = Lifecycle.of(
    (_.QUEUED, [_.RINGING, _.IN_PROGRESS, _.BUSY, _.NO_ANSWER, _.CANCELED, _.FAILED]),
    (_.RINGING, [_.IN_PROGRESS, _.BUSY, _.NO_ANSWER, _.CANCELED, _.FAILED]),
    (_.IN_PROGRESS, [_.COMPLETED]),
    (_.COMPLETED, []),
    (_.BUSY, []),
    (_.NO_ANSWER, []),
    (_.CANCELED, []),
    (_.FAILED, []),
)
FINAL = tuple(status for status in CallStatus if CALL.is_final(status))

UNANSWERED = {
    Cause.NORMAL: _.NO_ANSWER,
    Cause.BUSY: _.BUSY,
    Cause.REJECTED: _.BUSY,
    Cause.NO_ANSWER: _.NO_ANSWER,
    Cause.UNREACHABLE: _.FAILED,
    Cause.FAILED: _.FAILED,
    Cause.CANCELED: _.CANCELED,
}
"""The final status of a call whose leg was released before it was answered (voice reference 5.2)."""

Perform = Callable[["Call", Source], Coroutine[Any, Any, Source | None]]
"""Performs one document on a call and says which comes next; None when the program is over."""


async def _nothing(call: Call, source: Source) -> Source | None:
    """What performs a call that does not run yet."""
    return None


class Call:
    """One call from its creation to its final status."""

    def __init__(
        self,
        facilities: Facilities,
        *,
        account: str,
        direction: str,
        caller: str,
        called: str,
        steering: Steering,
        events: tuple[str, ...] = ("completed",),
        sid: str = "",
        time_limit: float = LONGEST_CALL,
        params: Params = (),
        parent: str = "",
    ) -> None:
        self.facilities = facilities
        self.sid = sid or new_sid(facilities.chance, "CA")
        self.account, self.direction = account, direction
        self.caller, self.called = caller, called
        self.steering, self.events, self.time_limit = steering, events, time_limit
        self.params, self.parent = params, parent
        """What its line tells of it in every request (`SipHeader_...`); the sid of the call that dialled it."""
        self.status = CallStatus.QUEUED if direction == "outbound-api" else CallStatus.RINGING
        self.created_at = facilities.clock.now()
        self.started_at: float | None = None
        self.answered_at: float | None = None
        self.duration: int | None = None
        self.cause: Cause | None = None
        self.leg: Leg | None = None
        self.place = Place(None)
        self.asked: Webhook | None = None
        self.page: Page | None = None
        """The request that brought the document being performed, and its answer; None for inline documents."""
        self.session = facilities.fetcher.session()
        self.soundless_documents = 0
        self.fallback: Webhook | None = None
        self.result: Params = ()
        """What the callback of its end says besides (progress.py)."""
        self.recordings: list[Recording] = []
        """Those under way."""
        self.recording: Recording | None = None
        """The one that was ordered with the call: the callback of its end tells of it (3.2)."""
        self.conversation: Conversation | None = None
        """What app and program tell one another, while there is a far end."""
        self.detection: Detection | None = None
        """Of who answered it, until it is over."""
        self.detected: Params = ()
        """What its documents are told of that, if they waited for it (3.1)."""
        self.perform: Perform = _nothing
        """What performs its documents, once it runs."""
        self.verbs_begun = 0
        """By all its documents."""
        self.messages_sent = 0
        """By all its documents."""
        self.ran_out = False
        """The last document was performed to its end; no verb left it."""
        self.farewell: Callable[[], Awaitable[Webhook | None]] | None = None
        """What a verb still reports when the call has ended while it was performed; no answer is performed (1.4)."""
        self.is_screened = False
        """Its documents only say whether it is put through to who dialled it (2.7.8)."""
        self.refusal: Cause | None = None
        """With what an inbound call is refused that no document answers; None: it is answered at the end (1.4)."""
        self.hops = 0
        """How many calls one call set off up to this one."""
        self.tree = Tree(facilities.clock)
        """All of them."""
        self._patience = Patience()
        self._sequence = 0
        self._order: Source | Cause | None = None
        self._ordered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._limit: asyncio.Task[None] | None = None

    # What verbs use ------------------------------------------------------------------------

    @property
    def clock(self) -> Clock:
        return self.facilities.clock

    async def answer(self) -> None:
        """Take an inbound call that still rings; nothing when it is answered already (1.5)."""
        await self._take()
        await self.goes_on()

    async def goes_on(self) -> None:
        """Return at once while the document is to go on. When the far end has left or an order came, wait to be
        cancelled: `run` is about to do that, and no verb may begin anything any more."""
        if self.line.state is LegState.RELEASED or self._ordered.done():
            await asyncio.get_running_loop().create_future()

    async def play(self, sound: Sound, times: int = 1) -> None:
        """Play so many times, each to its end."""
        await self.answer()
        await self.play_prompt(await prompt_of(self, sound), times)

    async def play_prompt(self, prompt: Prompt, times: int = 1) -> None:
        """Play a sound that is made already. Each time it was played, and whether that was cut short, goes into the
        call's log."""
        for _ in range(times):
            await self.goes_on()
            began, whole = self.clock.now(), False
            try:
                was_taken = await self.sound(prompt)
                whole = was_taken and self.line.state is LegState.ANSWERED  # a leg that is over plays nothing
            finally:
                self.record(was_played(prompt.wish, round(self.clock.now() - began, 3), whole))
                self.lasted_since(began)
            await self.goes_on()
            if not was_taken or not len(prompt.samples):  # however often, it takes no time
                return

    async def sound(self, prompt: Prompt) -> bool:
        """To the far end, to its end. False, and a notice, when the plane cannot take it."""
        try:
            await self.line.play(prompt)
        except NotPlayed as why:
            self.notice(12400, f"A sound was not played: {why}.")
            return False
        return True

    def lasted_since(self, began: float) -> None:
        """The document does something that began then: if that took time, it is none that only leads to the next."""
        if self.clock.now() - began >= FRAME_SECONDS:
            self.soundless_documents = 0

    async def pause(self, seconds: float) -> None:
        began = self.clock.now()
        await self.clock.sleep(seconds)
        self.lasted_since(began)
        await self.goes_on()

    def notice(self, code: int, message: str, *, webhook: Webhook | None = None, page: Page | None = None) -> None:
        """Tell the customer about an error or a warning on this call: on the document being performed, unless
        `webhook` is another request, and `page` its answer."""
        if (told := self._patience.hears(code, message)) is None:
            return
        asked, page = (webhook, page) if webhook else (self.asked, self.page)
        notify(
            self.facilities.journal,
            self.facilities.chance,
            self.clock.now(),
            account=self.account,
            subject=self.sid,
            code=code,
            message=told,
            page=page,
            url=webhook.url if webhook else self.place.url or "",
            method=webhook.method if webhook else self.place.method,
            params=asked.params + asked.extra if asked else (),
        )

    def spawn(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        return self.clock.spawn(work, f"{self.sid} {name}")

    @property
    def line(self) -> Leg:
        """The call's leg, once there is one."""
        assert self.leg is not None
        return self.leg

    # Its life --------------------------------------------------------------------------------

    def created(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """Record the call's birth; return its row. `stored` are columns the exchange only keeps."""
        row = {
            "account_sid": self.account,
            "to": self.called,
            "from": self.caller,
            "status": str(self.status),
            "direction": self.direction,
            "parent_call_sid": self.parent or None,
            "start_time": None,
            "end_time": None,
            "duration": None,
            "answer_time": None,
            "queue_time": 0,
            "usage_category": of_call(self.direction, self.caller, self.called),
            "url": self.steering.url,
            "method": self.steering.method,
            "application_sid": self.steering.application or None,
            "fallback_url": self.steering.fallback_url,
            "fallback_method": self.steering.fallback_method,
            "status_callback": self.steering.status_callback,
            "status_callback_method": self.steering.status_callback_method,
            "status_callback_event": " ".join(self.events),
            "time_limit": int(self.time_limit),
            "callback_sequence": 0,
            "date_created": self.created_at,
            "date_updated": self.created_at,
            **stored,
        }
        event = CallCreated(direction=self.direction, caller=self.caller, called=self.called, status=str(self.status))
        self.record(event, row, new=True)
        return {"sid": self.sid, **row}

    def resume(self, row: Mapping[str, Any]) -> None:
        """Take the state of a call that the exchange did not finish before a restart from its row."""
        self.status = CallStatus(row["status"])
        self.created_at, self.started_at = row["date_created"], row["start_time"]
        self.answered_at, self._sequence = row["answer_time"], row["callback_sequence"] or 0

    def dialled(self, address: str) -> None:
        """The call left the queue: the `initiated` moment, which no status shows (5.2)."""
        self.started_at = self.clock.now()
        self.record(
            CallDialled(address=address),
            {"start_time": self.started_at, "queue_time": int((self.started_at - self.created_at) * 1000)},
            callback=("initiated", "initiated"),
        )

    def rings(self) -> None:
        """The far end rings. What a Dial calls is never queued: its status was `ringing` before (2.7.9)."""
        if self.status is CallStatus.QUEUED:
            self.move(CallStatus.RINGING)
        else:
            self.record(CallMoved(status=str(self.status)), callback=("ringing", str(CallStatus.RINGING)))

    async def _take(self) -> None:
        """A caller who gave up before is not answered; one who leaves before his ACK was (RFC 3261 13.3.1.4)."""
        if self.status is CallStatus.RINGING and self.line.state is not LegState.RELEASED:
            await self.line.answer()
            self.answered()

    def answered(self) -> None:
        self.answered_at = self.clock.now()
        self.move(CallStatus.IN_PROGRESS)
        self.limit_to(self.time_limit)

    def move(self, status: CallStatus, cause: str = "", at: float | None = None) -> None:
        """Change the status: event, row and callback together. UnlawfulMove is a bug of ours."""
        self.status = CALL.move(self.status, status)
        now = self.clock.now() if at is None else at
        changes: dict[str, Any] = {"status": str(status)}
        if status is CallStatus.IN_PROGRESS:
            changes["answer_time"] = self.answered_at
        if CALL.is_final(status):
            if self.answered_at is not None:
                self.duration = round(now - self.answered_at)
            changes |= {"end_time": now, "duration": self.duration, "minutes": _begun_minutes(self.duration)}
        event = {CallStatus.RINGING: "ringing", CallStatus.IN_PROGRESS: "answered"}.get(status, "completed")
        self.record(
            CallMoved(status=str(status), cause=cause, duration=self.duration), changes, callback=(event, str(status))
        )

    def take_sequence(self) -> int:
        self._sequence += 1
        return self._sequence - 1

    def record(
        self,
        event: Event,
        changes: Mapping[str, Any] | None = None,
        *,
        new: bool = False,
        callback: tuple[str, str] | None = None,
    ) -> None:
        """Put an event of this call into the journal, with the row's changes and the status callback it earns."""
        callbacks = self._callback(*callback) if callback else ()
        rows: tuple[Row, ...] = ()
        if changes is not None:
            if callbacks:
                changes = {**changes, "callback_sequence": self._sequence}
            values = changes if new else {**changes, "date_updated": self.clock.now()}
            rows = (Row("calls", self.sid, values, new=new),)
        self.facilities.journal.record(self.sid, self.account, event, rows, callbacks)

    def _callback(self, event: str, status: str) -> tuple[Callback, ...]:
        # A call cancelled while it is still queued produces no callbacks (3.2).
        canceled_in_queue = status == CallStatus.CANCELED and self.started_at is None
        if not self.steering.status_callback or event not in self.events or canceled_in_queue:
            return ()
        params = callback_params(self, status, final=event == "completed")
        return (
            Callback(
                new_sid(self.facilities.chance, "CB"),
                self.sid,
                self.account,
                self.steering.status_callback,
                self.steering.status_callback_method,
                params,
            ),
        )

    # Its run ---------------------------------------------------------------------------------

    def connect(self, leg: Leg) -> None:
        """Give the call its leg and watch both what is pressed and that it stays."""
        self.leg = leg
        self.hops = max(self.hops, leg.hops)
        if leg.tree or leg.hops:
            self.tree = leg.tree or Tree(self.clock, leg.hops)
        leg.on_key = lambda key: self.record(KeyPressed(key=key))
        listen(self)
        self.conversation = Conversation(self)
        leg.on_measured = lambda quality: self.record(StreamMeasured(**asdict(quality)))
        self.spawn(self._watch(leg), "watch")

    async def run(self, first: Source, perform: Perform) -> None:
        """Perform documents until one ends, the far end leaves, or an order ends the call; then finish."""
        self.perform = perform
        source: Source | None = first
        while True:
            if isinstance(self._order, Webhook | Inline):
                source, self._order = self._order, None
            if source is None or self._order is not None or self.line.state is LegState.RELEASED:
                break
            source = await self._performed(source, perform)
        await self.finish()
        if self.farewell and (report := await self.farewell()):
            await perform(self, report)

    async def _performed(self, source: Source, perform: Perform) -> Source | None:
        if self._ordered.done():
            self._ordered = asyncio.get_running_loop().create_future()
        work = self.spawn(perform(self, source), "document")
        try:
            either: set[asyncio.Future[Any]] = {work, self._ordered}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not work.done():
                work.cancel()
                await asyncio.gather(work, return_exceptions=True)
        return None if work.cancelled() else work.result()

    async def finish(self) -> None:
        """Release the leg and give the call its final status, whatever it was doing."""
        if CALL.is_final(self.status):
            return
        if self.leg is not None and self.leg.state is not LegState.RELEASED:
            if self._order is None and self.status is CallStatus.RINGING:
                # A document that asked for nothing still answers an inbound call (1.4).
                if self.refusal is None:
                    await self._take()
                self._order = self.refusal
            await self.leg.hang_up(self._order if isinstance(self._order, Cause) else Cause.NORMAL)
        cause = self._order if isinstance(self._order, Cause) else self.leg.cause if self.leg else None
        ended = self.clock.now()
        await self._recorded()
        self.end(cause or Cause.NORMAL, at=ended)

    async def _recorded(self) -> None:
        """What was recorded of it is a file, which takes a moment."""
        if self.recording is not None and await self.recording.kept():
            self.result += self.recording.told

    def end(self, cause: Cause, at: float | None = None) -> None:
        """Give the call its final status, once; a later end changes nothing. `at`: when it ended, if not now."""
        if CALL.is_final(self.status):
            return
        if self._limit:
            self._limit.cancel()
            self._limit = None
        detection, self.detection = self.detection, None
        if detection:
            detection.end()
        self.cause = cause
        if self.status is CallStatus.IN_PROGRESS:
            status = CallStatus.COMPLETED
        else:
            # A caller who gives up before anyone answered has cancelled (5.2).
            gave_up = cause is Cause.NORMAL and not self.direction.startswith("outbound")
            status = CallStatus.CANCELED if gave_up else UNANSWERED[cause]
        self.move(status, cause=str(cause), at=at)

    async def _watch(self, leg: Leg) -> None:
        await leg.reached(LegState.RELEASED)
        leg.on_key = leg.on_refer = leg.on_message = None  # what holds one another waits for the collector
        self.conversation = None
        self._interrupt()

    def _interrupt(self) -> None:
        if not self._ordered.done():
            self._ordered.set_result(None)

    # Orders ----------------------------------------------------------------------------------

    def redirect(self, source: Source) -> None:
        """Drop the running document and perform another. Fault 21220 when the call is not in progress (5.3)."""
        is_ending = isinstance(self._order, Cause) or self.status is not CallStatus.IN_PROGRESS
        if is_ending or self.line.state is not LegState.ANSWERED:  # an end that was taken, or was heard of, stands
            raise Fault(21220, "Call is not in-progress. Cannot redirect.")
        self.record(CallRedirected(url=source.url if isinstance(source, Webhook) else ""))
        self._order = source
        self._interrupt()

    def order_end(self, cause: Cause) -> None:
        """End the call as soon as the loop turns."""
        if CALL.is_final(self.status):
            raise Fault(21220, "Call is not in-progress. It has already ended.")
        self._order = cause
        self._interrupt()

    def amend(self, changes: Mapping[str, Any]) -> None:
        """Replace fallback, status callback or time limit of a live call (5.3)."""
        if CALL.is_final(self.status):
            raise Fault(21220, "Call is not in-progress. It has already ended.")
        names = {"fallback_url", "fallback_method", "status_callback", "status_callback_method"}
        self.steering = replace(self.steering, **{n: v for n, v in changes.items() if n in names})
        if "time_limit" in changes:
            self.limit_to(changes["time_limit"])
        self.facilities.journal.record(
            self.sid,
            self.account,
            ResourceChanged(table="calls", change="updated", names=tuple(changes)),
            (Row("calls", self.sid, {**changes, "date_updated": self.clock.now()}),),
        )

    def limit_to(self, seconds: float) -> None:
        """End the call `seconds` after its answer (5.1 TimeLimit)."""
        self.time_limit = seconds
        if self._limit:
            self._limit.cancel()
        if self.answered_at is not None:
            self._limit = self.spawn(self._end_at(self.answered_at + seconds), "time limit")

    def limit_ringing(self, seconds: float) -> None:
        """End the call as not answered when it still rings after `seconds`."""
        self._limit = self.spawn(self._end_at(self.clock.now() + seconds, Cause.NO_ANSWER), "ring limit")

    async def _end_at(self, when: float, cause: Cause = Cause.NORMAL) -> None:
        await self.clock.sleep(when - self.clock.now())
        self._limit = None
        self.order_end(cause)

    @property
    def interrupted(self) -> asyncio.Future[None]:
        """Done when an order arrived or the far end left."""
        return self._ordered

    @property
    def order(self) -> Source | Cause | None:
        return self._order


def _begun_minutes(seconds: int | None) -> int | None:
    """What an answered call is billed for; None when nobody answered (messaging reference 3.4)."""
    return None if seconds is None else -(-seconds // 60)
