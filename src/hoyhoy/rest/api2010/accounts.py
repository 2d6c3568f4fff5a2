"""Accounts: who may use the exchange (messaging reference 3.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hoyhoy.rest.kit import FETCH, LIST, UPDATE, Context, RootResource, choice, text
from hoyhoy.rest.kit.filters import Condition
from hoyhoy.wire.errors import Fault


class Account(RootResource):
    """An account, or one of its subaccounts."""

    path, prefix, key = "/2010-04-01/Accounts", "AC", "accounts"
    offers = (LIST, FETCH, UPDATE)
    below = {
        "calls": "Calls",
        "incoming_phone_numbers": "IncomingPhoneNumbers",
        "messages": "Messages",
        "notifications": "Notifications",
    }
    later = {"create": "subaccounts are not made over REST yet"}

    friendly_name: str = text(64, default="", on=(UPDATE,), error=20002, find="=")
    type: str = choice("Trial", "Full", default="Full")
    status: str = choice("active", "suspended", "closed", default="active", on=(UPDATE,), error=21478, find="=")
    auth_token: str = text(secret=True)
    owner_account_sid: str = text(find="=", param="")

    @classmethod
    def where(cls, ctx: Context) -> list[Condition]:
        """The caller itself, and its subaccounts if it is a main account."""
        if ctx.caller.owner in ("", ctx.caller.sid):
            return [("owner_account_sid", "=", ctx.caller.sid)]
        return [("sid", "=", ctx.caller.sid)]

    @classmethod
    async def find(cls, ctx: Context, sid: str) -> dict[str, Any] | None:
        return await ctx.services.rows.fetch(cls.table_name, sid)

    @classmethod
    def sees(cls, ctx: Context, row: Mapping[str, Any]) -> bool:
        return ctx.caller.sid in (row["sid"], row["owner_account_sid"])

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        if "friendly_name" in changed and not changed["friendly_name"]:
            raise Fault(20002)
        if "status" in changed and changed["status"] != self.status:
            if self.owner_account_sid == self.sid:
                raise Fault(21477)
            if ctx.caller.sid == self.sid:
                raise Fault(20003, "Only the main account can change the status of its subaccounts.")
            if self.status == "closed":
                raise Fault(21479)
