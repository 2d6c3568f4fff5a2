"""Whether a subaccount has the dialling permissions of its main account (voice reference 10.1)."""

from __future__ import annotations

from typing import Any

from hoyhoy.rest.kit import FETCH, UPDATE, V1, Context, Resource, boolean, moment, text


class VoiceSettings(Resource):
    """The settings of an account; a row is made of them when they are first changed."""

    path, prefix, key = "/v1/Settings", "AC", "settings"
    product, style, table_name = "voice", V1, "voice_settings"
    offers = (FETCH, UPDATE)
    single, updated_status = True, 202

    sid: str = text(shown=False)
    account_sid: str = text(shown=False)
    date_created: float = moment(shown=False)
    date_updated: float = moment(shown=False)
    dialing_permissions_inheritance: bool = boolean(default=True, on=(UPDATE,))

    @classmethod
    async def find(cls, ctx: Context, sid: str) -> dict[str, Any]:
        mine = ctx.account.sid
        return await ctx.services.rows.fetch(cls.table_name, mine) or {"sid": mine, "account_sid": mine}

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        if self.date_created is None:
            values = {"account_sid": self.account_sid, "date_created": ctx.now, "date_updated": ctx.now}
            self.write(ctx, self.sid, "created", values, new=True)
