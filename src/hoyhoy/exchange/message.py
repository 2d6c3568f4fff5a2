"""A message: text on its way out or in, and the states it passes (messaging reference 1.6, 1.7).

A scheduled message waits for its time, one of a messaging service for its sender; neither has been
counted in segments until it is queued.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from mimetypes import MimeTypes
from typing import Any, TypeVar

from hoyhoy.wire import segments
from hoyhoy.wire.errors import Fault, lookup
from hoyhoy.wire.usage_categories import of_message

from .chance import new_sid
from .events import MessageCreated, MessageMoved, Params, ResourceChanged
from .facilities import Facilities
from .lifecycle import Lifecycle
from .orders import PLAIN, Terms
from .ports import Callback, Carrier, Row, Text
from .progress import API_VERSION


class MessageStatus(StrEnum):
    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    CANCELED = "canceled"
    READ = "read"
    RECEIVING = "receiving"
    RECEIVED = "received"


_ = MessageStatus
MESSAGE = Lifecycle.of(
    (_.ACCEPTED, [_.QUEUED, _.FAILED]),
    (_.SCHEDULED, [_.ACCEPTED, _.QUEUED, _.CANCELED, _.FAILED]),
    (_.QUEUED, [_.SENDING, _.FAILED]),
    (_.SENDING, [_.SENT, _.FAILED]),
    (_.SENT, [_.DELIVERED, _.UNDELIVERED]),
    (_.DELIVERED, [_.READ]),
    (_.READ, []),
    (_.UNDELIVERED, []),
    (_.FAILED, []),
    (_.CANCELED, []),
    (_.RECEIVING, [_.RECEIVED]),
    (_.RECEIVED, []),
)
SETTLED = (_.DELIVERED, _.READ, _.UNDELIVERED, _.FAILED, _.CANCELED, _.RECEIVED)
"""Statuses nothing more is expected after."""

T = TypeVar("T")

OUR_FAULT = 20500
"""The store is away. That is never what becomes of a message: it waits until the store is back."""

ASKED_AGAIN = 1.0
"""Seconds until the store is asked again."""

TYPES = MimeTypes()
"""Python's own table, the same on every machine: what a medium is called until it has been fetched."""

OBFUSCATED = 4
"""How many digits of a number are not kept."""


def type_of(address: str) -> str:
    """The content type of a medium, by the name it has."""
    return TYPES.guess_type(address.partition("?")[0])[0] or "application/octet-stream"


def obfuscated(number: str) -> str:
    """`+14155550123` -> `+1415555XXXX`."""
    return number[:-OBFUSCATED] + "X" * OBFUSCATED


class Message:
    """One message from its creation to its last status."""

    def __init__(
        self,
        facilities: Facilities,
        *,
        account: str,
        direction: str,
        sender: str,
        recipient: str,
        body: str,
        media: tuple[str, ...] = (),
        status_callback: str = "",
        terms: Terms = PLAIN,
        sid: str = "",
        status: MessageStatus | None = None,
        since: float | None = None,
    ) -> None:
        """`since` is when it was created, if that was before a restart."""
        self.facilities, self.terms = facilities, terms
        self.is_mms = bool(media) or terms.as_mms
        self.sid = sid or new_sid(facilities.chance, "MM" if self.is_mms else "SM")
        self.account, self.direction = account, direction
        self.status = status or _first_status(terms)
        self.status_callback = status_callback
        self.since = facilities.clock.now() if since is None else since
        count = 1 if self.is_mms else segments.count(body).count
        self.text = Text(self.sid, account, sender, recipient, body, media, count)
        self.position: int | None = None
        """Where its birth stands in the log, when it was born in this run."""

    def created(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """Record the message's birth and its media; return its row."""
        now, text, terms = self.since, self.text, self.terms
        row = {
            "account_sid": self.account,
            "messaging_service_sid": terms.service or None,
            "to": text.recipient,
            "body": text.body,
            "status": str(self.status),
            "num_media": len(text.media),
            "direction": self.direction,
            "date_sent": now if self.direction == "inbound" else None,
            "error_code": None,
            "error_message": None,
            "status_callback": self.status_callback or None,
            "media": json.dumps(text.media),
            "due_at": terms.send_at,
            "validity_period": terms.validity_period,
            "send_as_mms": terms.as_mms,
            "content_retention": "discard" if terms.discard else "retain",
            "address_retention": "obfuscate" if terms.obfuscate else "retain",
            "date_created": now,
            "date_updated": now,
            **self._sent_from(self.status),
            **stored,
        }
        event = MessageCreated(
            direction=self.direction,
            sender=text.sender,
            recipient=obfuscated(text.recipient) if terms.obfuscate else text.recipient,
            body="" if terms.discard else text.body,
            status=str(self.status),
            num_segments=row["num_segments"],
            media=() if terms.discard else text.media,
        )
        rows = (Row("messages", self.sid, row, new=True),)
        self.position = self.facilities.journal.record(self.sid, self.account, event, rows).position
        if not terms.discard:
            self._keep_media()
        return {"sid": self.sid, **row}

    def _sent_from(self, status: MessageStatus) -> dict[str, Any]:
        """What is known of a message only when it is queued (1.3)."""
        text = self.text
        waits = status in (MessageStatus.ACCEPTED, MessageStatus.SCHEDULED)
        category = of_message(self.direction, text.sender, text.recipient, len(text.media) or self.is_mms)
        return {
            "from": text.sender or None,
            "num_segments": 0 if waits else text.segments,
            "usage_category": None if waits else category,
        }

    def _keep_media(self) -> None:
        """One row for each, for both directions (1.1)."""
        for address in self.text.media:
            row = Row(
                "media",
                new_sid(self.facilities.chance, "ME"),
                {
                    "account_sid": self.account,
                    "parent_sid": self.sid,
                    "content_type": type_of(address),
                    "file_url": address,
                    "date_created": self.since,
                    "date_updated": self.since,
                },
                new=True,
            )
            event = ResourceChanged(table=row.table, change="created")
            self.facilities.journal.record(row.sid, self.account, event, (row,))

    def move(self, status: MessageStatus, error_code: int | None = None) -> None:
        """Change the status: event, row and callback together.

        When the journal takes no more just now (Fault 20500), nothing has changed.
        """
        status = MESSAGE.move(self.status, status)
        now = self.facilities.clock.now()
        changes: dict[str, Any] = {"status": str(status), "date_updated": now}
        chosen = ""
        if status is MessageStatus.SENT:
            changes["date_sent"] = now
        elif status is MessageStatus.QUEUED:
            changes |= self._sent_from(status)
            chosen = self.text.sender
        if error_code:
            changes |= {"error_code": error_code, "error_message": lookup(error_code).gist}
        if status in SETTLED:
            changes |= self._forgotten()
        self.facilities.journal.record(
            self.sid,
            self.account,
            MessageMoved(status=str(status), error_code=error_code, sender=chosen),
            (Row("messages", self.sid, changes),),
            self._callback(status, error_code, now),
        )
        self.status = status

    async def moved(self, status: MessageStatus, error_code: int | None = None) -> None:
        """Change the status as soon as the journal takes it."""

        async def move() -> None:
            self.move(status, error_code)

        await self._when_stored(move)

    async def _when_stored(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do this again and again until the store is not away."""
        while True:
            try:
                return await work()
            except Fault as fault:
                if fault.code != OUR_FAULT:
                    raise
            await self.facilities.clock.sleep(ASKED_AGAIN)

    def _forgotten(self) -> dict[str, Any]:
        """What is not kept of a finished message (1.2)."""
        changes: dict[str, Any] = {}
        if self.terms.discard:
            changes |= {"body": "", "media": "[]"}
        if self.terms.obfuscate:
            changes["to"] = obfuscated(self.text.recipient)
        return changes

    def _callback(self, status: MessageStatus, error_code: int | None, now: float) -> tuple[Callback, ...]:
        if not self.status_callback or self.direction == "inbound":
            return ()
        params: Params = (
            ("MessageSid", self.sid),
            ("SmsSid", self.sid),
            ("MessageStatus", str(status)),
            ("SmsStatus", str(status)),
            ("AccountSid", self.account),
            ("ApiVersion", API_VERSION),
            ("To", self.text.recipient),
            ("From", self.text.sender),
        )
        if self.terms.service:
            params += (("MessagingServiceSid", self.terms.service),)
        if error_code:
            params += (("ErrorCode", str(error_code)), ("ErrorMessage", lookup(error_code).gist))
        if status in (MessageStatus.DELIVERED, MessageStatus.UNDELIVERED) and not self.is_mms:
            params += (("RawDlrDoneDate", datetime.fromtimestamp(now, UTC).strftime("%y%m%d%H%M")),)
        return (
            Callback(
                new_sid(self.facilities.chance, "CB"), self.sid, self.account, self.status_callback, "POST", params
            ),
        )

    def cancel(self) -> None:
        """Fault 30409 when it is not waiting for its time any more (1.4)."""
        if self.status is not MessageStatus.SCHEDULED:
            raise not_scheduled(self.status)
        self.move(MessageStatus.CANCELED)

    async def give_up(self) -> None:
        """Fail, when the message has not left yet."""

        async def fail() -> None:
            if MESSAGE.may_move(self.status, MessageStatus.FAILED):
                self.move(MessageStatus.FAILED, 30008)

        await self._when_stored(fail)

    async def deliver(self, choose: Callable[[Message], Awaitable[str]]) -> None:
        """Take the message from where it stands to its last status; a refusal makes it failed, never an exception.

        One that is scheduled is due now. `choose` answers who sends it when a messaging service is to say so,
        or raises Fault. While the store is away the message waits: it was accepted.
        """
        try:
            await self._queue(choose)
            if self.status in SETTLED:
                return
            carrier = self.facilities.carrier_to(self.text.recipient)
            await self._submit(carrier)
        except Fault as fault:
            await self.moved(MessageStatus.FAILED, fault.code)
            return
        receipt = await self._when_stored(lambda: carrier.receipt(self.text))
        await self.moved(MessageStatus(receipt.status), receipt.error_code)

    async def _queue(self, choose: Callable[[Message], Awaitable[str]]) -> None:
        await self._when_stored(self._accept)
        if self.status is MessageStatus.ACCEPTED:
            self.text = replace(self.text, sender=await self._when_stored(lambda: choose(self)))
            await self.moved(MessageStatus.QUEUED)

    async def _accept(self) -> None:
        """Unless it is canceled at the last moment."""
        if self.status is MessageStatus.SCHEDULED:
            self.move(MessageStatus.ACCEPTED)

    async def _submit(self, carrier: Carrier) -> None:
        """Fault 30001 when it cannot leave while it is valid (1.2)."""
        clock = self.facilities.clock
        left = (self.terms.send_at or self.since) + self.terms.validity_period - clock.now()
        if self.status is MessageStatus.QUEUED:
            if not self.facilities.is_active(self.account):
                raise Fault(30002)
            if left <= 0:
                raise Fault(30001)
            await self.moved(MessageStatus.SENDING)
        if self.status is MessageStatus.SENDING:
            try:
                async with clock.timeout(left):
                    await self._when_stored(lambda: carrier.submit(self.text))
            except TimeoutError:
                raise Fault(30001) from None
            await self.moved(MessageStatus.SENT)


def not_scheduled(status: str) -> Fault:
    return Fault(30409, f"The message is {status}; only scheduled messages can be canceled.")


def _first_status(terms: Terms) -> MessageStatus:
    """Of a message that goes out (1.6)."""
    if terms.send_at is not None:
        return MessageStatus.SCHEDULED
    return MessageStatus.ACCEPTED if terms.service else MessageStatus.QUEUED
