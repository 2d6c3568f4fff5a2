from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, Self

from hoyhoy.exchange.events import InputGathered, Params
from hoyhoy.exchange.partly import tell_partly
from hoyhoy.exchange.playback import prompt_of
from hoyhoy.exchange.ports import Recognised, RecognitionFailed, Webhook
from hoyhoy.exchange.profanity import masked
from hoyhoy.exchange.program import Next
from hoyhoy.exchange.recognition import LONGEST, NOTHING, Ear
from hoyhoy.exchange.verbs.hearing import AUTO, MODELS, PAUSE, is_model
from hoyhoy.exchange.verbs.hearing import hints as read_hints
from hoyhoy.exchange.verbs.hearing import language as read_language
from hoyhoy.exchange.verbs.hearing import speech_timeout as read_speech_timeout
from hoyhoy.exchange.verbs.nouns import told_at
from hoyhoy.exchange.verbs.sounding import Sounding
from hoyhoy.exchange.verbs.verb import Family, Notice, Verb, boolean, checked, method, several, text, url, whole
from hoyhoy.wire.errors import Fault

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call
    from hoyhoy.exchange.media import Prompt
    from hoyhoy.wire.twiml import Element

MISPLACED = 13320

CONTENT_TYPE, CONTENT_TYPE_WITHIN = 13420, 13325
"""A recording of a kind that is not played has another code inside Gather (17.2)."""

WITHIN = {13511: 13321, 13510: 13322, 13410: 13322}
"""So have a voice and a loop that are wrong."""

AHEAD = 2400.0
"""Seconds of sound that are made before the first is played: 38 MB, and as much for the last of them."""

MOST_AHEAD = 100
"""Verbs inside whose sounds are made before the first is played: the caller waits for them."""

KEY_TONE = 0.5
"""Seconds in which sound that no words came with may turn out to be the tone of a key."""


def finish_key(raw: str) -> str:
    """One key, or nothing for no such key; white space is not trimmed."""
    if raw and raw not in tuple("0123456789#*"):
        raise ValueError("one of 0-9 # * or empty")
    return raw


class Gather(Verb):
    """Collect keys or words while speaking a menu (voice reference 2.4)."""

    takes = ("Say", "Play", "Pause")
    misplaced = MISPLACED
    unused = {
        "enhanced": "there is one way to recognise speech.",
        "debug": "what happened is in the log of the call.",
    }

    action: str | None = url()
    partial_result_callback: str | None = url()
    partial_result_callback_method: str = method(code=13329)
    method: str = method(code=13312)
    input: tuple[str, ...] = several("dtmf", "speech", default=("dtmf",), code=13326)
    timeout: int = whole(5, least=1, code=13313)
    finish_on_key: str = checked("#", finish_key, code=13310)
    num_digits: int | None = whole(None, least=1, code=13314)
    action_on_empty_result: bool = boolean(False, code=13338)
    speech_timeout: int | Literal["auto"] | None = checked(None, read_speech_timeout, code=13327)
    max_speech_time: int = whole(int(LONGEST), least=1, most=int(LONGEST), code=13328)
    language: str = checked("en-US", read_language, code=13331)
    hints: tuple[str, ...] = checked((), read_hints, code=13330)
    profanity_filter: bool = boolean(True, code=13333)
    speech_model: str = text("", code=13334)
    barge_in: bool = boolean(True, code=13332)

    @classmethod
    def read(cls, element: Element, family: Family, notice: Notice) -> Self:
        inside = replace(element, children=tuple(_without_keys(element, notice)))
        made = super().read(inside, family, lambda code, message: notice(WITHIN.get(code, code), message))
        made.element = element
        if made.speech_model and not is_model(made.speech_model):
            fate = "the Gather fails, as though nothing had come" if made.fails else "it is ignored"
            lawful = f"one of {', '.join(MODELS)}, deepgram_nova-2, deepgram_nova-3"
            where = f"Line {element.line}: <Gather>: speechModel={made.speech_model[:40]!r}"
            notice(13334, f"{where} is not {lawful}; {fate}.")
        elif made.speech_model and made.speech_timeout == AUTO:
            made.speech_timeout = None
            notice(
                13335,
                f"Line {element.line}: <Gather>: speechTimeout='auto' does not go with a speechModel, here "
                f"{made.speech_model!r}; timeout is used instead.",
            )
        return made

    @property
    def fails(self) -> bool:
        """It wants speech by a model that there is not (2.4)."""
        return "speech" in self.input and self.speech_model != "" and not is_model(self.speech_model)

    async def run(self, call: Call) -> None:
        await call.answer()
        call.line.forget_keys()  # those of before this menu are not meant for it
        began = call.clock.now()
        gathered = InputGathered(digits="", finished_by="") if self.fails else await self._listened(call)
        call.lasted_since(began)
        call.record(gathered)
        if gathered.digits or gathered.speech or self.action_on_empty_result:
            raise Next(call.place.webhook(self.action, self.method, self._told(gathered)))

    async def _listened(self, call: Call) -> InputGathered:
        """What came, while the menu was heard and after it."""
        prompt = call.spawn(self._prompt(call), "prompt")
        try:
            return await self._gathered(call, prompt)
        finally:
            prompt.cancel()
            await asyncio.gather(prompt, return_exceptions=True)

    def _told(self, gathered: InputGathered) -> Params:
        """Nothing at all is told of as keys would be, if these were waited for."""
        if not gathered.speech and "dtmf" in self.input:
            return (("Digits", gathered.digits), ("FinishedOnKey", gathered.finished_by), ("msg", "Gather End"))
        sure = () if gathered.confidence is None else (("Confidence", str(round(gathered.confidence, 8))),)
        return (("SpeechResult", gathered.speech), *sure, ("Language", self.language))

    # What is played ----------------------------------------------------------------------------

    async def _prompt(self, call: Call) -> Fault | None:
        """What is heard meanwhile; why it failed, if it did."""
        try:
            await self._heard(call)
        except Fault as fault:
            return fault
        return None

    async def _heard(self, call: Call) -> None:
        """Sounds are made before the first is played (2.4): what fails does so before anything is heard."""
        made: list[Prompt | None] = []
        seconds = 0.0
        for verb in self.nested[:MOST_AHEAD]:
            if seconds > AHEAD:
                break
            made.append(prompt := await _made(verb, call))
            seconds += prompt.seconds if prompt else 0.0
        for number, verb in enumerate(self.nested):
            prompt = made[number] if number < len(made) else await _made(verb, call)
            if not isinstance(verb, Sounding):
                await verb.run(call)
            elif prompt:
                await call.play_prompt(prompt, verb.times)

    # What comes --------------------------------------------------------------------------------

    async def _gathered(self, call: Call, prompt: asyncio.Task[Fault | None]) -> InputGathered:
        """The first kind of input that comes is the one that counts."""
        with ExitStack() as listening:
            ear = None
            if "speech" in self.input:
                ear = listening.enter_context(Ear(call, language=self.language, hints=self.hints))
            key = await self._first(call, prompt, ear)
            if key is None and ear and ear.began.done():
                said = await self._said(call, prompt, ear)
                return InputGathered(digits="", finished_by="", speech=said.text, confidence=said.confidence)
            if key is None and ear and ear.was_missed:
                self._misses(call, "Speech was heard, but this exchange has no recogniser (--recogniser).")
        digits, finished_by = await self._collect(call, prompt, key)
        return InputGathered(digits=digits, finished_by=finished_by)

    async def _first(self, call: Call, prompt: asyncio.Task[Fault | None], ear: Ear | None) -> str | None:
        """The key that came first; None when speech did, or nothing."""
        key = call.spawn(call.line.key(), "key") if "dtmf" in self.input else None
        inputs: list[asyncio.Future[Any]] = [one for one in (key, ear and ear.began) if one]
        try:
            await asyncio.wait([*inputs, prompt], return_when=asyncio.FIRST_COMPLETED)
            if not any(one.done() for one in inputs):
                _raise_if_failed(prompt)
                await _any_of(call, inputs, self.timeout)
            if ear and ear.began.done() and self.barge_in:
                prompt.cancel()
            if key and ear and ear.began.done() and not ear.has_words:
                await _any_of(call, [key], KEY_TONE)
            return key.result() if key and key.done() else None
        finally:
            if key:
                key.cancel()

    async def _collect(self, call: Call, prompt: asyncio.Task[Fault | None], key: str | None) -> tuple[str, str]:
        """The keys, and the key that finished them (empty: numDigits or the timeout did)."""
        digits = ""
        while key is not None:
            prompt.cancel()
            if key == self.finish_on_key:
                return digits, key
            digits += key
            if len(digits) == self.num_digits:
                break
            key = await self._key(call)
        return digits, ""

    async def _key(self, call: Call) -> str | None:
        """The next key; None when `timeout` seconds passed without one."""
        try:
            async with call.clock.timeout(self.timeout):
                return await call.line.key()
        except TimeoutError:
            return None

    async def _said(self, call: Call, prompt: asyncio.Task[Fault | None], ear: Ear) -> Recognised:
        """All that is said, up to a pause."""
        beside = [call.spawn(ear.paused(self._pause), "pause")]
        if wanted := self._partial_callback(call):
            beside.append(call.spawn(tell_partly(call, ear, wanted, self._masked), "partial results"))
        try:
            await _any_of(call, beside[:1], self.max_speech_time)
            if not self.barge_in:
                await asyncio.wait({prompt})
                _raise_if_failed(prompt)
            said = await ear.result()
        except RecognitionFailed as why:
            self._misses(call, str(why))
            return NOTHING
        finally:
            for one in beside:
                one.cancel()
        if not (heard := " ".join(said.text.split())):
            return NOTHING
        return Recognised(self._masked(heard), said.confidence)

    def _misses(self, call: Call, why: str) -> None:
        call.notice(13340, f"Line {self.element.line}: <Gather>: {why}")

    @property
    def _pause(self) -> float:
        """Seconds of silence that end what is said."""
        if self.speech_timeout is None:
            return self.timeout
        return PAUSE if self.speech_timeout == AUTO else self.speech_timeout

    def _masked(self, said: str) -> str:
        return masked(said) if self.profanity_filter else said

    def _partial_callback(self, call: Call) -> Webhook | None:
        callback = told_at(self.element, "partialResultCallback", self.partial_result_callback, call)
        return Webhook(callback, self.partial_result_callback_method) if callback else None


def _without_keys(gather: Element, notice: Notice) -> Iterator[Element]:
    """What stands inside, where Play only plays (2.2)."""
    for child in gather.children:
        heard = tuple(pair for pair in child.attributes if pair[0] != "digits")
        if child.name != "Play" or heard == child.attributes:
            yield child
            continue
        notice(MISPLACED, f"Line {child.line}: <Play> sends no keys inside <Gather>: its digits are ignored.")
        if child.text.strip():
            yield replace(child, attributes=heard)


def _raise_if_failed(prompt: asyncio.Task[Fault | None]) -> None:
    """A prompt that failed ends the document."""
    if fault := prompt.result():
        raise fault


async def _any_of(call: Call, waits: Sequence[asyncio.Future[Any]], seconds: float) -> None:
    """Wait for the first of these, so long at most."""
    try:
        async with call.clock.timeout(seconds):
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    except TimeoutError:
        pass


async def _made(verb: Verb, call: Call) -> Prompt | None:
    """The sound of a verb inside; None of one that makes none. Faults as for the verb alone, but for a kind of
    recording that is not played."""
    try:
        if isinstance(verb, Sounding) and (wish := verb.wish(call)):
            return await prompt_of(call, wish)
    except Fault as fault:
        if fault.code == CONTENT_TYPE:
            raise Fault(CONTENT_TYPE_WITHIN, fault.message) from fault
        raise
    return None
