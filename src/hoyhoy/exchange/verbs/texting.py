"""What verbs that send a message share, in answer to one or during a call (messaging reference 1.10, voice 2.12)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from hoyhoy.exchange.orders import SendMessage
from hoyhoy.exchange.program import check_url, leave_to
from hoyhoy.wire import number
from hoyhoy.wire.errors import Fault

from .verb import Verb, method, text, url

if TYPE_CHECKING:
    from hoyhoy.exchange.facilities import Facilities
    from hoyhoy.exchange.program import Place

LONGEST = 1600
MOST_MEDIA = 10


class Sending(Protocol):
    """On what a document is performed."""

    @property
    def facilities(self) -> Facilities: ...
    @property
    def place(self) -> Place: ...

    def notice(self, code: int, message: str) -> None: ...


class Texting(Verb):
    """A message to be sent."""

    to: str = text("", code=14101)
    sender: str = text("", code=14102, wire="from")
    action: str | None = url(code=14105)
    method: str = method(code=14105)
    status_callback: str | None = url(code=14105)

    @property
    def words(self) -> str:
        """Its own text, else that of each Body in it."""
        return self.body or "\n".join(noun.body for noun in self.nested if noun.element.name == "Body")

    @property
    def media(self) -> tuple[str, ...]:
        """The addresses of what it carries."""
        return tuple(noun.body for noun in self.nested if noun.element.name == "Media" and noun.body)[:MOST_MEDIA]

    def order(self, on: Sending, *, account: str, far: str, near: str, direction: str) -> SendMessage | None:
        """What is to be sent; None, and a notice, when it cannot be. `far` is who gets it unless `to` says so, `near`
        the account's number that it comes from unless `from` does."""
        where, words, media = f"Line {self.element.line}: <{self.element.name}>", self.words, self.media
        if not words and not media:
            on.notice(14103, f"{where} has neither text nor media; it is not sent.")
            return None
        if len(words) > LONGEST:
            on.notice(14103, f"{where} has {len(words)} characters; {LONGEST} is the most.")
            return None
        try:
            to = self._recipient(far, near)
            for address in media:
                check_url(address)
            action = on.place.webhook(self.action, self.method) if self.action else None
            callback = on.place.webhook(self.status_callback, "POST").url if self.status_callback else ""
        except ValueError as error:
            on.notice(14101, f"{where}: {error}")
            return None
        except Fault as fault:
            on.notice(fault.code, f"{where}: {fault.message}")
            return None
        sender = self.sender or near
        owner = on.facilities.directory.number(sender)
        if owner is None or owner.account != account:
            on.notice(14108, f"{where}: from={sender[:40]!r} is not a number of this account; it is not sent.")
            return None
        return SendMessage(
            account=account,
            to=to,
            sender=sender,
            body=words,
            media=media,
            status_callback=callback or (action.url if action else ""),
            direction=direction,
        )

    def _recipient(self, far: str, near: str) -> str:
        """Whoever wrote may have a short code, which is no telephone number; a caller may be a client, or a SIP phone.
        ValueError."""
        if not self.to and far.isdigit():
            return far
        return number.parse(self.to or far, number.region_of(near))

    def send(self, on: Sending, order: SendMessage, by: Callable[[SendMessage], str]) -> None:
        """`by` sends it and returns its sid. Then the document is left for the action, if there is one: both readings
        of that, steering and status callback (messaging reference 1.10)."""
        try:
            sid = by(order)
        except Fault as fault:
            on.notice(fault.code, fault.message)
            return
        if self.action:
            told = (("MessageSid", sid), ("SmsSid", sid), ("MessageStatus", "queued"), ("SmsStatus", "queued"))
            leave_to(on.place.webhook(self.action, self.method), told)
