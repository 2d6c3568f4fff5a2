"""Ringing places until one answers: all of a group at once, one group after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from hoyhoy.exchange.events import Params

from .agreement import Agreement
from .destination import Destination
from .equipment import Equipment
from .invitation import Answered, Invitation, Refused

ELSEWHERE = 'SIP;cause=200;text="Call completed elsewhere"'
"""Why the others stop ringing, so that they note no missed call (RFC 3326 2)."""

Group = Sequence[Destination]


class Hunt:
    """`agreements` makes what one far end is offered; all are offered the same stream. `refers`: they are told that
    they may refer us to others."""

    def __init__(
        self,
        equipment: Equipment,
        headers: Params,
        agreements: Callable[[], Agreement],
        on_ringing: Callable[[], None],
        on_early: Callable[[Agreement], None],
        *,
        refers: bool = False,
    ) -> None:
        self.equipment, self._refers = equipment, refers
        self._headers, self._agreements = headers, agreements
        self._on_ringing, self._on_early = on_ringing, on_early
        self._ringing: list[Invitation] = []
        self._canceled = False

    async def run(self, groups: Sequence[Group], passed: Callable[[int], None] = lambda number: None) -> Answered:
        """Refused with the best of the last group's answers when nobody answers. A group that fails, or whose server
        fails (5xx) or wants us elsewhere (3xx: where that may be followed it was), makes way for the next. `passed` is
        called with the number of each group that did not answer or was not needed."""
        refused = Refused(480, failed=True)
        for number, group in enumerate(groups):
            if self._canceled:
                break
            try:
                answered = await self._ring(group)
            except Refused as error:
                refused = error
            else:
                for unused in range(number + 1, len(groups)):
                    passed(unused)
                return answered
            passed(number)
            if not (refused.failed or 300 <= refused.status < 400 or 500 <= refused.status < 600):
                break
        raise refused

    @property
    def call_id(self) -> str:
        """Of what rings, or rang last; "" before."""
        return self._ringing[0].call_id if self._ringing else ""

    def cancel(self, reason: str) -> None:
        self._canceled = True
        self._stop(reason)

    async def _ring(self, group: Group) -> Answered:
        # Of several far ends nobody is heard before one has answered (voice reference 2.7.9).
        on_early = self._on_early if len(group) == 1 else lambda agreement: self._on_ringing()
        self._ringing = [
            Invitation(
                self.equipment, one, self._headers, self._agreements(), self._on_ringing, on_early, refers=self._refers
            )
            for one in group
        ]
        if len(self._ringing) == 1:
            return await self._ringing[0].run()
        works = {self.equipment.clock.spawn(_outcome(one), "SIP ringing") for one in self._ringing}
        refused: list[Refused] = []
        while works:
            done, works = await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
            outcomes = [work.result() for work in done]
            answered = [one for one in outcomes if isinstance(one, Answered)]
            if answered:
                self._stop(ELSEWHERE, answered[0].invitation)
                for late in answered[1:]:
                    self.equipment.clock.spawn(_end(late), "SIP answer too late")
                return answered[0]
            refused += [one for one in outcomes if isinstance(one, Refused)]
            if any(one.status >= 600 for one in refused):
                break  # nobody else need be asked (RFC 3261 16.7, 5): the leg ends, and cancels them
        raise min(refused, key=_rank, default=Refused(480, failed=True))

    def _stop(self, reason: str, winner: Invitation | None = None) -> None:
        for invitation in self._ringing:
            if invitation is not winner:
                invitation.cancel(reason)


async def _outcome(invitation: Invitation) -> Answered | Refused:
    try:
        return await invitation.run()
    except Refused as refused:
        return refused


async def _end(answered: Answered) -> None:
    await answered.talk.hang_up(ELSEWHERE)
    answered.invitation.close()


def _rank(refused: Refused) -> tuple[int, int]:
    """Which of several answers is told: everywhere-answers first, then what says most of the person called."""
    status = refused.status
    if status >= 600:
        return 0, status
    order = (486, 603, 480, 408)
    return (1, order.index(status)) if status in order else (2 + refused.failed, status)
