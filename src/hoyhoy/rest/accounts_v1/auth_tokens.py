"""The second auth token of an account, and its promotion: changing tokens without a pause (messaging reference 3.3).

Both open the API at once, only the primary one signs webhooks. Promotion ends the old primary one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hoyhoy.exchange.events import ResourceChanged
from hoyhoy.exchange.ports import Row
from hoyhoy.rest.kit import CREATE, DELETE, UPDATE, V1, Context, Resource, text
from hoyhoy.wire.errors import Fault

NO_MAIL = {"suppress_email_notification": "the exchange never sends e-mail about tokens"}


class SecondaryAuthToken(Resource):
    """A token beside the primary one; there is at most one."""

    path, prefix, key = "/v1/AuthTokens/Secondary", "AC", "secondary_auth_token"
    product, style, single, table_name = "accounts", V1, True, ""
    offers = (CREATE, DELETE)
    needs_token = True
    later = NO_MAIL

    sid: str = text(shown=False)
    secondary_auth_token: str = text(secret=True, once=True)

    @classmethod
    async def find(cls, ctx: Context, sid: str) -> dict[str, Any] | None:
        return _answer(ctx) if _secondary(ctx) else None

    async def on_create(self, ctx: Context) -> Mapping[str, Any]:
        if _secondary(ctx):
            raise Fault(20409, "The account has a secondary auth token already: promote it or delete it first.")
        token = ctx.services.chance.hex(32)
        _set(ctx, {"secondary_token": token})
        return _answer(ctx) | {"secondary_auth_token": token}

    @classmethod
    def write(cls, ctx: Context, sid: str, change: str, values: Mapping[str, Any] | None, *, new: bool = False) -> None:
        """It is a column of the account, which its deletion empties."""
        _set(ctx, {"secondary_token": None})


class AuthTokenPromotion(Resource):
    """The secondary token becomes the primary one."""

    path, prefix, key = "/v1/AuthTokens/Promote", "AC", "auth_token_promotion"
    product, style, single, table_name = "accounts", V1, True, ""
    offers = (UPDATE,)
    needs_token = True
    later = NO_MAIL

    sid: str = text(shown=False)
    auth_token: str = text(secret=True)

    @classmethod
    async def find(cls, ctx: Context, sid: str) -> dict[str, Any] | None:
        return _answer(ctx) if _secondary(ctx) else None

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        self.auth_token = _secondary(ctx)
        _set(ctx, {"auth_token": self.auth_token, "secondary_token": None})
        await ctx.services.journal.settled()


def _secondary(ctx: Context) -> str:
    """As it is now: while the request's body was on its way, another may have changed it."""
    account = ctx.services.directory.account(ctx.account.sid)
    return account.secondary_token if account else ""


def _answer(ctx: Context) -> dict[str, Any]:
    return {"sid": ctx.account.sid, "account_sid": ctx.account.sid, "date_created": ctx.now, "date_updated": ctx.now}


def _set(ctx: Context, values: Mapping[str, Any]) -> None:
    event = ResourceChanged(table="accounts", change="updated", names=tuple(values))
    row = Row("accounts", ctx.account.sid, {**values, "date_updated": ctx.now})
    ctx.services.journal.record(ctx.account.sid, ctx.account.sid, event, (row,))
