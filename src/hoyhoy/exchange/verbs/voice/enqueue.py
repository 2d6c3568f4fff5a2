from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from hoyhoy.exchange.aside import notice_failed
from hoyhoy.exchange.performance import ask, asking
from hoyhoy.exchange.ports import Webhook
from hoyhoy.exchange.program import Inline, leave_to, report
from hoyhoy.exchange.queue import LARGEST, LONGEST_NAME, QueueResult
from hoyhoy.exchange.verbs.nouns import VENDORS, check_may_dial
from hoyhoy.exchange.verbs.verb import Verb, address, text, whole
from hoyhoy.exchange.verbs.verb import method as http_method
from hoyhoy.exchange.verbs.verb import url as web_url
from hoyhoy.exchange.waiting import Waiting
from hoyhoy.wire.errors import Fault

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call
    from hoyhoy.exchange.events import Params

WAIT_URL, TOO_SHORT, TOO_LONG, WORKFLOW = 14202, 14204, 14205, 14240


class Task(Verb):
    """What TaskRouter would do with the caller, which there is not here (voice reference 2.9)."""

    unused = dict.fromkeys(("priority", "timeout"), VENDORS)


class Enqueue(Verb):
    """Wait in a queue until somebody asks for the caller, or he leaves (voice reference 2.9)."""

    takes = ("Task",)

    action: str | None = address()
    method: str = http_method(code=14201)
    wait_url: str | None = web_url()
    wait_url_method: str = http_method(code=14206)
    max_queue_size: int | None = whole(None, least=1, most=LARGEST, code=12200)
    workflow_sid: str = text()

    async def run(self, call: Call) -> None:
        check_may_dial(call, self)
        action = call.place.action(self.action, self.method)
        try:
            waiting = self._waiting(call)
        except Fault as fault:
            call.notice(fault.code, f"Line {self.element.line}: <Enqueue>: {fault.message}")
            refused = QueueResult.SYSTEM_ERROR if fault.code == WORKFLOW else QueueResult.ERROR
            await call.answer()
            leave_to(action, (("QueueResult", str(refused)),))
            return

        async def told() -> Params:
            return waiting.told

        if action:
            call.farewell = partial(report, action, told)
        await call.answer()
        try:
            await waiting.run()
        except asyncio.CancelledError:
            if action and isinstance(call.order, Webhook | Inline):  # his next document begins beside it
                call.farewell = None
                call.spawn(_tell(call, replace(action, extra=waiting.told)), "action of the queue")
            raise
        leave_to(action, waiting.told)

    def _waiting(self, call: Call) -> Waiting:
        """Faults 14202, 14204, 14205, 14240."""
        if self.workflow_sid or self.nested:
            raise Fault(WORKFLOW, "its caller is for TaskRouter, which has no counterpart here.")
        if not self.body:
            raise Fault(TOO_SHORT, "the queue needs a name.")
        if len(self.body) > LONGEST_NAME:
            raise Fault(TOO_LONG, f"the name of the queue has {len(self.body)} characters; {LONGEST_NAME} is the most.")
        hears: Webhook | str | None = self.wait_url
        if self.wait_url:
            try:
                hears = call.place.webhook(self.wait_url, self.wait_url_method)
            except Fault as fault:
                raise Fault(WAIT_URL, f"waitUrl: {fault.message}") from None
        return Waiting(call, self.body, size=self.max_queue_size or call.facilities.rules.queue_size, hears=hears)


async def _tell(call: Call, action: Webhook) -> None:
    """What is answered is not performed."""
    try:
        asked = asking(call, action)
        assert isinstance(asked, Webhook)
        await ask(call.facilities, asked, call.account, call.session, call.record)
    except Fault as fault:
        notice_failed(call, action, fault)
