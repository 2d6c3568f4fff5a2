from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self

from hoyhoy.exchange.leg import LegState
from hoyhoy.exchange.orders import LONGEST_CALL
from hoyhoy.exchange.orders import Record as Order
from hoyhoy.exchange.ports import Webhook
from hoyhoy.exchange.program import End, Next
from hoyhoy.exchange.progress import is_from_client
from hoyhoy.exchange.recognition import hearing
from hoyhoy.exchange.recording import RECORD_VERB, Recording
from hoyhoy.exchange.sound import Tone
from hoyhoy.exchange.transcription import LONGEST as LONGEST_TRANSCRIBED
from hoyhoy.exchange.transcription import Transcription
from hoyhoy.exchange.verbs.nouns import RECORDING_EVENTS, told_at
from hoyhoy.exchange.verbs.verb import Family, Notice, Verb, boolean, checked, choice, method, several, url, whole
from hoyhoy.wire.client import SCHEME
from hoyhoy.wire.errors import Fault

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call
    from hoyhoy.wire.twiml import Element

KEYS = "1234567890*#"

HANGUP = "hangup"
"""The Digits of a caller who ended it so."""

UNLESS_SAID, OF_CLIENT, TRANSCRIBED = 3600, 600, int(LONGEST_TRANSCRIBED)
"""Seconds that a recording may be long when nobody says so, one of a client's call, and one that is transcribed."""


def keys(raw: str) -> str:
    """A set of keys, empty for none; ValueError says what is lawful."""
    if not set(raw) <= set(KEYS):
        raise ValueError("made of 0-9 # * alone")
    return raw


class Record(Verb):
    """Record what the caller says, a message for instance (voice reference 2.6)."""

    unused = {"recordingConfigurationId": "there are no such configurations."}

    action: str | None = url()
    recording_status_callback_method: str = method(code=13610)
    method: str = method(code=13610)
    timeout: int = whole(5, least=0, code=13611)
    finish_on_key: str = checked(KEYS, keys, code=13613)
    max_length: int | None = whole(None, least=2, most=LONGEST_CALL, code=13612)
    play_beep: bool = boolean(True, code=13616)
    trim: str = choice("trim-silence", "do-not-trim", default="trim-silence", code=13699)
    recording_status_callback: str | None = url(code=13256)
    recording_status_callback_event: tuple[str, ...] = several(*RECORDING_EVENTS, default=("completed",), code=13621)
    transcribe: bool = boolean(False, code=13614)
    transcribe_callback: str | None = url(code=13257)

    @classmethod
    def read(cls, element: Element, family: Family, notice: Notice) -> Self:
        made = super().read(element, family, notice)
        where = f"Line {element.line}: <Record>"
        if made.transcribe_callback and not made.transcribe:
            notice(12200, f"{where}: transcribeCallback has no effect without transcribe='true'.")
        if made.transcribe and (made.max_length or 0) > TRANSCRIBED:
            notice(13615, f"{where}: maxLength='{made.max_length}' is too long to transcribe; {TRANSCRIBED} is used.")
            made.max_length = TRANSCRIBED
        return made

    async def run(self, call: Call) -> None:
        await call.answer()
        if self.play_beep:
            await call.play(Tone("beep"))
        call.line.forget_keys()  # those of before the beep do not end it
        began = call.clock.now()
        recording = Recording.start(call, self._order(call))
        call.farewell = lambda: self._left(call, recording)
        with ExitStack() as listening:
            listening.callback(recording.stop)
            if self.transcribe:
                callback = told_at(self.element, "transcribeCallback", self.transcribe_callback, call, code=13257)
                transcription = Transcription.start(call, recording, callback)
                listening.enter_context(hearing(call.line, transcription.words.append))
            key = await self._key(call, recording)
        if call.line.state is LegState.RELEASED:
            raise End
        is_kept = await recording.kept()
        call.lasted_since(began)
        await call.goes_on()
        if key or is_kept:
            raise Next(self._asking(call, recording, key))

    async def _key(self, call: Call, recording: Recording) -> str:
        """The key that ends it; "" when silence, the longest time or the far end did."""
        key = call.spawn(self._ending_key(call), "key")
        waits: list[asyncio.Future[Any]] = [key]
        if self.timeout:
            waits.append(call.spawn(call.line.media.silent(self.timeout), "silence"))
        try:
            await asyncio.wait([*waits, recording.ended], return_when=asyncio.FIRST_COMPLETED)
            return key.result() if key.done() else ""
        finally:
            for one in waits:
                one.cancel()

    async def _ending_key(self, call: Call) -> str:
        while (key := await call.line.key()) not in self.finish_on_key:
            pass
        return key

    def _asking(self, call: Call, recording: Recording, digits: str) -> Webhook:
        return call.place.webhook(self.action, self.method, (*recording.told, ("Digits", digits)))

    async def _left(self, call: Call, recording: Recording) -> Webhook | None:
        """What is asked when the caller hung up: None when nothing was said."""
        try:
            return self._asking(call, recording, HANGUP) if await recording.kept() else None
        except Fault as fault:
            call.notice(fault.code, fault.message)
            return None

    def _order(self, call: Call) -> Order:
        return Order(
            source=RECORD_VERB,
            trim=self.trim == "trim-silence",
            seconds=self.max_length or self._unless_said(call),
            callback=told_at(self.element, "recordingStatusCallback", self.recording_status_callback, call, code=13256),
            method=self.recording_status_callback_method,
            events=self.recording_status_callback_event,
        )

    def _unless_said(self, call: Call) -> int:
        """Seconds."""
        if self.transcribe:
            return TRANSCRIBED
        is_to_client = call.direction != "inbound" and call.called.startswith(SCHEME)
        return OF_CLIENT if is_to_client or is_from_client(call) else UNLESS_SAID
