from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from hoyhoy.exchange.events import InputGathered
from hoyhoy.exchange.playback import prompt_of
from hoyhoy.exchange.program import Next
from hoyhoy.exchange.verbs.sounding import Sounding
from hoyhoy.exchange.verbs.verb import Verb, boolean, checked, method, url, whole
from hoyhoy.wire.errors import Fault

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call
    from hoyhoy.exchange.media import Prompt

CONTENT_TYPE, CONTENT_TYPE_WITHIN = 13420, 13325
"""A recording of a kind that is not played has another code inside Gather (17.2)."""

AHEAD = 2400.0
"""Seconds of sound that are made before the first is played: 38 MB, and as much for the last of them."""

MOST_AHEAD = 100
"""Verbs inside whose sounds are made before the first is played: the caller waits for them."""

SPEECH = "speech is not recognised by this version; keys are."


def kinds(raw: str) -> tuple[str, ...]:
    """The kinds of input asked for; ValueError says what is lawful."""
    if not (asked := raw.split()) or not set(asked) <= {"dtmf", "speech"}:
        raise ValueError("dtmf, speech, or both")
    return tuple(asked)


def finish_key(raw: str) -> str:
    """One key, or nothing for no such key; white space is not trimmed."""
    if raw and raw not in tuple("0123456789#*"):
        raise ValueError("one of 0-9 # * or empty")
    return raw


class Gather(Verb):
    """Collect keys while speaking a menu (voice reference 2.4)."""

    takes = ("Say", "Play", "Pause")
    unused = dict.fromkeys(
        (
            "speechTimeout",
            "maxSpeechTime",
            "language",
            "hints",
            "profanityFilter",
            "speechModel",
            "enhanced",
            "partialResultCallback",
            "partialResultCallbackMethod",
            "bargeIn",
            "debug",
        ),
        SPEECH,
    )

    action: str | None = url()
    method: str = method(code=13312)
    input: tuple[str, ...] = checked(("dtmf",), kinds, code=13326)
    timeout: int = whole(5, least=1, code=13313)
    finish_on_key: str = checked("#", finish_key, code=13310)
    num_digits: int | None = whole(None, least=1, code=13314)
    action_on_empty_result: bool = boolean(False, code=13338)

    async def run(self, call: Call) -> None:
        await call.answer()
        if "speech" in self.input:
            call.notice(12200, f"Line {self.element.line}: <Gather input={' '.join(self.input)!r}>: {SPEECH}")
        call.line.forget_keys()  # those of before this menu are not meant for it
        prompt = call.spawn(self._prompt(call), "prompt")
        try:
            digits, finished_by = await self._collect(call, prompt)
        finally:
            prompt.cancel()
            await asyncio.gather(prompt, return_exceptions=True)
        call.soundless_documents = 0
        call.record(InputGathered(digits=digits, finished_by=finished_by))
        if digits or self.action_on_empty_result:
            result = (("Digits", digits), ("FinishedOnKey", finished_by), ("msg", "Gather End"))
            raise Next(call.place.webhook(self.action, self.method, result))

    async def _prompt(self, call: Call) -> None:
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

    async def _collect(self, call: Call, prompt: asyncio.Task[None]) -> tuple[str, str]:
        """The keys, and the key that finished them (empty: numDigits or the timeout did)."""
        digits = ""
        while (key := await self._key(call, prompt)) is not None:
            prompt.cancel()
            if key == self.finish_on_key:
                return digits, key
            digits += key
            if len(digits) == self.num_digits:
                break
        return digits, ""

    async def _key(self, call: Call, prompt: asyncio.Task[None]) -> str | None:
        """The next key; None when `timeout` seconds passed without one since the prompt ended or the last key came."""
        get = call.spawn(call.line.keys.get(), "key")
        try:
            if not prompt.cancelling():
                await asyncio.wait({get, prompt}, return_when=asyncio.FIRST_COMPLETED)
                if not get.done():
                    prompt.result()  # a prompt that failed ends the document
            async with call.clock.timeout(self.timeout):
                return await get
        except TimeoutError:
            return None
        finally:
            get.cancel()


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
