"""Wishes, imperative: what REST, the lab and messaging documents may ask of the switchboard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .ports import Steering

LONGEST_CALL = 14400
"""Seconds: how long a call, what a Dial connects and a recording of them last when nobody says so, and the longest that
is granted (voice reference 2.6, 2.7, 5.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validate:
    """Have whoever answers type `code`; the number called then becomes a caller id (voice reference 16.1)."""

    code: str
    friendly_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Record a call (voice reference 8.1). `source` is the platform's word for who asked.

    `track` is inbound (what comes from the leg), outbound (what it hears) or both; only both can be had on two
    channels, what comes from the leg on the first. `trim` cuts the silence off at both ends; `seconds` is how long the
    recording may be. `callback` is told of `events`: in-progress, completed, absent.
    """

    source: str
    track: str = "both"
    channels: int = 1
    trim: bool = False
    seconds: float = LONGEST_CALL
    callback: str = ""
    method: str = "POST"
    events: tuple[str, ...] = ("completed",)
    name: str = ""
    """By which the document that began it stops it."""
    file_callback: str = ""
    """Who is told of the file only: the `eventCallbackUrl` of conferences, when there is no `callback` (2.8.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Who is told of what happens in a conference: `events` are the platform's words (start, end, join, leave, mute,
    hold, modify, speaker, announcement)."""

    callback: str = ""
    method: str = "POST"
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Detect:
    """Find out whether a person or a machine answers (voice reference 5.4). Times in seconds.

    With `to_end` a machine is told of at the end of its greeting only. The first document of a call waits for the
    answer unless it `is_async`; then `callback` is told.
    """

    to_end: bool = False
    seconds: float = 30.0
    speech: float = 2.4
    """Whoever speaks longer than this at first is a machine."""
    pause: float = 1.2
    """Silence after speech that ends it."""
    silence: float = 5.0
    """Silence at first after which nobody knows."""
    is_async: bool = False
    callback: str = ""
    method: str = "POST"
    hangs_up: bool = False
    """On a machine (5.1, IfMachine)."""


MOST_PARTICIPANTS = 250
"""Of one conference (voice reference 2.8)."""

REGIONS = ("us1", "us2", "ie1", "de1", "sg1", "br1", "au1", "jp1")
"""Where the platform may have a conference; the first unless somebody says another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attend:
    """Take part in a conference (voice reference 2.8, 6). `name` is the friendly name, or the sid of one that is going
    on.

    What belongs to the conference as a whole is taken from whoever comes first: of `telling` and `record` both, also
    when he asks for neither. Calls that were made for it over REST and ask for neither leave these two to the next who
    comes in. Of `most`, how many may take part, the least counts.
    `wait_url` is absolute; "" is silence, None the exchange's own music. `coaches` is the sid of the call that alone
    hears this one. `beeps` is true, false, onEnter or onExit.
    """

    name: str
    label: str = ""
    muted: bool = False
    beeps: str = "true"
    starts: bool = True
    ends: bool = False
    wait_url: str | None = None
    wait_method: str = "POST"
    most: int = MOST_PARTICIPANTS
    coaches: str = ""
    region: str = REGIONS[0]
    """Told again, and nothing else: there is only this place."""
    telling: Telling = field(default_factory=Telling)
    record: Record | None = None
    """Of the whole conference, from its start on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCall:
    """Call `to` and perform the document of `steering.url` (or `twiml`) when it answers (voice reference 5.1).

    `to` and `caller` are already normalised and allowed; seconds are whole, `delay` is how many the call
    stays queued; `record` begins when it is answered; one that is to `attend` a conference performs no document;
    `username` and `password` answer a SIP far end's challenge.
    `stored` holds further columns of the row that the exchange keeps but does not act on.
    """

    account: str
    to: str
    caller: str
    steering: Steering
    twiml: str = ""
    events: tuple[str, ...] = ("completed",)
    send_digits: str = ""
    timeout: int = 60
    time_limit: int = LONGEST_CALL
    caller_id: str = ""
    delay: int = 0
    validate: Validate | None = None
    detect: Detect | None = None
    attend: Attend | None = None
    record: Record | None = None
    username: str = ""
    password: str = field(default="", repr=False)
    stored: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a message is sent and what is kept of it (messaging reference 1.2, 1.4, 1.12).

    `service` is the messaging service it goes through. `send_at` is in Unix seconds, None means now;
    `validity_period` is how many seconds it may wait to be sent. `as_mms` makes one MMS of it however long it is.
    As soon as it is finished `discard` forgets what it says, `obfuscate` the end of the recipient's number.
    """

    service: str = ""
    send_at: float | None = None
    validity_period: int = 36000
    as_mms: bool = False
    discard: bool = False
    obfuscate: bool = False


PLAIN = Terms()


@dataclass(frozen=True, slots=True, kw_only=True)
class SendMessage:
    """Send a message; everything is already checked (messaging reference 1.2).

    When `sender` is "" the messaging service of `terms` chooses one.
    """

    account: str
    to: str
    sender: str
    body: str
    media: tuple[str, ...] = ()
    status_callback: str = ""
    direction: str = "outbound-api"
    terms: Terms = PLAIN
    stored: Mapping[str, Any] = field(default_factory=dict)
