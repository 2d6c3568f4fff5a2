"""What an app and the program at the far end of a call tell one another beside the sound (voice reference 13.3).

Only the program of a client does: each leg of a Dial is a call of its own, and so the client's has to be named. What
the program says is taken as long as the call lasts, whoever listens; each subscription to it is told by a callback, in
order and as durably as of the call's progress. Subscriptions end with the call.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from hoyhoy.wire.errors import Fault

from .chance import new_sid
from .events import Params, UserMessageHeard, UserMessageTold
from .leg import Leg, LegState, UserMessage
from .ports import Callback

if TYPE_CHECKING:
    from .call import Call
    from .facilities import Facilities

T = TypeVar("T")

LONGEST = 10_000
"""Characters of a message."""

LONGEST_KEY = 255
"""Characters of what makes a request known again."""

MOST_A_SECOND = 30
"""Messages that one program may send: each is an entry in the log, and a request to the app."""

MOST_SUBSCRIPTIONS = 10
MOST_KEYS = 1000
"""Requests of one call that are known again."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was told to a program: `sid` is that of the message (`KX...`), `at` in Unix seconds."""

    sid: str
    at: float


@dataclass(slots=True)
class Subscription:
    """Who is told what a program says: `told` messages so far."""

    sid: str
    url: str
    method: str
    at: float
    told: int = 0


class _Known(Generic[T]):
    """What came of requests, by their keys."""

    __slots__ = ("_answers",)

    def __init__(self) -> None:
        self._answers: OrderedDict[str, T] = OrderedDict()

    def once(self, key: str, act: Callable[[], T]) -> T:
        """What came of it before, if it has a key and did; else of `act`. What is refused is not known."""
        if key in self._answers:
            return self._answers[key]
        made = act()
        if key:
            self._answers[key] = made
            if len(self._answers) > MOST_KEYS:
                self._answers.popitem(last=False)
        return made


class Conversation:
    """Of one call, as long as it has a far end."""

    __slots__ = ("_call", "_count", "_messages", "_requests", "_second", "subscriptions")

    def __init__(self, call: Call) -> None:
        self._call = call
        self.subscriptions: dict[str, Subscription] = {}
        """By sid."""
        self._messages = _Known[Told]()
        self._requests = _Known[Subscription]()
        self._second, self._count = 0, 0
        call.line.on_message = self._heard

    def tell(self, content: str, key: str = "") -> Told:
        """Tell the program `content`, JSON text; a request with the same `key` has told it already. Faults: 32702 when
        it is no JSON, 32704 when there is no program, 32700 and 32706 when it is not there now."""
        _check(content)
        return self._messages.once(key, lambda: self._tell(content))

    def subscribe(self, url: str, method: str, key: str = "") -> Subscription:
        """Tell `url` from now on what the program says; a request with the same `key` has seen to that already. Faults:
        32704 when there is no program, 32700 when it is not there now, 20001 when too many listen."""
        return self._requests.once(key, lambda: self._subscribe(url, method))

    def _tell(self, content: str) -> Told:
        call, leg = self._call, self._there()
        message = UserMessage(new_sid(call.facilities.chance, "KX"), content)
        leg.tell(message)
        call.record(UserMessageTold(sid=message.sid, body=content, content_type=message.content_type))
        return Told(message.sid, call.clock.now())

    def _subscribe(self, url: str, method: str) -> Subscription:
        call, leg = self._call, self._there()
        if not leg.has_program:
            raise Fault(32704)
        if len(self.subscriptions) >= MOST_SUBSCRIPTIONS:
            raise Fault(20001, f"A call has at most {MOST_SUBSCRIPTIONS} subscriptions: delete one of them.")
        made = Subscription(new_sid(call.facilities.chance, "ZY"), url, method, call.clock.now())
        self.subscriptions[made.sid] = made
        return made

    def _there(self) -> Leg:
        leg = self._call.line
        if leg.state not in (LegState.RINGING, LegState.ANSWERED):
            raise _nobody()
        return leg

    def _heard(self, message: UserMessage) -> bool:
        """The program says something. False when it says too much at once."""
        call, second = self._call, int(self._call.clock.now())
        if second != self._second:
            self._second, self._count = second, 0
        if self._count >= MOST_A_SECOND:
            return False
        self._count += 1
        sid = message.sid or new_sid(call.facilities.chance, "KX")
        event = UserMessageHeard(sid=sid, body=message.content, content_type=message.content_type)
        told = tuple(self._callback(one, event) for one in self.subscriptions.values())
        try:
            call.facilities.journal.record(call.sid, call.account, event, callbacks=told)
        except Fault:  # it takes no more just now
            return False
        for one in self.subscriptions.values():
            one.told += 1
        return True

    def _callback(self, to: Subscription, event: UserMessageHeard) -> Callback:
        call = self._call
        params: Params = (
            ("AccountSid", call.account),
            ("CallSid", call.sid),
            ("Sid", event.sid),
            ("Content", event.body),
            ("ContentType", event.content_type),
            ("SequenceNumber", str(to.told + 1)),
            ("Timestamp", format_datetime(datetime.fromtimestamp(call.clock.now(), UTC))),
        )
        return Callback(new_sid(call.facilities.chance, "CB"), call.sid, call.account, to.url, to.method, params)


def conversation(facilities: Facilities, sid: str) -> Conversation:
    """That of a call. Fault 32700 when it is over, or its far end is not called yet."""
    call = facilities.calls.get(sid)
    if call is None or call.conversation is None:
        raise _nobody()
    return call.conversation


def _check(content: str) -> None:
    """Fault 32702 for what programs could not read again: that has no value in JSON, or is nested without end."""
    try:
        json.dumps(json.loads(content), allow_nan=False)
    except (ValueError, RecursionError) as why:
        raise Fault(32702, f"Parameter 'Content' is not JSON: {why}") from None


def _nobody() -> Fault:
    return Fault(32700, "Messages go to and fro while a call rings or is in progress; this one is over, or waits yet.")
