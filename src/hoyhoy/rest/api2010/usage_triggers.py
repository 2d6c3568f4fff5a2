"""Usage triggers: whom to tell when so much of something has been used (messaging reference 3.4).

They are watched by exchange/triggers.py; the app is asked at `callback_url` once in each period.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from hoyhoy.exchange.triggers import record_uri, value_of
from hoyhoy.exchange.usage import Amount, Meter, family, period, written
from hoyhoy.rest.kit import (
    BOTH,
    CREATE,
    Context,
    Resource,
    choice,
    computed,
    constant,
    http_method,
    moment,
    text,
    web_url,
)
from hoyhoy.rest.kit.filters import Condition
from hoyhoy.rest.kit.paging import Turn
from hoyhoy.wire.errors import Fault
from hoyhoy.wire.usage_categories import KNOWN, TOTAL

_VALUE = re.compile(r"([+ ]?)([0-9]{1,12}(?:\.[0-9]{1,8})?)")
"""An unescaped + arrives as a blank."""


class UsageTrigger(Resource):
    """`recurring` None: it fires once, whenever that is."""

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/Usage/Triggers", "UT", "usage_triggers"

    account_sid: str = text()
    api_version: str = constant("2010-04-01")
    callback_method: str = http_method(on=BOTH)
    callback_url: str = web_url(callback=True, on=BOTH, required=20001)
    current_value: str = computed()
    date_fired: float = moment()
    friendly_name: str = text(64, on=BOTH)
    recurring: str = choice("daily", "monthly", "yearly", "alltime", on=(CREATE,), find="=")
    trigger_by: str = choice("count", "usage", "price", default="usage", on=(CREATE,), find="=")
    trigger_value: str = text(on=(CREATE,), required=20001)
    usage_category: str = text(on=(CREATE,), required=20001, find="=")
    usage_record_uri: str = computed()

    def show_usage_record_uri(self, ctx: Context) -> str:
        return record_uri(self.account_sid, self.recurring, self.usage_category, ctx.suffix)

    @classmethod
    async def page(cls, ctx: Context, wanted: Sequence[Condition], turn: Turn) -> Sequence[Mapping[str, Any]]:
        return await cls._with_current_values(ctx, await super().page(ctx, wanted, turn))

    @classmethod
    async def find(cls, ctx: Context, sid: str) -> dict[str, Any] | None:
        row = await super().find(ctx, sid)
        return (await cls._with_current_values(ctx, [row]))[0] if row and cls.sees(ctx, row) else None

    @classmethod
    async def _with_current_values(cls, ctx: Context, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """What has been used in the present period of each trigger; read once for all that share a period."""
        sharing: dict[str | None, set[str]] = {}
        for row in rows:
            sharing.setdefault(row["recurring"], set()).add(row["usage_category"])
        meter = Meter(ctx.services.rows, ctx.services.settings.tariff)
        accounts = family(ctx.services.directory, ctx.account.sid)
        usage = {
            recurring: await meter.read(
                accounts, *period(recurring, ctx.now), min(categories) if len(categories) == 1 else TOTAL
            )
            for recurring, categories in sharing.items()
        }
        return [
            {
                **row,
                "current_value": written(
                    value_of(usage[row["recurring"]].get(row["usage_category"], Amount()), row["trigger_by"])
                ),
            }
            for row in rows
        ]

    async def on_create(self, ctx: Context) -> None:
        if self.usage_category not in KNOWN:
            raise Fault(20001, f"Parameter 'UsageCategory' is not a category of usage: {self.usage_category[:40]}.")
        given = _VALUE.fullmatch(self.trigger_value)
        if not given or not Decimal(given[2]):
            raise Fault(20001, "Parameter 'TriggerValue' must be a number like 100 or +2.50.")
        row = {name: getattr(self, name) for name in ("recurring", "trigger_by", "usage_category")}
        [valued] = await self._with_current_values(ctx, [row])
        self.current_value = valued["current_value"]
        self.trigger_value = written(Decimal(given[2]) + (Decimal(self.current_value) if given[1] else 0))

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        if "callback_url" in changed and not changed["callback_url"]:
            raise Fault(20001, "Parameter 'CallbackUrl' cannot be empty: nobody would hear the trigger.")
