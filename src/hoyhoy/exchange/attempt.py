"""What one Dial does: calls ring, one is put through to the caller, it ends (voice reference 2.7).

The caller hears the ringing tone until somebody takes the call, also while that somebody is still asked whether he
will (2.7.8). Then the two talk (talk.py). Whoever ends it ends it for both.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from hoyhoy.wire.errors import Fault

from .bridge import Bridge
from .call import Call, CallStatus
from .clock import stopped
from .dialling import Branch, Invitation, first
from .events import DialEnded, Params
from .leg import Cause, LegState
from .media import Prompt
from .orders import Record
from .playback import repeated
from .ports import Webhook
from .referral import referrals
from .talk import pass_keys, talking
from .taping import Taping
from .tree import share


class Attempt:
    """A caller, and who is called for him. `seconds` is how long it may ring, `limit` how long they may talk.

    The caller hears `ringing` until somebody is there. They are called all at once, or `one_by_one`; `star_ends`: a `*`
    of the caller ends it. `record` says how it is recorded, `from_ringing` that this begins before anybody answers.
    `refer` is asked when one of the two wants the other to be connected elsewhere.
    """

    def __init__(
        self,
        call: Call,
        invitations: Sequence[Invitation],
        *,
        ringing: Prompt,
        seconds: float,
        limit: float,
        one_by_one: bool = False,
        star_ends: bool = False,
        record: Record | None = None,
        from_ringing: bool = False,
        refer: Webhook | None = None,
    ) -> None:
        self.call, self.seconds, self.limit = call, seconds, limit
        self.ringing, self.one_by_one, self.star_ends = ringing, one_by_one, star_ends
        self.from_ringing = from_ringing
        self.refer = refer
        self.bridged = self.starred = False
        self._taping = Taping(call, record)
        self._together = 1 if one_by_one else len(invitations)
        self._is_taken = True
        self._invitations = invitations
        self._branches: list[Branch] = []
        self._early: asyncio.Queue[Branch] = asyncio.Queue()
        self._talks_with: Call | None = None
        self._result: Params = ()

    # What a Dial asks ------------------------------------------------------------------------

    def check_room(self) -> None:
        """Fault 11215 when one call set off as many calls as it may, up to this one (tree.py)."""
        if not self._takes():
            raise self._circles()

    async def run(self) -> None:
        """Return when it is over: nobody is there, the far end left, the time is up, or the caller pressed `*`.

        The calls that were made end then, unless somebody sent them elsewhere. Fault 11215 when others took the room
        for its own meanwhile.
        """
        call = self.call
        call.line.forget_keys()
        if self.from_ringing:
            self._taping.start()
        keys = call.spawn(pass_keys(call, lambda: self._talks_with, star_ends=self.star_ends), "keys of the caller")
        talk = call.spawn(self._connect(), "dial")
        try:
            either: set[asyncio.Future[None]] = {keys, talk}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            self.starred = not talk.done()
            (keys if self.starred else talk).result()
            if not self._is_taken:
                raise self._circles()
        finally:
            self._taping.stop()
            call.line.may_refer = False
            await stopped(keys, talk)
            for branch in self._branches:
                branch.give_up()

    async def ended(self) -> Params:
        """What there is to say of it when the calls have ended (2.7.3); more than one may ask."""
        taken = self._taken()
        waiting = [taken.left] if taken else [one.left for one in self._branches]
        if waiting:
            await asyncio.wait(waiting)
        await self._taping.done()
        if not self._result:
            self._result = self._told(taken or self._last())
            self.call.refusal = self._refusal
        return self._result

    def _told(self, branch: Branch | None) -> Params:
        status, bridged = self._status(branch), ("DialBridged", "true" if self.bridged else "false")
        self.call.record(DialEnded(status=status, dialled=branch.call.sid if branch else "", bridged=self.bridged))
        if branch is None:
            return (("DialCallStatus", status), bridged, *self._taping.told)
        call = branch.call
        return (
            ("DialCallStatus", status),
            ("DialCallSid", call.sid),
            *((("DialCallDuration", str(call.duration)),) if call.duration is not None else ()),
            bridged,
            *self._taping.told,
            *((f"Dial{name}", value) for name, value in (call.leg.told if call.leg else ())),
        )

    @property
    def _refusal(self) -> Cause:
        """With what a caller is refused whom nothing answers after this."""
        branch = self._taken() or self._last()
        cause = branch.call.cause if branch else Cause.FAILED
        return Cause.NO_ANSWER if cause in (None, Cause.NORMAL) else cause

    def _taken(self) -> Branch | None:
        return next((one for one in self._branches if one.answered.done()), None)

    def _last(self) -> Branch | None:
        """The one that was over last; of several at one moment, the one that stands last in the document."""
        return max(reversed(self._branches), key=lambda one: one.left_at, default=None)

    def _status(self, branch: Branch | None) -> str:
        """The DialCallStatus."""
        if self.starred or (branch and branch.is_away):
            return str(CallStatus.COMPLETED)
        if branch is None:  # nobody could be called, or the caller left before anybody was
            has_left = self.call.line.state is LegState.RELEASED
            return str(CallStatus.CANCELED if has_left else CallStatus.FAILED)
        if branch.answered.done() and not branch.accepted.done():
            return self.call.facilities.rules.screened_out
        return str(branch.call.status)

    # What happens ------------------------------------------------------------------------------

    async def _connect(self) -> None:
        ring = self.call.spawn(self._ring(), "ringing tone")
        try:
            chosen = await (self._one_by_one() if self.one_by_one else self._at_once())
        finally:
            await stopped(ring)
        if chosen is not None:
            await self.call.answer()
            await self._talk(chosen)

    async def _ring(self) -> None:
        """To a caller who was answered, or whose line lets him hear before; else he hears what his own makes of that.

        In place of the tone he hears who is called alone, while there is sound from there before the answer (2.7.9).
        """
        call = self.call
        if call.status is CallStatus.RINGING and not await call.line.hears_early():
            return
        while call.line.hears:
            tone = call.spawn(repeated(call, self.ringing), "ringing tone")
            try:
                early = await self._early.get()
            finally:
                await stopped(tone)
            bridge = Bridge(call.facilities.plane)
            try:
                bridge.join(call.line)
                bridge.join(early.call.line)
                await asyncio.wait({early.answered, early.left}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for leg in bridge:
                    bridge.leave(leg)

    async def _at_once(self) -> Branch | None:
        await self.call.goes_on()
        if self._takes():
            hops = self._hops()
            for invitation in self._invitations:
                self._call(invitation, hops)
        return await first(self._branches)

    async def _one_by_one(self) -> Branch | None:
        for invitation in self._invitations:
            await self.call.goes_on()
            if not self._takes():
                return None
            branch = self._call(invitation, self._hops())
            chosen = await first([branch])
            if branch.answered.done():
                return chosen
        return None

    def _takes(self) -> bool:
        self._is_taken = self.call.tree.takes(self._together, self.call.facilities.rules.calls_set_off)
        return self._is_taken

    def _circles(self) -> Fault:
        most = self.call.facilities.rules.calls_set_off
        return Fault(11215, f"One call may set off {most} calls and no more: these dial one another in circles.")

    def _hops(self) -> int:
        """What a line is told that cannot carry the tree: all is taken but for the share of each."""
        most = self.call.facilities.rules.calls_set_off
        return most - share(self.call.tree.room(most), self._together)

    def _call(self, invitation: Invitation, hops: int) -> Branch:
        may_refer = self.refer is not None
        branch = Branch(self.call, invitation, seconds=self.seconds, hops=hops, may_refer=may_refer)
        if self.one_by_one or len(self._invitations) == 1:
            branch.on_early = partial(self._early.put_nowait, branch)
        branch.start()
        self._branches.append(branch)
        return branch

    async def _talk(self, with_: Branch) -> None:
        call, other = self.call, with_.call
        if with_.left.done():
            return
        bridge = with_.bridge = Bridge(call.facilities.plane)
        gone = call.spawn(other.line.reached(LegState.RELEASED), "the called leaves")
        try:
            self._taping.start()
            other.recording = self._taping.recording  # the callback of its end tells of it (3.2)
            async with talking(call, other, bridge), referrals(call, other, self.refer):
                self._talks_with, self.bridged = other, True
                with suppress(TimeoutError):
                    async with call.clock.timeout(self.limit):
                        either: set[asyncio.Future[Any]] = {with_.left, gone}
                        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._talks_with = None
            await stopped(gone)
