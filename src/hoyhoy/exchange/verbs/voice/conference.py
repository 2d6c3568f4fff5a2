from __future__ import annotations

from typing import TYPE_CHECKING, Self

from hoyhoy.exchange.attendance import LONGEST_NAME, Attendance
from hoyhoy.exchange.conference_callbacks import EVENTS
from hoyhoy.exchange.orders import MOST_PARTICIPANTS, REGIONS, Attend, Record, Telling
from hoyhoy.exchange.recording import CONFERENCE
from hoyhoy.exchange.verbs import nouns
from hoyhoy.exchange.verbs.nouns import RECORDING_EVENTS, VENDORS, told_at
from hoyhoy.exchange.verbs.verb import Family, Notice, boolean, checked, choice, several, text, whole
from hoyhoy.exchange.verbs.verb import method as http_method
from hoyhoy.exchange.verbs.verb import url as web_url
from hoyhoy.wire.errors import Fault

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call
    from hoyhoy.exchange.verbs.nouns import Dialler
    from hoyhoy.exchange.visit import Guest
    from hoyhoy.wire.twiml import Element

MOST_STRANGE = 5
"""Words of one attribute that the customer is told of."""

BUFFER = "each leg's buffer suits itself to what its packets do."


def _words(raw: str) -> list[str]:
    return raw.replace(",", " ").split()


def events(raw: str) -> tuple[str, ...]:
    """What is told of a conference, as far as it is known; ValueError says what is lawful where nothing is."""
    if not (known := tuple(word for word in _words(raw) if word in EVENTS)):
        raise ValueError(f"some of {', '.join(EVENTS)}")
    return known


def recorded(raw: str) -> bool:
    """Whether it is recorded; ValueError says what is lawful."""
    if raw not in ("record-from-start", "true", "do-not-record", "false"):
        raise ValueError("record-from-start or do-not-record")
    return raw in ("record-from-start", "true")


class Conference(nouns.Place):
    """A conference, by its name or its sid; it is there as soon as somebody is led into it (voice reference 2.8)."""

    unused = {"jitterBufferSize": BUFFER, "recordingConfigurationId": VENDORS}

    muted: bool = boolean(False, code=13230)
    beep: str = choice("true", "false", "onEnter", "onExit", default="true", code=13235)
    start_conference_on_enter: bool = boolean(True, code=13232)
    end_conference_on_exit: bool = boolean(False, code=13231)
    participant_label: str = text(code=16023)
    wait_url: str | None = web_url(code=13233)
    wait_method: str = http_method(code=13234)
    max_participants: int = whole(MOST_PARTICIPANTS, least=1, most=MOST_PARTICIPANTS, code=12200)
    record: bool = checked(False, recorded, code=13217)
    recording_status_callback: str | None = web_url(code=13256)
    recording_status_callback_method: str = http_method(code=13256)
    recording_status_callback_event: tuple[str, ...] = several(*RECORDING_EVENTS, default=("completed",), code=13621)
    trim: str = choice("trim-silence", "do-not-trim", default="trim-silence", code=13239)
    region: str = choice(*REGIONS, default=REGIONS[0], code=12200)
    coach: str = text(code=13240)
    status_callback: str | None = web_url()
    status_callback_method: str = http_method(code=12200)
    status_callback_event: tuple[str, ...] = checked((), events, code=12200)
    event_callback_url: str | None = web_url()

    @classmethod
    def read(cls, element: Element, family: Family, notice: Notice) -> Self:
        """A word that nobody knows among what is to be told of does not silence the others."""
        asked = _words(dict(element.attributes).get("statusCallbackEvent", ""))
        strange = [word[:40] for word in asked if word not in EVENTS]
        if len(strange) < len(asked):
            for word in strange[:MOST_STRANGE]:
                notice(12200, f"Line {element.line}: <Conference>: nothing is told of {word!r} in statusCallbackEvent.")
        return super().read(element, family, notice)

    def visit(self, call: Call, dial: Dialler) -> Guest:
        """The caller's stay there, which has not begun. Fault 13237 for an unlawful name."""
        if not 1 <= len(self.body) <= LONGEST_NAME:
            raise Fault(13237, f"the name has {len(self.body)} characters; it has 1 to {LONGEST_NAME}.")
        return Attendance(call, self._order(call))

    def _order(self, call: Call) -> Attend:
        return Attend(
            name=self.body,
            label=self.participant_label,
            muted=self.muted,
            beeps=self.beep,
            starts=self.start_conference_on_enter,
            ends=self.end_conference_on_exit,
            wait_url=self._wait_url(call),
            wait_method=self.wait_method,
            most=self.max_participants,
            coaches=self.coach,
            region=self.region,
            telling=Telling(
                callback=told_at(self.element, "statusCallback", self.status_callback, call),
                method=self.status_callback_method,
                events=self.status_callback_event,
            ),
            record=self._record(call) if self.record else None,
        )

    def _wait_url(self, call: Call) -> str | None:
        """What cannot be requested is a warning, and the exchange's own music."""
        if not self.wait_url:
            return self.wait_url
        try:
            return call.place.webhook(self.wait_url, self.wait_method).url
        except Fault as fault:
            call.notice(13233, f"Line {self.element.line}: waitUrl of <Conference>: {fault.message}")
            return None

    def _record(self, call: Call) -> Record:
        return Record(
            source=CONFERENCE,
            trim=self.trim == "trim-silence",
            callback=told_at(self.element, "recordingStatusCallback", self.recording_status_callback, call, code=13256),
            method=self.recording_status_callback_method,
            events=self.recording_status_callback_event,
            file_callback=told_at(self.element, "eventCallbackUrl", self.event_callback_url, call),
        )
