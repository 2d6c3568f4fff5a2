"""A virtual phone's part in a call: the exchange's Leg on one side, the phone's hand on the other.

What the phone hears is kept as text with times. How long speech takes is a matter of its length,
so a call lasts as long as a real one would.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.events import (
    Event,
    PhoneAnswered,
    PhoneHeard,
    PhonePressed,
    PhoneReleased,
    PhoneSaid,
)
from hoyhoy.exchange.leg import Cause, Leg, LegState
from hoyhoy.exchange.sound import Audio, Keys, Sound, Speech

SPEECH_RATE = 15.0
"""Characters a voice speaks in a second: about 180 words a minute."""

AUDIO_SECONDS = 3.0
"""The length a recording is taken to have while its sound is not fetched."""

KEY_SECONDS = 0.25
PAUSES = {"w": 0.5, "W": 1.0}


@dataclass(frozen=True, slots=True)
class Heard:
    """Something the phone heard: speech, audio (its URL) or keys, from `at` for `seconds`."""

    kind: str
    text: str
    at: float
    seconds: float


class SimulatedLeg(Leg):
    """One call on one virtual phone. `outgoing` as the exchange sees it: it calls the phone."""

    def __init__(self, clock: Clock, phone: str, record: Callable[[Event], object], *, outgoing: bool) -> None:
        super().__init__(LegState.TRYING if outgoing else LegState.RINGING)
        self.clock, self.phone, self.outgoing = clock, phone, outgoing
        self.record = record
        self.heard: list[Heard] = []
        self.on_heard: Callable[[Heard], None] | None = None

    # The exchange's side -------------------------------------------------------------------

    async def answer(self) -> None:
        if self._become(LegState.ANSWERED):
            self.record(PhoneAnswered(phone=self.phone))

    async def hang_up(self, cause: Cause = Cause.NORMAL) -> None:
        if self._become(LegState.RELEASED, cause):
            self.record(PhoneReleased(phone=self.phone, by="exchange", cause=str(cause)))

    async def play(self, sound: Sound) -> float:
        heard = _heard(sound, self.clock.now())
        self.heard.append(heard)
        self.record(PhoneHeard(phone=self.phone, kind=heard.kind, text=heard.text, seconds=heard.seconds))
        if self.on_heard:
            self.on_heard(heard)
        await self.clock.sleep(heard.seconds)
        return heard.seconds

    # The phone's side ------------------------------------------------------------------------

    def ring(self) -> None:
        self._become(LegState.RINGING)

    def pick_up(self) -> bool:
        """Answer a call of the exchange; says whether there was one to answer."""
        if self.outgoing and self._become(LegState.ANSWERED):
            self.record(PhoneAnswered(phone=self.phone))
            return True
        return False

    def put_down(self, cause: Cause = Cause.NORMAL) -> bool:
        """Hang up, decline or give up; says whether there was a call."""
        if self._become(LegState.RELEASED, cause):
            self.record(PhoneReleased(phone=self.phone, by="phone", cause=str(cause)))
            return True
        return False

    async def press(self, keys: str) -> None:
        """Press keys one after the other; `w` waits half a second, `W` a whole one."""
        self.record(PhonePressed(phone=self.phone, keys=keys))
        for i, key in enumerate(keys):
            if key in PAUSES:
                await self.clock.sleep(PAUSES[key])
                continue
            if i and keys[i - 1] not in PAUSES:
                await self.clock.sleep(KEY_SECONDS)
            self._key(key)

    def say(self, words: str) -> None:
        """Speak; the words stand beside the sound for whoever recognises speech."""
        if self.state is LegState.ANSWERED:
            self.record(PhoneSaid(phone=self.phone, text=words))


def seconds_of(sound: Sound) -> float:
    """How long a sound takes."""
    match sound:
        case Speech():
            return round(max(0.5, len(sound.text) / SPEECH_RATE), 2)
        case Audio():
            return AUDIO_SECONDS
        case Keys():
            return sum(PAUSES.get(key, KEY_SECONDS) for key in sound.digits)


def _heard(sound: Sound, at: float) -> Heard:
    match sound:
        case Speech():
            return Heard("speech", sound.text, at, seconds_of(sound))
        case Audio():
            return Heard("audio", sound.url, at, seconds_of(sound))
        case Keys():
            return Heard("keys", sound.digits, at, seconds_of(sound))
