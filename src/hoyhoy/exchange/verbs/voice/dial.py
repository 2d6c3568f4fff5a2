from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

from hoyhoy.audio import tones
from hoyhoy.exchange.attempt import Attempt
from hoyhoy.exchange.call import CallStatus
from hoyhoy.exchange.dialling import Invitation
from hoyhoy.exchange.media import Prompt
from hoyhoy.exchange.orders import LONGEST_CALL, Record
from hoyhoy.exchange.ports import Webhook
from hoyhoy.exchange.program import leave_to, report
from hoyhoy.exchange.sound import Tone
from hoyhoy.exchange.verbs.nouns import RECORDING_EVENTS, RINGS, VENDORS, Noun, Place, check_may_dial, told_at
from hoyhoy.exchange.verbs.verb import Notice, Verb, address, boolean, checked, choice, several, text, whole
from hoyhoy.exchange.verbs.verb import method as http_method
from hoyhoy.exchange.verbs.verb import url as web_url
from hoyhoy.exchange.visit import Visit
from hoyhoy.wire import client as clients
from hoyhoy.wire import number as numbers
from hoyhoy.wire.errors import Fault

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call
    from hoyhoy.exchange.verbs.verb import Family
    from hoyhoy.wire.twiml import Element


MOST = 10
"""Who may be called by one Dial (2.7.2)."""

RECORDED = ("answer", "ringing", "answer-dual", "ringing-dual")
SOURCE = "DialVerb"

EVERYBODYS = "+15005550006"
"""The number of test credentials that every account may show (messaging reference 1.15)."""

_TONES = (
    "at au bg br be ch cl cn cz de dk ee es fi fr gr hu il in it lt jp mx my nl no nz ph pl pt ru se sg th uk us "
    "us-old tw ve za"
)
RING_TONES = tuple(_TONES.split())
"""Voice reference, appendix C."""
SOUNDS_LIKE = {"uk": "gb", "us-old": "us"}

LONGEST_CALLER = 255

_SHOWN_TO_SIP = re.compile(r"[A-Za-z0-9+\-_.]+")
_SIP = re.compile(r"(?i:sips?):")
_NUMBER = re.compile(r"\+?[0-9 ().-]+")
_OTHER_ADDRESS = re.compile(r"(?i:client|sips?|sim):")

ringing = cache(tones.ringing)


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


class Dial(Verb):
    """Call somebody and put the caller through (voice reference 2.7). Text inside is a telephone number."""

    takes = ("Number", "Sip", "Client", "Application", "Conference", "Queue", "Sim", "WhatsApp")
    misplaced = 13215
    unused = dict.fromkeys(("callReason", "recordingConfigurationId", "events", "passports"), VENDORS)

    action: str | None = address()
    method: str = http_method(code=13210)
    timeout: int = whole(RINGS, least=5, most=600, code=13212)
    hangup_on_star: bool = boolean(False, code=13213)
    time_limit: int = whole(LONGEST_CALL, least=1, code=13216)
    caller_id: str = text(code=13214)
    answer_on_bridge: bool = boolean(False, code=13219)
    ring_tone: str = choice(*RING_TONES, default="us", code=13220, any_case=True)
    sequential: bool = boolean(False, code=13218)
    record: str = checked("", recorded, code=13217)
    recording_track: str = choice("inbound", "outbound", "both", default="both", code=13622)
    recording_status_callback: str | None = web_url(code=13256)
    recording_status_callback_method: str = http_method(code=13256)
    recording_status_callback_event: tuple[str, ...] = several(*RECORDING_EVENTS, default=("completed",), code=13621)
    trim: str = choice("trim-silence", "do-not-trim", default="do-not-trim", code=13699)
    refer_url: str | None = address()
    refer_method: str = http_method(code=12200)

    @classmethod
    def read(cls, element: Element, family: Family, notice: Notice) -> Dial:
        dial, where = super().read(element, family, notice), f"Line {element.line}: <Dial>"
        if dial.nested and dial.body:
            notice(12200, f"{where}: the text beside its nouns is ignored.")
        elif dial.body:  # it stands for a number
            dial.nested = (family["Number"].read(replace(element, attributes=(), children=()), family, notice),)
        if len(dial.nested) > MOST:
            notice(13250, f"{where} has {len(dial.nested)} nouns; the first {MOST} are called.")
        return dial

    async def run(self, call: Call) -> None:
        check_may_dial(call, self)
        action = call.place.action(self.action, self.method)
        place = next((noun for noun in self.nested if isinstance(noun, Place)), None)
        going = self._stay(call, place) if place else self._attempt(call, self._invitations(call))
        if action:
            call.farewell = partial(report, action, going.ended)
        call.line.may_refer = isinstance(going, Attempt) and going.refer is not None
        await self._answer(call, going)
        await going.run()
        leave_to(action, await going.ended())

    async def _answer(self, call: Call, going: Attempt | Visit) -> None:
        """At once, or when somebody is there: that is for whoever calls in, before anything else (2.7, 19 row 10)."""
        is_first = call.status is CallStatus.RINGING and call.verbs_begun == 1
        if self.answer_on_bridge and is_first and isinstance(going, Attempt):
            return
        if self.answer_on_bridge:
            call.notice(
                13219,
                f"Line {self.element.line}: answerOnBridge is for calling somebody, as the first verb of the first "
                "document of an inbound call; it has no effect here.",
            )
        await call.answer()

    @property
    def ringing(self) -> Prompt:
        """What the caller hears until somebody is there."""
        return Prompt(Tone("ringing"), ringing(SOUNDS_LIKE.get(self.ring_tone, self.ring_tone)))

    def _stay(self, call: Call, place: Place) -> Visit | Attempt:
        """In the place that the caller is led to; when he cannot go there, a notice, and nobody is called."""
        if len(self.nested) > 1:
            call.notice(13000, f"Line {self.element.line}: <{place.element.name}> stands alone in a <Dial>.")
        record = self._record(call) if self.record else None
        try:
            return place.stay(call, self, record)
        except Fault as fault:
            call.notice(fault.code, f"Line {place.element.line}: <{place.element.name}>: {fault.message}")
            return self._attempt(call, [])

    def _attempt(self, call: Call, groups: Sequence[Sequence[Invitation]]) -> Attempt:
        is_one_by_one = self.sequential or len(groups) == 1
        invitations = [one for group in groups for one in (group if is_one_by_one else group[:1])]
        if len(invitations) > MOST:
            call.notice(13250, f"Line {self.element.line}: <Dial> names {len(invitations)} places; {MOST} are called.")
            invitations = invitations[:MOST]
        refer = told_at(self.element, "referUrl", self.refer_url, call)
        attempt = Attempt(
            call,
            invitations,
            ringing=self.ringing,
            seconds=self.timeout + call.facilities.rules.dial_grace,
            limit=self.time_limit,
            one_by_one=is_one_by_one,
            star_ends=self.hangup_on_star,
            record=self._record(call) if self.record else None,
            from_ringing=self.record.startswith("ringing"),
            refer=Webhook(refer, self.refer_method) if refer else None,
        )
        attempt.check_room()
        return attempt

    def _invitations(self, call: Call) -> list[Sequence[Invitation]]:
        """How to call everybody, each at his places; who cannot be called is told of, and left out."""
        found = []
        for noun in self._called(call):
            try:
                found.append(noun.invitations(call, self))
            except Fault as fault:
                where = f"Line {noun.element.line}: <{noun.element.name}>"
                call.notice(fault.code, f"{where}: {fault.message}")
        if not self.element.spoken():
            call.notice(13223, f"Line {self.element.line}: <Dial> says nobody to call.")
        return found

    def _called(self, call: Call) -> list[Noun]:
        """Who is called; one that stands alone excludes all others."""
        nouns = [noun for noun in self.nested if isinstance(noun, Noun)][:MOST]
        for noun in nouns:
            if noun.stands_alone and len(nouns) > 1:
                call.notice(13000, f"Line {noun.element.line}: <{noun.element.name}> stands alone in a <Dial>.")
                return [noun]
        return nouns

    def _record(self, call: Call) -> Record:
        """Of the caller's leg: on two channels he is the first; a single track is on one (18 row 26)."""
        is_dual = self.record.endswith("dual") and self.recording_track == "both"
        return Record(
            source=SOURCE,
            track=self.recording_track,
            channels=2 if is_dual else 1,
            trim=self.trim == "trim-silence",
            callback=told_at(self.element, "recordingStatusCallback", self.recording_status_callback, call, code=13256),
            method=self.recording_status_callback_method,
            events=self.recording_status_callback_event,
        )

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

    def shown_to_clients(self, call: Call) -> str:
        """Such a number, or the name of a client, with `client:` before it or without. Fault 13214."""
        if not self.caller_id:
            return call.caller
        if _NUMBER.fullmatch(self.caller_id):
            return self.shown_to_numbers(call)
        try:
            clients.identity(self.caller_id.removeprefix(clients.SCHEME))
        except ValueError as why:
            raise Fault(13214, f"The callerId cannot be shown to a client. {why}") from None
        return self.caller_id
