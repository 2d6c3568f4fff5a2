"""Validating a caller id: whoever answers types a code that its future owner was shown (voice reference 16.1).

The call is one like any other, and its documents are performed like any other's, only that they
are the exchange's own: what the keys gathered by one lead to is decided here instead of by an app.
"""

from __future__ import annotations

from .call import Call
from .chance import new_sid
from .events import Params, ResourceChanged
from .orders import PlaceCall, Validate
from .performance import perform
from .ports import Row, Steering, Webhook
from .program import Inline, Source

CODE_DIGITS = 6
TRIES = 3
LONGEST_CALL = 300
"""Seconds a validation takes at most, however often a key that is no code is pressed."""

PLATFORM = "+14157234000"
"""What an account without a number of its own shows to those it validates: a number of the vendor's, in its city."""

CALLER_IDS = "outgoing_caller_ids"


def _asking(words: str) -> Inline:
    """Its action is never requested; `.invalid` is nobody's (RFC 2606, 2)."""
    return Inline(
        f'<Response><Gather numDigits="{CODE_DIGITS}" timeout="10" actionOnEmptyResult="true" '
        f'action="http://validation.invalid/"><Say>{words}</Say></Gather></Response>'
    )


ASK = _asking("Please enter the six digit code that you were shown, to confirm that this number is yours.")
AGAIN = _asking("That is not the code. Please enter the six digit code.")
THANKS = Inline("<Response><Say>Thank you. This number is confirmed. Goodbye.</Say></Response>")
SORRY = Inline("<Response><Say>That is not the code. Goodbye.</Say></Response>")


def validation_call(
    account: str, number: str, caller: str, validate: Validate, *, extension: str, delay: int, telling: Steering
) -> PlaceCall:
    """The order for a call that validates `number`: `delay` seconds in the queue, `extension` sent when it is answered.

    `telling` holds the status callback, which is told of the end only.
    """
    return PlaceCall(
        account=account,
        to=number,
        caller=caller,
        steering=telling,
        twiml=ASK.twiml,
        send_digits=extension,
        time_limit=LONGEST_CALL,
        delay=delay,
        validate=validate,
    )


def outcome(caller_id: str = "") -> Params:
    """What the callback of its end says of a validation: the sid of the caller id it made, or that it failed."""
    if not caller_id:
        return (("VerificationStatus", "failed"),)
    return (("VerificationStatus", "success"), ("OutgoingCallerIdSid", caller_id))


class Validation:
    """The program of one call."""

    def __init__(self, wish: Validate) -> None:
        self.wish = wish
        self.tries = 0

    async def perform(self, call: Call, source: Source) -> Source | None:
        """Perform `source`; the next document is the answer to what was typed."""
        chosen = await perform(call, source)
        if source not in (ASK, AGAIN) or not isinstance(chosen, Webhook):
            return chosen
        extra = dict(chosen.extra)
        typed, finished_by = extra.get("Digits", ""), extra.get("FinishedOnKey", "")
        if typed == self.wish.code:
            call.result = outcome(self._caller_id(call))
            return THANKS
        if typed or not finished_by:  # the # after six digits is no try of its own
            self.tries += 1
        return AGAIN if self.tries < TRIES else SORRY

    def _caller_id(self, call: Call) -> str:
        """The sid of the number called as a caller id: a new one, unless another call was faster."""
        if known := call.facilities.directory.caller_id(call.account, call.called):
            return known
        sid, now = new_sid(call.facilities.chance, "PN"), call.clock.now()
        values = {
            "account_sid": call.account,
            "phone_number": call.called,
            "friendly_name": self.wish.friendly_name,
            "date_created": now,
            "date_updated": now,
        }
        event = ResourceChanged(table=CALLER_IDS, change="created", names=tuple(values))
        call.facilities.journal.record(sid, call.account, event, (Row(CALLER_IDS, sid, values, new=True),))
        return sid
