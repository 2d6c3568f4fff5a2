"""IP records: the networks that source IP mappings name (voice reference 10.1)."""

from __future__ import annotations

from hoyhoy.rest.kit import BOTH, CREATE, V1, Context, Resource, integer, text
from hoyhoy.rest.kit.parts import check_room
from hoyhoy.rest.kit.sip import bits_of, check_open, ip_of
from hoyhoy.wire.errors import Fault

MOST = 100
"""Records of one account."""


class IpRecord(Resource):
    """An address, or all of its network: `cidr_prefix_length` is how many of its bits count."""

    path, prefix, key = "/v1/IpRecords", "IL", "ip_records"
    product, style = "voice", V1

    friendly_name: str = text(255, on=BOTH)
    ip_address: str = text(on=(CREATE,), required=20001)
    cidr_prefix_length: int = integer(between=(0, 128), default=32, on=(CREATE,))

    async def on_create(self, ctx: Context) -> None:
        address = ip_of(self.ip_address, 20001)
        self.ip_address = str(address)
        self.cidr_prefix_length = bits_of(address, 20001, vars(self).get("cidr_prefix_length"))
        async with ctx.services.turns("accounts", ctx.account.sid):
            full = Fault(20001, f"An account has at most {MOST} IP records.")
            await check_room(ctx, self.table_name, [("account_sid", "=", ctx.account.sid)], MOST, full)
        check_open(ctx)

    async def on_delete(self, ctx: Context) -> None:
        where = [("account_sid", "=", ctx.account.sid), ("ip_record_sid", "=", self.sid)]
        if await ctx.services.rows.page("source_ip_mappings", where, limit=1):
            raise Fault(20001, "A source IP mapping uses this IP record: delete that first.")
