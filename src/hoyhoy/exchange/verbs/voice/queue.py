from __future__ import annotations

from typing import TYPE_CHECKING

from hoyhoy.exchange.orders import LONGEST_CALL
from hoyhoy.exchange.playback import prompt_of
from hoyhoy.exchange.queue import LONGEST_NAME
from hoyhoy.exchange.serving import Serving
from hoyhoy.exchange.sound import Tone
from hoyhoy.exchange.verbs.nouns import RINGS, VENDORS, Dialler, Place, check_may_dial
from hoyhoy.exchange.verbs.verb import address
from hoyhoy.exchange.verbs.verb import method as http_method
from hoyhoy.wire.errors import Fault

if TYPE_CHECKING:
    from typing import Any

    from hoyhoy.exchange.call import Call
    from hoyhoy.exchange.orders import Record
    from hoyhoy.exchange.visit import Visit


class Queue(Place):
    """The caller talks with who waits first in a queue (voice reference 2.7.6). Outside a Dial it does what it would do
    inside one of which nothing more is said (2.12)."""

    unused = dict.fromkeys(("reservationSid", "postWorkActivitySid"), VENDORS)

    url: str | None = address()
    method: str = http_method(code=14210)

    def stay(self, call: Call, dial: Dialler, record: Record | None) -> Visit:
        """Fault when he cannot go there: 14211, 14212, 14213."""
        return self._serving(
            call,
            ringing=dial.ringing,
            seconds=dial.timeout + call.facilities.rules.dial_grace,
            limit=dial.time_limit,
            star_ends=dial.hangup_on_star,
            record=record,
        )

    async def run(self, call: Call) -> None:
        check_may_dial(call, self)
        await call.answer()
        ringing = await prompt_of(call, Tone("ringing"))
        try:
            serving = self._serving(
                call, ringing=ringing, seconds=RINGS + call.facilities.rules.dial_grace, limit=LONGEST_CALL
            )
        except Fault as fault:
            call.notice(fault.code, f"Line {self.element.line}: <Queue>: {fault.message}")
            return
        await serving.run()
        await serving.ended()

    def _serving(self, call: Call, **terms: Any) -> Serving:
        if not self.body:
            raise Fault(14212, "the queue needs a name.")
        if len(self.body) > LONGEST_NAME:
            raise Fault(14213, f"the name of the queue has {len(self.body)} characters; {LONGEST_NAME} is the most.")
        try:
            document = call.place.action(self.url, self.method)
        except Fault as fault:
            raise Fault(14211, f"url: {fault.message}") from None
        return Serving(call, self.body, document=document, **terms)
