"""Who is told what the program of a client says in a call that goes on (voice reference 13.3)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from hoyhoy.exchange.conversing import LONGEST_KEY, Subscription, conversation
from hoyhoy.rest.kit import CREATE, DELETE, Context, Resource, http_method, moment, text, web_url
from hoyhoy.wire.errors import Fault


class UserDefinedMessageSubscription(Resource):
    """A callback for each message of the program at the far end, until it is deleted or the call is over."""

    path = "/2010-04-01/Accounts/{account_sid}/Calls/{call_sid}/UserDefinedMessageSubscriptions"
    prefix, key, table_name = "ZY", "user_defined_message_subscriptions", ""
    within = {"call_sid": "calls"}
    offers = (CREATE, DELETE)
    live = True

    call_sid: str = text()
    date_updated: float = moment(shown=False)
    callback: str = web_url(callback=True, on=(CREATE,), required=32711, error=32711, shown=False)
    method: str = http_method(on=(CREATE,), error=21209, shown=False)
    idempotency_key: str = text(LONGEST_KEY, on=(CREATE,), error=32707, shown=False)

    @classmethod
    async def find(cls, ctx: Context, sid: str) -> dict[str, Any] | None:
        found = _subscriptions(ctx).get(sid)
        return _row(ctx, found) if found else None

    async def on_create(self, ctx: Context) -> Mapping[str, Any]:
        there = conversation(ctx.services.switchboard.facilities, ctx.scope["call_sid"])
        return _row(ctx, there.subscribe(self.callback, self.method, self.idempotency_key or ""))

    async def on_delete(self, ctx: Context) -> None:
        _subscriptions(ctx).pop(self.sid, None)

    @classmethod
    def write(cls, ctx: Context, sid: str, change: str, values: Mapping[str, Any] | None, *, new: bool = False) -> None:
        """There is no row: it lives no longer than the call."""


def _subscriptions(ctx: Context) -> dict[str, Subscription]:
    """Those of the call in the path, by sid; none when it is over."""
    with suppress(Fault):
        return conversation(ctx.services.switchboard.facilities, ctx.scope["call_sid"]).subscriptions
    return {}


def _row(ctx: Context, subscription: Subscription) -> dict[str, Any]:
    return {
        "sid": subscription.sid,
        "account_sid": ctx.account.sid,
        "call_sid": ctx.scope["call_sid"],
        "date_created": subscription.at,
    }
