"""A call from the exchange to itself: a number that an account owns leads back in."""

from __future__ import annotations

from hoyhoy.audio import tones
from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.leg import Cause, Leg, LegState
from hoyhoy.exchange.media import Media, Prompt
from hoyhoy.exchange.sound import Keys

from .leg import KEY_SECONDS


class LoopLeg(Leg):
    """One end of a call from the exchange to itself; what one end plays, the other end's keys hear."""

    other: LoopLeg

    def __init__(self, clock: Clock, media: Media, state: LegState) -> None:
        super().__init__(state)
        self.clock, self.media = clock, media
        media.on_lost = self._lost

    def rings(self) -> None:
        self._become(LegState.RINGING)

    async def answer(self) -> None:
        self._become(LegState.ANSWERED)
        self.other._become(LegState.ANSWERED)

    async def hang_up(self, cause: Cause = Cause.NORMAL) -> None:
        for end in (self, self.other):
            if end._become(LegState.RELEASED, cause):
                end.media.close()

    async def play(self, prompt: Prompt) -> None:
        if isinstance(prompt.wish, Keys):
            for key in prompt.wish.digits:
                await self.clock.sleep(tones.PAUSES.get(key, KEY_SECONDS))
                if key not in tones.PAUSES:
                    self.other.sounds_keys = False
                    self.other._key(key)
        else:
            await self.media.play(prompt.samples)

    def overhear(self, words: str) -> None:
        self.other._spoke(words)

    def overhear_key(self, key: str) -> None:
        self.other.sounds_keys = True
        self.other._key(key)
