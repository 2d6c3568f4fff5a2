"""A call from the exchange to itself: a number that an account owns leads back in, and so does an application."""

from __future__ import annotations

from hoyhoy.audio import FRAME_SECONDS, tones
from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.leg import Cause, Hearsay, Leg, LegState
from hoyhoy.exchange.media import Media, Prompt
from hoyhoy.exchange.ports import Dialling
from hoyhoy.exchange.sound import Keys, Speech

from .leg import KEY_SECONDS


class LoopLeg(Leg):
    """One end of a call from the exchange to itself: what is played to one end is what the other says, in keys and in
    words as well. What others say and press it tells on once, for its far end may be among those who told it."""

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
            digits = prompt.wish.digits
            for key in [digits] if isinstance(digits, Hearsay) else digits:
                await self.clock.sleep(tones.PAUSES.get(key, KEY_SECONDS))
                if key not in tones.PAUSES:
                    self._tell_key(key, sounds=False)
        else:
            if isinstance(prompt.wish, Speech):
                self.clock.spawn(self._speak(prompt.wish.text), "words of a looped call")
            await self.media.play(prompt.samples)

    async def _speak(self, words: str) -> None:
        """A frame after the sound begins: who answers and speaks at once is heard by whom he is put through to."""
        await self.clock.sleep(FRAME_SECONDS)
        self.other._spoke(words)

    def overhear(self, words: str) -> None:
        said = Hearsay.of(words)
        if said.is_told_by(self):
            self.clock.spawn(self._tell(said), "words overheard in a looped call")

    async def _tell(self, said: Hearsay) -> None:
        """By itself: a row of looped calls may be longer than what calls one another in Python."""
        self.other._spoke(said)

    def overhear_key(self, key: str) -> None:
        self._tell_key(key, sounds=True)

    def _tell_key(self, key: str, *, sounds: bool) -> None:
        pressed = Hearsay.of(key)
        if pressed.is_told_by(self):
            self.other.sounds_keys = sounds
            self.other._key(pressed)


def pair(clock: Clock, near: Media, far: Media, dialling: Dialling) -> tuple[LoopLeg, LoopLeg]:
    """The end that calls, and the one that comes in, in the same tree of calls."""
    calling, coming = LoopLeg(clock, near, LegState.TRYING), LoopLeg(clock, far, LegState.RINGING)
    calling.other, coming.other = coming, calling
    coming.hops, coming.tree = dialling.hops, dialling.tree
    return calling, coming
