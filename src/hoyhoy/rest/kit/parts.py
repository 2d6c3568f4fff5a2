"""What belongs to something else: that this is there, how many of it there may be, and that it goes with it."""

from __future__ import annotations

from collections.abc import Sequence

from hoyhoy.exchange.events import ResourceChanged
from hoyhoy.exchange.ports import Row
from hoyhoy.wire.errors import Fault

from .filters import Condition
from .request import Context

AT_ONCE = 500
"""Rows that are read at once when all are removed."""


async def check_room(ctx: Context, table: str, where: Sequence[Condition], most: int, fault: Fault) -> None:
    """The fault when `where` finds `most` rows already.

    Called while it is the owner's turn: whoever comes next counts what was written meanwhile.
    """
    (found,) = await ctx.services.rows.tally(table, where)
    if found["count"] >= most:
        raise fault


async def check_mine(ctx: Context, table: str, sid: str) -> None:
    """Fault 20404 for what is not the account's."""
    row = await ctx.services.rows.fetch(table, sid)
    if row is None or row["account_sid"] != ctx.account.sid:
        raise Fault(20404, f"There is no {sid[:40]} in this account.")


async def remove_all(ctx: Context, table: str, where: Sequence[Condition]) -> None:
    """Delete the rows that `where` finds."""
    while rows := await ctx.services.rows.page(table, where, limit=AT_ONCE):
        for row in rows:
            event = ResourceChanged(table=table, change="deleted")
            ctx.services.journal.record(row["sid"], ctx.account.sid, event, (Row(table, row["sid"], None),))
