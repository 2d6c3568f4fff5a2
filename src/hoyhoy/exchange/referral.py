"""A party that wants the other one to be connected elsewhere: SIP phones ask for it by REFER (voice reference 2.7.7).

The app decides: what it answers at the referUrl replaces the instructions of whoever stays, and is expected to dial the
target. Who asked is released. Either of the two may ask, and the other is the one who stays.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from hoyhoy.wire.errors import Fault

from .events import CallReferred
from .leg import Cause, LegState, Transfer
from .ports import Webhook

if TYPE_CHECKING:
    from .call import Call

TARGET = "ReferTransferTarget"


def listen(call: Call) -> None:
    """What the far end of a call wants of that kind is declined, and told."""
    call.line.on_refer = partial(refuse, call)


def refuse(call: Call, transfer: Transfer, why: str = "No Dial with a referUrl is under way.") -> bool:
    """The call's far end wants a transfer that nobody sees to."""
    call.notice(13802, f"The far end wants a transfer to {transfer.target[:200]}, which is declined: {why}")
    call.record(CallReferred(target=transfer.target, status="failed"))
    return False


@asynccontextmanager
async def referrals(call: Call, other: Call, refer: Webhook | None) -> AsyncIterator[None]:
    """While a caller and whom he dialled talk, `refer` is asked when one of them wants a transfer."""
    call.line.on_refer = partial(_asked, call, other, refer)
    other.line.on_refer = partial(_asked, other, call, refer)
    try:
        yield
    finally:
        for one in (call, other):
            if one.line.state is not LegState.RELEASED:
                listen(one)


def _asked(by: Call, stays: Call, refer: Webhook | None, transfer: Transfer) -> bool:
    if refer is None:
        return refuse(by, transfer, "The Dial has no referUrl.")
    if transfer.joins:  # both calls of the phone would have to become one
        return refuse(by, transfer, "It names a call that exists already; only transfers to somebody new are made.")
    if by.order is not None or stays.order is not None:
        return refuse(by, transfer, "Another order for this call is being carried out.")
    try:
        stays.redirect(replace(refer, extra=((TARGET, transfer.target),)))
    except Fault as fault:  # it ends at this moment
        return refuse(by, transfer, fault.message)
    by.record(CallReferred(target=transfer.target, status="in-progress"))
    by.order_end(Cause.NORMAL)
    return True
