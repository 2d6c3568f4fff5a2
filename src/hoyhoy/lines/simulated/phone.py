"""A virtual phone: what it does when it rings, and what a person or a script does with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from hoyhoy.audio import tones
from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.events import Event
from hoyhoy.exchange.leg import Cause, LegState
from hoyhoy.exchange.media import Media, Studio
from hoyhoy.exchange.sound import Speech

from .leg import Heard, SimulatedLeg
from .script import Answering, Behaviour, Step

KEPT = 100
"""Calls that are over and messages a phone remembers; the exchange's own log keeps everything."""

FAX_TONE = "fax tone"
FAX = 3.0, 2100.0
"""Seconds and hertz of what a machine answers with (ITU-T T.30)."""


@dataclass(slots=True)
class PhoneCall:
    """One call as its phone knows it."""

    sid: str
    other: str
    outgoing: bool
    leg: SimulatedLeg
    began: float


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
    """A number of the simulated network."""

    number: str
    clock: Clock
    studio: Studio
    behaviour: Behaviour
    calls: list[PhoneCall] = field(default_factory=list)
    texts: list[PhoneText] = field(default_factory=list)
    _tidy_at: int = KEPT

    def leg(self, media: Media, record: Callable[[Event], object], *, outgoing: bool) -> SimulatedLeg:
        """Its part in a call that begins."""
        how = self.behaviour
        return SimulatedLeg(
            self.clock,
            media,
            self.number,
            record,
            outgoing=outgoing,
            in_band=how.in_band,
            keeps_sound=how.keeps_sound,
        )

    def ringing(self, call: PhoneCall) -> None:
        """The exchange calls this phone: do what its behaviour says."""
        self._keep(call)
        self.clock.spawn(self._live(call), f"phone {call.sid}")

    def calling(self, call: PhoneCall) -> None:
        """This phone calls the exchange: follow the script once answered."""
        self._keep(call)
        self.clock.spawn(self._follow(call), f"phone {call.sid}")

    def _keep(self, call: PhoneCall) -> None:
        self.calls.append(call)
        if len(self.calls) > self._tidy_at:
            over = [one for one in self.calls if one.leg.state is LegState.RELEASED]
            gone = {one.sid for one in over[: len(self.calls) - KEPT]}
            self.calls = [one for one in self.calls if one.sid not in gone]
            self._tidy_at = max(KEPT, 2 * len(self.calls) - KEPT)  # thousands of live calls are not sifted at each

    def got(self, text: PhoneText) -> None:
        self.texts.append(text)
        del self.texts[:-KEPT]

    async def _live(self, call: PhoneCall) -> None:
        how, leg = self.behaviour, call.leg
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
                await self._follow(call)
            case Answering.ANSWER:
                await self._pick_up(leg, how)
                await self._follow(call)
            case Answering.VOICEMAIL:
                if await self._pick_up(leg, how):
                    await self.say(leg, how.greeting)
                    if leg.say("(beep)"):
                        await leg.media.say(tones.beep())
            case Answering.FAX:
                if await self._pick_up(leg, how) and leg.say(FAX_TONE):
                    await leg.media.say(tones.tone(*FAX))

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

    async def _follow(self, call: PhoneCall) -> None:
        """Perform the script step by step; it ends with the call."""
        script, leg = self.behaviour.script, call.leg
        if not script or await leg.reached(LegState.ANSWERED) is LegState.RELEASED:
            return
        ears = _Ears(leg)
        steps = self.clock.spawn(self._steps(leg, ears, script), f"script {call.sid}")
        gone = self.clock.spawn(leg.reached(LegState.RELEASED), f"script end {call.sid}")
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
