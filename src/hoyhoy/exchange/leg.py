"""A leg: one party's connection. Every line (simulated, SIP, browser) gives its own.

What all legs share is here: the state machine, the keys that arrive, and waiting for either.
A line calls `_become` and `_key`; a call calls everything else.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from enum import StrEnum

from .lifecycle import Lifecycle
from .sound import Sound


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


class Leg(ABC):
    """What a program may do to one party."""

    def __init__(self, state: LegState) -> None:
        self.state = state
        self.cause: Cause | None = None
        self.keys: asyncio.Queue[str] = asyncio.Queue()
        self.on_key: Callable[[str], None] | None = None
        self._changed: list[asyncio.Future[None]] = []

    @abstractmethod
    async def answer(self) -> None:
        """Take an incoming call. Return when the far end is connected."""

    @abstractmethod
    async def hang_up(self, cause: Cause = Cause.NORMAL) -> None:
        """Release the leg, whatever its state; an incoming leg that was not answered is refused with `cause`."""

    @abstractmethod
    async def play(self, sound: Sound) -> float:
        """Play to the end and return the seconds it took; cancellation stops it at once."""

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
            self.keys.put_nowait(key)
            if self.on_key:
                self.on_key(key)
