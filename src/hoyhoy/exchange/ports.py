"""What the exchange needs of the outside. Nothing here does anything; app.py brings the parts.

Clock (clock.py), Chance (chance.py) and Leg (leg.py) have files of their own.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from hoyhoy.audio.g711 import Samples

from .events import Entry, Event, Params
from .leg import Leg
from .media import Tape
from .tree import Tree

# Tables ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """`kind` is text, integer, real or boolean; a `secret` is encrypted at rest."""

    name: str
    kind: str = "text"
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Read off a resource class by app.py and handed to the store, which adds `id` and `sid` itself."""

    name: str
    columns: tuple[Column, ...]
    indexes: tuple[tuple[str, ...], ...] = ()


# The journal -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """What becomes of the row `sid` of `table`: made when `new`, gone when `values` is None, else changed.

    Values are plain: str, int, float, bool, None. Moments are Unix seconds (float), maps and
    lists are JSON text.
    """

    table: str
    sid: str
    values: Mapping[str, Any] | None
    new: bool = False


@dataclass(frozen=True, slots=True)
class Callback:
    """A request that only tells: delivered at least once, after its event is durable."""

    sid: str
    subject: str
    account: str
    url: str
    method: str
    params: Params


class Journal(Protocol):
    """The one way anything is remembered: event, rows and callbacks in one transaction."""

    def record(
        self, subject: str, account: str, event: Event, rows: Sequence[Row] = (), callbacks: Sequence[Callback] = ()
    ) -> Entry:
        """Give the event its place, show it to the feed at once, and queue it for the next commit."""

    async def settled(self) -> None:
        """Return when everything recorded before this call is durable."""

    def is_durable(self, position: int) -> bool:
        """Whether what was recorded at this position of this run is durable."""


class Rows(Protocol):
    """Reading what the journal wrote. Each call first waits until the journal has settled."""

    async def fetch(self, table: str, sid: str) -> dict[str, Any] | None: ...

    async def page(
        self,
        table: str,
        where: Sequence[tuple[str, str, Any]] = (),
        *,
        order: str = "",
        before: int | None = None,
        since: int | None = None,
        at: float | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> list[dict[str, Any]]:
        """Rows newest first. `where` holds (column, one of = < <= > >= like in, value); `before` is the `id` of the
        last row already seen (keyset paging). Every row carries `id`, the position of the event that made it.

        `since` reads upwards: of the rows from this `id` on, the `limit` oldest, newest first as well.

        With `order`, a column of numbers that `where` bounds, the highest value comes first, of equal ones the
        highest `id`; where it is unset the row is left out. A place is then `at`, the value, together with `before`
        or `since`, whether or not that row still exists.
        """

    async def tally(
        self,
        table: str,
        where: Sequence[tuple[str, str, Any]] = (),
        *,
        by: Sequence[str] = (),
        sums: Sequence[str] = (),
        day: str = "",
    ) -> list[dict[str, Any]]:
        """One row per combination of the `by` columns, and per UTC day of the moment column `day` when given (as whole
        days since 1970 under the key `day`), each with `count` and, for each of `sums`, the sum: 0 when all are NULL.
        Rows are ordered by what they are grouped by, unset first. Without groups there is one row, even of nothing."""


# The customers -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Account:
    """`secondary_token` opens the API beside `auth_token`, which alone signs (messaging reference 3.3)."""

    sid: str
    auth_token: str
    status: str
    owner: str
    friendly_name: str
    secondary_token: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """An API key; `kind` is standard, main or restricted, `policy` the JSON text of a restricted one (3.2)."""

    sid: str
    account: str
    secret: str
    kind: str = "standard"
    policy: str = ""


@dataclass(frozen=True, slots=True)
class Steering:
    """Where a call or message gets its document from; empty string = not set. `application` is the sid of the
    application that says so."""

    url: str = ""
    method: str = "POST"
    fallback_url: str = ""
    fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    application: str = ""


@dataclass(frozen=True, slots=True)
class Application:
    """A TwiML application: steering under a sid. The status callback of `messaging` is for messages sent with it. One
    that `is_public` may be called by other accounts too (voice reference 2.7.5)."""

    sid: str
    account: str
    voice: Steering
    messaging: Steering
    is_public: bool = False

    def may_be_called_by(self, account: str) -> bool:
        return self.is_public or self.account == account


@dataclass(frozen=True, slots=True)
class Number:
    """A telephone number or short code that an account owns; an application it names has replaced its own URLs.

    `trunk` is the sid of the account's SIP trunk that its calls go to, before all steering (voice reference 9)."""

    sid: str
    account: str
    number: str
    voice: Steering
    messaging: Steering
    trunk: str = ""


class Callee(Protocol):
    """Whose calls come in somewhere: a number, a SIP domain, an application that clients call."""

    @property
    def sid(self) -> str: ...
    @property
    def account(self) -> str: ...
    @property
    def voice(self) -> Steering: ...


@dataclass(frozen=True, slots=True)
class Sender:
    """Who may send for a messaging service: a number, a short code or a name. `country` is "" where it does not
    matter; `sms` and `mms` say what it can carry."""

    sid: str
    address: str
    country: str = ""
    sms: bool = True
    mms: bool = True


@dataclass(frozen=True, slots=True)
class Service:
    """A messaging service and its senders, oldest first (messaging reference 1.12).

    `inbound` steers what its numbers receive, unless `asks_numbers`: then they do, each by itself. Its status
    callback is told of what is sent through the service. `validity_period` is in seconds.
    """

    sid: str
    account: str
    inbound: Steering
    senders: Sequence[Sender]
    sticky: bool = True
    geomatch: bool = True
    smart_encoding: bool = True
    validity_period: int = 36000
    asks_numbers: bool = False


@dataclass(frozen=True, slots=True)
class Domain:
    """A SIP domain: where an account's SIP phones call and register (voice reference 10.1).

    `name` is the whole of it in small letters, `acme.sip.twilio.com`. Lists are named by sid, in the order in which
    they were mapped: `credentials` by which users, `addresses` by which networks are let in. Who calls must pass both
    when both are there, and nobody passes when neither is. `registers`: whether phones may register; `secure`: only
    by TLS. Sound goes in clear all the same: lines have no SRTP yet.
    """

    sid: str
    account: str
    name: str
    voice: Steering
    registers: bool = False
    secure: bool = False
    call_credentials: tuple[str, ...] = ()
    call_addresses: tuple[str, ...] = ()
    registration_credentials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Origination:
    """Where a trunk's calls are sent: the lowest `priority` first, among equals by chance in proportion to `weight`."""

    url: str
    priority: int
    weight: int
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class SipTrunk:
    """A SIP trunk: an account's own exchange, which makes calls and receives those of numbers (voice reference 10.2).

    `domain` is the name at which it calls us, in small letters, "" = none; `credentials` and `addresses` let it in
    like a `Domain`'s. Its `originations`, the lowest priority first, are where it is called; `disaster` steers calls
    when none of them answers. One that is `secure` wants SRTP: it is not called while no line has that. The modes are
    the platform's words: `disable-all`, `from-transferee`, `record-from-answer-dual`, `trim-silence` and so on.
    """

    sid: str
    account: str
    name: str
    domain: str
    credentials: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    originations: tuple[Origination, ...] = ()
    disaster: Steering = Steering()
    secure: bool = False
    transfer_mode: str = "disable-all"
    transfer_caller_id: str = "from-transferee"
    recording_mode: str = "do-not-record"
    recording_trim: str = "do-not-trim"


class Directory(Protocol):
    """Who is who. Kept in memory and brought up to date by the journal, so every answer is immediate."""

    def account(self, sid: str) -> Account | None: ...

    def accounts(self) -> Sequence[Account]:
        """All accounts, oldest first."""

    def number(self, number: str) -> Number | None:
        """Who owns this E.164 number or short code."""

    def numbers(self, account: str, limit: int | None = None) -> Sequence[Number]:
        """The numbers of an account, oldest first, then its short codes: all of them, or the first so many."""

    def application(self, sid: str) -> Application | None: ...

    def service(self, sid: str) -> Service | None: ...

    def service_of(self, number: Number) -> Service | None:
        """The messaging service whose sender a number or short code is."""

    def key(self, sid: str) -> Key | None: ...

    def is_verified(self, account: str, number: str) -> bool:
        """Whether the account may show this number, which it does not own, to those it calls."""

    def caller_id(self, account: str, number: str) -> str:
        """The sid under which it is verified, "" when it is not."""

    def permits_from(self, account: str) -> str:
        """The account whose dialling permissions hold for this one: its own sid, or its main account's."""

    def may_call(self, account: str, number: str) -> bool:
        """Whether the account's dialling permissions let calls go to this number (voice reference 10.1)."""

    def domain(self, name: str) -> Domain | None:
        """The SIP domain of this name, in whatever letters; that of a place too: `acme.sip.dublin.twilio.com`."""

    def domain_of(self, sid: str) -> Domain | None: ...

    def domains(self) -> Sequence[Domain]:
        """The SIP domains of all accounts, oldest first."""

    def trunk(self, sid: str) -> SipTrunk | None: ...

    def trunk_at(self, name: str) -> SipTrunk | None:
        """The trunk whose domain has this name, as with `domain`."""

    def password(self, lists: Sequence[str], username: str) -> str | None:
        """The password of a user, in these letters, on the first of the credential lists that has one."""

    def admits(self, lists: Sequence[str], address: str) -> bool:
        """Whether an IPv4 or IPv6 address is in a network on one of the access control lists."""


# Webhooks ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Webhook:
    """A request whose answer steers: `url` absolute, `params` as they travel.

    `extra` is what the verb adds to them (Digits and the like); a redirect loses it (voice reference 1.7).
    """

    url: str
    method: str = "POST"
    params: Params = ()
    extra: Params = ()


@dataclass(frozen=True, slots=True)
class Page:
    """The app's answer. `url` is the final one after redirects: relative URLs resolve against it (1.6).

    `asked_with` are the header fields of the request that it answers.
    """

    url: str
    status: int
    content_type: str
    body: bytes
    headers: Params = ()
    seconds: float = 0.0
    attempts: int = 1
    asked_with: Params = ()


class FetchFailed(Exception):
    """The app gave no usable answer. `code` as in voice reference 17.1; `page` is what came, if anything."""

    def __init__(self, code: int, message: str, page: Page | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.page = code, message, page


class Session(Protocol):
    """Cookies kept for one call, or for one pair of numbers (voice reference 1.7)."""


class Fetcher(Protocol):
    """Makes signed requests to apps, with the budgets, redirects, retries and guards of voice reference 3.4 to 3.8."""

    def session(self) -> Session: ...

    async def fetch(self, webhook: Webhook, *, account: str, session: Session) -> Page:
        """Any 2xx answer, at most 64 kB; everything else is FetchFailed."""


# Speech ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was said, and how sure that is, from 0 to 1; None where nobody knows."""

    text: str
    confidence: float | None = None


class RecognitionFailed(Exception):
    """No words could be made of a sound; the text says why, in a sentence for the customer."""


class Recogniser(Protocol):
    """Makes words of speech."""

    async def recognise(self, sound: Samples, language: str, hints: Sequence[str]) -> Recognised:
        """What is said in `sound`, int16 at 8,000 Hz, "" for nothing. `language` is a BCP-47 tag, `hints` are words
        that are likely. RecognitionFailed."""

    async def close(self) -> None: ...


# Recordings --------------------------------------------------------------------------------


class OpenTape(Tape, Protocol):
    """A recording's sound while it is being made: what was written a second ago survives a crash."""

    on_failed: Callable[[], None] | None
    """Called once when the sound cannot be kept; `finish` will say why."""

    def silence(self, samples: int) -> None:
        """So many samples of silence, on each channel, after what was written; they take no memory."""

    async def finish(self, trim: bool) -> float:
        """Make it whole and readable, without the silence at both ends if `trim`; its seconds, 0 of nothing.
        OSError when it could not be kept."""


class FinishedTape(Protocol):
    """A finished recording as a WAV file, to be had in portions."""

    size: int
    """Bytes."""

    def parts(self, begin: int, end: int) -> AsyncGenerator[bytes]:
        """The bytes from `begin` up to `end`. OSError, also when it is deleted meanwhile."""


class NotEncoded(Exception):
    """A recording cannot be had in this form here; the text says why, in words for whoever asked."""


class Encoder(Protocol):
    """Makes smaller files of recordings."""

    longest: int
    """Octets of sound that it takes."""

    async def mp3(self, sound: FinishedTape, channels: int) -> bytes:
        """It reads the sound when its turn comes, and holds a portion at a time: an hour is 60 MB. NotEncoded."""


class Tapes(Protocol):
    """Where recordings are kept, by sid."""

    def open(self, sid: str, channels: int) -> OpenTape: ...

    async def resume(self, sid: str, channels: int, trim: bool) -> float:
        """Finish what a crash left open; 0 of nothing. OSError, also when it is gone."""

    async def find(self, sid: str) -> FinishedTape | None:
        """The finished recording; None when there is none."""

    async def read(self, sid: str, most: int = -1) -> bytes | None:
        """Its file, or the first `most` bytes of that; None when there is none."""

    async def tidy(self, keep: Collection[str]) -> int:
        """Drop what was left unfinished by an exchange before this one, but for the sids to `keep`; how many there
        were."""

    async def drop(self, sid: str) -> None:
        """Forget the sound."""


# Lines and carriers --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dialling:
    """Whom to call and what to show there. `call` is the sid of the call the leg belongs to.

    `username` and `password` answer a SIP far end's challenge. `hops` are the calls that one call set off up to this
    one, and `tree` is all of them: a line that leads back to the exchange gives the leg that comes in what it can
    carry of these. `called` is how the far end is named when that is not its address; `parameters` are for a program
    there (2.7.5): of a client, of an application. `may_refer`: the far end is told that it may want its partner to be
    connected elsewhere (2.7.7).
    """

    call: str
    account: str
    address: str
    caller: str
    username: str = ""
    password: str = field(default="", repr=False)
    hops: int = 0
    called: str = ""
    parameters: Params = ()
    may_refer: bool = False
    tree: Tree | None = field(default=None, repr=False)


class Line(Protocol):
    """A way out for calls."""

    def reaches(self, address: str, account: str) -> bool:
        """Whether it leads there for this account, which has clients of its own."""

    def dial(self, dialling: Dialling) -> Leg:
        """A leg in the state TRYING that starts to call at once. Fault says why there is no such call."""


@dataclass(frozen=True, slots=True)
class Text:
    """A message as it travels: `segments` and `media` are already checked."""

    sid: str
    account: str
    sender: str
    recipient: str
    body: str
    media: tuple[str, ...]
    segments: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message: `status` is delivered or undelivered, `error_code` a 3xxxx code or None."""

    status: str
    error_code: int | None = None


class Carrier(Protocol):
    """A way out for messages."""

    def reaches(self, address: str) -> bool: ...

    async def submit(self, text: Text) -> None:
        """Return when the next hop has taken it (the message is `sent`); raise Fault when it refuses."""

    async def receipt(self, text: Text) -> Receipt:
        """Wait for the delivery receipt."""
