"""Source IP mappings: calls that name no SIP domain would go to one by where they come from (voice reference 10.1).

They are kept and not followed: at the exchange's own address a phone is known by the user that logs in, and an account
that mapped others' addresses would take their calls from them.
"""

from __future__ import annotations

from typing import Any

from hoyhoy.rest.kit import BOTH, CREATE, V1, Context, Resource, text
from hoyhoy.rest.kit.parts import check_mine
from hoyhoy.rest.kit.sids import sid_of
from hoyhoy.rest.kit.sip import check_open
from hoyhoy.wire.errors import Fault


class SourceIpMapping(Resource):
    """The domain that is meant by calls from the network of an IP record."""

    path, prefix, key = "/v1/SourceIpMappings", "IB", "source_ip_mappings"
    product, style = "voice", V1
    indexes = (("account_sid", "ip_record_sid"),)

    account_sid: str = text(shown=False)
    ip_record_sid: str = sid_of("IL", on=(CREATE,), required=20001, idle=True)
    sip_domain_sid: str = sid_of("SD", on=BOTH, required=20001, idle=True)

    async def on_create(self, ctx: Context) -> None:
        record, domain = self.ip_record_sid, self.sip_domain_sid
        async with ctx.services.turns("ip_records", record), ctx.services.turns("sip_domains", domain):
            await check_mine(ctx, "ip_records", record)
            where = [("account_sid", "=", ctx.account.sid), ("ip_record_sid", "=", record)]
            if await ctx.services.rows.page(self.table_name, where, limit=1):
                raise Fault(20001, f"The IP record {record} is mapped to a SIP domain already: update that mapping.")
            await check_mine(ctx, "sip_domains", domain)
        # Giving up the turns lets nobody run yet: it is written before the record or the domain can be deleted.
        check_open(ctx)

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        if "sip_domain_sid" in changed:
            domain = changed["sip_domain_sid"] or ""
            async with ctx.services.turns("sip_domains", domain):
                await check_mine(ctx, "sip_domains", domain)
