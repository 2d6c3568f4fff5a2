"""A virtual phone: what it does when it rings, and what a person or a script does with it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from hoyhoy.audio import tones, wav
from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.events import Event, Params
from hoyhoy.exchange.leg import Cause, LegState
from hoyhoy.exchange.media import Media, Studio
from hoyhoy.exchange.sound import Speech

from .kept import Shelf
from .leg import Heard, SimulatedLeg
from .script import Answering, Behaviour, Step

KEPT = 100
"""Calls that are over and messages a phone remembers; the exchange's own log keeps everything."""

KEPT_HEARD = 1000
"""What a call that is over still knows to have heard: the last of it."""

FAX_TONE = "fax tone"
FAX = 3.0, 2100.0
"""Seconds and hertz of what a machine answers with (ITU-T T.30)."""


class PhoneCall:
    """One call as its phone knows it. When it is over there is no leg any more, only what was heard. `parameters` came
    with it, or went with it, beside its number."""

    __slots__ = ("_cause", "began", "heard", "leg", "messages", "other", "outgoing", "parameters", "sid", "sound")

    def __init__(
        self, sid: str, other: str, outgoing: bool, leg: SimulatedLeg, began: float, parameters: Params = ()
    ) -> None:
        self.parameters = parameters
        self.sid, self.other, self.outgoing, self.began = sid, other, outgoing, began
        self.leg: SimulatedLeg | None = leg
        self.heard, self.messages, self.sound = leg.heard, leg.messages, leg.sound
        self._cause: Cause | None = None

    @property
    def state(self) -> LegState:
        return self.leg.state if self.leg else LegState.RELEASED

    @property
    def cause(self) -> Cause | None:
        return self.leg.cause if self.leg else self._cause

    def when_over(self, told: Callable[[], None]) -> None:
        """At once, if it is over."""
        if self.leg:
            self.leg.on_released = partial(self._end, told)
        if self.state is LegState.RELEASED:
            self._end(told)

    def _end(self, told: Callable[[], None]) -> None:
        if self.leg:
            self._cause, self.leg = self.leg.cause, None
            del self.heard[:-KEPT_HEARD]
            told()

    async def wav(self) -> bytes | None:
        """The sound that was heard until now, as a file; None when it was given up."""
        if self.sound is None:
            return wav.head(1, 0)
        if self.sound.ended and self.state is LegState.RELEASED:
            await self.sound.ended
        return None if self.sound.is_given_up else self.sound.wav()

    def give_up(self) -> None:
        """Nobody will ask for its sound."""
        if self.sound:
            self.sound.give_up()


@dataclass(slots=True)
class PhoneText:
    """One message as its phone knows it."""

    other: str
    outgoing: bool
    body: str
    media: tuple[str, ...]
    at: float


@dataclass(slots=True)
class Phone:
    """A number of the simulated network, or a client of it."""

    number: str
    clock: Clock
    studio: Studio
    behaviour: Behaviour
    shelf: Shelf
    texts: list[PhoneText] = field(default_factory=list)
    _calls: dict[str, PhoneCall] = field(default_factory=dict)
    _over: deque[PhoneCall] = field(default_factory=deque)

    @property
    def calls(self) -> list[PhoneCall]:
        """As they began."""
        return list(self._calls.values())

    @property
    def live(self) -> int:
        """Calls that go on."""
        return len(self._calls) - len(self._over)

    @property
    def over(self) -> int:
        """Calls that are over and remembered."""
        return len(self._over)

    def begin(self, call: PhoneCall) -> None:
        self._calls[call.sid] = call

    def end(self, call: PhoneCall) -> None:
        self._over.append(call)

    def forget(self) -> PhoneCall:
        """The call that was over first; IndexError when none is."""
        call = self._over.popleft()
        del self._calls[call.sid]
        return call

    def leg(self, media: Media, record: Callable[[Event], object], *, outgoing: bool) -> SimulatedLeg:
        """Its part in a call that begins."""
        how = self.behaviour
        sound = self.shelf.open() if how.keeps_sound else None
        return SimulatedLeg(self.clock, media, self.number, record, outgoing=outgoing, in_band=how.in_band, sound=sound)

    def ringing(self, leg: SimulatedLeg, sid: str) -> None:
        """The exchange calls this phone: do what its behaviour says."""
        self.clock.spawn(self._live(leg, sid, self.behaviour), f"phone {sid}")

    def calling(self, leg: SimulatedLeg, sid: str) -> None:
        """This phone calls the exchange: follow the script once answered."""
        self.clock.spawn(self._follow(leg, sid, self.behaviour.script), f"phone {sid}")

    def got(self, text: PhoneText) -> None:
        self.texts.append(text)
        del self.texts[:-KEPT]

    async def _live(self, leg: SimulatedLeg, sid: str, how: Behaviour) -> None:
        """As it was told to behave when the call began."""
        await self.clock.sleep(how.ring_after)
        match how.answering:
            case Answering.UNREACHABLE:
                leg.put_down(Cause.UNREACHABLE)
            case Answering.BUSY:
                leg.put_down(Cause.BUSY)
            case Answering.RING_OUT:
                leg.ring()
            case Answering.DECLINE:
                leg.ring()
                await self.clock.sleep(how.answer_after)
                leg.put_down(Cause.REJECTED)
            case Answering.MANUAL:
                leg.ring()
            case Answering.ANSWER | Answering.SILENT:
                await self._pick_up(leg, how)
            case Answering.VOICEMAIL:
                if await self._pick_up(leg, how):
                    await self.say(leg, how.words)
                    if leg.say("(beep)"):
                        await leg.media.say(tones.beep())
            case Answering.HUMAN:
                if await self._pick_up(leg, how):
                    await self.say(leg, how.words)
            case Answering.FAX:
                if await self._pick_up(leg, how) and leg.say(FAX_TONE):
                    await leg.media.say(tones.tone(*FAX))
        await self._follow(leg, sid, how.script)

    async def say(self, leg: SimulatedLeg, words: str) -> None:
        """Whoever holds the phone says this; return at the end."""
        if leg.say(words):
            await self.voice(leg, words)

    async def voice(self, leg: SimulatedLeg, words: str) -> None:
        """The sound of words that were said."""
        await leg.media.say((await self.studio.prompt(Speech(words, words), "")).samples)

    async def _pick_up(self, leg: SimulatedLeg, how: Behaviour) -> bool:
        leg.ring()
        await self.clock.sleep(how.answer_after)
        return leg.pick_up()

    async def _follow(self, leg: SimulatedLeg, sid: str, script: tuple[Step, ...]) -> None:
        """Perform the script step by step; it ends with the call."""
        if not script or await leg.reached(LegState.ANSWERED) is LegState.RELEASED:
            return
        ears = _Ears(leg)
        steps = self.clock.spawn(self._steps(leg, ears, script), f"script {sid}")
        gone = self.clock.spawn(leg.reached(LegState.RELEASED), f"script end {sid}")
        either: set[asyncio.Future[object]] = {steps, gone}  # type: ignore[arg-type]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        steps.cancel()
        gone.cancel()

    async def _steps(self, leg: SimulatedLeg, ears: _Ears, script: tuple[Step, ...]) -> None:
        for step in script:
            if step.hear:
                await ears.hear(step.hear)
            if step.wait:
                await self.clock.sleep(step.wait)
            if step.press:
                await leg.press(step.press)
            if step.say:
                await self.say(leg, step.say)
            if step.hang_up:
                leg.put_down()


class _Ears:
    """Waits for words; everything heard since the call began counts once."""

    def __init__(self, leg: SimulatedLeg) -> None:
        self._leg, self._next = leg, 0
        self._more = asyncio.Event()
        leg.on_heard = self._listen

    def _listen(self, heard: Heard) -> None:
        self._more.set()

    async def hear(self, words: str) -> None:
        while True:
            while self._next < len(self._leg.heard):
                heard = self._leg.heard[self._next]
                self._next += 1
                if words.casefold() in heard.text.casefold():
                    return
            self._more.clear()
            await self._more.wait()
