"""Where the calls of a trunk's numbers are sent: to the lowest priority first, among equals by weight (10.2)."""

from __future__ import annotations

from typing import Any

from hoyhoy.rest.kit import BOTH, V1, Context, Resource, boolean, integer, not_found, text
from hoyhoy.rest.kit.parts import check_room
from hoyhoy.rest.kit.sip import sip_url
from hoyhoy.wire.errors import Fault

MOST = 10
"""Origination URLs of one trunk."""


class OriginationUrl(Resource):
    """A SIP address of the account's exchange."""

    path, prefix, key = "/v1/Trunks/{trunk_sid}/OriginationUrls", "OU", "origination_urls"
    product, style = "trunking", V1
    within = {"trunk_sid": "trunks"}

    trunk_sid: str = text()
    weight: int = integer(between=(1, 65535), on=BOTH, required=20001)
    priority: int = integer(between=(0, 65535), on=BOTH, required=20001)
    enabled: bool = boolean(on=BOTH, required=20001)
    friendly_name: str = text(64, on=BOTH, required=20001)
    sip_url: str = text(on=BOTH, required=21249)

    async def on_create(self, ctx: Context) -> None:
        self.sip_url = _read(self.sip_url)
        sid = ctx.scope["trunk_sid"]
        async with ctx.services.turns("trunks", sid):
            where = [("account_sid", "=", ctx.account.sid), ("trunk_sid", "=", sid)]
            full = Fault(21248, f"A trunk has at most {MOST} origination URLs.")
            await check_room(ctx, self.table_name, where, MOST, full)
            if ctx.services.directory.trunk(sid) is None:
                raise not_found(ctx.path)

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        for name in ("weight", "priority", "enabled", "friendly_name"):
            if name in changed and changed[name] in (None, ""):
                raise self.properties[name].wrong("is required")
        if "sip_url" in changed:
            changed["sip_url"] = _read(changed["sip_url"])


def _read(raw: str) -> str:
    return sip_url(raw, "SipUrl", 21249)
