"""What may stand in a Dial: who is called, or where the caller is led (voice reference 2.7); and in a Start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self

from hoyhoy.exchange.dialling import NOTHING, Invitation
from hoyhoy.exchange.events import Params
from hoyhoy.exchange.orders import Detect
from hoyhoy.exchange.ports import Line, Steering
from hoyhoy.exchange.visit import Stay
from hoyhoy.wire.errors import Fault

from .verb import Notice, Verb, address, choice, several, text, whole
from .verb import method as http_method
from .verb import url as web_url

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call
    from hoyhoy.exchange.media import Prompt
    from hoyhoy.exchange.orders import Record
    from hoyhoy.exchange.visit import Guest, Visit
    from hoyhoy.wire.twiml import Element

    from .verb import Family

EVENTS = ("initiated", "ringing", "answered", "completed")
"""What a call tells of itself (2.7.4)."""
RECORDING_EVENTS = ("in-progress", "completed", "absent")
"""What is told of a recording (2.6)."""

RINGS = 30
"""Seconds that somebody is waited for if nobody says how long (2.7)."""

VENDORS = "it concerns services of the vendor's that have no counterpart here."
UNDOCUMENTED = "the vendor does not say what it is for."

REST_ONLY = ("asyncAmd", "asyncAmdStatusCallback", "asyncAmdStatusCallbackMethod")
"""What calls made over REST have and nouns have not: the detection of a noun never holds anything up (5.4)."""


class Dialler(Protocol):
    """The Dial that a noun stands in. What those called see is decided there (2.7.1)."""

    @property
    def caller_id(self) -> str: ...
    @property
    def timeout(self) -> int: ...
    @property
    def time_limit(self) -> int: ...
    @property
    def hangup_on_star(self) -> bool: ...
    @property
    def ringing(self) -> Prompt:
        """What the caller hears until somebody is there."""

    def shown_to_numbers(self, call: Call) -> str:
        """A number that the account may show. Fault 13214."""

    def shown_to_sip(self, call: Call) -> str:
        """Any word that can stand in a SIP URI. Faults 13214, 13248."""

    def shown_to_clients(self, call: Call) -> str:
        """Such a number, or the name of a client. Fault 13214."""


class Noun(Verb):
    """Somebody who is called. Several may ring at once, unless it `stands_alone`.

    He may perform a document before he is put through (2.7.8), and his call is told of (3.2).
    """

    stands_alone: ClassVar[bool] = False

    url: str | None = address()
    method: str = http_method(code=12200)
    status_callback: str | None = web_url()
    status_callback_method: str = http_method(code=12200)
    status_callback_event: tuple[str, ...] = several(*EVENTS, default=("completed",), code=12200)

    def invitations(self, call: Call, dial: Dialler) -> Sequence[Invitation]:
        """How to call it; of several places the first that answers, one after the other. Fault when it cannot be
        called, or not so."""
        raise NotImplementedError(type(self).__name__)

    def at(self, call: Call, where: str, *, code: int, caller: str, **more: Any) -> Invitation:
        """To an address, which is shown as `called`, or as it is. Fault `code` when no line reaches it."""
        document = call.place.action(self.url, self.method)
        steering = Steering(
            url=document.url if document else "",
            method=self.method,
            status_callback=told_at(self.element, "statusCallback", self.status_callback, call),
            status_callback_method=self.status_callback_method,
        )
        told = Invitation(
            line=line_to(call, where, code),
            address=where,
            called=where,
            caller=caller,
            screening=document or NOTHING,
            steering=steering,
            events=self.status_callback_event,
        )
        return replace(told, **more)


class Detecting(Noun):
    """A noun that can be told from a machine: beside the call, which is put through at once (5.4)."""

    machine_detection: str = choice("Enable", "DetectMessageEnd", default="", code=12200)
    machine_detection_timeout: int = whole(30, least=3, most=60, code=12200)
    machine_detection_speech_threshold: int = whole(2400, least=1000, most=6000, code=12200)
    machine_detection_speech_end_threshold: int = whole(1200, least=500, most=5000, code=12200)
    machine_detection_silence_timeout: int = whole(5000, least=2000, most=10000, code=12200)
    amd_status_callback: str | None = web_url()
    amd_status_callback_method: str = http_method(code=12200)

    @classmethod
    def read(cls, element: Element, family: Family, notice: Notice) -> Self:
        where = f"Line {element.line}: <{element.name}>"
        for name, _ in element.attributes:
            if name in REST_ONLY:
                notice(21263, f"{where}: {name} is for calls made over REST; here detection is always beside the call.")
        kept = tuple(pair for pair in element.attributes if pair[0] not in REST_ONLY)
        noun = super().read(replace(element, attributes=kept), family, notice)
        if noun.machine_detection and not noun.amd_status_callback:
            notice(21262, f"{where}: nobody is told what is detected: amdStatusCallback is missing.")
        return noun

    def detection(self, call: Call) -> Detect | None:
        """What is to be found out about who answers."""
        if not self.machine_detection:
            return None
        return Detect(
            to_end=self.machine_detection == "DetectMessageEnd",
            seconds=self.machine_detection_timeout,
            speech=self.machine_detection_speech_threshold / 1000,
            pause=self.machine_detection_speech_end_threshold / 1000,
            silence=self.machine_detection_silence_timeout / 1000,
            is_async=True,
            callback=told_at(self.element, "amdStatusCallback", self.amd_status_callback, call),
            method=self.amd_status_callback_method,
        )


class Place(Verb):
    """Where the caller is led, and stays until he leaves: a conference, a queue. It stands alone."""

    def visit(self, call: Call, dial: Dialler) -> Guest:
        """The caller's stay there, which has not begun. Fault when he cannot go there."""
        raise NotImplementedError(type(self).__name__)

    def stay(self, call: Call, dial: Dialler, record: Record | None) -> Visit:
        """The same on the terms of the Dial. A place where these only hold once he talks with somebody keeps them
        itself."""
        limit, star_ends = dial.time_limit, dial.hangup_on_star
        return Stay(call, self.visit(call, dial), limit=limit, star_ends=star_ends, record=record)


class Beside(Verb):
    """What goes on beside the call, from a Start until a Stop or the end (2.13). Faults say why that cannot be."""

    def start(self, call: Call) -> None:
        raise NotImplementedError(type(self).__name__)

    def stop(self, call: Call) -> None:
        raise NotImplementedError(type(self).__name__)


def attempted(call: Call, noun: Verb, act: Callable[[Call], None]) -> None:
    """What cannot be done is told of, and the document goes on."""
    try:
        act(call)
    except Fault as fault:
        call.notice(fault.code, f"Line {noun.element.line}: <{noun.element.name}>: {fault.message}")


class Pair(Verb):
    """A name and a value."""

    name: str = text()
    value: str = text()

    @classmethod
    def read(cls, element: Element, family: Family, notice: Notice) -> Self:
        pair = super().read(element, family, notice)
        if not pair.name:
            notice(12200, f"Line {element.line}: <{element.name}> has no name; it is skipped.")
        return pair


def pairs(verb: Verb) -> Params:
    """The names and values that stand in it."""
    return tuple((one.name, one.value) for one in verb.nested if isinstance(one, Pair) and one.name)


def body_of(verb: Verb, name: str) -> str:
    """The text of the first element `name` that stands in it, else its own (2.7.5)."""
    return next((one.body for one in verb.nested if one.element.name == name), verb.body)


def line_to(call: Call, where: str, code: int) -> Line:
    """The line that reaches an address; Fault `code` when none does."""
    try:
        return call.facilities.line_to(where, call.account)
    except Fault as fault:
        raise Fault(code, f"{where[:80]}: {fault.message}") from None


def check_may_dial(call: Call, verb: Verb) -> None:
    """Fault 13201 where a document says whether its own call is put through (2.7.8)."""
    if call.is_screened:
        name = verb.element.name
        raise Fault(13201, f"This document says whether its call is put through; it has no place for <{name}>.")


def told_at(element: Element, name: str, url: str | None, call: Call, code: int = 0) -> str:
    """Where a callback goes; "" and a notice when it cannot be requested."""
    try:
        return call.place.webhook(url, "POST").url if url else ""
    except Fault as fault:
        call.notice(code or fault.code, f"Line {element.line}: {name} of <{element.name}>: {fault.message}")
        return ""
