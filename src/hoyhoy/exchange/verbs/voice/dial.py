from __future__ import annotations

import re
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

from hoyhoy.audio import tones
from hoyhoy.exchange.attempt import Attempt
from hoyhoy.exchange.dialling import NOTHING, Invitation
from hoyhoy.exchange.media import Prompt
from hoyhoy.exchange.orders import Record
from hoyhoy.exchange.ports import Line, Steering, Webhook
from hoyhoy.exchange.program import Next, Source
from hoyhoy.exchange.sound import Tone
from hoyhoy.exchange.verbs.verb import Notice, Verb, boolean, checked, choice, text, whole
from hoyhoy.exchange.verbs.verb import method as http_method
from hoyhoy.exchange.verbs.verb import url as web_url
from hoyhoy.wire import number as numbers
from hoyhoy.wire.errors import Fault

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call
    from hoyhoy.exchange.verbs.verb import Family
    from hoyhoy.wire.twiml import Element


MOST = 10
"""Who may be called by one Dial (2.7.2)."""

LATER = ("Client", "Conference", "Queue", "Application", "Sim", "WhatsApp")
"""Nouns of Twilio's that this version does not call."""

RECORDED = ("answer", "ringing", "answer-dual", "ringing-dual")
RECORDING_EVENTS = ("in-progress", "completed", "absent")
SOURCE = "DialVerb"

EVENTS = ("initiated", "ringing", "answered", "completed")
DETECTION = "this version does not detect who answers, a person or a machine."
VENDORS = "it concerns services of the vendor's that have no counterpart here."
REFERRING = "this version does not hear what SIP phones refer to."
DETECTING = (
    "machineDetection",
    "machineDetectionTimeout",
    "machineDetectionSpeechThreshold",
    "machineDetectionSpeechEndThreshold",
    "machineDetectionSilenceTimeout",
    "amdStatusCallback",
    "amdStatusCallbackMethod",
)

EVERYBODYS = "+15005550006"
"""The number of test credentials that every account may show (messaging reference 1.15)."""

_TONES = (
    "at au bg br be ch cl cn cz de dk ee es fi fr gr hu il in it lt jp mx my nl no nz ph pl pt ru se sg th uk us "
    "us-old tw ve za"
)
RING_TONES = tuple(_TONES.split())
"""Voice reference, appendix C."""
SOUNDS_LIKE = {"uk": "gb", "us-old": "us"}

LONGEST_URI, LONGEST_HEADERS = 254, 1023
LONGEST_CALLER = 255

_KEYS = re.compile(r"[0-9*#wW]+")
_SHOWN_TO_SIP = re.compile(r"[A-Za-z0-9+\-_.]+")
_SIP = re.compile(r"(?i:sips?):")
_OTHER_ADDRESS = re.compile(r"(?i:client|sips?|sim):")
_UNFIT = re.compile(r"[\s<>\"\x00-\x20\x7f]")

ringing = cache(tones.ringing)


def keys(raw: str) -> str:
    """Keys and pauses; ValueError says what is lawful."""
    if not _KEYS.fullmatch(raw):
        raise ValueError("a sequence of 0-9 * # w W")
    return raw


def events(raw: str) -> tuple[str, ...]:
    """What a call tells of itself; ValueError says what is lawful."""
    if not (asked := raw.split()) or not set(asked) <= set(EVENTS):
        raise ValueError(f"some of {', '.join(EVENTS)}")
    return tuple(asked)


def recorded(raw: str) -> str:
    """From when on, `answer` or `ringing`, and `-dual` for two channels; "" for not at all. ValueError says what is
    lawful."""
    if raw in ("false", "do-not-record"):
        return ""
    if raw == "true":
        return "answer"
    if (mode := raw.removeprefix("record-from-")) not in RECORDED or mode == raw:
        raise ValueError(f"do-not-record, or record-from- followed by one of {', '.join(RECORDED)}")
    return mode


def recording_events(raw: str) -> tuple[str, ...]:
    """What is told of a recording; ValueError says what is lawful."""
    if not (asked := raw.split()) or not set(asked) <= set(RECORDING_EVENTS):
        raise ValueError(f"some of {', '.join(RECORDING_EVENTS)}")
    return tuple(asked)


class Number(Verb):
    """A telephone number to be called (voice reference 2.7.4)."""

    unused = {**dict.fromkeys(DETECTING, DETECTION), "byoc": VENDORS}

    send_digits: str = checked("", keys, code=13222)
    url: str | None = web_url()
    method: str = http_method(code=13221)
    status_callback: str | None = web_url()
    status_callback_method: str = http_method(code=13221)
    status_callback_event: tuple[str, ...] = checked(("completed",), events, code=12200)

    def invitation(self, call: Call, dial: Dial) -> Invitation:
        """How to call it. Fault when it cannot be called, or not so."""
        try:
            number = numbers.parse(self.body, numbers.region_of(call.caller) or "US")
        except ValueError as why:
            raise Fault(13223, f"{why} Nobody is called there.") from None
        return Invitation(
            line=_line_to(call, number, 13224),
            address=number,
            called=number,
            caller=dial.shown_to_numbers(call),
            screening=_screening(self, call),
            send_digits=self.send_digits,
            steering=_steering(self, call),
            events=self.status_callback_event,
        )


class Sip(Verb):
    """A SIP address to be called (voice reference 2.7.5). Its line reads the header fields behind `?`."""

    unused = dict.fromkeys(DETECTING, DETECTION)

    username: str = text(code=13249)
    password: str = text(code=13249)
    url: str | None = web_url()
    method: str = http_method(code=13241)
    status_callback: str | None = web_url()
    status_callback_method: str = http_method(code=13241)
    status_callback_event: tuple[str, ...] = checked(("completed",), events, code=12200)

    def invitation(self, call: Call, dial: Dial) -> Invitation:
        """How to call it. Fault when it cannot be called, or not so."""
        address = self.body if _SIP.match(self.body) else f"sip:{self.body}"
        uri, _, headers = address.partition("?")
        if not uri.partition(":")[2] or _UNFIT.search(address) or len(uri) > LONGEST_URI:
            raise Fault(13243, f"{self.body[:80]!r} is not a SIP URI of less than {LONGEST_URI + 1} characters.")
        if len(headers) > LONGEST_HEADERS:
            raise Fault(13253, f"The headers of {uri} have {len(headers)} characters; {LONGEST_HEADERS} is the most.")
        return Invitation(
            line=_line_to(call, address, 13246),
            address=address,
            called=uri,
            caller=dial.shown_to_sip(call),
            screening=_screening(self, call),
            username=self.username,
            password=self.password,
            steering=_steering(self, call),
            events=self.status_callback_event,
        )


class Dial(Verb):
    """Call somebody and put the caller through (voice reference 2.7). Text inside is a telephone number."""

    takes = ("Number", "Sip")
    unused = {
        **dict.fromkeys(("callReason", "recordingConfigurationId", "events", "passports"), VENDORS),
        **dict.fromkeys(("referUrl", "referMethod"), REFERRING),
    }

    action: str | None = web_url()
    method: str = http_method(code=13210)
    timeout: int = whole(30, least=5, most=600, code=13212)
    hangup_on_star: bool = boolean(False, code=13213)
    time_limit: int = whole(14400, least=1, code=13216)
    caller_id: str = text(code=13214)
    answer_on_bridge: bool = boolean(False, code=13219)
    ring_tone: str = choice(*RING_TONES, default="us", code=13220, any_case=True)
    sequential: bool = boolean(False, code=13218)
    record: str = checked("", recorded, code=13217)
    recording_track: str = choice("inbound", "outbound", "both", default="both", code=13622)
    recording_status_callback: str | None = web_url(code=13256)
    recording_status_callback_method: str = http_method(code=13256)
    recording_status_callback_event: tuple[str, ...] = checked(("completed",), recording_events, code=13621)
    trim: str = choice("trim-silence", "do-not-trim", default="do-not-trim", code=13699)

    @classmethod
    def read(cls, element: Element, family: Family, notice: Notice) -> Dial:
        for child in element.children:
            where = f"Line {child.line}: <{child.name[:40]}>"
            if child.name in LATER:
                notice(12200, f"{where} cannot be dialled by this version of hoyhoy; it is skipped.")
            elif child.name not in cls.takes:
                notice(13215, f"{where} may not stand in <Dial>; it is skipped.")
        known = tuple(child for child in element.children if child.name in cls.takes)
        dial = super().read(replace(element, children=known), family, notice)
        where, dial.element = f"Line {element.line}: <Dial>", element
        if dial.nested and dial.body:
            notice(12200, f"{where}: the text beside its nouns is ignored.")
        if len(dial.nested) > MOST:
            notice(13250, f"{where} has {len(dial.nested)} nouns; the first {MOST} are called.")
        return dial

    async def run(self, call: Call) -> None:
        if call.is_screened:
            raise Fault(13201, "This document says whether its call is put through; it cannot Dial.")
        action = call.place.webhook(self.action, self.method) if self.action is not None else None
        invitations = self._invitations(call)
        if call.hops + len(invitations) > call.facilities.rules.dial_hops:
            raise Fault(11215, f"{call.hops} calls have dialled one another up to this one: they go round in circles.")
        attempt = Attempt(
            call,
            invitations,
            seconds=self.timeout + call.facilities.rules.dial_grace,
            limit=self.time_limit,
            record=self._record(call) if self.record else None,
            from_ringing=self.record.startswith("ringing"),
        )
        if action:
            call.farewell = partial(_report, action, attempt)
        try:
            if not self.answer_on_bridge:
                await call.answer()
            tone = Prompt(Tone("ringing"), ringing(SOUNDS_LIKE.get(self.ring_tone, self.ring_tone)))
            await attempt.run(tone, one_by_one=self.sequential, star_ends=self.hangup_on_star)
        finally:
            attempt.give_up()
        result = await attempt.ended()
        call.refusal = attempt.refusal
        if action:
            raise Next(replace(action, extra=result))

    def _invitations(self, call: Call) -> list[Invitation]:
        """How to call everybody; who cannot be called is told of, and left out."""
        nouns = self.nested[:MOST] or ((self._number(call),) if self.body else ())
        found = []
        for noun in nouns:
            assert isinstance(noun, Number | Sip)
            try:
                found.append(noun.invitation(call, self))
            except Fault as fault:
                where = f"Line {noun.element.line}: <{noun.element.name}>"
                call.notice(fault.code, f"{where}: {fault.message}")
        if not self.element.spoken():
            call.notice(13223, f"Line {self.element.line}: <Dial> says nobody to call.")
        return found

    def _record(self, call: Call) -> Record:
        """Of the caller's leg: on two channels he is the first; a single track is on one (18 row 26)."""
        is_dual = self.record.endswith("dual") and self.recording_track == "both"
        return Record(
            source=SOURCE,
            track=self.recording_track,
            channels=2 if is_dual else 1,
            trim=self.trim == "trim-silence",
            callback=_told_at(self, "recordingStatusCallback", self.recording_status_callback, call, code=13256),
            method=self.recording_status_callback_method,
            events=self.recording_status_callback_event,
        )

    def _number(self, call: Call) -> Number:
        """The noun that the text inside stands for."""
        return Number.read(replace(self.element, attributes=(), children=()), {}, call.notice)

    # What those called see (2.7.1) -------------------------------------------------------------

    def shown_to_numbers(self, call: Call) -> str:
        """A number that the account may show. Fault 13214."""
        if not self.caller_id:
            if _OTHER_ADDRESS.match(call.caller):
                raise Fault(13214, f"{call.caller[:80]} is no telephone number: callerId must say which is shown.")
            return call.caller
        try:
            number = numbers.parse(self.caller_id, numbers.region_of(call.called) or "US")
        except ValueError as why:
            raise Fault(13214, f"The callerId cannot be shown to a telephone number. {why}") from None
        if number in (call.caller, call.called) and not _SIP.match(call.caller):
            return number
        directory, owner = call.facilities.directory, call.facilities.directory.number(number)
        is_ours = number == EVERYBODYS or (owner is not None and owner.account == call.account)
        may_be = owner is None and not call.facilities.rules.strict
        if not (is_ours or may_be or directory.is_verified(call.account, number)):
            raise Fault(13214, f"The callerId {number} is neither owned by nor verified for this account.")
        return number

    def shown_to_sip(self, call: Call) -> str:
        """Any word that can stand in a SIP URI. Faults 13214, 13248."""
        if len(self.caller_id) > LONGEST_CALLER:
            raise Fault(13248, f"The callerId has {len(self.caller_id)} characters; {LONGEST_CALLER} is the most.")
        if self.caller_id and not _SHOWN_TO_SIP.fullmatch(self.caller_id):
            raise Fault(13214, f"The callerId {self.caller_id[:40]!r} has other characters than A-Z a-z 0-9 + - _ .")
        return self.caller_id or call.caller


async def _report(action: Webhook, attempt: Attempt) -> Webhook:
    return replace(action, extra=await attempt.ended())


def _line_to(call: Call, address: str, code: int) -> Line:
    try:
        return call.facilities.line_to(address)
    except Fault as fault:
        raise Fault(code, f"{address[:80]}: {fault.message}") from None


def _screening(noun: Number | Sip, call: Call) -> Source:
    """What is performed on the call before it is put through (2.7.8)."""
    return NOTHING if noun.url is None else call.place.webhook(noun.url, noun.method)


def _steering(noun: Number | Sip, call: Call) -> Steering:
    """Who is told of the call."""
    return Steering(
        url=call.place.webhook(noun.url, noun.method).url if noun.url else "",
        method=noun.method,
        status_callback=_told_at(noun, "statusCallback", noun.status_callback, call),
        status_callback_method=noun.status_callback_method,
    )


def _told_at(verb: Verb, name: str, url: str | None, call: Call, code: int = 0) -> str:
    """Where a callback goes; "" and a notice when it cannot be requested."""
    try:
        return call.place.webhook(url, "POST").url if url else ""
    except Fault as fault:
        call.notice(code or fault.code, f"Line {verb.element.line}: {name} of <{verb.element.name}>: {fault.message}")
        return ""
