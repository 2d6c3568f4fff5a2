"""API keys in the newer API, which also makes restricted ones (messaging reference 3.2, 3.3).

It acts on the account that asks, and wants its sid named nevertheless.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from hoyhoy.rest.api2010.keys import Key, check_standard
from hoyhoy.rest.kit import BOTH, CREATE, LIST, V1, V2010, Context, choice, computed, text
from hoyhoy.rest.kit.auth import MAIN, RESTRICTED, allowed_to, new_secret
from hoyhoy.rest.kit.filters import Condition
from hoyhoy.rest.kit.paging import Turn
from hoyhoy.rest.kit.permissions import FORM, LONGEST, MOST, allows
from hoyhoy.wire.errors import Fault

FLAGS: Mapping[str, list[str]] = {
    "standard": ["rest_api", "signing"],
    MAIN: ["rest_api", "signing", "manage_accounts", "manage_keys"],
    RESTRICTED: ["restricted"],
}
"""What lists say that a key is good for."""


class _Iam(V1):
    """The newer conventions, with the older form of dates."""

    @staticmethod
    def moment(seconds: float) -> str:
        return V2010.moment(seconds)


class IamKey(Key):
    """An API key, standard or restricted."""

    path, table_name = "/v1/Keys", "keys"
    product, style = "iam", _Iam

    account_sid: str = text(on=(LIST, CREATE), required=20001, shown=False)
    key_type: str = choice("restricted", on=(CREATE,), shown=False)
    policy: str = text(on=BOTH, error=70002, alone=True)
    flags: list[str] = computed(listed=True)

    def show_policy(self, ctx: Context) -> Any:
        return json.loads(self.policy) if self.policy else None

    def show_flags(self, ctx: Context) -> list[str]:
        return FLAGS.get(self.kind, FLAGS["standard"])

    @classmethod
    async def page(cls, ctx: Context, wanted: Sequence[Condition], turn: Turn) -> Sequence[Mapping[str, Any]]:
        account = ctx.asked.get("account_sid")
        if not account:
            raise Fault(20001, "Parameter 'AccountSid' is required.")
        _check_account(ctx, account)
        return await super().page(ctx, wanted, turn)

    async def on_create(self, ctx: Context) -> Mapping[str, Any]:
        _check_account(ctx, self.account_sid)
        if self.key_type and not self.policy:
            raise Fault(20001, "Parameter 'Policy' is required: a restricted key may do what its policy allows.")
        if self.policy and not self.key_type:
            raise Fault(20001, "Parameter 'Policy' is for restricted keys: KeyType must be restricted.")
        if not self.policy:
            check_standard(ctx)
        row = {
            "account_sid": ctx.account.sid,
            "friendly_name": self.friendly_name,
            "secret": new_secret(ctx.services.chance),
            "kind": self.key_type or "standard",
            "policy": _checked(ctx, self.policy) if self.policy else None,
            "date_created": ctx.now,
            "date_updated": ctx.now,
        }
        sid = self.new_sid(ctx)
        self.write(ctx, sid, "created", row, new=True)
        return {"sid": sid, **row}

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        if "policy" in changed:
            if self.kind != RESTRICTED:
                raise Fault(20001, "Parameter 'Policy' is for restricted keys.")
            changed["policy"] = _checked(ctx, changed["policy"])


def _check_account(ctx: Context, sid: str) -> None:
    if sid != ctx.account.sid:
        raise Fault(20003, "Authentication Error - this API acts on the account that asks: use the other's own token")


def _checked(ctx: Context, policy: str) -> str:
    """The policy as it is kept. Fault 70002 when it is not one, 70051 when it is more than that of the key in use."""
    try:
        given = json.loads(policy)
    except (ValueError, RecursionError):
        raise Fault(70002, "Parameter 'Policy' is not JSON.") from None
    allowed = given.get("allow") if isinstance(given, dict) else None
    if not isinstance(allowed, list) or not allowed or len(given) > 1:
        raise Fault(70002, "Parameter 'Policy' must be {\"allow\": [...]} with at least one permission.")
    if len(allowed) > MOST:
        raise Fault(70002, f"Parameter 'Policy' may allow at most {MOST} permissions.")
    for one in allowed:
        if not isinstance(one, str) or len(one) > LONGEST or not FORM.fullmatch(one):
            raise Fault(70002, f"assertion '{str(one)[:LONGEST]}' is invalid")
        if ctx.key is not None and ctx.key.kind == RESTRICTED and not allows(allowed_to(ctx.key), one):
            raise Fault(70051, f"Authorization Error: permission {one[1:]} is not this key's to give")
    return json.dumps({"allow": allowed})
