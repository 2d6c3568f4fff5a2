"""SIP domains: where the account's SIP phones call and register (voice reference 10.1).

Who may do so is a matter of the lists that are mapped to a domain (`sip_mappings`); without any,
nobody may.
"""

from __future__ import annotations

from typing import Any

from hoyhoy.rest.kit import BOTH, Context, Resource, boolean, computed, constant, http_method, text, web_url
from hoyhoy.rest.kit.parts import check_room, remove_all
from hoyhoy.rest.kit.sids import sid_of
from hoyhoy.rest.kit.sip import auth_types, check_open, free_name
from hoyhoy.wire.errors import Fault

MOST = 100
"""Domains of one account."""

URLS = ("voice_url", "voice_fallback_url", "voice_status_callback_url")

NAMED_BY = (
    ("source_ip_mappings", "sip_domain_sid", "source IP mapping"),
    ("byoc_trunks", "from_domain_sid", "BYOC trunk"),
)
"""Tables whose rows name a domain, and in which column."""


def document_url() -> Any:
    return web_url(on=BOTH, error=21402)


class SipDomain(Resource):
    """A domain of the account."""

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/SIP/Domains", "SD", "domains"
    table_name, element = "sip_domains", "Domain"
    below = {
        "ip_access_control_list_mappings": "IpAccessControlListMappings",
        "credential_list_mappings": "CredentialListMappings",
    }

    api_version: str = constant("2010-04-01")
    auth_type: str = computed()
    domain_name: str = text(on=BOTH, required=21231)
    friendly_name: str = text(64, on=BOTH, error=21231)
    voice_url: str = document_url()
    voice_method: str = http_method(on=BOTH)
    voice_fallback_url: str = document_url()
    voice_fallback_method: str = http_method(on=BOTH)
    voice_status_callback_url: str = web_url(callback=True, on=BOTH, error=21402)
    voice_status_callback_method: str = http_method(on=BOTH)
    sip_registration: bool = boolean(default=False, on=BOTH)
    """Whether phones may register."""
    emergency_calling_enabled: bool = boolean(default=False, on=BOTH, idle=True)
    secure: bool = boolean(default=False, on=BOTH)
    """Whether it is reached by TLS and SRTP alone."""
    byoc_trunk_sid: str = sid_of("BY", on=BOTH, idle=True)
    emergency_caller_sid: str = sid_of("PN", on=BOTH, idle=True)

    def show_auth_type(self, ctx: Context) -> str:
        domain = ctx.services.directory.domain_of(self.sid)
        return ",".join(auth_types(domain.call_addresses, domain.call_credentials)) if domain else ""

    async def on_create(self, ctx: Context) -> None:
        async with ctx.services.turns("accounts", ctx.account.sid):
            full = Fault(21230, f"An account has at most {MOST} SIP domains.")
            await check_room(ctx, self.table_name, [("account_sid", "=", ctx.account.sid)], MOST, full)
        check_open(ctx)
        self.domain_name = self._free(ctx, self.domain_name)

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        for name in (*URLS, "byoc_trunk_sid", "emergency_caller_sid"):
            if changed.get(name) == "":
                changed[name] = None
        if "domain_name" in changed:
            changed["domain_name"] = self._free(ctx, changed["domain_name"])

    async def on_delete(self, ctx: Context) -> None:
        """Not one that something else names. Its lists stay in the account."""
        mine = ("account_sid", "=", ctx.account.sid)
        for table, column, what in NAMED_BY:
            for row in await ctx.services.rows.page(table, [mine, (column, "=", self.sid)], limit=1):
                raise Fault(20001, f"The {what} {row['sid']} names this SIP domain: change or delete that first.")
        await remove_all(ctx, "sip_domain_lists", [mine, ("domain_sid", "=", self.sid)])

    def _free(self, ctx: Context, raw: str) -> str:
        return free_name(ctx, raw, ctx.services.settings.sip_domain, invalid=21231, taken=21232, sid=self.sid or "")
