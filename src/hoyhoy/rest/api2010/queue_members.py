"""Members: the callers who wait in a queue, the first of them `Front` (voice reference 7).

Who is told to perform another document leaves the queue for it at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hoyhoy.exchange import queue
from hoyhoy.exchange.ports import Webhook
from hoyhoy.exchange.queue import QueueResult
from hoyhoy.rest.kit import (
    FETCH,
    LIST,
    UPDATE,
    Context,
    Resource,
    http_method,
    integer,
    moment,
    text,
    web_url,
)
from hoyhoy.rest.kit.filters import Condition
from hoyhoy.rest.kit.paging import Turn, cut
from hoyhoy.wire.errors import Fault

FRONT = "Front"


class Member(Resource):
    """A caller who waits in this queue."""

    path = "/2010-04-01/Accounts/{account_sid}/Queues/{queue_sid}/Members"
    prefix, key, table_name = "CA", "queue_members", ""
    element = "QueueMember"
    within = {"queue_sid": queue.TABLE}
    offers = (LIST, FETCH, UPDATE)
    live = True

    sid: str = text(shown=False)
    account_sid: str = text(shown=False)
    date_created: float = moment(shown=False)
    date_updated: float = moment(shown=False)
    call_sid: str = text()
    date_enqueued: float = moment()
    position: int = integer()
    queue_sid: str = text()
    wait_time: int = integer()
    url: str = web_url(on=(UPDATE,), error=21205, shown=False)
    method: str = http_method(on=(UPDATE,), error=21209, shown=False)

    @classmethod
    async def page(cls, ctx: Context, wanted: Sequence[Condition], turn: Turn) -> Sequence[Mapping[str, Any]]:
        waiting = ctx.services.switchboard.facilities.queues.get(ctx.scope["queue_sid"])
        return cut([_row(one, place) for place, one in enumerate(waiting or (), 1)], turn)

    @classmethod
    async def find(cls, ctx: Context, sid: str) -> dict[str, Any] | None:
        if "left" in ctx.asked:  # who was just told to leave is shown as he was
            return dict(ctx.asked["left"])
        waiting = ctx.services.switchboard.facilities.queues.get(ctx.scope["queue_sid"])
        if waiting is None:
            return None
        found = waiting.head() if sid == FRONT else waiting.member(sid)
        return _row(found, found.position) if found else None

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        if not changed.get("url"):
            raise Fault(21205, "Parameter 'Url' is required: what shall the call do?")
        waiting = ctx.services.switchboard.facilities.queues.get(self.queue_sid)
        member = waiting.member(self.call_sid) if waiting else None
        if waiting is None or member is None or not member.is_there:
            raise Fault(20404, f"The call {self.call_sid} does not wait in this queue any more.")
        ctx.asked["left"] = _row(member, member.position)
        waiting.remove(member, QueueResult.REDIRECTED)
        member.call.redirect(Webhook(changed["url"], changed.get("method") or "POST"))


def _row(member: queue.Member, position: int) -> dict[str, Any]:
    return {
        "sid": member.call.sid,
        "account_sid": member.call.account,
        "call_sid": member.call.sid,
        "queue_sid": member.queue.sid,
        "date_enqueued": member.enqueued_at,
        "position": position,
        "wait_time": member.waited,
    }
