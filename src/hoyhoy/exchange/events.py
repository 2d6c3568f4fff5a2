"""What can happen: facts in the past tense, frozen.

An event knows nothing of rows, callbacks or consoles. `Journal.record` gives it a place in the
log (an `Entry`); rows, status callbacks, the timeline and the tests are drawn from there.
Fields that hold personal data (numbers, bodies, digits, speech) are fine here, in the customer's
own log, and never in a log message of the program.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

Params = tuple[tuple[str, str], ...]
"""Form parameters in order; a name may repeat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of all events; the class name is the event's kind on every wire."""

    kinds: ClassVar[dict[str, type[Event]]] = {}

    def __init_subclass__(cls) -> None:
        Event.kinds[cls.__name__] = cls


@dataclass(frozen=True, slots=True)
class Entry:
    """An event with its place in the exchange's log.

    `position` grows by one with every event of this exchange, across restarts; `at` is Unix
    seconds of the exchange's clock; `subject` is the sid of the call, message or resource.
    """

    position: int
    at: float
    subject: str
    account: str
    event: Event


# Calls -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCreated(Event):
    direction: str
    caller: str
    called: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMoved(Event):
    """The call's status changed. `cause` says why it ended, in words."""

    status: str
    cause: str = ""
    duration: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDialled(Event):
    """The call left the queue and its far end is being called ("initiated", voice reference 3.2)."""

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAnswered(Event):
    """One request to the app and its answer, or why there was none (`code`, `problem`)."""

    url: str
    method: str
    params: Params
    status: int = 0
    content_type: str = ""
    body: str = ""
    seconds: float = 0.0
    attempts: int = 1
    code: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerbStarted(Event):
    """A verb of the document began; `attributes` as written."""

    verb: str
    attributes: Params = ()
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundPlayed(Event):
    """What was sent to the far end: `kind` is speech, audio or keys; `whole` is False when cut short."""

    kind: str
    text: str
    seconds: float
    whole: bool
    voice: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPressed(Event):
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InputGathered(Event):
    """What a Gather got: keys, or words and how sure the recogniser is of them, from 0 to 1."""

    digits: str
    finished_by: str
    speech: str = ""
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechHeard(Event):
    """What was said so far, while it goes on: the `number`th such result, from 0."""

    text: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBridged(Event):
    """The call and another one, `other`, hear one another; its `DialEnded` ends that."""

    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DialEnded(Event):
    """`status` is the DialCallStatus; `dialled` the sid of the call that was answered, or ended last."""

    status: str
    dialled: str = ""
    bridged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingMoved(Event):
    """The status of a recording of this call changed. `seconds` is how long it is, as soon as that is known."""

    recording: str
    status: str
    source: str
    seconds: float | None = None
    error_code: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceMoved(Event):
    """The status of a conference changed, which is the subject. `reason` says why it ended, in the platform's words."""

    name: str
    status: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantJoined(Event):
    """The call is in a conference; all three are sids or names as apps see them."""

    conference: str
    name: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantChanged(Event):
    """How the call takes part in its conference; `coaches` is the sid of the call that alone hears it."""

    conference: str
    muted: bool
    held: bool
    coaches: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantSpoke(Event):
    """The call began to speak in its conference, or stopped; told where the app asked for it."""

    conference: str
    speaking: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantLeft(Event):
    """The call is out of the conference; `reason` in the platform's words."""

    conference: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceAnnounced(Event):
    """An announcement to a conference ended; `code` says why, when it was not heard to its end."""

    url: str
    code: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnqueued(Event):
    """The call waits in a queue, `position` counted from 1."""

    queue: str
    name: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDequeued(Event):
    """The call waits no more: `result` is the QueueResult as it stood then, `seconds` how long it waited."""

    queue: str
    result: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswererDetected(Event):
    """Who answered a call, a person or a machine: the AnsweredBy, and after how many seconds that was known."""

    answered_by: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReferred(Event):
    """The far end was referred to `target`, or asked for that; `status` is the ReferCallStatus as it stands."""

    target: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionMoved(Event):
    """The status of a transcription of one of the call's recordings changed."""

    transcription: str
    recording: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamMeasured(Event):
    """What the network did to the sound of a call, told at its end: packets, and seconds. What begins with `far`, and
    the round trip, the far end reported, if it did."""

    received: int
    sent: int
    lost: int
    late: int
    concealed: int
    jitter: float
    far_lost: int | None = None
    far_jitter: float | None = None
    round_trip: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftphoneSampled(Event):
    """How a browser phone hears a call, by its own account: so many measurements of a second each, put together.

    Jitter and round trip are seconds, `mos` is the mean opinion score (1 to 4.5), the most that was lost in one second
    a share of what was sent, the levels go up to 32,767. Each is the mean unless its name says otherwise, and None when
    it was never measured. What begins with `all` counts from the call's beginning. `direction` is the browser's view.
    """

    samples: int
    received: int
    lost: int
    most_lost: float
    jitter: float | None = None
    most_jitter: float | None = None
    round_trip: float | None = None
    most_round_trip: float | None = None
    mos: float | None = None
    least_mos: float | None = None
    most_mos: float | None = None
    microphone: float | None = None
    most_microphone: float | None = None
    speaker: float | None = None
    most_speaker: float | None = None
    all_received: int = 0
    all_lost: int = 0
    all_sent: int = 0
    all_bytes_received: int = 0
    all_bytes_sent: int = 0
    codec: str = ""
    direction: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftphoneWarned(Event):
    """What a browser phone has to say of a call, in its own words: `high-rtt` in the group
    `network-quality-warning-raised`, `accepted-by-remote` in `connection`; `level` is DEBUG, INFO, WARNING or ERROR.

    `value` is what was measured last, or a person's score of the call, and `threshold` what it should have kept to, in
    the phone's units. `code` and `message` are an error's, the latter also what a person found wrong.
    """

    group: str
    name: str
    level: str
    value: float | None = None
    threshold: float | None = None
    code: int = 0
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserMessageTold(Event):
    """The app told the program at the far end of the call something beside the sound: `body` is JSON text."""

    sid: str
    body: str
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserMessageHeard(Event):
    """The program at the far end of the call told the app something beside the sound."""

    sid: str
    body: str
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRedirected(Event):
    url: str


# Messages --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCreated(Event):
    direction: str
    sender: str
    recipient: str
    body: str
    status: str
    num_segments: int
    media: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageMoved(Event):
    """The message's status changed. `sender` is who was just chosen to send it, by a messaging service."""

    status: str
    error_code: int | None = None
    sender: str = ""


# Everything else -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed(Event):
    """An error or warning the customer should see: a Notification (voice reference 3.9)."""

    sid: str
    code: int
    level: str
    message: str
    url: str = ""
    method: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackDelivered(Event):
    sid: str
    url: str
    params: Params
    status: int
    attempts: int
    method: str = "POST"
    content_type: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackFailed(Event):
    """A delivery failed; `again_in` seconds it is tried once more, None when given up. `status` is 0 without an
    answer."""

    sid: str
    url: str
    params: Params
    code: int
    problem: str
    attempts: int
    again_in: float | None = None
    method: str = "POST"
    status: int = 0
    content_type: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceChanged(Event):
    """A stored resource was created, updated or deleted through REST; values are not repeated here."""

    table: str
    change: str
    names: tuple[str, ...] = field(default=())


# The simulated network ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneRang(Event):
    """A virtual phone rings: `phone` is its number, `caller` what its display shows."""

    phone: str
    caller: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneAnswered(Event):
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneHeard(Event):
    """What a virtual phone hears begins to sound; `text` is the speech, the URL or the keys."""

    phone: str
    kind: str
    text: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PhonePressed(Event):
    phone: str
    keys: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSaid(Event):
    phone: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneReleased(Event):
    """The phone's part in the call is over; `by` is phone or exchange."""

    phone: str
    by: str
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneGotMessage(Event):
    phone: str
    sender: str
    body: str
    media: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSentMessage(Event):
    phone: str
    recipient: str
    body: str
    media: tuple[str, ...] = ()
