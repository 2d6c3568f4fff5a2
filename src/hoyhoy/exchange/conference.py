"""A conference: calls that hear one another under a name (voice reference 2.8, 6).

It is there from the moment somebody is on his way in, begins when two are in of whom one may begin it, and is over when
nobody is left or somebody ends it. The next one of its name is another conference. Who takes part in it, and how, is in
participant.py; one that is over is nowhere but in the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any

from hoyhoy.wire.errors import Fault

from .announcing import Announcement, Announcements
from .bridge import Bridge
from .chance import new_sid
from .conference_callbacks import OF_ALL, Ending, Leaving, Teller, of_end, of_participant
from .events import ConferenceAnnounced, ConferenceMoved, Event, Params, ParticipantJoined, ParticipantLeft
from .facilities import Facilities
from .lifecycle import Lifecycle
from .media import Prompt
from .orders import Attend, Telling
from .playback import TONES
from .ports import Callback, Row, Webhook
from .recording import Recording
from .sound import Tone
from .thorough import every

if TYPE_CHECKING:
    from .participant import Participant

TABLE = "conferences"

BEEP = Prompt(Tone("beep"), TONES["beep"])

TO_BEGIN = 2
"""Who must be in."""


class ConferenceStatus(StrEnum):
    INIT = "init"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"


_ = ConferenceStatus
CONFERENCE = Lifecycle.of(
    (_.INIT, [_.IN_PROGRESS, _.COMPLETED]),
    (_.IN_PROGRESS, [_.COMPLETED]),
    (_.COMPLETED, []),
)
FINAL = tuple(status for status in ConferenceStatus if CONFERENCE.is_final(status))


class Conference:
    """One, from the first who comes on. What belongs to it as a whole is taken from his order. Whom to tell and what to
    record is taken so as well, also if that is nothing (2.8); but a call that was made for the conference
    (`by_api`) and says nothing of either leaves both to the next who comes in: it came first, but an app thinks of the
    conference as its callers'."""

    def __init__(self, facilities: Facilities, account: str, order: Attend, *, by_api: bool) -> None:
        self.facilities, self.account, self.name = facilities, account, order.name
        self.telling, self.record_order, self.region, self.most = order.telling, order.record, order.region, order.most
        self._is_decided = _decides(order, by_api=by_api)
        self.sid = new_sid(facilities.chance, "CF")
        self.status = ConferenceStatus.INIT
        self.reason = ""
        """Why it ended, as soon as it does."""
        self.participants: dict[str, Participant] = {}
        """By call sid, in the order in which they came; those who are still called are among them."""
        self.bridge = Bridge(facilities.plane)
        self.recordings: list[Recording] = []
        """Those under way."""
        self.announcements = Announcements()
        self._telling = Teller(facilities, self.telling, self.account, self.sid, self.name)

    @property
    def inside(self) -> list[Participant]:
        """Those who are in, also while they wait or are on hold."""
        return [one for one in self.participants.values() if one.is_in]

    @property
    def params(self) -> Params:
        """In requests for what its participants hear."""
        return (("ConferenceSid", self.sid), ("FriendlyName", self.name))

    # Orders ----------------------------------------------------------------------------------

    def end(self) -> None:
        """Everybody is out of it. Fault 16022 when it is over."""
        if self.reason:
            raise Fault(16022, "The conference is over.")
        self._end(Ending.BY_API, None)

    def announce(self, what: Webhook) -> None:
        """Perform a document for all who are in and not on hold, beside what they hear. Faults: 16001 when nobody is,
        16099 when too much is announced at once."""
        if not self.inside:
            raise Fault(16001, "Nobody is in the conference.")
        self.announcements.start(
            Announcement(
                self.facilities,
                self.account,
                what,
                subject=self.sid,
                params=lambda: (("AccountSid", self.account), *self.params),
                hear=self._hear,
                told=lambda code, why: self.announced(what.url, code, why),
            )
        )

    def close(self) -> None:
        """The exchange stops, and all calls with it."""
        if not self.reason:
            self._end(Ending.LAST_LEFT, None)

    # Its life --------------------------------------------------------------------------------

    def open(self, first: Participant) -> None:
        """It is there, with somebody on his way in."""
        row = {
            "account_sid": self.account,
            "friendly_name": self.name,
            "status": str(self.status),
            "region": self.region,
            "reason_conference_ended": None,
            "call_sid_ending_conference": None,
            **_columns(self.telling),
            "callback_sequence": 0,
            "date_created": self.facilities.clock.now(),
        }
        self.record(ConferenceMoved(name=self.name, status=str(self.status)), changes=row, new=True)
        self.participants[first.call.sid] = first
        self.facilities.conferences.open(self)

    def begins_with(self, one: Participant) -> bool:
        """Whether whoever comes in now need not wait."""
        if self.status is ConferenceStatus.IN_PROGRESS:
            return True
        there = [other for other in self.inside if other is not one]
        return len(there) + 1 >= TO_BEGIN and any(other.starts for other in (one, *there))

    def came_in(self, one: Participant) -> None:
        begins = self.status is ConferenceStatus.INIT and self.begins_with(one)
        takes_up = not self._is_decided and _decides(one.order, by_api=one.by_api)
        changes = self._take_up(one.order) if takes_up else None
        self.record(
            ParticipantJoined(conference=self.sid, name=self.name, label=one.label),
            subject=one.call.sid,
            changes=changes,
            callbacks=self.tell("participant-join", one),
        )
        if begins:
            self._begin()
        elif takes_up and self.status is ConferenceStatus.IN_PROGRESS:
            self._have_recorded()
        self.arrange()
        if self.status is ConferenceStatus.IN_PROGRESS and one.beeps_on_enter:
            self.beep()

    def _take_up(self, order: Attend) -> dict[str, Any]:
        """Whom to tell and what to record, of which nobody said anything so far; the changes of the row."""
        self._is_decided = True
        self.record_order = order.record
        self.telling = self._telling.telling = order.telling
        return _columns(self.telling)

    def _begin(self) -> None:
        self.status = CONFERENCE.move(self.status, ConferenceStatus.IN_PROGRESS)
        self.record(
            ConferenceMoved(name=self.name, status=str(self.status)),
            changes={"status": str(self.status)},
            callbacks=self.tell("conference-start"),
        )
        self._have_recorded()

    def _have_recorded(self) -> None:
        """If somebody asked for that: from its start on, or from when somebody did who came after that."""
        if self.record_order:
            Recording.of_room(
                self.facilities,
                self.record_order,
                account=self.account,
                conference=self.sid,
                room=self.bridge.room,
                among=self.recordings,
            )

    def arrange(self) -> None:
        """Everybody hears and is heard as he takes part; all are in the room before anybody coaches somebody there."""
        for one in self.inside:
            one.take_place()
        for one in self.inside:
            one.take_part()

    def beep(self) -> None:
        self.bridge.announce(self.account, BEEP)

    def left(self, one: Participant, why: Leaving) -> None:
        """He is out of it, or did not come in."""
        del self.participants[one.call.sid]
        more = (("ParticipantCallStatus", one.call_status), ("ReasonParticipantLeft", str(why)))
        try:
            self.record(
                ParticipantLeft(conference=self.sid, reason=str(why)),
                subject=one.call.sid,
                callbacks=self.tell("participant-leave", one, more),
            )
        finally:  # also without a store the others do not stay for ever
            if not self.reason:
                self._go_on_without(one, why)

    def _go_on_without(self, one: Participant, why: Leaving) -> None:
        is_removed = why is Leaving.REMOVED
        if one.was_in and one.ends:
            self._end(Ending.MODERATOR_REMOVED if is_removed else Ending.MODERATOR_LEFT, one)
        elif not self.participants:
            self._end(Ending.LAST_REMOVED if is_removed else Ending.LAST_LEFT, one)
        else:
            self.arrange()
            if one.was_in and one.beeps_on_exit and self.status is ConferenceStatus.IN_PROGRESS:
                self.beep()

    def _end(self, reason: Ending, by: Participant | None) -> None:
        """Nobody stays and nothing is recorded any more, also when the store refuses to have one of them told of."""
        self.reason = str(reason)
        self.facilities.conferences.close(self)
        self.status = CONFERENCE.move(self.status, ConferenceStatus.COMPLETED)
        why = OF_ALL.get(reason, Leaving.HUNG_UP)
        every(
            [
                partial(self.announcements.stop, "The conference is over."),
                *(partial(one.put_out, why) for one in self.participants.values()),
                *(recording.stop for recording in self.recordings),
                partial(self._tell_end, reason, by),
            ]
        )

    def _tell_end(self, reason: Ending, by: Participant | None) -> None:
        self.record(
            ConferenceMoved(name=self.name, status=str(self.status), reason=self.reason),
            changes={
                "status": str(self.status),
                "reason_conference_ended": self.reason,
                "call_sid_ending_conference": by.call.sid if by else None,
            },
            callbacks=self.tell("conference-end", None, of_end(reason, by)),
        )

    # What is told ----------------------------------------------------------------------------

    def tell(self, what: str, one: Participant | None = None, more: Params = ()) -> tuple[Callback, ...]:
        """The callback that something earns; what is told of a participant comes with how he takes part."""
        return self._telling.tell(what, (*(of_participant(one) if one else ()), *more))

    def record(
        self,
        event: Event,
        *,
        subject: str = "",
        changes: Mapping[str, Any] | None = None,
        callbacks: tuple[Callback, ...] = (),
        new: bool = False,
    ) -> None:
        """Put an event of the conference, or of the call `subject` in it, into the journal, with the row's changes."""
        values = {
            **(changes or {}),
            "callback_sequence": self._telling.sequence,
            "date_updated": self.facilities.clock.now(),
        }
        rows = (Row(TABLE, self.sid, values, new=new),) if changes is not None or callbacks else ()
        self.facilities.journal.record(subject or self.sid, self.account, event, rows, callbacks)

    def announced(self, url: str, code: int, why: str, to: Participant | None = None) -> None:
        """An announcement ended; `why` it was not heard to its end, if it was not."""
        what = "announcement-fail" if why else "announcement-end"
        more = (("AnnounceUrl", url), *((("ReasonAnnouncementFailed", why),) if why else ()))
        self.record(ConferenceAnnounced(url=url, code=code), callbacks=self.tell(what, to, more))

    async def _hear(self, prompt: Prompt) -> None:
        for one in self.inside:
            if not (one.is_mixed or one.held):
                one.announce_alone(prompt)
        self.bridge.announce(self.account, prompt)
        await self.facilities.clock.sleep(prompt.seconds)


def _decides(order: Attend, *, by_api: bool) -> bool:
    """Whether who comes so says for all whom to tell and what to record."""
    return not by_api or bool(order.telling.callback or order.record)


def _columns(telling: Telling) -> dict[str, Any]:
    return {
        "status_callback": telling.callback or None,
        "status_callback_method": telling.method,
        "status_callback_event": " ".join(telling.events),
    }


def recover(facilities: Facilities, row: Mapping[str, Any]) -> None:
    """End a conference that was going on when the exchange died, and all calls in it with it; its row is given. Who was
    in it is in no row, so their leaving is not told of."""
    telling = Telling(
        callback=row["status_callback"] or "",
        method=row["status_callback_method"] or "POST",
        events=tuple((row["status_callback_event"] or "").split()),
    )
    account, sid, name, reason = row["account_sid"], row["sid"], row["friendly_name"], Ending.LAST_LEFT
    teller = Teller(facilities, telling, account, sid, name, row["callback_sequence"] or 0)
    callbacks = teller.tell("conference-end", of_end(reason, None))
    status = str(ConferenceStatus.COMPLETED)
    changes = {
        "status": status,
        "reason_conference_ended": str(reason),
        "callback_sequence": teller.sequence,
        "date_updated": facilities.clock.now(),
    }
    event = ConferenceMoved(name=name, status=status, reason=str(reason))
    facilities.journal.record(sid, account, event, (Row(TABLE, sid, changes),), callbacks)
