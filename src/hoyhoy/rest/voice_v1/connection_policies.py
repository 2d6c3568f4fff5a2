"""Connection policies: where calls by a carrier of the account's own would be sent (voice reference 10.1).

They are kept, and checked like those of the platform; no line of this exchange follows them.
"""

from __future__ import annotations

from typing import Any

from hoyhoy.rest.kit import BOTH, V1, Context, Resource, boolean, integer, not_found, text
from hoyhoy.rest.kit.parts import check_room, remove_all
from hoyhoy.rest.kit.sip import check_open, sip_url
from hoyhoy.wire.errors import Fault

MOST_POLICIES = 100
"""Of one account."""
MOST = 10
"""Targets of one policy."""


class ConnectionPolicy(Resource):
    """A list of SIP addresses."""

    path, prefix, key = "/v1/ConnectionPolicies", "NY", "connection_policies"
    product, style = "voice", V1
    below = {"targets": "Targets"}

    friendly_name: str = text(255, on=BOTH, error=21251)

    async def on_create(self, ctx: Context) -> None:
        async with ctx.services.turns("accounts", ctx.account.sid):
            full = Fault(21255, f"An account has at most {MOST_POLICIES} connection policies.")
            await check_room(ctx, self.table_name, [("account_sid", "=", ctx.account.sid)], MOST_POLICIES, full)
        check_open(ctx)

    async def on_delete(self, ctx: Context) -> None:
        mine = [("account_sid", "=", ctx.account.sid), ("connection_policy_sid", "=", self.sid)]
        if await ctx.services.rows.page("byoc_trunks", mine, limit=1):
            raise Fault(21254, "A BYOC trunk uses this connection policy.")
        await remove_all(ctx, "connection_policy_targets", mine)


class ConnectionPolicyTarget(Resource):
    """A SIP address: the lowest `priority` first, among equals by `weight`."""

    path, prefix, key = "/v1/ConnectionPolicies/{connection_policy_sid}/Targets", "NE", "targets"
    table_name, element = "connection_policy_targets", "Target"
    product, style = "voice", V1
    within = {"connection_policy_sid": "connection_policies"}

    connection_policy_sid: str = text()
    friendly_name: str = text(255, on=BOTH, error=21253)
    target: str = text(on=BOTH, required=21253)
    priority: int = integer(between=(0, 65535), default=10, on=BOTH, error=21253)
    weight: int = integer(between=(1, 65535), default=10, on=BOTH, error=21253)
    enabled: bool = boolean(default=True, on=BOTH, error=21253)

    async def on_create(self, ctx: Context) -> None:
        self.target = _read(self.target)
        sid = ctx.scope["connection_policy_sid"]
        async with ctx.services.turns("connection_policies", sid):
            where = [("account_sid", "=", ctx.account.sid), ("connection_policy_sid", "=", sid)]
            full = Fault(21252, f"A connection policy has at most {MOST} targets.")
            await check_room(ctx, self.table_name, where, MOST, full)
            if await ctx.services.rows.fetch("connection_policies", sid) is None:
                raise not_found(ctx.path)

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        if "target" in changed:
            changed["target"] = _read(changed["target"])


def _read(raw: str) -> str:
    return sip_url(raw, "Target", 21253)
