"""The ways into a conference: of a caller whose Dial leads there, and of a call that is made for it (voice reference
2.8, 6).

    participant = enter(call, Attend(name="Standup"))
    await participant.run()
"""

from __future__ import annotations

import re

from hoyhoy.wire.errors import Fault

from .call import Call
from .clock import stopped
from .conference import Conference
from .events import Params
from .orders import Attend
from .participant import Participant
from .performance import perform
from .program import Inline, Source

LONGEST_NAME = LONGEST_LABEL = 128

_SID = re.compile(r"CF[0-9a-fA-F]{32}")
_CALL_SID = re.compile(r"CA[0-9a-fA-F]{32}")


def enter(call: Call, order: Attend, *, by_api: bool = False) -> Participant:
    """A place in the conference that is named, which is there from now on. It is given up by `leave`, at the end of
    `run`.

    `by_api`: the call is made for it. Faults: 13237 for a name, 13236 (16022 by API) for a sid of none that goes on,
    16023 (16024) for a label, 16025 (16026) when another has that, 13240 (16028) when who is to be coached is not
    there, 16020 when it is full.
    """
    facilities = call.facilities
    if not 1 <= len(order.name) <= LONGEST_NAME:
        raise Fault(13237, f"The name of a conference has 1 to {LONGEST_NAME} characters, this one {len(order.name)}.")
    if len(order.label) > LONGEST_LABEL or "/" in order.label or _CALL_SID.fullmatch(order.label):
        raise Fault(
            16024 if by_api else 16023,
            f"{order.label[:40]!r}: a label has {LONGEST_LABEL} characters at most, no '/', and is no sid of a call.",
        )
    conference = facilities.conferences.find(call.account, order.name)
    if conference is None and _SID.fullmatch(order.name):
        raise Fault(16022 if by_api else 13236, f"There is no conference {order.name}, or it is over.")
    others = conference.participants if conference else {}
    if order.label and any(one.label == order.label for one in others.values()):
        raise Fault(16026 if by_api else 16025, f"Somebody else in the conference has the label {order.label!r}.")
    if order.coaches and order.coaches not in others:
        raise Fault(16028 if by_api else 13240, f"The call to coach, {order.coaches[:40]}, is not in the conference.")
    most = min(order.most, conference.most) if conference else order.most
    if len(others) >= most:
        raise Fault(16020, f"The conference has {len(others)} participants already; {most} is the most.")
    if conference is None:
        conference = Conference(facilities, call.account, order, by_api=by_api)
        participant = Participant(call, conference, order, by_api=by_api)
        conference.open(participant)
    else:
        participant = Participant(call, conference, order, by_api=by_api)
        conference.participants[call.sid] = participant
    return participant


class Attendance:
    """A Dial that leads its caller into a conference; a Guest."""

    def __init__(self, call: Call, order: Attend) -> None:
        self.call, self.order = call, order
        self._participant: Participant | None = None

    async def run(self) -> None:
        await self.call.goes_on()
        try:
            self._participant = enter(self.call, self.order)
        except Fault as fault:
            self.call.notice(fault.code, fault.message)
            return
        await self._participant.run()

    def pressed(self, key: str) -> None:
        if self._participant:
            self._participant.pressed(key)

    async def ended(self) -> Params:
        """No call was dialled, so there is neither its sid nor how long it took (2.7.3, 18 row 11)."""
        was_in = self._participant is not None and self._participant.was_in
        return (
            ("DialCallStatus", self.call.facilities.rules.conference_answered if was_in else "failed"),
            ("DialBridged", "true" if was_in else "false"),
        )


class Attending:
    """What performs a call that was made to take part in a conference: it ends with that, unless a document comes
    instead (6)."""

    first = Inline("<Response/>")
    """Stands for the conference."""

    def __init__(self, participant: Participant) -> None:
        self.participant = participant

    async def perform(self, call: Call, source: Source) -> Source | None:
        if source is not self.first:
            return await perform(call, source)
        keys = call.spawn(self._hear_keys(call), "keys in a conference")
        try:
            await self.participant.run()
        finally:
            await stopped(keys)
        return None

    async def _hear_keys(self, call: Call) -> None:
        while True:
            self.participant.pressed(await call.line.keys.get())
