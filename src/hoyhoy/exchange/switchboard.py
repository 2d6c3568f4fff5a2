"""The front door: every live call and message by sid, the orders they take, and what arrives from lines.

Orders are immediate and synchronous. Whoever answers a customer awaits `journal.settled()` first;
a call ordered here leaves the queue only after its row is durable.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from contextlib import suppress
from typing import Any

from hoyhoy.wire.errors import Fault, Level

from .attendance import Attending, enter
from .call import CALL, Call, CallStatus, Perform
from .conference_callbacks import Leaving
from .detection import Detection, after_detection
from .detection import columns_of as detection_columns
from .dialling import live, reach
from .events import Params
from .facilities import Facilities
from .leg import Cause, Leg, LegState
from .message import Message, MessageStatus, not_scheduled
from .notices import notify
from .orders import PlaceCall, Record, SendMessage, Terms
from .participant import Participant
from .performance import after_digits, known_verbs, perform
from .ports import Callee, Dialling, Number, Service, Session, Steering, Webhook
from .program import Inline, Source
from .recording import CALL_API, Recording
from .recording_rows import RUNNING, RecordingStatus, columns_of
from .reply import Reply
from .schedule import Schedule
from .senders import Senders
from .trunking import ORIGINATING, Origination
from .validation import Validation, outcome

COOKIE_LIFE = 4 * 3600.0
"""Seconds the cookies of a pair of numbers live after its last message (messaging reference 1.10)."""

REPLY_PAUSE = 30.0
"""Seconds after which a reply between two numbers does not count as one of a loop (messaging reference 1.10)."""


def _forget(used: OrderedDict[Any, tuple[float, Any]], before: float) -> None:
    """Drop what was last used before a moment; the longest unused stands first."""
    while used and next(iter(used.values()))[0] < before:
        used.popitem(last=False)


class Switchboard:
    """Calls and messages that are not over yet."""

    def __init__(self, facilities: Facilities) -> None:
        self.facilities = facilities
        facilities.switchboard = self
        known_verbs()  # so that the first call does not wait for it
        self._calls = facilities.calls
        self._drains = False
        self._messages: dict[str, Message] = {}
        self._attending: dict[str, Participant] = {}
        """How calls that are not dialled yet take part in conferences."""
        self._schedule = Schedule(facilities.clock, facilities.journal, self._start_message)
        self._senders = Senders(facilities)
        self._sessions: OrderedDict[tuple[str, str, str], tuple[float, Session]] = OrderedDict()
        self._replies: OrderedDict[tuple[str, str], tuple[float, int]] = OrderedDict()

    # Calls out -----------------------------------------------------------------------------

    def drain(self) -> None:
        """Take no more calls, from nobody; those there are go on."""
        self._drains = True

    def place_call(self, order: PlaceCall) -> dict[str, Any]:
        """Queue a call; return its row. Fault 20503 when no more calls are taken, and those of `enter` when it cannot
        attend its conference."""
        if self._drains:
            raise Fault(20503, "This exchange is being stopped and takes no more calls.")
        call = Call(
            self.facilities,
            account=order.account,
            direction="outbound-api",
            caller=order.caller,
            called=order.to,
            steering=order.steering,
            events=order.events,
            time_limit=order.time_limit,
        )
        if order.validate:
            call.result = outcome()
        if order.attend:
            self._attending[call.sid] = enter(call, order.attend, by_api=True)
        try:
            row = self._created(call, order)
        except BaseException:
            if participant := self._attending.pop(call.sid, None):
                participant.leave(Leaving.NEVER_CAME)
            raise
        self.resume_call(call, order)
        return row

    def _created(self, call: Call, order: PlaceCall) -> dict[str, Any]:
        return call.created(
            {
                **order.stored,
                "twiml": order.twiml or None,
                "send_digits": order.send_digits or None,
                "timeout": order.timeout,
                "caller_id": order.caller_id or None,
                "sip_auth_username": order.username or None,
                "sip_auth_password": order.password or None,
                "validation": True if order.validate else None,
                **columns_of(order.record),
                **detection_columns(order.detect),
            }
        )

    def resume_call(self, call: Call, order: PlaceCall) -> None:
        """Dial a queued call: a new one, or one found in the queue after a restart."""
        self._calls[call.sid] = call
        call.spawn(live(call, self._dial(call, order)), "outgoing call")

    async def _dial(self, call: Call, order: PlaceCall) -> None:
        participant = self._attending.pop(call.sid, None)
        try:
            await self._dialled(call, order, participant)
        finally:
            if participant:
                participant.leave(Leaving.HUNG_UP)

    async def _dialled(self, call: Call, order: PlaceCall, participant: Participant | None) -> None:
        try:
            await self.facilities.journal.settled()
        except Fault:  # whoever ordered it was told that it was not taken
            call.end(Cause.FAILED)
            return
        if order.delay:
            await self._wait_in_queue(call, order.delay)
        if call.order is not None or not self.facilities.is_active(call.account):
            call.end(Cause.CANCELED)
            return
        try:
            line = self.facilities.line_to(order.to, call.account)
        except Fault as fault:
            call.notice(fault.code, fault.message)
            call.end(Cause.FAILED)
            return
        shown = order.caller_id or order.caller
        dialling = Dialling(call.sid, call.account, order.to, shown, order.username, order.password)
        if await reach(call, line, dialling, order.timeout):
            if order.record:
                call.recording = Recording.start(call, order.record)
            steering = order.steering
            first: Source = Webhook(steering.url, steering.method) if steering.url else Inline(order.twiml)
            performing: Perform = Validation(order.validate).perform if order.validate else perform
            if participant:
                first, performing = Attending.first, Attending(participant).perform
            performing = after_digits(order.send_digits, performing)
            if order.detect:
                detection = Detection.start(call, order.detect)
                performing = performing if order.detect.is_async else after_detection(detection, performing)
            await call.run(first, performing)

    async def _wait_in_queue(self, call: Call, seconds: float) -> None:
        """Unless an order ends the call meanwhile."""
        with suppress(TimeoutError):
            async with call.clock.timeout(seconds):
                await asyncio.wait({call.interrupted})

    # Calls in ------------------------------------------------------------------------------

    def incoming(
        self,
        leg: Leg,
        *,
        caller: str,
        called: str,
        callee: Callee | None = None,
        params: Params = (),
        twiml: str = "",
        direction: str = "inbound",
    ) -> Call | None:
        """A line brings a call for `called`: for `callee`, or whoever owns that number; `params` are told in every
        request about it. `twiml` is performed instead of what the callee says. None, and the leg is released, when
        nobody is there."""
        facilities = self.facilities
        callee = callee or facilities.directory.number(called)
        trunk = facilities.directory.trunk(callee.trunk) if isinstance(callee, Number) and callee.trunk else None
        is_answered = callee is not None and bool(twiml or trunk or callee.voice.url) and not self._drains
        if callee is None or not is_answered or not facilities.is_active(callee.account):
            facilities.clock.spawn(leg.hang_up(Cause.UNREACHABLE), f"refuse {called}")
            return None
        call = Call(
            facilities,
            account=callee.account,
            direction=ORIGINATING if trunk else direction,
            caller=caller,
            called=called,
            steering=Steering() if trunk else callee.voice,
            params=params,
        )
        call.started_at = call.created_at
        number = callee.sid if isinstance(callee, Number) else None
        call.created(
            {"start_time": call.created_at, "phone_number_sid": number, "trunk_sid": trunk.sid if trunk else None}
        )
        self._calls[call.sid] = call
        call.connect(leg)
        call.limit_ringing(facilities.rules.ring_limit)
        first: Source = Inline(twiml) if twiml else Webhook(callee.voice.url, callee.voice.method)
        performing: Perform = perform
        if trunk:
            origination = Origination(trunk, called, facilities.chance)
            first, performing = origination.first, origination.perform
        call.spawn(live(call, call.run(first, performing)), "incoming call")
        return call

    # Orders for calls ------------------------------------------------------------------------

    def redirect_call(self, sid: str, *, webhook: Webhook | None = None, twiml: str = "") -> None:
        """Move a live call to another document. Fault 21220 when it is not in progress (voice reference 5.3)."""
        self._call(sid).redirect(webhook or Inline(twiml))

    def end_call(self, sid: str, status: str) -> None:
        """`completed` ends a call in any state, `canceled` only one that was not answered (voice reference 5.3)."""
        call = self._call(sid)
        if call.status is CallStatus.IN_PROGRESS:
            if status == CallStatus.COMPLETED:
                call.order_end(Cause.NORMAL)
        else:
            call.order_end(Cause.CANCELED)

    def amend_call(self, sid: str, changes: dict[str, Any]) -> None:
        """Replace fallback_url, fallback_method, status_callback, status_callback_method, time_limit of a live call."""
        self._call(sid).amend(changes)

    def record_call(self, sid: str, order: Record) -> Recording:
        """Record a live call. Fault 21220 when it is not in progress. While one that was ordered so is under way there
        is no second one (8.1)."""
        call = self._call(sid)
        if call.status is not CallStatus.IN_PROGRESS or call.line.state is not LegState.ANSWERED:
            raise Fault(21220, "Requested resource is not eligible for recording: the call is not in progress.")
        for one in call.recordings:
            if one.order.source == order.source == CALL_API and one.status in RUNNING:
                return one
        return Recording.start(call, order)

    def change_recording(self, sid: str, status: str, *, silence: bool = True) -> None:
        """Pause, resume or stop a recording. Fault 16114 when it is not in a state for that."""
        recording = self.facilities.recordings.get(sid)
        if recording is None or recording.status not in RUNNING:
            raise Fault(16114, "The recording is over.")
        match status:
            case RecordingStatus.PAUSED:
                recording.pause(silence=silence)
            case RecordingStatus.IN_PROGRESS:
                recording.resume()
            case _:
                recording.stop()

    def current_recording(self, call: str) -> str | None:
        """The sid of the last recording of a call, or of a conference, that is under way: what `Twilio.CURRENT` means
        (8.1)."""
        of = self._calls.get(call) or self.facilities.conferences.get(call)
        found = of.recordings if of else []
        return next((one.sid for one in reversed(found) if one.status in RUNNING), None)

    def is_live(self, sid: str) -> bool:
        return sid in self._calls or sid in self._messages

    def _call(self, sid: str) -> Call:
        try:
            return self._calls[sid]
        except KeyError:
            raise Fault(21220, "Call is not in-progress. It has already ended.") from None

    # Messages ------------------------------------------------------------------------------

    def send_message(self, order: SendMessage) -> dict[str, Any]:
        """Queue a message; return its row."""
        message = Message(
            self.facilities,
            account=order.account,
            direction=order.direction,
            sender=order.sender,
            recipient=order.to,
            body=order.body,
            media=order.media,
            status_callback=order.status_callback,
            terms=order.terms,
        )
        row = message.created(order.stored)
        self.resume_message(message)
        return row

    def resume_message(self, message: Message) -> None:
        """Deliver a message: a new one, or one found on its way after a restart."""
        self._messages[message.sid] = message
        if message.position is not None:
            self.facilities.clock.spawn(self._take(message, message.position), f"{message.sid} delivery")
        elif message.status is MessageStatus.SCHEDULED:
            self._schedule.put(message)
        else:
            self._start_message(message)

    def _start_message(self, message: Message) -> None:
        self.facilities.clock.spawn(self._deliver(message), f"{message.sid} delivery")

    def cancel_message(self, sid: str) -> None:
        """Fault 30409 when it does not wait for its time (any more)."""
        message = self._messages.get(sid)
        if message is None:
            raise not_scheduled("finished")
        message.cancel()
        if self._schedule.drop(message):
            del self._messages[sid]

    async def _take(self, message: Message, position: int) -> None:
        """A new message goes on its way, or into the schedule, when its birth at `position` is durable."""
        journal = self.facilities.journal
        try:
            await journal.settled()
        except Fault:  # its sender was told that it was not taken, and must not find it delivered
            if not journal.is_durable(position):
                await message.give_up()
        if message.status is MessageStatus.SCHEDULED:
            self._schedule.put(message)
        else:
            await self._deliver(message)

    async def _deliver(self, message: Message) -> None:
        try:
            await message.deliver(self._senders.choose)
        finally:
            self._messages.pop(message.sid, None)

    def receive(self, *, sender: str, recipient: str, body: str, media: tuple[str, ...] = ()) -> str | None:
        """A carrier brings a message; return its sid, None when nobody owns the number or its messaging service
        drops what comes in (messaging reference 1.9)."""
        number = self.facilities.directory.number(recipient)
        if number is None or not self.facilities.is_active(number.account):
            return None
        service = self.facilities.directory.service_of(number)
        if service and not service.asks_numbers and not service.inbound.url:
            self._dropped(service, sender, recipient)
            return None
        message = Message(
            self.facilities,
            account=number.account,
            direction="inbound",
            sender=sender,
            recipient=recipient,
            body=body,
            media=media,
            terms=Terms(service=service.sid if service else ""),
            status=MessageStatus.RECEIVING,
        )
        message.created({})
        self.answer_message(message)
        return message.sid

    def _dropped(self, service: Service, sender: str, recipient: str) -> None:
        facilities = self.facilities
        notify(
            facilities.journal,
            facilities.chance,
            facilities.clock.now(),
            account=service.account,
            subject=service.sid,
            code=21702,
            level=Level.WARNING,
            message=f"A message from {sender} to {recipient} was dropped: its messaging service has no "
            "InboundRequestUrl, and UseInboundWebhookOnNumber is false.",
        )

    def _asked(self, number: Number | None) -> Steering:
        """Who says what to do with a message that came in: the service, the application, the number (1.9)."""
        if number is None:
            return Steering()
        service = self.facilities.directory.service_of(number)
        return service.inbound if service and not service.asks_numbers else number.messaging

    def answer_message(self, message: Message) -> None:
        """Ask the app about an inbound message: a new one, or one whose app was not done with it before a restart.

        The message is `receiving` until then, so a crash cannot lose what the app was to be told.
        """
        number = self.facilities.directory.number(message.text.recipient)
        steering = self._asked(number)
        if number is None or not steering.url:
            self.facilities.clock.spawn(message.moved(MessageStatus.RECEIVED), f"{message.sid} received")
            return
        reply = Reply(
            self.facilities,
            message,
            steering,
            self._session(number, message.text.sender),
            lambda order: self._reply(message, order),
        )
        self._messages[message.sid] = message
        self.facilities.clock.spawn(self._answer(message, reply), f"{message.sid} reply")

    async def _answer(self, message: Message, reply: Reply) -> None:
        try:
            await reply.run()
        except Exception:  # a bug of ours, which the next start would only meet again
            await message.moved(MessageStatus.RECEIVED)
            raise
        finally:
            self._messages.pop(message.sid, None)
        await message.moved(MessageStatus.RECEIVED)

    def _reply(self, inbound: Message, order: SendMessage) -> str:
        """Send a reply unless the two numbers have been answering one another too long (14107)."""
        now, pair = self.facilities.clock.now(), (order.sender, order.to)
        last, count = self._replies.pop(pair, (0.0, 0))
        count = count + 1 if now - last <= REPLY_PAUSE else 1
        self._replies[pair] = (now, count)
        _forget(self._replies, now - REPLY_PAUSE)
        if count > self.facilities.rules.reply_loop:
            raise Fault(
                14107,
                f"More than {self.facilities.rules.reply_loop} replies between the same two numbers "
                "within 30 seconds of one another: two programs are talking to each other.",
            )
        return str(self.send_message(order)["sid"])

    def _session(self, number: Number, remote: str) -> Session:
        """The cookies of this pair of numbers."""
        now, pair = self.facilities.clock.now(), (number.account, number.number, remote)
        _forget(self._sessions, now - COOKIE_LIFE)
        session = self._sessions[pair][1] if pair in self._sessions else self.facilities.fetcher.session()
        self._sessions[pair] = (now, session)
        self._sessions.move_to_end(pair)
        return session

    # The end ---------------------------------------------------------------------------------

    async def close(self) -> None:
        """End every call as an orderly stop does: far ends are told, statuses are final, callbacks are queued."""
        for call in list(self._calls.values()):
            if not CALL.is_final(call.status):
                if call.leg is not None and call.leg.state is not LegState.RELEASED:
                    await call.leg.hang_up(Cause.FAILED)
                call.end(Cause.FAILED)
        for conference in list(self.facilities.conferences.values()):
            conference.close()
        clock, recordings = self.facilities.clock, self.facilities.recordings.values()
        await asyncio.gather(*[clock.spawn(one.kept(), f"the file of {one.sid}") for one in recordings])
        await self.facilities.journal.settled()
