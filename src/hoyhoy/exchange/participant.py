"""Who takes part in a conference, from his way in to his leaving (voice reference 2.8, 6).

Before the conference begins, and on hold, he hears music or documents of the app; he comes in as soon as there is
something to be heard. Otherwise he is in the conference's room.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from hoyhoy.wire.errors import Fault

from .announcing import WITHIN, Announcement, Announcements
from .aside import music, notice_failed, still_told, wait_by
from .bridge import Bridge
from .call import CALL, Call, CallStatus
from .clock import stopped
from .conference import Conference, ConferenceStatus
from .conference_callbacks import Leaving
from .events import Params, ParticipantChanged, ParticipantSpoke
from .leg import Cause, LegState
from .media import Prompt
from .orders import Attend
from .ports import Webhook
from .progress import standard
from .talk import send_key
from .thorough import every

if TYPE_CHECKING:
    from .leg import Leg


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
        self._has_begun = self._speaks = self._is_listened_to = False
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
        return standard(self.call, str(self.call.status), self.conference.params)

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

    def check_announce(self) -> None:
        """Faults: 16001 while he is not in, 16099 when too much is announced to him at once."""
        if not self.is_in:
            raise Fault(16001, "The participant is not connected.")
        self.announcements.check()

    def announce(self, what: Webhook) -> None:
        """Perform a document for him alone, beside what he hears. Faults as `check_announce`."""
        self.check_announce()
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
        said = why if self.was_in or why is not Leaving.HUNG_UP else Leaving.NEVER_CAME
        every(
            [
                self._take_out,
                lambda: self.announcements.stop("The participant left."),
                lambda: self.conference.left(self, said),
            ]
        )

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
        self.conference.came_in(self)

    def take_place(self) -> None:
        """Be in the room, at first heard by nobody, or out of it; be listened to if somebody wants to know who speaks,
        which may turn out after he came."""
        leg, bridge = self.call.line, self.conference.bridge
        if not self._is_listened_to and "speaker" in self.conference.telling.events:
            self._is_listened_to = True
            leg.media.watch_speech(self._spoke)
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

    def _take_out(self) -> None:
        leg = self.call.leg
        if leg is None:
            return
        self.conference.bridge.leave(leg)
        self._alone.leave(leg)
        self._place = None
        if self._is_listened_to:
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
