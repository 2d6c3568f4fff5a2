"""What an app is told about a call: the standard parameters and the status callbacks (voice reference 3.1, 3.2)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING

from hoyhoy.wire import number
from hoyhoy.wire.client import SCHEME

from .events import Params
from .leg import Cause

if TYPE_CHECKING:
    from .call import Call

API_VERSION = "2010-04-01"

PARENT = "parentCallInfoToken"
"""The one thing in a CallToken."""

OURS_ALONE = frozenset(
    ("ApplicationSid", "ParentCallSid", "CallToken", "AnsweredBy", "MachineDetectionDuration", "ErrorCode", "ErrorUrl")
)
"""What an app believes only if the exchange says it, and not every request says."""

SIP_CODES = {Cause.BUSY: 486, Cause.REJECTED: 603, Cause.NO_ANSWER: 480, Cause.UNREACHABLE: 404, Cause.FAILED: 500}
"""The final SIP response a released leg stands for, told with the completed event where it is known."""


def standard(call: Call, status: str, besides: Params = (), extra: Params = ()) -> Params:
    """The parameters of every request about a call, and what this one tells `besides`; `status` is a CallStatus value.

    What its line tells of it, which may be a caller's own words, stands beside none of these, nor of what a verb adds
    as `extra`: one name, one value. A client that calls has dialled no number: what it calls `To` is only that.
    """
    ours = (
        ("CallSid", call.sid),
        ("AccountSid", call.account),
        ("From", call.caller),
        ("To", call.called),
        ("Caller", call.caller),
        ("Called", "" if is_from_client(call) else call.called),
        ("CallStatus", status),
        ("ApiVersion", API_VERSION),
        ("Direction", call.direction),
        *((("ApplicationSid", call.steering.application),) if call.steering.application else ()),
        *((("ParentCallSid", call.parent),) if call.parent else ()),
    )
    where = (*places(call.caller, "From", "Caller"), *places(call.called, "To", "Called"))
    if not call.params:
        return ours + where + besides
    taken = OURS_ALONE.union(name for name, _ in ours + where + besides + extra)
    return (*ours, *(one for one in call.params if one[0] not in taken), *where, *besides)


def is_from_client(call: Call) -> bool:
    """A client's name alone does not say so: a call that a Dial made, and that led to a number of ours, has it too."""
    return call.direction == "inbound" and call.caller.startswith(SCHEME) and not call.hops


def token(call: Call) -> Params:
    """What an app passes back to show this caller, whose number is not its own, to somebody else (3.1, 5.1): the sid of
    the call, which nobody knows but its account."""
    if call.direction != "inbound" or not number.is_e164(call.caller):
        return ()
    return (("CallToken", json.dumps({PARENT: call.sid})),)


@lru_cache(4096)  # a call asks several times, and people call again
def places(address: str, *names: str) -> Params:
    """FromCity and its sisters for a telephone number; empty values where the number does not tell."""
    if not address.startswith("+"):
        return ()
    place = number.place_of(address)
    parts = ("City", place.city), ("State", place.state), ("Zip", place.zip), ("Country", place.country)
    return tuple((name + part, value) for name in names for part, value in parts)


def callback_params(call: Call, status: str, *, final: bool) -> Params:
    """The parameters of a status callback; takes the call's next sequence number."""
    params: Params = (
        ("Timestamp", format_datetime(datetime.fromtimestamp(call.clock.now(), UTC))),
        ("SequenceNumber", str(call.take_sequence())),
        ("CallbackSource", "call-progress-events"),
    )
    if final:
        seconds = call.duration or 0
        params += (("CallDuration", str(seconds)), ("Duration", str(ceil(seconds / 60))))
        known = "SipResponseCode" in dict(call.result)
        if call.cause in SIP_CODES and call.answered_at is None and not known:
            params += (("SipResponseCode", str(SIP_CODES[call.cause])),)
        params += call.result
    return standard(call, status, params)
