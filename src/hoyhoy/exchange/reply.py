"""Answering an inbound message: the app's webhook, its document, and the messages it sends.

Messaging reference 1.9, 1.10.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hoyhoy.wire.errors import Fault
from hoyhoy.wire.twiml import Element

from .events import Event, Params, VerbStarted
from .facilities import Facilities
from .message import Message, type_of
from .notices import Patience, notify
from .orders import SendMessage
from .performance import ask
from .ports import FetchFailed, Session, Steering, Webhook
from .program import End, Next, Place, read_page, with_error
from .progress import API_VERSION, places
from .verbs import messaging
from .verbs.verb import family

VERBS = family(messaging, strange=14110)
"""A voice verb in a messaging document has a code of its own (messaging reference 1.10)."""
MOST_DOCUMENTS = 20


class Reply:
    """The program that an inbound message sets off."""

    def __init__(
        self,
        facilities: Facilities,
        message: Message,
        steering: Steering,
        session: Session,
        send: Callable[[SendMessage], str],
    ) -> None:
        self.facilities, self.message, self.steering, self.session = facilities, message, steering, session
        self.place = Place(None)
        self._send, self.replies = send, 0
        self._patience = Patience()

    async def run(self) -> None:
        """Perform documents until one ends. A failing one is noticed, then its fallback is tried, once."""
        webhook = Webhook(self.steering.url, self.steering.method)
        on_fallback = False
        for _ in range(MOST_DOCUMENTS):
            webhook = replace(webhook, params=(*self._standard(), *webhook.params))
            try:
                following = await self._perform(webhook)
            except Fault as fault:
                self.notice(fault.code, fault.message, webhook, fault)
                if on_fallback or not self.steering.fallback_url:
                    return
                on_fallback = True
                fallback = Webhook(self.steering.fallback_url, self.steering.fallback_method)
                following = with_error(fallback, webhook.url, fault.code)
            if following is None:
                return
            webhook = following
        self.notice(14106, f"{MOST_DOCUMENTS} documents for one message: the app is redirecting in circles.", webhook)

    def send(self, order: SendMessage) -> str:
        """Send a reply; return its sid. Fault 14109 past the limit of replies."""
        self.replies += 1
        if self.replies > self.facilities.rules.replies_per_message:
            raise Fault(
                14109,
                f"A message may be answered with {self.facilities.rules.replies_per_message} messages; "
                "the rest are dropped.",
            )
        return self._send(order)

    def notice(self, code: int, message: str, webhook: Webhook | None = None, fault: Fault | None = None) -> None:
        """Tell the customer about an error or warning on the inbound message."""
        if (told := self._patience.hears(code, message)) is None:
            return
        failed = fault.__cause__ if fault else None
        notify(
            self.facilities.journal,
            self.facilities.chance,
            self.facilities.clock.now(),
            account=self.message.account,
            subject=self.message.sid,
            code=code,
            message=told,
            url=webhook.url if webhook else self.place.url or "",
            method=webhook.method if webhook else self.place.method,
            params=webhook.params + webhook.extra if webhook else (),
            page=failed.page if isinstance(failed, FetchFailed) else None,
        )

    async def _perform(self, webhook: Webhook) -> Webhook | None:
        page = await ask(self.facilities, webhook, self.message.account, self.session, self._record)
        self.place = Place(page.url, webhook.method)
        if not page.body.strip():
            return None
        try:
            for verb in read_page(page, VERBS, self.notice, plain=_message, audio=None):
                self._record(
                    VerbStarted(verb=verb.element.name, attributes=verb.element.attributes, text=verb.element.spoken())
                )
                await verb.run(self)
        except Next as chosen:
            return chosen.webhook
        except End:
            return None
        return None

    def _record(self, event: Event) -> None:
        self.facilities.journal.record(self.message.sid, self.message.account, event)

    def _standard(self) -> Params:
        text, sid = self.message.text, self.message.sid
        media = tuple(
            pair
            for i, url in enumerate(text.media)
            for pair in (
                (f"MediaUrl{i}", url),
                (f"MediaContentType{i}", type_of(url)),
            )
        )
        return (
            ("MessageSid", sid),
            ("SmsSid", sid),
            ("SmsMessageSid", sid),
            ("AccountSid", self.message.account),
            ("ApiVersion", API_VERSION),
            *((("MessagingServiceSid", service),) if (service := self.message.terms.service) else ()),
            ("From", text.sender),
            ("To", text.recipient),
            ("Body", text.body),
            ("NumMedia", str(len(text.media))),
            ("NumSegments", str(text.segments)),
            ("SmsStatus", "received"),
            *media,
            *places(text.sender, "From"),
            *places(text.recipient, "To"),
        )


def _message(text: str) -> Element:
    return Element("Message", (), text, (), "", 1)
