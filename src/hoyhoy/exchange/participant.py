"""Who takes part in a conference, from his way in to his leaving (voice reference 2.8, 6).

    participant = enter(call, Attend(name="Standup"))
    await participant.run()

Before the conference begins, and on hold, he hears music or documents of the app; he comes in as soon as there is
something to be heard. Otherwise he is in the conference's room.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from hoyhoy.wire.errors import Fault

from .announcing import WITHIN, Announcement, Announcements
from .aside import music, notice_failed, still_told, wait_by
from .bridge import Bridge
from .call import CALL, Call, CallStatus
from .clock import stopped
from .conference import Conference, ConferenceStatus, Leaving, find
from .events import Params, ParticipantChanged, ParticipantSpoke
from .leg import Cause, LegState
from .media import Prompt
from .orders import Attend
from .performance import perform
from .ports import Webhook
from .program import Inline, Source
from .progress import standard
from .talk import send_key

if TYPE_CHECKING:
    from .leg import Leg

LONGEST_NAME = LONGEST_LABEL = 128

_SID = re.compile(r"CF[0-9a-fA-F]{32}")
_CALL_SID = re.compile(r"CA[0-9a-fA-F]{32}")


class Participant:
    """A call in a conference, or on its way there. What is public may be read by all, and is changed by `change`."""

    def __init__(self, call: Call, conference: Conference, order: Attend, *, by_api: bool) -> None:
        self.call, self.conference, self.order, self.by_api = call, conference, order, by_api
        self.label, self.muted, self.held = order.label, order.muted, False
        self.coaches, self.starts, self.ends = order.coaches, order.starts, order.ends
        self.beeps_on_enter = order.beeps in ("true", "onEnter")
        self.beeps_on_exit = order.beeps in ("true", "onExit")
        self.is_in = self.was_in = False
        """Is he in, as opposed to being called, or waiting for the first thing to be heard; and was he ever?"""
        self.created_at = self.changed_at = self._began = call.clock.now()
        self.announcements = Announcements()
        self._wait: tuple[str | None, str] = (order.wait_url, order.wait_method)
        self._hold: tuple[str | None, str] = (None, "GET")
        self._has_begun = self._speaks = False
        self._out: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._asides: list[asyncio.Task[None]] = []
        self._place: tuple[bool, Leg | None] | None = None
        self._alone = Bridge(call.facilities.plane)

    @property
    def status(self) -> str:
        """In the platform's words (6)."""
        call = self.call
        if self.is_in:
            return "connected"
        if CALL.is_final(call.status) or self._out.done():
            return "complete" if self.was_in or call.status is CallStatus.COMPLETED else "failed"
        if call.status is CallStatus.RINGING:
            return "ringing"
        return "queued" if call.status is CallStatus.QUEUED and call.started_at is None else "connecting"

    @property
    def call_status(self) -> str:
        """The CallStatus; of a call whose far end left, as it will be in a moment."""
        has_left = self.call.leg is not None and self.call.leg.state is LegState.RELEASED
        is_over = has_left and self.call.status is CallStatus.IN_PROGRESS
        return str(CallStatus.COMPLETED if is_over else self.call.status)

    @property
    def is_mixed(self) -> bool:
        """Whether he hears the others, and they him unless he is muted."""
        return self.is_in and not self.held and self.conference.status is ConferenceStatus.IN_PROGRESS

    @property
    def params(self) -> Params:
        """In requests for what he hears."""
        return (*standard(self.call, str(self.call.status)), *self.conference.params)

    # Orders ----------------------------------------------------------------------------------

    def change(
        self,
        *,
        muted: bool | None = None,
        hold: bool | None = None,
        hold_url: str | None = None,
        hold_method: str = "GET",
        ends: bool | None = None,
        beeps_on_exit: bool | None = None,
        coaches: str | None = None,
        wait_url: str | None = None,
        wait_method: str = "POST",
    ) -> None:
        """Take part in another way; what is None stays.

        `hold_url` is absolute: what is heard on hold, from now on if he is held already; "" is silence, None the
        exchange's own music. `coaches` is the sid of the call that alone hears him, "" nobody any more. `wait_url` is
        for who waits. Faults, and nothing is changed: 16028 when who is to be coached is not there, 16027 when he is
        on hold.
        """
        conference = self.conference
        if coaches:
            agent = conference.participants.get(coaches)
            if agent is None or agent is self:
                raise Fault(16028, f"The call to coach, {coaches[:40]}, is not in the conference.")
            if agent.held:
                raise Fault(16027, f"The call to coach, {coaches[:40]}, is on hold.")
        told = []
        if muted is not None and muted != self.muted:
            self.muted = muted
            told.append("participant-mute" if muted else "participant-unmute")
        was_held, self.held = self.held, self.held if hold is None else hold
        if self.held != was_held:
            told.append("participant-hold" if self.held else "participant-unhold")
        if self._modify(ends, beeps_on_exit, coaches, wait_url, wait_method):
            told.append("participant-modify")
        if self.held and (not was_held or hold_url is not None):
            self._hold = (hold_url, hold_method)
            self._hear_aside()
        elif (was_held and not self.held) or (wait_url is not None and not self.held):
            self._hear_aside()
        conference.arrange()
        if told:
            self.changed_at = self.call.clock.now()
            conference.record(
                ParticipantChanged(conference=conference.sid, muted=self.muted, held=self.held, coaches=self.coaches),
                subject=self.call.sid,
                callbacks=tuple(one for what in told for one in conference.tell(what, self)),
            )

    def _modify(
        self, ends: bool | None, beeps_on_exit: bool | None, coaches: str | None, wait_url: str | None, method: str
    ) -> bool:
        before = self.ends, self.beeps_on_exit, self.coaches, self._wait
        self.ends = self.ends if ends is None else ends
        self.beeps_on_exit = self.beeps_on_exit if beeps_on_exit is None else beeps_on_exit
        self.coaches = self.coaches if coaches is None else coaches
        self._wait = self._wait if wait_url is None else (wait_url, method)
        return before != (self.ends, self.beeps_on_exit, self.coaches, self._wait)

    def announce(self, what: Webhook) -> None:
        """Perform a document for him alone, beside what he hears. Faults: 16001 while he is not in, 16099 when too
        much is announced to him at once."""
        if not self.is_in:
            raise Fault(16001, "The participant is not connected.")
        self.announcements.start(
            Announcement(
                self.call.facilities,
                self.call.account,
                what,
                subject=self.call.sid,
                params=lambda: self.params,
                hear=self._hear_announced,
                told=lambda code, why: self.conference.announced(what.url, code, why, self),
            )
        )

    def kick(self) -> None:
        """Out of the conference; a call that was made for it ends."""
        self.put_out(Leaving.REMOVED)

    # His stay --------------------------------------------------------------------------------

    async def run(self) -> None:
        """Come in, and return when it is over, in whatever way; cancelled, he is out before this returns."""
        call = self.call
        before, self._began = call.soundless_documents, call.clock.now()
        try:
            await call.goes_on()
            self._has_begun = True
            url = self._wait[0]
            if not url or self.conference.begins_with(self):
                self._come_in()
            if not self.is_mixed and not self._out.done():
                self._hear_aside()
            await asyncio.wait({self._out})
        finally:
            self.leave(self._why())
            await stopped(*self._asides)
            still_told(call, before)
            call.lasted_since(self._began)

    def pressed(self, key: str) -> None:
        """Those who hear him hear what he presses."""
        if self.is_mixed and not self.muted:
            for other in self.conference.inside:
                if other is not self and other.is_mixed and self.coaches in ("", other.call.sid):
                    self.call.spawn(send_key(key, self.call, other.call), "key in a conference")

    def leave(self, why: Leaving) -> None:
        """Out of it; nothing when he is out already."""
        if self._out.done():
            return
        self._out.set_result(None)
        self.is_in = False
        if self.call.leg is not None:
            self._take_out(self.call.leg)
        self.announcements.stop("The participant left.")
        self.conference.left(self, why if self.was_in or why is not Leaving.HUNG_UP else Leaving.NEVER_CAME)

    def put_out(self, why: Leaving) -> None:
        """Somebody else says that it is over: a call that was made for it ends, if it is not answered yet."""
        if self.by_api and self.call.status in (CallStatus.QUEUED, CallStatus.RINGING):
            self.call.order_end(Cause.CANCELED)
        self.leave(why)

    def _why(self) -> Leaving:
        is_there = self.call.leg is not None and self.call.leg.state is LegState.ANSWERED
        return Leaving.REMOVED if is_there and self.call.order is not None else Leaving.HUNG_UP

    def _come_in(self) -> None:
        if self.is_in or self._out.done():
            return
        self.is_in = self.was_in = True
        self.changed_at = self.call.clock.now()
        if "speaker" in self.conference.telling.events:
            self.call.line.media.watch_speech(self._spoke)
        self.conference.came_in(self)

    def take_place(self) -> None:
        """Be in the room, at first heard by nobody, or out of it."""
        leg, bridge = self.call.line, self.conference.bridge
        if self.is_mixed and self._place is None:
            self._hear_aside()
            self._alone.leave(leg)
            bridge.join(leg, muted=True)
            self._place = (True, None)
        elif not self.is_mixed and self._place is not None:
            bridge.leave(leg)
            self._place = None

    def take_part(self) -> None:
        """Be heard in the room by whom he should be; by nobody while whom he coaches is not in it."""
        if not self.is_mixed:
            return
        agent = self.conference.participants.get(self.coaches)
        hears = agent.call.line if agent and agent.is_mixed else None
        place = (self.muted or (bool(self.coaches) and hears is None), hears)
        if place != self._place:
            self.conference.bridge.join(self.call.line, muted=place[0], coaches=hears)
            self._place = place

    def _take_out(self, leg: Leg) -> None:
        self.conference.bridge.leave(leg)
        self._alone.leave(leg)
        self._place = None
        if "speaker" in self.conference.telling.events:
            leg.media.watch_speech(None)

    def _spoke(self, speaking: bool) -> None:
        if speaking == self._speaks or (speaking and (not self.is_mixed or self.muted)):
            return
        self._speaks = speaking
        conference = self.conference
        conference.record(
            ParticipantSpoke(conference=conference.sid, speaking=speaking),
            subject=self.call.sid,
            callbacks=conference.tell("participant-speech-start" if speaking else "participant-speech-stop", self),
        )

    # What he hears by himself ------------------------------------------------------------------

    def _hear_aside(self) -> None:
        """What he hears while he is not among the others, from its beginning; nothing when he is."""
        if not self._has_begun or self._out.done():
            return
        before = tuple(one for one in self._asides if not one.done())
        for one in before:
            one.cancel()
        self._asides = list(before)
        if not self.is_mixed:
            url, method = self._hold if self.held else self._wait
            self._asides.append(self.call.spawn(self._aside(before, url, method), "beside a conference"))

    async def _aside(self, before: tuple[asyncio.Task[None], ...], url: str | None, method: str) -> None:
        await asyncio.gather(*before, return_exceptions=True)
        call = self.call
        call.lasted_since(self._began)
        if url is None:
            await music(call)
        elif url:
            asked = Webhook(url, method)
            try:
                await wait_by(call, asked, WITHIN, params=lambda: self.conference.params, begun=self._come_in)
            except Fault as fault:
                notice_failed(call, asked, fault)
                self._leave_unless_in()

    def _leave_unless_in(self) -> None:
        """There is nothing to be heard while he waits: he is not let in (2.8)."""
        if not self.is_in:
            self.leave(Leaving.NEVER_CAME)

    async def _hear_announced(self, prompt: Prompt) -> None:
        if self.is_mixed:
            await self.call.sound(prompt)
        else:
            self.announce_alone(prompt)
            await self.call.clock.sleep(prompt.seconds)
        await self.call.goes_on()

    def announce_alone(self, prompt: Prompt) -> None:
        """Beside what he hears while he is not among the others."""
        self._alone.join(self.call.line)
        self._alone.announce(self.call.account, prompt)


def enter(call: Call, order: Attend, *, by_api: bool = False) -> Participant:
    """A place in the conference that is named, which is there from now on. It is given up by `leave`, at the end of
    `run`.

    `by_api`: the call is made for it. Faults: 13237 for a name, 16022 for a sid of none that goes on, 16023 (16024 by
    API) for a label, 16025 (16026) when another has that, 13240 (16028) when who is to be coached is not there, 16020
    when it is full.
    """
    facilities = call.facilities
    if not 1 <= len(order.name) <= LONGEST_NAME:
        raise Fault(13237, f"The name of a conference has 1 to {LONGEST_NAME} characters, this one {len(order.name)}.")
    if len(order.label) > LONGEST_LABEL or "/" in order.label or _CALL_SID.fullmatch(order.label):
        raise Fault(
            16024 if by_api else 16023,
            f"{order.label[:40]!r}: a label has {LONGEST_LABEL} characters at most, no '/', and is no sid of a call.",
        )
    conference = find(facilities, call.account, order.name)
    if conference is None and _SID.fullmatch(order.name):
        raise Fault(16022, f"There is no conference {order.name}, or it is over.")
    others = conference.participants if conference else {}
    if order.label and any(one.label == order.label for one in others.values()):
        raise Fault(16026 if by_api else 16025, f"Somebody else in the conference has the label {order.label!r}.")
    if order.coaches and order.coaches not in others:
        raise Fault(16028 if by_api else 13240, f"The call to coach, {order.coaches[:40]}, is not in the conference.")
    most = min(order.most, conference.most) if conference else order.most
    if len(others) >= most:
        raise Fault(16020, f"The conference has {len(others)} participants already; {most} is the most.")
    if conference is None:
        conference = Conference(facilities, call.account, order)
        participant = Participant(call, conference, order, by_api=by_api)
        conference.open(participant)
    else:
        participant = Participant(call, conference, order, by_api=by_api)
        conference.participants[call.sid] = participant
    return participant


class Attendance:
    """A Dial that leads its caller into a conference; a Guest."""

    def __init__(self, call: Call, order: Attend) -> None:
        self.call, self.order = call, order
        self._participant: Participant | None = None

    async def run(self) -> None:
        await self.call.goes_on()
        try:
            self._participant = enter(self.call, self.order)
        except Fault as fault:
            self.call.notice(fault.code, fault.message)
            return
        await self._participant.run()

    def pressed(self, key: str) -> None:
        if self._participant:
            self._participant.pressed(key)

    async def ended(self) -> Params:
        """No call was dialled, so there is neither its sid nor how long it took (2.7.3, 18 row 11)."""
        was_in = self._participant is not None and self._participant.was_in
        return (
            ("DialCallStatus", self.call.facilities.rules.conference_answered if was_in else "failed"),
            ("DialBridged", "true" if was_in else "false"),
        )


class Attending:
    """What performs a call that was made to take part in a conference: it ends with that, unless a document comes
    instead (6)."""

    first = Inline("<Response/>")
    """Stands for the conference."""

    def __init__(self, participant: Participant) -> None:
        self.participant = participant

    async def perform(self, call: Call, source: Source) -> Source | None:
        if source is not self.first:
            return await perform(call, source)
        keys = call.spawn(self._hear_keys(call), "keys in a conference")
        try:
            await self.participant.run()
        finally:
            await stopped(keys)
        return None

    async def _hear_keys(self, call: Call) -> None:
        while True:
            self.participant.pressed(await call.line.keys.get())
