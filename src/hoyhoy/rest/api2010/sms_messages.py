"""SMS/Messages: what messages were called before 2013, and still are in much copied code (messaging reference 8.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hoyhoy.rest.kit import CREATE, FETCH, LIST, Context, integer
from hoyhoy.wire.errors import Fault

from .messages import Message

LONGEST_BODY = 160


class SmsMessage(Message):
    """A message under its old name: the same rows, but of media it knows nothing."""

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/SMS/Messages", "SMMM", "sms_messages"
    also = ()
    table_name, element, plural = "messages", "SMSMessage", "SMSMessages"
    offers = (LIST, FETCH, CREATE)
    takes = ("To", "From", "Body", "StatusCallback", "ApplicationSid")
    below = {}
    later = {}

    num_media: int = integer(as_text=True, shown=False)

    async def on_create(self, ctx: Context) -> Mapping[str, Any]:
        if ctx.services.settings.strict and len(self.body or "") > LONGEST_BODY:
            raise Fault(21605)
        return await super().on_create(ctx)
