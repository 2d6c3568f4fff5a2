"""Where nobody is: a client that no device has registered. Its calls are over at once (voice reference 2.7.5)."""

from __future__ import annotations

from .leg import Cause, Leg, LegState
from .ports import Dialling

NOT_REGISTERED = 32009


class Absent(Leg):
    """A leg that was over before it began; it never has sound."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(LegState.RELEASED)
        self.cause = cause

    async def answer(self) -> None:
        """Nobody is there."""

    async def hang_up(self, cause: Cause = Cause.NORMAL) -> None:
        """It is over."""


class Nobody:
    """A Line whose calls end with `cause`."""

    def __init__(self, cause: Cause) -> None:
        self.cause = cause

    def reaches(self, address: str, account: str) -> bool:
        return True

    def dial(self, dialling: Dialling) -> Leg:
        return Absent(self.cause)
