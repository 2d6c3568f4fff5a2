"""A virtual phone's part in a call: the exchange's Leg on one side, the phone's hand on the other.

What the phone hears is kept as text with times, beside its sound: a row of the media plane, like any other leg's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hoyhoy.audio import tones
from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.events import (
    Event,
    PhoneAnswered,
    PhoneHeard,
    PhonePressed,
    PhoneReleased,
    PhoneSaid,
)
from hoyhoy.exchange.leg import Cause, Leg, LegState, UserMessage
from hoyhoy.exchange.media import Media, Prompt, Track
from hoyhoy.exchange.sound import Audio, Keys, Sound, Speech, Tone
from hoyhoy.wire.client import SCHEME
from hoyhoy.wire.errors import Fault

from .kept import Kept

LONGEST_KEPT = 600.0
"""Seconds of sound that a phone keeps of one call: 10 MB."""

KEPT_MESSAGES = 100

KEY_SECONDS = 0.25
"""Between two keys, as a hand presses them."""

TONES = {key: tones.tone(tones.KEY_SECONDS, *tones.hertz(key)) for key in tones.KEYS}


@dataclass(frozen=True, slots=True)
class Heard:
    """Something the phone heard: speech, audio (its URL), keys or a tone (its name), from `at` for `seconds`; words of
    another person in the call are speech of no length."""

    kind: str
    text: str
    at: float
    seconds: float


class SimulatedLeg(Leg):
    """One call on one virtual phone. `outgoing` as the exchange sees it: it calls the phone."""

    has_words = True

    def __init__(
        self,
        clock: Clock,
        media: Media,
        phone: str,
        record: Callable[[Event], object],
        *,
        outgoing: bool,
        in_band: bool = False,
        sound: Kept | None = None,
    ) -> None:
        """What it hears is kept as `sound`, if that is given."""
        super().__init__(LegState.TRYING if outgoing else LegState.RINGING)
        self.clock, self.media, self.phone, self.outgoing = clock, media, phone, outgoing
        self.record = record
        self.in_band, self.sound = in_band, sound
        self.sounds_keys = True
        media.on_lost = self._lost
        if in_band:
            media.on_key = self._key
            media.listen(keys=True)
        self.has_program = phone.startswith(SCHEME)
        self.messages: list[UserMessage] = []
        """What the app told the program of a client, the last of it."""
        self.heard: list[Heard] = []
        self.on_heard: Callable[[Heard], None] | None = None
        self.on_released: Callable[[], None] | None = None
        """Called once, when it is over."""

    # The exchange's side -------------------------------------------------------------------

    async def answer(self) -> None:
        self._answered()

    async def hang_up(self, cause: Cause = Cause.NORMAL) -> None:
        self._release("exchange", cause)

    async def play(self, prompt: Prompt) -> None:
        self._hear(*_words(prompt.wish), prompt.seconds)
        await self.media.play(prompt.samples)

    def overhear(self, words: str) -> None:
        self._hear("speech", words, 0.0)

    def overhear_sound(self, prompt: Prompt) -> None:
        self._hear(*_words(prompt.wish), prompt.seconds)

    def overhear_key(self, key: str) -> None:
        self._hear("keys", key, 0.0)

    def tell(self, message: UserMessage) -> None:
        if not self.has_program:
            super().tell(message)
        self.messages.append(message)
        del self.messages[:-KEPT_MESSAGES]

    def _hear(self, kind: str, text: str, seconds: float) -> None:
        heard = Heard(kind, str(text), self.clock.now(), round(seconds, 2))
        self.heard.append(heard)
        self.record(PhoneHeard(phone=self.phone, kind=kind, text=heard.text, seconds=heard.seconds))
        if self.on_heard:
            self.on_heard(heard)

    def _answered(self) -> bool:
        if not self._become(LegState.ANSWERED):
            return False
        self.record(PhoneAnswered(phone=self.phone))
        if self.sound is not None:
            self.sound.ended = self.media.record(Track.TO, LONGEST_KEPT, self.sound).ended
        return True

    def _lost(self) -> None:
        self._release("exchange", Cause.FAILED)

    def _release(self, by: str, cause: Cause) -> bool:
        if not self._become(LegState.RELEASED, cause):
            return False
        self.media.close()
        self.record(PhoneReleased(phone=self.phone, by=by, cause=str(cause)))
        if self.on_released:
            told, self.on_released = self.on_released, None
            told()
        return True

    # The phone's side ------------------------------------------------------------------------

    def ring(self) -> None:
        self._become(LegState.RINGING)

    def pick_up(self) -> bool:
        """Answer a call of the exchange; says whether there was one to answer."""
        return self.outgoing and self._answered()

    def put_down(self, cause: Cause = Cause.NORMAL) -> bool:
        """Hang up, decline or give up; says whether there was a call."""
        return self._release("phone", cause)

    async def press(self, keys: str) -> None:
        """Press keys one after the other; `w` waits half a second, `W` a whole one.

        They are told as a telephone does that sends events beside its sound; one whose tones are all there is must
        be listened to.
        """
        self.record(PhonePressed(phone=self.phone, keys=keys))
        due, gap = self.clock.now(), 0.0
        for key in keys:
            if key in tones.PAUSES:
                gap = tones.PAUSES[key] + (0.0 if gap == KEY_SECONDS else gap)
                continue
            due += gap
            gap = KEY_SECONDS
            await self.clock.sleep(due - self.clock.now())
            if self.state is not LegState.ANSWERED:
                return
            if not self.in_band:
                self._key(key)
            await self.media.say(TONES[key])
        if gap > KEY_SECONDS:
            await self.clock.sleep(due + gap - self.clock.now())

    def say(self, words: str) -> bool:
        """Speak: the words, which stand beside the sound for whoever recognises speech. Whether anybody hears."""
        if self.state is not LegState.ANSWERED:
            return False
        self.record(PhoneSaid(phone=self.phone, text=words))
        self._spoke(words)
        return True

    def send_message(self, content: str) -> bool:
        """As the program of a client: tell the app `content`, JSON text, beside the sound. Whether there is a call for
        that: one that was answered, or that this phone made. Faults: 32704 where there is no program, 32705 when it is
        too much at once."""
        if not self.has_program:
            raise Fault(32704, f"{self.phone} is a telephone: only the program of a client sends messages in a call.")
        is_there = self.state is LegState.ANSWERED or (self.state is LegState.RINGING and not self.outgoing)
        if not is_there or self.on_message is None:
            return False
        if not self.on_message(UserMessage("", content)):
            raise Fault(32705)
        return True


def _words(wish: Sound) -> tuple[str, str]:
    """What the phone tells of a sound: its kind and what stands for it in text."""
    match wish:
        case Speech(text=text):
            return "speech", text
        case Audio(url=url):
            return "audio", url
        case Keys(digits=digits):
            return "keys", digits
        case Tone(name=name):
            return "tone", name
