"""A leg: one party's connection. Every line (simulated, SIP, browser) gives its own.

What all legs share is here: the state machine, the keys and words that arrive, their sound, and waiting for either.
A line calls `_become`, `_key` and `_spoke`; a call calls everything else.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from hoyhoy.wire.errors import Fault

from .events import Params
from .lifecycle import Lifecycle
from .media import Media, Prompt, Quality
from .sound import Keys
from .tree import Tree


class LegState(StrEnum):
    TRYING = "trying"
    RINGING = "ringing"
    ANSWERED = "answered"
    RELEASED = "released"


_ = LegState
LEG = Lifecycle.of(
    (_.TRYING, [_.RINGING, _.ANSWERED, _.RELEASED]),
    (_.RINGING, [_.ANSWERED, _.RELEASED]),
    (_.ANSWERED, [_.RELEASED]),
    (_.RELEASED, []),
)


class Cause(StrEnum):
    """Why a leg was released; the call's final status follows from it (voice reference 5.2)."""

    NORMAL = "normal"  # hung up after answer, or the caller gave up before
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    REJECTED = "rejected"
    UNREACHABLE = "unreachable"
    FAILED = "failed"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class Transfer:
    """What a far end asks for: that whom it talks with be connected to `target` instead, a URI as it came. `joins`: in
    place of somebody in a call that exists already (RFC 3891)."""

    target: str
    joins: bool = False


@dataclass(slots=True)
class Referral:
    """A far end that is asked to call somebody else, as far as it has told (voice reference 2.12).

    `answer` is the SIP code that answers the question, `progress` how its call stood last: 0 while there is none.
    `status` is what that means as the status of a call, once it `is_over`.
    """

    answer: int = 0
    progress: int = 0
    status: str = "failed"
    is_over: bool = False
    left_out: tuple[str, ...] = ()
    """Header fields of the address that may not be sent on."""


@dataclass(frozen=True, slots=True)
class UserMessage:
    """What an app and the program at the far end tell one another beside the sound (voice reference 13.3). `content` is
    text of `content_type`, `sid` its name (`KX...`); "" leaves that to the exchange."""

    sid: str
    content: str
    content_type: str = "application/json"


class Hearsay(str):
    """A key or words on their way from leg to leg. Each end of a looped call tells them on once: where such calls lead
    back to where they came from, nothing goes round for ever.

    Text for whoever reads it; what is recorded or sent is `str` of it.
    """

    __slots__ = ("_told_by",)
    _told_by: set[Leg]

    @classmethod
    def of(cls, said: str) -> Hearsay:
        """What somebody just said or pressed, if it is not on its way already."""
        if isinstance(said, Hearsay):
            return said
        made = cls(said)
        made._told_by = set()
        return made

    def is_told_by(self, end: Leg) -> bool:
        """Whether this end tells it on: the first time."""
        is_new = end not in self._told_by
        self._told_by.add(end)
        return is_new


class Leg(ABC):
    """What a program may do to one party. `media` is there when the leg rings or is answered."""

    media: Media

    hops: int = 0
    """How many calls one call had set off when this one came in, as far as its line knows."""

    tree: Tree | None = None
    """That of the call that led back into the exchange here; None where a line knows no more than `hops`."""

    has_program = False
    """At the far end is a program of an SDK, which sends and takes messages beside the sound."""

    has_words = False
    """All it says stands beside its sound in words (`on_words`); of other legs' sound a recogniser makes them."""

    def __init__(self, state: LegState) -> None:
        self.state = state
        self.cause: Cause | None = None
        self.told: Params = ()
        """What its line knows of the far end's answer, for who dialled it: `SipCallId`, `SipResponseCode`..."""
        self.keys: asyncio.Queue[Hearsay] = asyncio.Queue()
        """For who tells them on; who only wants to know what was pressed asks for a `key`."""
        self.on_key: Callable[[str], None] | None = None
        self.on_words: Callable[[str], None] | None = None
        """Called with the words a virtual phone speaks: they stand beside its sound, for whoever hears it."""
        self.on_early: Callable[[], None] | None = None
        """Called once, when there is sound from a far end that has not answered yet: its own tone, or an excuse."""
        self.sounds_keys = False
        """Its keys are tones in its sound, whatever tells of them besides."""
        self.on_refer: Callable[[Transfer], bool] | None = None
        """Asked when the far end wants whom it talks with to be connected elsewhere. True takes that, and ends the leg
        soon after."""
        self.may_refer = False
        """Is the far end told that it may ask for that?"""
        self.on_message: Callable[[UserMessage], bool] | None = None
        """Called with what the program at the far end tells the app, while that may be told. False: that is too much at
        once, and was not taken."""
        self.on_measured: Callable[[Quality], None] | None = None
        """Called once, after the leg was released, if its sound went over a network."""
        self._changed: list[asyncio.Future[None]] = []

    @abstractmethod
    async def answer(self) -> None:
        """Take an incoming call. Return when the far end is connected."""

    @abstractmethod
    async def hang_up(self, cause: Cause = Cause.NORMAL) -> None:
        """Release the leg, whatever its state; an incoming leg that was not answered is refused with `cause`."""

    async def play(self, prompt: Prompt) -> None:
        """Play to the end; cancellation stops it at once."""
        if isinstance(prompt.wish, Keys):
            await self.media.send_keys(str(prompt.wish.digits))
        else:
            await self.media.play(prompt.samples)

    async def refer(self, address: str, referral: Referral) -> None:
        """Ask the far end to call `address` instead, and return when it is known what came of it, or nothing more
        will be heard of that; the leg stays. Faults: 13801 where there is no such thing, 13243 for an unfit address."""
        raise Fault(13801, "Only the far end of a SIP call can be asked to call somebody else.")

    def tell(self, message: UserMessage) -> None:
        """To the program at the far end. Fault 32704 where there is none."""
        raise Fault(32704, "Only a call of a client takes messages: the far end of this one is no program of an SDK.")

    @property
    def hears(self) -> bool:
        """Is what it is played now heard at the far end?"""
        return self.state is LegState.ANSWERED

    async def hears_early(self) -> bool:
        """Let the far end of a call that came hear what it is played although nothing has answered it yet; False where
        it makes a ringing tone of its own."""
        return False

    async def key(self) -> str:
        """The next one that was pressed."""
        return str(await self.keys.get())

    def forget_keys(self) -> None:
        """Keys of before are for nobody."""
        while not self.keys.empty():
            self.keys.get_nowait()

    def overhear(self, words: str) -> None:
        """Words of another party in the same room; a leg that is more than sound keeps them."""

    def overhear_sound(self, prompt: Prompt) -> None:
        """What is announced in the same room, whose sound comes from there; a leg that is more than sound keeps it."""

    def overhear_key(self, key: str) -> None:
        """A key of another party, whose tone is in the sound of the room; a leg that is more than sound keeps it."""

    async def reached(self, *states: LegState) -> LegState:
        """Wait until the leg is in one of `states`, or released, and return the state it is in."""
        while self.state not in states and self.state is not LegState.RELEASED:
            change: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._changed.append(change)
            await change
        return self.state

    def _become(self, state: LegState, cause: Cause | None = None) -> bool:
        """Move, unless the leg is already past that: a late signal is dropped here. Says whether it moved."""
        if not LEG.may_move(self.state, state):
            return False
        self.state = state
        self.cause = cause or self.cause
        waiting, self._changed = self._changed, []
        for change in waiting:
            if not change.done():
                change.set_result(None)
        return True

    def _key(self, key: str) -> None:
        """A key arrived from the far end."""
        if self.state is LegState.ANSWERED:
            self.keys.put_nowait(Hearsay.of(key))
            if self.on_key:
                self.on_key(str(key))

    def _spoke(self, words: str) -> None:
        """The far end said something, in words."""
        if self.state is LegState.ANSWERED and self.on_words:
            self.on_words(Hearsay.of(words))

    def _sounds_early(self) -> None:
        """Sound comes before the answer."""
        if self.state is LegState.RINGING and self.on_early:
            told, self.on_early = self.on_early, None
            told()

    def _measured(self, quality: Quality) -> None:
        """What the network did to it; what is reported while it lasts is not told."""
        if self.state is LegState.RELEASED and self.on_measured:
            told, self.on_measured = self.on_measured, None
            told(quality)

    def _lost(self) -> None:
        """The plane that carried the sound is gone, and the leg with it."""
        self._become(LegState.RELEASED, Cause.FAILED)
