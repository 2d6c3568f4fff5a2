"""What SIP domains and trunks have in common: names, and lists of those who are let in (voice reference 10)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, ClassVar

from hoyhoy.wire.errors import Fault
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.uri import parse

from .auth import admit
from .endpoint import not_found
from .filters import Condition
from .properties import CREATE, DELETE, FETCH, LIST, computed, text
from .request import Context
from .resource import Resource, place

USES = ("sip_domain_lists", "trunk_lists")
"""The tables that say which lists domains and trunks use."""

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")  # RFC 1035 2.3.1 and 2.3.4, RFC 1123 2.1


def check_open(ctx: Context) -> None:
    """Fault 20005 when the account has been closed or suspended since the request came in."""
    account = ctx.services.directory.account(ctx.account.sid)
    if account is not None:
        admit(account, ctx.services.directory, writes=True)


def free_name(ctx: Context, raw: str, suffix: str, *, invalid: int, taken: int, sid: str = "") -> str:
    """The name of a domain in small letters. Fault `invalid`, or `taken` when another than `sid` has it.

    Nothing may be awaited from here until it is written down: the first of two has it.
    """
    name = raw.strip().lower()
    label, _, rest = name.partition(".")
    if rest != suffix or not _LABEL.fullmatch(label):
        raise Fault(invalid, f"'{raw[:100]}' is no domain: it must be letters, digits and hyphens, and then .{suffix}")
    for holder in (ctx.services.directory.domain(name), ctx.services.directory.trunk_at(name)):
        if holder is not None and holder.sid != sid:
            raise Fault(taken, f"The domain name {name} is taken.")
    return name


def auth_types(addresses: Sequence[str], credentials: Sequence[str]) -> list[str]:
    """By what those who call are told apart; by nothing means that nobody may call."""
    found = (("IP_ACL", addresses), ("CREDENTIAL_LIST", credentials))
    return [name for name, lists in found if lists]


def ip_of(raw: str, code: int) -> IPv4Address | IPv6Address:
    """An address as people write it. Fault `code`."""
    try:
        address = ip_address(raw.strip())
    except ValueError:
        address = None
    if address is None or (isinstance(address, IPv6Address) and address.scope_id):
        raise Fault(
            code, f"'{raw[:60]}' is no IP address. The length of a network's prefix belongs into CidrPrefixLength."
        )
    return address


def bits_of(address: IPv4Address | IPv6Address, code: int, bits: int | None) -> int:
    """How many bits of an address count; without a prefix all. Fault `code` for more than it has."""
    if bits is None:
        return address.max_prefixlen
    if bits > address.max_prefixlen:
        raise Fault(code, f"CidrPrefixLength must be from 0 to {address.max_prefixlen} for {address}.")
    return bits


def sip_url(raw: str, param: str, code: int) -> str:
    """A `sip:` address to which a number can be added. Fault `code`."""
    text = raw.strip()
    try:
        uri = parse(text)
    except SipError as why:
        raise Fault(code, f"{param} is not a SIP address: {why}.") from None
    if uri.scheme != "sip" or uri.headers:
        raise Fault(code, f"{param} must be an address that begins with sip: and has no headers in it.")
    return text


async def check_unused(ctx: Context, sid: str, fault: Fault) -> None:
    """The fault when a domain or a trunk uses the list."""
    for table in USES:
        if await ctx.services.rows.page(table, [("list_sid", "=", sid)], limit=1):
            raise fault


class ListMapping(Resource):
    """A list that a domain or a trunk uses, found there under the list's own sid.

    A list may serve several of them, so the row has another sid.
    """

    offers = (LIST, FETCH, CREATE, DELETE)
    indexes = (("list_sid",),)
    lists: ClassVar[str]
    """The table of the lists."""
    use: ClassVar[str]
    """What they are used for: `purpose` of the rows."""
    named: ClassVar[str]
    """The property that names the list when it is mapped."""

    list_sid: str = text(shown=False)
    purpose: str = text(shown=False)
    friendly_name: str = computed()

    def show_sid(self, ctx: Context) -> str:
        return self.list_sid

    async def show_friendly_name(self, ctx: Context) -> str | None:
        row = await ctx.services.rows.fetch(self.lists, self.list_sid)
        return row["friendly_name"] if row else None

    def address(self, ctx: Context) -> str:
        return f"{place(ctx)}/{self.list_sid}"

    @classmethod
    def where(cls, ctx: Context) -> list[Condition]:
        return [*super().where(ctx), ("purpose", "=", cls.use)]

    @classmethod
    async def find(cls, ctx: Context, sid: str) -> dict[str, Any] | None:
        return await ctx.services.rows.fetch(cls.table_name, cls._row_of(ctx, sid))

    @classmethod
    def _row_of(cls, ctx: Context, sid: str) -> str:
        ((column, _),) = cls.within.items()
        return f"{ctx.scope[column]}.{cls.use}.{sid}"

    async def on_create(self, ctx: Context) -> Mapping[str, Any] | None:
        """A list that is used already is no fault: it is answered as it is."""
        ((column, owners),) = self.within.items()
        sid, owner = getattr(self, self.named), ctx.scope[column]
        async with ctx.services.turns(owners, owner), ctx.services.turns(self.lists, sid):
            row = await ctx.services.rows.fetch(self.lists, sid)
            if row is None or row["account_sid"] != ctx.account.sid:
                raise Fault(20404, f"There is no list {sid[:40]} in this account.")
            if known := await self.find(ctx, sid):
                return known
            if await ctx.services.rows.fetch(owners, owner) is None:
                raise not_found(ctx.path)
        # Giving up the turns lets nobody run yet: it is written before the list or its user can be deleted.
        self.sid, self.list_sid, self.purpose = self._row_of(ctx, sid), sid, self.use
        return None
