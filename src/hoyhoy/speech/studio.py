"""Where programs' wishes become sounds: texts are spoken, recordings fetched; implements the exchange's Studio."""

from __future__ import annotations

from hoyhoy.exchange.media import Prompt
from hoyhoy.exchange.sound import Audio, Speech

from .fetched import Recordings
from .speaker import Speaker


class Studio:
    def __init__(self, speaker: Speaker, recordings: Recordings) -> None:
        self._speaker, self._recordings = speaker, recordings

    async def prompt(self, wish: Speech | Audio, account: str) -> Prompt:
        if isinstance(wish, Speech):
            spoken = await self._speaker.say(wish)
            return Prompt(wish, spoken.sound, spoken.notices)
        return Prompt(wish, await self._recordings.sound(wish.url, account))
