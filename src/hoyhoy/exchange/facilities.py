"""What every call and message may use, in one bundle; app.py puts it together."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Literal

from hoyhoy.audio.g711 import Samples
from hoyhoy.wire.client import SCHEME
from hoyhoy.wire.errors import Fault

from .chance import Chance
from .clock import Clock
from .leg import Cause
from .media import MediaPlane, Studio
from .nobody import Nobody
from .ports import Carrier, Directory, Encoder, Fetcher, Journal, Line, Recogniser, Rows, Tapes
from .queue import Queues
from .rooms import Rooms

if TYPE_CHECKING:
    from .call import Call
    from .recording import Recording
    from .switchboard import Switchboard


@dataclass(frozen=True, slots=True)
class Rules:
    """Choices of the operator; the contested ones have the default that voice reference 18 suggests."""

    requeue_younger_than: float = 300.0
    """Seconds: a queued call found after a restart is dialled when it is younger, else failed."""

    ring_limit: float = 600.0
    """Seconds an inbound call may ring while its documents do not answer it; then it ends as no-answer."""

    documents_without_sound: int = 100
    """Documents a call may perform in a row without a sound, a pause or a key: the loop guard (2.11)."""

    replies_per_message: int = 10
    """Messages one inbound message may be answered with, and all documents of one call may send (14109)."""

    reply_loop: int = 15
    """Replies between one pair of numbers, each within 30 s of the last, before 14107."""

    dial_grace: float = 5.0
    """Seconds a Dial rings longer than its timeout says (2.7)."""

    calls_set_off: int = 30
    """Calls that one call may have set off by Dial, and that are not over: whom it dials, whom these dial where they
    lead back into the exchange, and so on. It is one store for the whole tree (tree.py), so that a number that dials
    itself comes to its end, and one that dials itself twice does not fill the exchange; ten who ring at once may each
    have two others rung. Over SIP whoever is called is told, as a number, his share of what is left. When it is used
    up nobody in the tree may dial, until nobody has tried to for a minute."""

    absent_client: Cause = Cause.NO_ANSWER
    """How a call of a client ends that no device has registered: no-answer, or failed as it was long ago (2.7.5)."""

    screened_out: Literal["completed", "no-answer"] = "completed"
    """DialCallStatus when who was called has answered and did not let the caller through: so it is told of accounts of
    today; long ago it was no-answer (18 row 12)."""

    conference_answered: Literal["answered", "completed"] = "answered"
    """DialCallStatus when the caller was in a conference: as documented; some have seen completed (18 row 11)."""

    queue_size: int = 1000
    """Callers who may wait in a queue of which nobody says how many (18 row 1)."""

    detections: int = 200
    """Calls at once of which it is found out who answers; of one more nobody knows (5.4). Each takes up to a thousandth
    of the loop that serves all calls."""

    strict: bool = False
    """Show to the numbers called only what the account owns or has verified; else what nobody else owns will do."""

    api: str = "https://api.twilio.com"
    """Where the API is for apps: what the addresses of recordings begin with (8.3)."""


CHOICES = frozenset(one.name for one in fields(Rules)) - {"strict", "api"}
"""The rules that `hoyhoy.toml` may choose; the others follow from options."""


@dataclass(slots=True, eq=False)
class Facilities:
    """`switchboard` is set when that stands."""

    clock: Clock
    chance: Chance
    journal: Journal
    fetcher: Fetcher
    directory: Directory
    lines: Sequence[Line]
    carriers: Sequence[Carrier]
    plane: MediaPlane
    studio: Studio
    tapes: Tapes
    rules: Rules = Rules()
    rows: Rows | None = None
    """What was before; without it only what happened since the start is known."""
    recogniser: Recogniser | None = None
    """Makes words of the speech of those who are no virtual phones; None: nobody does."""
    encoder: Encoder | None = None
    """Makes MP3 files of recordings; None: there are none."""
    calls: dict[str, Call] = field(default_factory=dict)
    """Those that are not over, by sid."""
    recordings: dict[str, Recording] = field(default_factory=dict)
    """Those that are not finished, by sid."""
    detections: set[str] = field(default_factory=set)
    """Calls of which it is being found out who answers, by sid."""
    looks: set[str] = field(default_factory=set)
    """Calls whose recogniser is asked what was said so far, by sid (partly.py)."""
    conferences: Rooms = field(default_factory=Rooms)
    """Those that are not over."""
    queues: Queues = field(default_factory=Queues)
    """Those in which somebody waits, and the way to the others."""
    switchboard: Switchboard = field(init=False, repr=False)
    played: OrderedDict[str, Samples] = field(default_factory=OrderedDict)
    """The sounds of those that documents played last, by sid (playback.py)."""
    composing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Of the music to wait by (playback.py)."""

    def is_active(self, account: str) -> bool:
        """Suspended and closed accounts have no traffic, nor have subaccounts of a suspended one (messaging 3.1)."""
        found = self.directory.account(account)
        parent = self.directory.account(found.owner) if found else None
        return all(one is None or one.status == "active" for one in (found, parent))

    def line_to(self, address: str, account: str) -> Line:
        """The first line that reaches `address` for an account; of a client that is not there, one whose calls are
        over at once. Fault 21214 when none does."""
        for line in self.lines:
            if line.reaches(address, account):
                return line
        if address.startswith(SCHEME):
            return Nobody(self.rules.absent_client)
        raise Fault(21214, "No line of this exchange reaches the number or address called.")

    def carrier_to(self, address: str) -> Carrier:
        """The first carrier that reaches `address`. Fault 21612 when none does."""
        for carrier in self.carriers:
            if carrier.reaches(address):
                return carrier
        raise Fault(21612, "No carrier of this exchange reaches the number messaged.")
