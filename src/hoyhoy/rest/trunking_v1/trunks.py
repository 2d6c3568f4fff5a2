"""SIP trunks: an exchange of the account's own, which calls through ours and answers numbers (voice reference 10.2).

How its calls are recorded is a resource of its own over the same row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hoyhoy.exchange.events import ResourceChanged
from hoyhoy.exchange.ports import Row
from hoyhoy.rest.kit import (
    BOTH,
    FETCH,
    UPDATE,
    V1,
    Context,
    Resource,
    boolean,
    choice,
    computed,
    constant,
    http_method,
    moment,
    text,
    web_url,
)
from hoyhoy.rest.kit.parts import check_room, remove_all
from hoyhoy.rest.kit.sip import auth_types, check_open, free_name
from hoyhoy.wire.errors import Fault

MOST = 100
"""Trunks of one account."""

AT_ONCE = 500
"""Numbers that are read at once when a trunk is deleted."""

MODES = (
    "do-not-record",
    "record-from-ringing",
    "record-from-answer",
    "record-from-ringing-dual",
    "record-from-answer-dual",
)
TRIMS = ("do-not-trim", "trim-silence")
TRANSFERS = ("from-transferee", "from-transferor")
"""Who is shown to whom a call is transferred to."""


class Trunk(Resource):
    """A trunk of the account."""

    path, prefix, key = "/v1/Trunks", "TK", "trunks"
    product, style = "trunking", V1
    below = {
        "origination_urls": "OriginationUrls",
        "credential_lists": "CredentialLists",
        "ip_access_control_lists": "IpAccessControlLists",
        "phone_numbers": "PhoneNumbers",
        "recording": "Recording",
    }

    friendly_name: str = text(64, on=BOTH)
    domain_name: str = text(on=BOTH)
    """Where it calls us; without one it only receives."""
    disaster_recovery_url: str = web_url(on=BOTH)
    disaster_recovery_method: str = http_method(on=BOTH)
    secure: bool = boolean(default=False, on=BOTH)
    """Whether it is reached by TLS and SRTP alone."""
    recording: dict[str, str] = computed()
    transfer_mode: str = choice("disable-all", "enable-all", "sip-only", default="disable-all", on=BOTH, idle=True)
    transfer_caller_id: str = choice(*TRANSFERS, default=TRANSFERS[0], on=BOTH, idle=True)
    cnam_lookup_enabled: bool = boolean(default=False, on=BOTH, idle=True)
    auth_type: str = computed()
    auth_type_set: list[str] = computed()
    symmetric_rtp_enabled: bool = constant(False)

    mode: str = text(default=MODES[0], shown=False)
    trim: str = text(default=TRIMS[0], shown=False)

    def show_recording(self, ctx: Context) -> dict[str, str]:
        return {"mode": self.mode, "trim": self.trim}

    def show_auth_type(self, ctx: Context) -> str:
        return ",".join(self.show_auth_type_set(ctx))

    def show_auth_type_set(self, ctx: Context) -> list[str]:
        trunk = ctx.services.directory.trunk(self.sid)
        return auth_types(trunk.addresses, trunk.credentials) if trunk else []

    async def on_create(self, ctx: Context) -> None:
        async with ctx.services.turns("accounts", ctx.account.sid):
            full = Fault(21244, f"An account has at most {MOST} trunks.")
            await check_room(ctx, self.table_name, [("account_sid", "=", ctx.account.sid)], MOST, full)
        check_open(ctx)
        if self.domain_name:
            self.domain_name = self._free(ctx, self.domain_name)

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        if changed.get("disaster_recovery_url") == "":
            changed["disaster_recovery_url"] = None
        if "domain_name" in changed:
            changed["domain_name"] = self._free(ctx, changed["domain_name"]) if changed["domain_name"] else None

    async def on_delete(self, ctx: Context) -> None:
        """Its numbers and lists stay in the account; the numbers are answered at their own URLs again."""
        mine = [("account_sid", "=", ctx.account.sid), ("trunk_sid", "=", self.sid)]
        await remove_all(ctx, "trunk_lists", mine)
        await remove_all(ctx, "origination_urls", mine)
        table = "incoming_phone_numbers"
        while rows := await ctx.services.rows.page(table, mine, limit=AT_ONCE):
            for row in rows:
                event = ResourceChanged(table=table, change="updated", names=("trunk_sid",))
                values = {"trunk_sid": None, "date_updated": ctx.now}
                ctx.services.journal.record(row["sid"], ctx.account.sid, event, (Row(table, row["sid"], values),))

    def _free(self, ctx: Context, raw: str) -> str:
        return free_name(ctx, raw, ctx.services.settings.trunk_domain, invalid=21245, taken=21246, sid=self.sid or "")


class TrunkRecording(Resource):
    """Whether and how the calls of a trunk are recorded."""

    path, prefix, key = "/v1/Trunks/{trunk_sid}/Recording", "TK", "recording"
    table_name, element = "trunks", "Recording"
    product, style = "trunking", V1
    offers = (FETCH, UPDATE)
    single, has_address = True, False

    sid: str = text(shown=False)
    account_sid: str = text(shown=False)
    date_created: float = moment(shown=False)
    date_updated: float = moment(shown=False)
    mode: str = choice(*MODES, default=MODES[0], on=(UPDATE,), error=21247)
    trim: str = choice(*TRIMS, default=TRIMS[0], on=(UPDATE,), error=21247)

    @classmethod
    async def find(cls, ctx: Context, sid: str) -> dict[str, Any] | None:
        return await ctx.services.rows.fetch(cls.table_name, ctx.scope["trunk_sid"])

    @classmethod
    def sees(cls, ctx: Context, row: Mapping[str, Any]) -> bool:
        return bool(row["account_sid"] == ctx.account.sid)
