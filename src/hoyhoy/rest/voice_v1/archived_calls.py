"""Calls of a day in the past, which can be forgotten. There is no archive apart: they are the calls of the account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hoyhoy.rest.kit import DELETE, V1, Context, Resource, moment, text
from hoyhoy.rest.kit.ended import check_deletable


class ArchivedCall(Resource):
    """A call that began on this day (UTC)."""

    path, prefix, key = "/v1/Archives/{date}/Calls", "CA", "calls"
    product, style = "voice", V1
    offers = (DELETE,)
    has_address = False

    sid: str = text(shown=False)
    account_sid: str = text(shown=False)
    status: str = text(shown=False)
    date_created: float = moment(shown=False)
    date_updated: float = moment(shown=False)

    @classmethod
    def sees(cls, ctx: Context, row: Mapping[str, Any]) -> bool:
        day = V1.moment(row["date_created"]).partition("T")[0]
        return bool(row["account_sid"] == ctx.account.sid and day == ctx.scope["date"])

    async def on_delete(self, ctx: Context) -> None:
        check_deletable(self.status)
