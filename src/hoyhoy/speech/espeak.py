"""espeak-ng as an engine: voices and SSML made its own, spoken by a process of its own."""

from __future__ import annotations

import numpy as np

from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.sound import Speech

from . import LONGEST, SpeechFailed, Spoken
from .espeak_library import Found
from .ssml import script
from .voices import choose
from .worker import Worker, WorkFailed

SECONDS = 20.0
"""Real seconds for one text; the longest lawful one takes less than one."""

MAKING = 1
"""Raised whenever the same text comes to sound different because of something here."""

TOO_LONG = 13521


class Espeak:
    """The `Engine`. Its process is started with the first text; `close` ends it."""

    def __init__(self, clock: Clock, found: Found, *, longest: float = LONGEST) -> None:
        """`longest` is in seconds: what a text lasts beyond it is not spoken."""
        self.worker = Worker(clock, "espeak", SECONDS)
        self._found, self._longest = found, longest

    @property
    def version(self) -> str:
        return f"espeak {MAKING} {self._found.version}"

    async def speak(self, speech: Speech) -> Spoken:
        """SpeechFailed when the process refuses or is lost."""
        choice = choose(speech.voice, speech.language)
        told = script(speech, choice)
        notices = choice.notices + told.notices
        try:
            head, body = await self.worker.ask({"pieces": told.pieces, "longest": self._longest})
        except WorkFailed as why:
            raise SpeechFailed(str(why)) from None
        if head["cut"]:
            notices += ((TOO_LONG, f"The text lasts longer than {self._longest:g} s; the rest is not spoken."),)
        return Spoken(np.frombuffer(body, "<i2").astype(np.int16, copy=False), notices)

    async def close(self) -> None:
        await self.worker.close()
