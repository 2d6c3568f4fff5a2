"""What an app tells the program of a client in a call that goes on (voice reference 13.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hoyhoy.exchange.conversing import LONGEST, LONGEST_KEY, conversation
from hoyhoy.rest.kit import CREATE, Context, Resource, moment, text


class UserDefinedMessage(Resource):
    """One message to the program at the far end; it is told at once, or the request says why it was not."""

    path = "/2010-04-01/Accounts/{account_sid}/Calls/{call_sid}/UserDefinedMessages"
    prefix, key, table_name = "KX", "user_defined_messages", ""
    within = {"call_sid": "calls"}
    offers = (CREATE,)
    live = True
    has_address = False

    call_sid: str = text()
    date_updated: float = moment(shown=False)
    content: str = text(LONGEST, on=(CREATE,), required=32702, error=32703, shown=False)
    idempotency_key: str = text(LONGEST_KEY, on=(CREATE,), error=32707, shown=False)

    async def on_create(self, ctx: Context) -> Mapping[str, Any]:
        call = ctx.scope["call_sid"]
        told = conversation(ctx.services.switchboard.facilities, call).tell(self.content, self.idempotency_key or "")
        return {"sid": told.sid, "account_sid": ctx.account.sid, "call_sid": call, "date_created": told.at}
