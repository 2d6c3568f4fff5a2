"""API keys: credentials that can be taken back one by one (messaging reference 3.2, 3.3).

The row is shown here, by its older twin SigningKeys, and by the newer API of `iam_v1`, which alone
makes restricted ones. A standard key opens all but accounts and keys, and signs access tokens.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hoyhoy.rest.kit import BOTH, Context, Resource, text
from hoyhoy.rest.kit.auth import RESTRICTED, new_secret
from hoyhoy.wire.errors import Fault


class Key(Resource):
    """An API key of the account."""

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/Keys", "SK", "keys"
    needs_token = True
    has_address = False

    friendly_name: str = text(64, on=BOTH, error=70001)
    secret: str = text(secret=True, once=True)

    account_sid: str = text(shown=False)
    kind: str = text(default="standard", shown=False)
    policy: str = text(shown=False)

    @classmethod
    async def find(cls, ctx: Context, sid: str) -> dict[str, Any] | None:
        """Adopted sids need not have the form of ours."""
        return await ctx.services.rows.fetch(cls.table_name, sid)

    async def on_create(self, ctx: Context) -> Mapping[str, Any] | None:
        check_standard(ctx)
        self.secret = new_secret(ctx.services.chance)
        return None


def check_standard(ctx: Context) -> None:
    """A standard key may do more than any restricted one, which therefore makes none. Fault 70051."""
    if ctx.key is not None and ctx.key.kind == RESTRICTED:
        raise Fault(70051, "Authorization Error: a restricted key makes no standard ones")
