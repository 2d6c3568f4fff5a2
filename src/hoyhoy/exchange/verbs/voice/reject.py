from __future__ import annotations

from typing import TYPE_CHECKING

from hoyhoy.exchange.leg import Cause
from hoyhoy.exchange.program import End
from hoyhoy.exchange.verbs.nouns import UNDOCUMENTED
from hoyhoy.exchange.verbs.verb import Verb, choice

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call


class Reject(Verb):
    """Refuse an inbound call that was not answered; afterwards it behaves as Hangup (voice reference 2.12)."""

    unused = {"Parameter": UNDOCUMENTED}

    reason: str = choice("rejected", "busy", default="rejected", code=13810)

    async def run(self, call: Call) -> None:
        if call.answered_at is None:
            call.order_end(Cause.BUSY if self.reason == "busy" else Cause.NO_ANSWER)
        raise End
