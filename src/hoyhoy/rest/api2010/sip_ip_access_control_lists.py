"""Access control lists: the addresses that SIP phones and exchanges call from (voice reference 10.1)."""

from __future__ import annotations

from typing import Any

from hoyhoy.rest.kit import BOTH, Context, Resource, integer, not_found, text
from hoyhoy.rest.kit.parts import check_room, remove_all
from hoyhoy.rest.kit.sip import bits_of, check_open, check_unused, ip_of
from hoyhoy.wire.errors import Fault

LISTS = "/2010-04-01/Accounts/{account_sid}/SIP/IpAccessControlLists"
MOST_LISTS = 1000
"""Of one account."""
MOST = 100
"""Addresses of one list."""


class SipIpAccessControlList(Resource):
    """Networks that are let in together."""

    path, prefix, key = LISTS, "AL", "ip_access_control_lists"
    table_name, element = "sip_ip_access_control_lists", "IpAccessControlList"
    below = {"ip_addresses": "IpAddresses"}

    friendly_name: str = text(255, on=BOTH, required=21235, error=21235)

    async def on_create(self, ctx: Context) -> None:
        async with ctx.services.turns("accounts", ctx.account.sid):
            full = Fault(21235, f"An account has at most {MOST_LISTS} IP access control lists.")
            await check_room(ctx, self.table_name, [("account_sid", "=", ctx.account.sid)], MOST_LISTS, full)
        check_open(ctx)

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        _check_name(changed)

    async def on_delete(self, ctx: Context) -> None:
        await check_unused(ctx, self.sid, Fault(21236, "A SIP domain or a trunk uses this IP access control list."))
        where = [("account_sid", "=", ctx.account.sid), ("ip_access_control_list_sid", "=", self.sid)]
        await remove_all(ctx, "sip_ip_addresses", where)


class SipIpAddress(Resource):
    """An address on the list, or all of its network: `cidr_prefix_length` is how many of its bits count."""

    path, prefix, key = LISTS + "/{ip_access_control_list_sid}/IpAddresses", "IP", "ip_addresses"
    table_name, element = "sip_ip_addresses", "IpAddress"
    within = {"ip_access_control_list_sid": "sip_ip_access_control_lists"}

    friendly_name: str = text(255, on=BOTH, required=21235, error=21235)
    ip_address: str = text(on=BOTH, required=21235)
    cidr_prefix_length: int = integer(between=(0, 128), default=32, on=BOTH, error=21235)
    ip_access_control_list_sid: str = text()

    async def on_create(self, ctx: Context) -> None:
        address = ip_of(self.ip_address, 21235)
        self.ip_address = str(address)
        self.cidr_prefix_length = bits_of(address, 21235, vars(self).get("cidr_prefix_length"))
        sid = ctx.scope["ip_access_control_list_sid"]
        async with ctx.services.turns("sip_ip_access_control_lists", sid):
            where = [("account_sid", "=", ctx.account.sid), ("ip_access_control_list_sid", "=", sid)]
            full = Fault(21237, f"An IP access control list has at most {MOST} addresses.")
            await check_room(ctx, self.table_name, where, MOST, full)
            if await ctx.services.rows.fetch("sip_ip_access_control_lists", sid) is None:
                raise not_found(ctx.path)

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        _check_name(changed)
        if "ip_address" not in changed and "cidr_prefix_length" not in changed:
            return
        address = ip_of(changed.get("ip_address", self.ip_address), 21235)
        bits: int | None = changed.get("cidr_prefix_length", self.cidr_prefix_length)
        if not any(ctx.form.get("CidrPrefixLength", ())) and (
            "cidr_prefix_length" in changed or address.version != ip_of(self.ip_address, 21235).version
        ):
            bits = None
        changed |= {"ip_address": str(address), "cidr_prefix_length": bits_of(address, 21235, bits)}


def _check_name(changed: dict[str, Any]) -> None:
    if changed.get("friendly_name") == "":
        raise Fault(21235, "Parameter 'FriendlyName' is required.")
