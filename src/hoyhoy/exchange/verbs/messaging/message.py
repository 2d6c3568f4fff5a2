from __future__ import annotations

from typing import TYPE_CHECKING

from hoyhoy.exchange.orders import SendMessage
from hoyhoy.exchange.program import Next, check_url
from hoyhoy.exchange.verbs.verb import Verb, method, text, url
from hoyhoy.wire import number
from hoyhoy.wire.errors import Fault

if TYPE_CHECKING:
    from hoyhoy.exchange.reply import Reply

LONGEST = 1600
MOST_MEDIA = 10


class Body(Verb):
    """The text of a Message."""


class Media(Verb):
    """The address of a picture or sound that a Message carries."""


class Message(Verb):
    """Send a message in answer to one (messaging reference 1.10). `to` and `from` are the inbound pair swapped."""

    takes = ("Body", "Media")

    to: str = text("", code=14101)
    sender: str = text("", code=14102, wire="from")
    action: str | None = url(code=14105)
    method: str = method(code=14105)
    status_callback: str | None = url(code=14105)

    async def run(self, reply: Reply) -> None:
        inbound = reply.message.text
        bodies = [noun.body for noun in self.nested if isinstance(noun, Body)]
        media = tuple(noun.body for noun in self.nested if isinstance(noun, Media) and noun.body)[:MOST_MEDIA]
        words = self.body or "\n".join(bodies)
        where = f"Line {self.element.line}: <{self.element.name}>"
        if not words and not media:
            reply.notice(14103, f"{where} has neither text nor media; it is not sent.")
            return
        if len(words) > LONGEST:
            reply.notice(14103, f"{where} has {len(words)} characters; {LONGEST} is the most.")
            return
        try:
            to = number.parse(self.to, number.region_of(inbound.recipient)) if self.to else inbound.sender
            for address in media:
                check_url(address)
            action = reply.place.webhook(self.action, self.method) if self.action else None
            callback = reply.place.webhook(self.status_callback, "POST").url if self.status_callback else ""
        except ValueError as error:
            reply.notice(14101, f"{where}: {error}")
            return
        except Fault as fault:
            reply.notice(fault.code, f"{where}: {fault.message}")
            return
        sender = self.sender or inbound.recipient
        owner = reply.facilities.directory.number(sender)
        if owner is None or owner.account != reply.message.account:
            reply.notice(14108, f"{where}: from={sender[:40]!r} is not a number of this account; it is not sent.")
            return
        try:
            sid = reply.send(
                SendMessage(
                    account=reply.message.account,
                    to=to,
                    sender=sender,
                    body=words,
                    media=media,
                    status_callback=callback or (action.url if action else ""),
                    direction="outbound-reply",
                )
            )
        except Fault as fault:
            reply.notice(fault.code, fault.message)
            return
        if action:  # both readings of `action`: steering, and status callback (messaging reference 1.10)
            told = (("MessageSid", sid), ("SmsSid", sid), ("MessageStatus", "queued"), ("SmsStatus", "queued"))
            raise Next(reply.place.webhook(self.action, self.method, told))


class Sms(Message):
    """The old name of Message."""
