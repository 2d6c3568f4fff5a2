"""Queues: lines of waiting callers (voice reference 7).

Documents make them too, by name. The row is what stays; who waits, only the exchange knows.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any

from hoyhoy.exchange.queue import LARGEST, LONGEST_NAME, TABLE, row_named
from hoyhoy.rest.kit import BOTH, Context, Resource, computed, integer, text
from hoyhoy.wire.errors import Fault


class Queue(Resource):
    """A line of waiting callers."""

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/Queues", "QU", TABLE
    indexes = (("account_sid", "friendly_name"),)
    below = {"members": "Members"}

    friendly_name: str = text(LONGEST_NAME, on=BOTH, required=20001)
    max_size: int = integer(between=(1, LARGEST), on=BOTH)
    current_size: int = computed()
    average_wait_time: int = computed()

    def show_current_size(self, ctx: Context) -> int:
        queue = ctx.services.switchboard.facilities.queues.get(self.sid)
        return queue.size if queue else 0

    def show_average_wait_time(self, ctx: Context) -> int:
        """Seconds that those who wait have waited so far."""
        queue = ctx.services.switchboard.facilities.queues.get(self.sid)
        return queue.average_wait if queue else 0

    async def on_create(self, ctx: Context) -> None:
        facilities = ctx.services.switchboard.facilities
        self.friendly_name = _name(self.friendly_name)
        self.max_size = self.max_size or facilities.rules.queue_size
        async with facilities.queues.turn(ctx.account.sid, self.friendly_name):
            await self._check_free(ctx, self.friendly_name)

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        queues = ctx.services.switchboard.facilities.queues
        if changed.get("max_size", 0) is None:
            del changed["max_size"]
        name = changed["friendly_name"] = _name(changed.get("friendly_name", self.friendly_name))
        async with AsyncExitStack() as turns:
            for one in sorted({name, self.friendly_name}):
                await turns.enter_async_context(queues.turn(ctx.account.sid, one))
            await self._check_free(ctx, name)
        queues.changed(self.sid, name=name, max_size=changed.get("max_size", self.max_size))

    async def on_delete(self, ctx: Context) -> None:
        """Only an empty one."""
        queues = ctx.services.switchboard.facilities.queues
        async with queues.turn(ctx.account.sid, self.friendly_name):
            pass  # whoever is about to wait in it does so
        if waiting := self.show_current_size(ctx):
            raise Fault(20001, f"The queue is not empty: {waiting} callers wait in it.")
        queues.close(self.sid)

    async def _check_free(self, ctx: Context, name: str) -> None:
        row = await row_named(ctx.services.rows, ctx.account.sid, name)
        if row and row["sid"] != self.sid:
            raise Fault(20001, f"Parameter 'FriendlyName' is taken: the queue {row['sid']} has the name {name!r}.")


def _name(raw: str) -> str:
    """As documents mean it, in which white space around a name is none of it."""
    if not (name := raw.strip()):
        raise Fault(20001, "Parameter 'FriendlyName' must have at least one character.")
    return name
