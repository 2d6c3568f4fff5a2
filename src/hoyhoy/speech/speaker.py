"""What calls ask to speak: kept prompts first, then the engine, and a placeholder when there is none."""

from __future__ import annotations

import asyncio

from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.sound import Speech

from . import Engine, Notice, SpeechFailed, Spoken
from .cache import SoundCache, key_of
from .placeholder import murmur

NO_ENGINE = 13511
MOST_NOTED = 1024
"""Prompts whose notices are remembered, to be told again when they are played again."""


class Speaker:
    """Speaks. Equal texts that are asked for at the same time are made once."""

    def __init__(self, clock: Clock, engine: Engine | None, cache: SoundCache) -> None:
        self.engine = engine
        self._clock, self._cache = clock, cache
        self._making: dict[str, asyncio.Task[Spoken]] = {}
        self._notices: dict[str, tuple[Notice, ...]] = {}

    async def say(self, speech: Speech) -> Spoken:
        """The sound, whatever happens: a text that cannot be spoken is a murmur of its length, with a notice."""
        engine = self.engine
        if engine is None:
            why = "No speech engine is installed; tones as long as the text stand in for it. To hear it: "
            return Spoken(murmur(speech.text), ((NO_ENGINE, why + "pip install 'hoyhoy[speech]'."),))
        key = key_of(engine.version, speech.voice, speech.language, speech.text, speech.ssml)
        making = self._making.get(key)
        if making is None:
            making = self._clock.spawn(self._made(engine, key, speech), "speech")
            self._making[key] = making
            making.add_done_callback(lambda _: self._making.pop(key, None))
        return await asyncio.shield(making)

    async def close(self) -> None:
        if self.engine is not None:
            await self.engine.close()

    async def _made(self, engine: Engine, key: str, speech: Speech) -> Spoken:
        # Notices are not kept in the folder: what was made by an earlier exchange told its own.
        kept = await self._cache.get(key)
        if kept is not None and len(kept):
            return Spoken(kept, self._notices.get(key, ()))
        try:
            spoken = await engine.speak(speech)
        except SpeechFailed as why:
            sentence = f"The text could not be spoken; tones as long as it stand in for it. {why}"
            return Spoken(murmur(speech.text), ((NO_ENGINE, sentence),))
        if spoken.notices:
            self._notices[key] = spoken.notices
            if len(self._notices) > MOST_NOTED:
                del self._notices[next(iter(self._notices))]
        await self._cache.put(key, spoken.sound)
        return spoken
