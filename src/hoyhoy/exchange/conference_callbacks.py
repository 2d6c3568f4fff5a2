"""What an app is told about a conference, exactly (voice reference 2.8.1)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from .chance import new_sid
from .events import Params
from .facilities import Facilities
from .orders import Telling
from .ports import Callback

if TYPE_CHECKING:
    from .participant import Participant

WORDS = {
    "conference-start": "start",
    "conference-end": "end",
    "participant-join": "join",
    "participant-leave": "leave",
    "participant-mute": "mute",
    "participant-unmute": "mute",
    "participant-hold": "hold",
    "participant-unhold": "hold",
    "participant-modify": "modify",
    "participant-speech-start": "speaker",
    "participant-speech-stop": "speaker",
    "announcement-end": "announcement",
    "announcement-fail": "announcement",
}
"""What is told, and by which word of `statusCallbackEvent` it is asked for."""

EVENTS = tuple(dict.fromkeys(WORDS.values()))


class Ending(StrEnum):
    """Why a conference ended, and how that is said in a sentence."""

    sentence: str

    def __new__(cls, word: str, sentence: str) -> Self:
        made = str.__new__(cls, word)
        made._value_, made.sentence = word, sentence
        return made

    BY_API = "conference-ended-via-api", "The conference was ended through the API."
    MODERATOR_LEFT = "participant-with-end-conference-on-exit-left", "A participant with endConferenceOnExit left."
    MODERATOR_REMOVED = (
        "participant-with-end-conference-on-exit-kicked",
        "A participant with endConferenceOnExit was removed.",
    )
    LAST_REMOVED = "last-participant-kicked", "The last participant was removed."
    LAST_LEFT = "last-participant-left", "The last participant left."


class Leaving(StrEnum):
    """Why somebody is out of it."""

    CONFERENCE_ENDED = "conference_ended_via_api"
    MODERATOR_ENDED = "moderator_ended_conference"
    REMOVED = "participant_updated_via_api"
    HUNG_UP = "participant_hung_up"
    NEVER_CAME = "participant_add_failed"


OF_ALL = {
    Ending.BY_API: Leaving.CONFERENCE_ENDED,
    Ending.MODERATOR_LEFT: Leaving.MODERATOR_ENDED,
    Ending.MODERATOR_REMOVED: Leaving.MODERATOR_ENDED,
}
"""Why those leave who are there when it ends. Without one of these ends nobody is there, unless the exchange itself
stops: then all have hung up, and there was a last one."""


class Teller:
    """Makes the callbacks of one conference; `sequence` is the number of the last one, counted from 1."""

    def __init__(
        self, facilities: Facilities, telling: Telling, account: str, sid: str, name: str, sequence: int = 0
    ) -> None:
        self.facilities, self.telling = facilities, telling
        self.account, self.sid, self.name, self.sequence = account, sid, name, sequence

    def tell(self, what: str, more: Params = ()) -> tuple[Callback, ...]:
        """None when nobody asked for it."""
        if not self.telling.callback or WORDS[what] not in self.telling.events:
            return ()
        self.sequence += 1
        params = (
            ("ConferenceSid", self.sid),
            ("FriendlyName", self.name),
            ("AccountSid", self.account),
            ("SequenceNumber", str(self.sequence)),
            ("Timestamp", format_datetime(datetime.fromtimestamp(self.facilities.clock.now(), UTC))),
            ("StatusCallbackEvent", what),
            *more,
        )
        sid = new_sid(self.facilities.chance, "CB")
        return (Callback(sid, self.sid, self.account, self.telling.callback, self.telling.method, params),)


def of_participant(one: Participant) -> Params:
    """How somebody takes part, as it stands."""
    return (
        ("CallSid", one.call.sid),
        ("Muted", _word(one.muted)),
        ("Hold", _word(one.held)),
        ("Coaching", _word(bool(one.coaches))),
        ("EndConferenceOnExit", _word(one.ends)),
        ("StartConferenceOnEnter", _word(one.starts)),
        *((("ParticipantLabel", one.label),) if one.label else ()),
        *((("CallSidToCoach", one.coaches),) if one.coaches else ()),
    )


def of_end(reason: Ending, by: Participant | None) -> Params:
    """Why it ended, and by whom."""
    return (
        *((("CallSidEndingConference", by.call.sid),) if by else ()),
        *((("ParticipantLabelEndingConference", by.label),) if by and by.label else ()),
        ("ReasonConferenceEnded", str(reason)),
        ("Reason", reason.sentence),
    )


def _word(value: bool) -> str:
    return "true" if value else "false"
