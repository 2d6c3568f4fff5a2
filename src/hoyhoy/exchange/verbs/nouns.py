"""What may stand in a Dial: who is called, or where the caller is led (voice reference 2.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol

from hoyhoy.exchange.dialling import NOTHING, Invitation
from hoyhoy.exchange.ports import Line, Steering
from hoyhoy.exchange.program import Source
from hoyhoy.wire.errors import Fault

from .verb import Verb

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call
    from hoyhoy.exchange.visit import Visit
    from hoyhoy.wire.twiml import Element

EVENTS = ("initiated", "ringing", "answered", "completed")
RECORDING_EVENTS = ("in-progress", "completed", "absent")

VENDORS = "it concerns services of the vendor's that have no counterpart here."
DETECTION = "this version does not detect who answers, a person or a machine."
DETECTING = (
    "machineDetection",
    "machineDetectionTimeout",
    "machineDetectionSpeechThreshold",
    "machineDetectionSpeechEndThreshold",
    "machineDetectionSilenceTimeout",
    "amdStatusCallback",
    "amdStatusCallbackMethod",
)


class Dialler(Protocol):
    """The Dial that a noun stands in. What those called see is decided there (2.7.1)."""

    @property
    def caller_id(self) -> str: ...

    def shown_to_numbers(self, call: Call) -> str:
        """A number that the account may show. Fault 13214."""

    def shown_to_sip(self, call: Call) -> str:
        """Any word that can stand in a SIP URI. Faults 13214, 13248."""


class Noun(Verb):
    """Somebody who is called. Several may ring at once, unless it `stands_alone`."""

    stands_alone: ClassVar[bool] = False

    def invitation(self, call: Call, dial: Dialler) -> Invitation:
        """How to call it. Fault when it cannot be called, or not so."""
        raise NotImplementedError(type(self).__name__)


class Place(Verb):
    """Where the caller is led, and stays until he leaves: a conference, a queue. It stands alone."""

    def visit(self, call: Call, dial: Dialler) -> Visit:
        """The caller's stay there, which has not begun. Fault when he cannot go there."""
        raise NotImplementedError(type(self).__name__)


def events(raw: str) -> tuple[str, ...]:
    """What a call tells of itself; ValueError says what is lawful."""
    if not (asked := raw.split()) or not set(asked) <= set(EVENTS):
        raise ValueError(f"some of {', '.join(EVENTS)}")
    return tuple(asked)


def recording_events(raw: str) -> tuple[str, ...]:
    """What is told of a recording; ValueError says what is lawful."""
    if not (asked := raw.split()) or not set(asked) <= set(RECORDING_EVENTS):
        raise ValueError(f"some of {', '.join(RECORDING_EVENTS)}")
    return tuple(asked)


def line_to(call: Call, address: str, code: int) -> Line:
    """The line that reaches an address; Fault `code` when none does."""
    try:
        return call.facilities.line_to(address)
    except Fault as fault:
        raise Fault(code, f"{address[:80]}: {fault.message}") from None


class Screened(Protocol):
    """A noun whose far end performs a document before it is put through, and whose call is told of."""

    @property
    def element(self) -> Element: ...
    @property
    def url(self) -> str | None: ...
    @property
    def method(self) -> str: ...
    @property
    def status_callback(self) -> str | None: ...
    @property
    def status_callback_method(self) -> str: ...


def screening(noun: Screened, call: Call) -> Source:
    """What is performed on the call before it is put through (2.7.8)."""
    return NOTHING if noun.url is None else call.place.webhook(noun.url, noun.method)


def steering(noun: Screened, call: Call) -> Steering:
    """Who is told of the call."""
    return Steering(
        url=call.place.webhook(noun.url, noun.method).url if noun.url else "",
        method=noun.method,
        status_callback=told_at(noun.element, "statusCallback", noun.status_callback, call),
        status_callback_method=noun.status_callback_method,
    )


def told_at(element: Element, name: str, url: str | None, call: Call, code: int = 0) -> str:
    """Where a callback goes; "" and a notice when it cannot be requested."""
    try:
        return call.place.webhook(url, "POST").url if url else ""
    except Fault as fault:
        call.notice(code or fault.code, f"Line {element.line}: {name} of <{element.name}>: {fault.message}")
        return ""
