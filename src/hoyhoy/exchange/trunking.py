"""Numbers that a customer's own exchange answers: calls for them go to its trunk's places (voice reference 10.2).

The places are called one after the other, as a Dial does. When none of them could be reached the trunk's disaster
URL, if it has one, says what to do instead. So it does for a trunk that is `secure`: its calls are to be encrypted,
their sound too, which no line here can do; they are not made in clear behind their owner's back.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from hoyhoy.wire.preference import ordered

from .call import Call
from .chance import Chance
from .leg import Cause
from .performance import perform
from .ports import SipTrunk, Steering, Webhook
from .program import Inline, Source

ORIGINATING, TERMINATING = "trunking-originating", "trunking-terminating"

DONE = "http://trunk.invalid/"
"""The Dial's action, which is never requested; `.invalid` is nobody's (RFC 2606 2)."""

NOBODY, ALL_FAILED, NOT_SECURE = 32010, 32011, 13255


def places(trunk: SipTrunk, called: str, chance: Chance) -> list[str]:
    """The SIP URIs that a call for a number is sent to, the first to be tried first."""
    enabled = [one for one in trunk.originations if one.enabled]
    chosen = ordered(enabled, lambda one: one.priority, lambda one: one.weight, chance.below)
    return [_for(one.url, called) for one in chosen]


def _for(url: str, called: str) -> str:
    """A URL that names a host only is called with the number as its user."""
    scheme, _, rest = url.partition(":")
    return url if "@" in rest else f"{scheme}:{called}@{rest}"


class Origination:
    """The program of one call."""

    def __init__(self, trunk: SipTrunk, called: str, chance: Chance) -> None:
        self.steering: Steering = trunk.disaster
        self._is_secure = trunk.secure
        self._places = [] if trunk.secure else places(trunk, called, chance)
        recorded = "" if trunk.recording_mode == "do-not-record" else f' record="{trunk.recording_mode}"'
        trim = f' trim="{trunk.recording_trim}"' if recorded and trunk.recording_trim else ""
        nouns = "".join(f"<Sip>{escape(place)}</Sip>" for place in self._places)
        dial = f'<Dial sequential="true" answerOnBridge="true" action="{DONE}"{recorded}{trim}>{nouns}</Dial>'
        self.first = Inline(f"<Response>{dial}</Response>")

    async def perform(self, call: Call, source: Source) -> Source | None:
        """Perform `source`; what follows the Dial is decided by how it ended."""
        if isinstance(source, Webhook) and source.url == DONE:
            return None  # what Dial reports when the caller has left
        if source is not self.first:
            return await perform(call, source)
        status = "failed"
        if self._places:
            chosen = await perform(call, source)
            status = dict(chosen.extra).get("DialCallStatus", "") if isinstance(chosen, Webhook) else ""
        if status != "failed":
            _refuse(call, status)
            return None
        call.notice(*self._problem())
        if self.steering.url:
            return Webhook(self.steering.url, self.steering.method)
        call.order_end(Cause.FAILED)
        return None

    def _problem(self) -> tuple[int, str]:
        if self._is_secure:
            return (
                NOT_SECURE,
                "The trunk is secure: its calls need sound that is encrypted, which is not possible here.",
            )
        if not self._places:
            return NOBODY, "The trunk has no origination URL that is enabled."
        return ALL_FAILED, "No place of the trunk took the call."


def _refuse(call: Call, status: str) -> None:
    """A caller that nobody answered hears why."""
    causes = {"busy": Cause.BUSY, "no-answer": Cause.NO_ANSWER}
    if call.answered_at is None and status in causes and call.order is None:
        call.order_end(causes[status])
