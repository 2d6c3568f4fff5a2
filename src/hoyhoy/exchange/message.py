"""A message: text on its way out or in, and the states it passes (messaging reference 1.6, 1.7)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from hoyhoy.wire import segments
from hoyhoy.wire.errors import Fault, lookup
from hoyhoy.wire.usage_categories import of_message

from .chance import new_sid
from .events import MessageCreated, MessageMoved, Params
from .facilities import Facilities
from .lifecycle import Lifecycle
from .ports import Callback, Row, Text
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
        sid: str = "",
        status: MessageStatus = MessageStatus.QUEUED,
    ) -> None:
        self.facilities = facilities
        self.sid = sid or new_sid(facilities.chance, "MM" if media else "SM")
        self.account, self.direction, self.status = account, direction, status
        self.status_callback = status_callback
        self.text = Text(self.sid, account, sender, recipient, body, media, segments.count(body).count)

    def created(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """Record the message's birth; return its row."""
        now = self.facilities.clock.now()
        row = {
            "account_sid": self.account,
            "messaging_service_sid": None,
            "to": self.text.recipient,
            "from": self.text.sender,
            "body": self.text.body,
            "status": str(self.status),
            "num_segments": self.text.segments,
            "num_media": len(self.text.media),
            "direction": self.direction,
            "usage_category": of_message(self.direction, self.text.sender, self.text.recipient, len(self.text.media)),
            "date_sent": now if self.direction == "inbound" else None,
            "error_code": None,
            "error_message": None,
            "status_callback": self.status_callback or None,
            "media": json.dumps(self.text.media),
            "date_created": now,
            "date_updated": now,
            **stored,
        }
        event = MessageCreated(
            direction=self.direction,
            sender=self.text.sender,
            recipient=self.text.recipient,
            body=self.text.body,
            status=str(self.status),
            num_segments=self.text.segments,
            media=self.text.media,
        )
        self.facilities.journal.record(self.sid, self.account, event, (Row("messages", self.sid, row, new=True),))
        return {"sid": self.sid, **row}

    def move(self, status: MessageStatus, error_code: int | None = None) -> None:
        """Change the status: event, row and callback together."""
        self.status = MESSAGE.move(self.status, status)
        now = self.facilities.clock.now()
        changes: dict[str, Any] = {"status": str(status), "date_updated": now}
        if status is MessageStatus.SENT:
            changes["date_sent"] = now
        if error_code:
            changes |= {"error_code": error_code, "error_message": lookup(error_code).gist}
        self.facilities.journal.record(
            self.sid,
            self.account,
            MessageMoved(status=str(status), error_code=error_code),
            (Row("messages", self.sid, changes),),
            self._callback(error_code),
        )

    def _callback(self, error_code: int | None) -> tuple[Callback, ...]:
        if not self.status_callback or self.direction == "inbound":
            return ()
        status = str(self.status)
        params: Params = (
            ("MessageSid", self.sid),
            ("SmsSid", self.sid),
            ("MessageStatus", status),
            ("SmsStatus", status),
            ("AccountSid", self.account),
            ("ApiVersion", API_VERSION),
            ("To", self.text.recipient),
            ("From", self.text.sender),
        )
        if error_code:
            params += (("ErrorCode", str(error_code)), ("ErrorMessage", lookup(error_code).gist))
        return (
            Callback(
                new_sid(self.facilities.chance, "CB"), self.sid, self.account, self.status_callback, "POST", params
            ),
        )

    def give_up(self) -> None:
        """Fail, when the message has not left yet."""
        if MESSAGE.may_move(self.status, MessageStatus.FAILED):
            self.move(MessageStatus.FAILED, 30008)

    async def deliver(self) -> None:
        """Take the message from where it stands to its last status; a refusal makes it failed, never an exception."""
        try:
            carrier = self.facilities.carrier_to(self.text.recipient)
            if self.status is MessageStatus.QUEUED:
                if not self.facilities.is_active(self.account):
                    raise Fault(30002)
                self.move(MessageStatus.SENDING)
            if self.status is MessageStatus.SENDING:
                await carrier.submit(self.text)
                self.move(MessageStatus.SENT)
        except Fault as fault:
            self.move(MessageStatus.FAILED, fault.code)
            return
        receipt = await carrier.receipt(self.text)
        self.move(MessageStatus(receipt.status), receipt.error_code)
