"""The balance of an account: what it began with, less what its usage cost (messaging reference 3.4)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hoyhoy.exchange.usage import Amount, Meter, family, period
from hoyhoy.rest.kit import FETCH, Context, Resource, computed, constant, moment, text
from hoyhoy.wire.usage_categories import TOTAL


class Balance(Resource):
    """What is left. A subaccount has none of its own: its main account's is shown.

    While nothing has a price, every account keeps what it began with.
    """

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/Balance", "BA", "balances"
    table_name = ""
    offers = (FETCH,)
    single = True

    sid: str = text(shown=False)
    date_created: float = moment(shown=False)
    date_updated: float = moment(shown=False)
    account_sid: str = text()
    balance: str = computed()
    currency: str = constant("USD")

    @classmethod
    async def find(cls, ctx: Context, sid: str) -> dict[str, Any]:
        return {"account_sid": ctx.account.sid}

    async def show_balance(self, ctx: Context) -> str:
        settings, owner = ctx.services.settings, ctx.account.owner or ctx.account.sid
        spent = Decimal()
        if settings.tariff:
            meter = Meter(ctx.services.rows, settings.tariff)
            usage = await meter.read(family(ctx.services.directory, owner), *period(None, ctx.now))
            spent = usage.get(TOTAL, Amount()).price
        return _dollars(settings.credit - spent)


def _dollars(amount: Decimal) -> str:
    """At least two decimals, at most five: `100.00`, `-0.0075`."""
    whole, _, cents = f"{amount:.5f}".partition(".")
    return f"{whole}.{cents.rstrip('0'):0<2}"
