from __future__ import annotations

from typing import TYPE_CHECKING

from hoyhoy.exchange.verbs.texting import Texting
from hoyhoy.exchange.verbs.verb import Verb

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call


class Sms(Texting):
    """Send a message during a call, to the far end unless `to` says otherwise (voice reference 2.12)."""

    async def run(self, call: Call) -> None:
        is_ours = call.direction.startswith("outbound")
        order = self.order(
            call,
            account=call.account,
            far=call.called if is_ours else call.caller,
            near=call.caller if is_ours else call.called,
            direction="outbound-call",
        )
        if order is None:
            return
        most = call.facilities.rules.replies_per_message
        if call.messages_sent >= most:
            where = f"Line {self.element.line}: <{self.element.name}>"
            call.notice(14109, f"{where} is not sent: the documents of one call may send {most} messages.")
            return
        call.messages_sent += 1
        self.send(call, order, lambda order: str(call.facilities.switchboard.send_message(order)["sid"]))


class Body(Verb):
    """The text of a Message."""


class Media(Verb):
    """The address of a picture or sound that a Message carries."""


class Message(Sms):
    """The vendor's documents for calls do not have it; applications that mix them up are served all the same."""

    takes = ("Body", "Media")
