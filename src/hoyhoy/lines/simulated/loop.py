"""A call from the exchange to itself: a number that an account owns leads back in."""

from __future__ import annotations

from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.leg import Cause, Leg, LegState
from hoyhoy.exchange.sound import Keys, Sound

from .leg import seconds_of


class LoopLeg(Leg):
    """One end of a call from the exchange to itself; what one end plays, the other end's keys hear."""

    other: LoopLeg

    def __init__(self, clock: Clock, state: LegState) -> None:
        super().__init__(state)
        self.clock = clock

    def rings(self) -> None:
        self._become(LegState.RINGING)

    async def answer(self) -> None:
        self._become(LegState.ANSWERED)
        self.other._become(LegState.ANSWERED)

    async def hang_up(self, cause: Cause = Cause.NORMAL) -> None:
        self._become(LegState.RELEASED, cause)
        self.other._become(LegState.RELEASED, cause)

    async def play(self, sound: Sound) -> float:
        seconds = seconds_of(sound)
        if isinstance(sound, Keys):
            for key in sound.digits:
                await self.clock.sleep(seconds_of(Keys(key)))
                if key not in "wW":
                    self.other._key(key)
        else:
            await self.clock.sleep(seconds)
        return seconds
