"""BYOC trunks: a carrier of the account's own for its programmable calls (voice reference 10.1).

They are kept, so that what sets them up goes on; no line of this exchange uses them.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any

from hoyhoy.rest.kit import BOTH, V1, Context, Resource, boolean, http_method, text, web_url
from hoyhoy.rest.kit.parts import check_mine, check_room
from hoyhoy.rest.kit.sids import sid_of
from hoyhoy.rest.kit.sip import check_open
from hoyhoy.wire.errors import Fault

MOST = 100
"""Trunks of one account."""

NAMED = {"connection_policy_sid": "connection_policies", "from_domain_sid": "sip_domains"}
"""What a trunk names, and the tables that have it."""


def _document_url() -> Any:
    return web_url(on=BOTH, error=21402, idle=True)


class ByocTrunk(Resource):
    """A trunk of the account."""

    path, prefix, key = "/v1/ByocTrunks", "BY", "byoc_trunks"
    product, style = "voice", V1
    indexes = (("account_sid", "connection_policy_sid"),)

    friendly_name: str = text(255, on=BOTH)
    voice_url: str = _document_url()
    voice_method: str = http_method(on=BOTH, idle=True)
    voice_fallback_url: str = _document_url()
    voice_fallback_method: str = http_method(on=BOTH, idle=True)
    status_callback_url: str = web_url(callback=True, on=BOTH, error=21402, idle=True)
    status_callback_method: str = http_method(on=BOTH, idle=True)
    cnam_lookup_enabled: bool = boolean(default=False, on=BOTH, idle=True)
    connection_policy_sid: str = sid_of("NY", on=BOTH)
    from_domain_sid: str = sid_of("SD", on=BOTH)

    async def on_create(self, ctx: Context) -> None:
        async with ctx.services.turns("accounts", ctx.account.sid):
            full = Fault(20001, f"An account has at most {MOST} BYOC trunks.")
            await check_room(ctx, self.table_name, [("account_sid", "=", ctx.account.sid)], MOST, full)
            await _check(ctx, {name: getattr(self, name) for name in NAMED})
        check_open(ctx)

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        await _check(ctx, changed)
        for name, value in changed.items():
            if value == "" and name != "friendly_name":
                changed[name] = None


async def _check(ctx: Context, given: dict[str, Any]) -> None:
    """Fault 20404 for what is not the account's. Giving up the turns lets nobody run yet: the trunk is written before
    what it names can be deleted."""
    async with AsyncExitStack() as turns:
        for name, table in NAMED.items():
            if sid := given.get(name):
                await turns.enter_async_context(ctx.services.turns(table, sid))
                await check_mine(ctx, table, sid)
