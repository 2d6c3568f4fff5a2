"""The older name of API keys: the same rows, both kinds of credentials at once (messaging reference 3.3)."""

from __future__ import annotations

from typing import Any

from hoyhoy.rest.kit import BOTH, Context, Resource, text
from hoyhoy.rest.kit.auth import new_secret


class SigningKey(Resource):
    """An API key under its older name."""

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/SigningKeys", "SK", "signing_keys"
    table_name = "keys"
    needs_token = True
    has_address = False

    friendly_name: str = text(64, on=BOTH, error=70001)
    secret: str = text(secret=True, once=True)

    account_sid: str = text(shown=False)

    @classmethod
    async def find(cls, ctx: Context, sid: str) -> dict[str, Any] | None:
        """Adopted sids need not have the form of ours."""
        return await ctx.services.rows.fetch(cls.table_name, sid)

    async def on_create(self, ctx: Context) -> None:
        self.secret = new_secret(ctx.services.chance)
