"""Access control lists: the addresses that SIP phones and exchanges call from (voice reference 10.1)."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from hoyhoy.rest.kit import BOTH, Context, Resource, integer, not_found, text
from hoyhoy.rest.kit.parts import check_room, remove_all
from hoyhoy.rest.kit.sip import check_open, check_unused
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
        address = _read(self.ip_address)
        self.ip_address = str(address)
        self.cidr_prefix_length = _bits(address, vars(self).get("cidr_prefix_length"))
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
        address = _read(changed.get("ip_address", self.ip_address))
        bits: int | None = changed.get("cidr_prefix_length", self.cidr_prefix_length)
        if not any(ctx.form.get("CidrPrefixLength", ())) and (
            "cidr_prefix_length" in changed or address.version != _read(self.ip_address).version
        ):
            bits = None
        changed |= {"ip_address": str(address), "cidr_prefix_length": _bits(address, bits)}


def _check_name(changed: dict[str, Any]) -> None:
    if changed.get("friendly_name") == "":
        raise Fault(21235, "Parameter 'FriendlyName' is required.")


def _read(raw: str) -> IPv4Address | IPv6Address:
    try:
        address = ip_address(raw.strip())
    except ValueError:
        address = None
    if address is None or (isinstance(address, IPv6Address) and address.scope_id):
        raise Fault(
            21235, f"'{raw[:60]}' is no IP address. The length of a network's prefix belongs into CidrPrefixLength."
        )
    return address


def _bits(address: IPv4Address | IPv6Address, bits: int | None) -> int:
    """Of an address without a prefix all bits count."""
    if bits is None:
        return address.max_prefixlen
    if bits > address.max_prefixlen:
        raise Fault(21235, f"CidrPrefixLength must be from 0 to {address.max_prefixlen} for {address}.")
    return bits
