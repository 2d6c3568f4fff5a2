"""Accounts: who may use the exchange (messaging reference 3.1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hoyhoy.exchange.closing import Closing
from hoyhoy.rest.kit import CREATE, FETCH, LIST, UPDATE, Context, RootResource, choice, text
from hoyhoy.rest.kit.auth import MAIN
from hoyhoy.rest.kit.filters import Condition
from hoyhoy.wire.errors import Fault

STATUSES = ("active", "suspended", "closed")


class Account(RootResource):
    """An account, or one of its subaccounts."""

    path, prefix, key = "/2010-04-01/Accounts", "AC", "accounts"
    offers = (LIST, FETCH, CREATE, UPDATE)
    needs_token = True
    below = {
        "addresses": "Addresses",
        "applications": "Applications",
        "available_phone_numbers": "AvailablePhoneNumbers",
        "balance": "Balance",
        "calls": "Calls",
        "conferences": "Conferences",
        "incoming_phone_numbers": "IncomingPhoneNumbers",
        "keys": "Keys",
        "messages": "Messages",
        "notifications": "Notifications",
        "outgoing_caller_ids": "OutgoingCallerIds",
        "queues": "Queues",
        "recordings": "Recordings",
        "short_codes": "SMS/ShortCodes",
        "signing_keys": "SigningKeys",
        "transcriptions": "Transcriptions",
        "usage": "Usage/Records",
    }

    friendly_name: str = text(64, default="", on=(CREATE, UPDATE), error=20002, find="=")
    type: str = choice("Trial", "Full", default="Full")
    status: str = choice(*STATUSES, default="active", on=(UPDATE,), error=21478, find="=")
    auth_token: str = text(secret=True)
    owner_account_sid: str = text(find="=", param="")

    secondary_token: str = text(secret=True, shown=False)

    def show_auth_token(self, ctx: Context) -> str | None:
        """A key that may read accounts is not thereby their token."""
        return self.auth_token if ctx.key is None or ctx.key.kind == MAIN else None

    # Finding -------------------------------------------------------------------------------

    @classmethod
    def where(cls, ctx: Context) -> list[Condition]:
        """The caller itself, and its subaccounts if it is a main account."""
        mine = "owner_account_sid" if _is_main(ctx) else "sid"
        return [(mine, "=", ctx.caller.sid), ("status", "in", STATUSES)]

    @classmethod
    async def find(cls, ctx: Context, sid: str) -> dict[str, Any] | None:
        """Adopted sids need not have the form of ours. An account that only rehearses is no resource."""
        row = await ctx.services.rows.fetch(cls.table_name, sid)
        return row if row and row["status"] in STATUSES else None

    @classmethod
    def sees(cls, ctx: Context, row: Mapping[str, Any]) -> bool:
        return ctx.caller.sid in (row["sid"], row["owner_account_sid"])

    # Create and update ---------------------------------------------------------------------

    async def on_create(self, ctx: Context) -> None:
        if not _is_main(ctx):
            raise Fault(21101)
        self.friendly_name = self.friendly_name or f"SubAccount Created at {_clock_face(ctx.now)}"
        self.auth_token = ctx.services.chance.hex(32)
        self.owner_account_sid = ctx.caller.sid

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        if "friendly_name" in changed and not changed["friendly_name"]:
            raise Fault(20002)
        status = changed.pop("status", None)
        if status == self.status != "active":
            await self._end_traffic(ctx)  # what an earlier request could not finish
        if status in (None, self.status):
            return
        if self.owner_account_sid == self.sid:
            raise Fault(21477)
        if ctx.caller.sid == self.sid:
            raise Fault(20003, "Only the main account can change the status of its subaccounts.")
        if self.status == "closed":
            raise Fault(21479)
        await self._move(ctx, status)

    async def _move(self, ctx: Context, status: str) -> None:
        """Nothing new may begin before what is under way is ended, so the status goes first."""
        self.status, self.date_updated = status, ctx.now
        self.write(ctx, self.sid, "updated", {"status": status, "date_updated": ctx.now})
        await ctx.services.journal.settled()
        if status != "active":
            await self._end_traffic(ctx)

    async def _end_traffic(self, ctx: Context) -> None:
        services = ctx.services
        account = services.directory.account(self.sid)
        assert account
        await Closing(services.journal, services.rows, services.directory, services.switchboard).rest(account)


def _is_main(ctx: Context) -> bool:
    return ctx.caller.owner in ("", ctx.caller.sid)


def _clock_face(seconds: float) -> str:
    """`2026-01-31 02:05 pm`"""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %I:%M %p").lower()
