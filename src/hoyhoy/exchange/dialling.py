"""Calling somebody: what the switchboard does for REST, and Dial for its caller (voice reference 2.7, 5.1)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hoyhoy.wire.errors import Fault

from .bridge import Bridge
from .call import CALL, Call, CallStatus
from .detection import Detection, columns_of
from .events import Params
from .leg import Cause, Leg, LegState
from .nobody import NOT_REGISTERED, Nobody
from .orders import Detect
from .ports import Dialling, Line, Steering, Webhook
from .program import Inline, Source
from .sound import Keys

RESPONSE_CODE = "SipResponseCode"
"""What a leg is told that only the callback of its end repeats (3.2); all else is in every request."""


async def live(call: Call, work: Coroutine[Any, Any, None]) -> None:
    """Whatever happens inside, the call ends with a final status and leaves the table."""
    try:
        await work
    except Exception:
        call.notice(12400, "The exchange itself failed while it handled this call; its log says where.")
        raise
    finally:
        try:
            if not CALL.is_final(call.status):
                if call.leg is not None and call.leg.state is not LegState.RELEASED:
                    await call.leg.hang_up(Cause.FAILED)
                call.end(Cause.FAILED)
        finally:
            call.facilities.calls.pop(call.sid, None)


async def reach(
    call: Call, line: Line, dialling: Dialling, seconds: float, on_early: Callable[[], None] | None = None
) -> bool:
    """Call the far end for so long. True when it answered; else the call has ended. `on_early`: called when there is
    sound from there before that."""
    call.dialled(dialling.address)
    if isinstance(line, Nobody):
        call.notice(NOT_REGISTERED, f"{dialling.address[:80]} is not registered: no device of that name is there.")
    try:
        leg = line.dial(dialling)
    except Fault as fault:
        call.notice(fault.code, fault.message)
        call.end(Cause.FAILED)
        return False
    leg.on_early = on_early
    call.connect(leg)
    gave_up = Cause.NO_ANSWER
    try:
        async with call.clock.timeout(seconds):
            await _answered(call, leg)
    except TimeoutError:
        pass
    finally:
        leg.on_early = None
    if isinstance(call.order, Cause):
        gave_up = call.order
    elif leg.state is LegState.ANSWERED:
        _keep_told(call, leg)
        call.answered()
        return True
    elif leg.state is LegState.RELEASED:
        gave_up = leg.cause or Cause.FAILED
    await leg.hang_up(Cause.CANCELED)
    _keep_told(call, leg)
    call.end(gave_up)
    return False


def _keep_told(call: Call, leg: Leg) -> None:
    call.result += tuple(one for one in leg.told if one[0] == RESPONSE_CODE)
    call.params += tuple(one for one in leg.told if one[0] != RESPONSE_CODE)


async def _answered(call: Call, leg: Leg) -> None:
    """Wait until the far end answers or is gone, or an order ends the call; tell when it rings."""
    for states in ((LegState.RINGING, LegState.ANSWERED), (LegState.ANSWERED,)):
        reached = call.spawn(leg.reached(*states), "ringing")
        either: set[asyncio.Future[Any]] = {reached, call.interrupted}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            reached.cancel()
        if call.order is not None or leg.state is LegState.RELEASED:
            return
        if LegState.RINGING in states:
            call.rings()


NOTHING = Inline("<Response/>")
"""The document of a call that needs no screening: it is put through at its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Whom a Dial calls, and how. `address` is what the line dials, `called` what is shown of it.

    `screening` is what the far end performs before it is put through; its keys come before it.
    """

    line: Line
    address: str
    called: str
    caller: str
    steering: Steering
    screening: Source = NOTHING
    send_digits: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    events: tuple[str, ...] = ("completed",)
    parameters: Params = ()
    """What the far end's own program is told besides (2.7.5)."""
    detect: Detect | None = None


class Branch:
    """One call of a Dial, from its beginning to its end.

    `answered` is done when somebody is there, `accepted` when the screening document let the caller through, `left`
    when the call is over or performs other documents (`is_away`).
    """

    def __init__(self, parent: Call, to: Invitation, *, seconds: float, hops: int, may_refer: bool = False) -> None:
        self.parent, self.to, self.seconds, self.may_refer = parent, to, seconds, may_refer
        self.call = Call(
            parent.facilities,
            account=parent.account,
            direction="outbound-dial",
            caller=to.caller,
            called=to.called,
            steering=to.steering,
            events=to.events,
            parent=parent.sid,
        )
        self.call.hops, self.call.tree, self.call.is_screened = hops, parent.tree, True
        self.is_away = False
        self.on_early: Callable[[], None] | None = None
        """Called when it sounds before it is answered, if that is set before the start."""
        self.bridge: Bridge | None = None
        self.left_at = 0.0
        loop = asyncio.get_running_loop()
        self.answered: asyncio.Future[None] = loop.create_future()
        self.accepted: asyncio.Future[None] = loop.create_future()
        self.left: asyncio.Future[None] = loop.create_future()

    def start(self) -> None:
        self.call.created({"timeout": int(self.seconds), **columns_of(self.to.detect)})
        self.parent.facilities.calls[self.call.sid] = self.call
        self.call.tree.dialled += 1
        self.call.spawn(self._life(), "dialled call")

    def give_up(self) -> None:
        """End the call, unless it is over or somebody sent it elsewhere."""
        is_ending = self.call.leg is not None and self.call.leg.state is LegState.RELEASED
        if is_ending or self.left.done() or self.call.order is not None or CALL.is_final(self.call.status):
            return
        self.call.order_end(Cause.NORMAL if self.call.status is CallStatus.IN_PROGRESS else Cause.CANCELED)

    async def _life(self) -> None:
        try:
            await live(self.call, self._run())
        finally:
            self.call.tree.dialled -= 1
            self._leave()

    async def _run(self) -> None:
        to, call = self.to, self.call
        dialling = Dialling(
            call.sid,
            call.account,
            to.address,
            to.caller,
            to.username,
            to.password,
            call.hops,
            called=to.called,
            parameters=to.parameters,
            may_refer=self.may_refer,
            tree=call.tree,
        )
        if await reach(call, to.line, dialling, self.seconds, self.on_early):
            _settle(self.answered)
            if to.detect:
                Detection.start(call, to.detect)
            await call.run(to.screening, self._perform)

    async def _perform(self, call: Call, source: Source) -> Source | None:
        """A document of the screening; then the caller is put through until somebody ends that."""
        if self.is_away:
            return await self.parent.perform(call, source)
        try:
            if source is self.to.screening and self.to.send_digits:
                await call.play(Keys(self.to.send_digits))
            following = await self.parent.perform(call, source)
            if following is None and call.ran_out:
                _settle(self.accepted)
                await asyncio.wait({self.left})
            return following
        except asyncio.CancelledError:
            if isinstance(call.order, Webhook | Inline):
                self.is_away, call.is_screened = True, False
                self._leave()
            raise

    def _leave(self) -> None:
        """Out of the bridge at once: the next document may put the leg into another room."""
        if not self.left.done():
            self.left_at = self.call.clock.now()
            if self.bridge and self.call.leg:
                self.bridge.leave(self.call.leg)
            self.left.set_result(None)


async def first(branches: Sequence[Branch]) -> Branch | None:
    """The branch whose far end takes the call; None when there is none. All others are given up as soon as one is
    answered, even if its screening refuses the caller later (2.7.8)."""
    while True:
        chosen = next((one for one in branches if one.answered.done()), None)
        if chosen:
            for other in branches:
                if other is not chosen:
                    other.give_up()
            if chosen.accepted.done() or chosen.left.done():
                return chosen if chosen.accepted.done() else None
        waiting = {future for one in branches for future in _milestones(one) if not future.done()}
        if all(one.left.done() for one in branches):
            return None
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)


def _milestones(branch: Branch) -> Iterable[asyncio.Future[None]]:
    return branch.answered, branch.accepted, branch.left


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
