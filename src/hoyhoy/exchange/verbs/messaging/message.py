from __future__ import annotations

from typing import TYPE_CHECKING

from hoyhoy.exchange.verbs.texting import Texting
from hoyhoy.exchange.verbs.verb import Verb

if TYPE_CHECKING:
    from hoyhoy.exchange.reply import Reply


class Body(Verb):
    """The text of a Message."""


class Media(Verb):
    """The address of a picture or sound that a Message carries."""


class Message(Texting):
    """Send a message in answer to one (messaging reference 1.10). `to` and `from` are the inbound pair swapped."""

    takes = ("Body", "Media")

    async def run(self, reply: Reply) -> None:
        inbound = reply.message.text
        order = self.order(
            reply,
            account=reply.message.account,
            far=inbound.sender,
            near=inbound.recipient,
            direction="outbound-reply",
        )
        if order:
            self.send(reply, order, reply.send)


class Sms(Message):
    """The old name of Message."""
