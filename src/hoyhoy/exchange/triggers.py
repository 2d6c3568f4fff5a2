"""Usage triggers: an app is told when an account has used so much of something (messaging reference 3.4).

Triggers are checked on the full minute after something was used, as of the second before it, so that the last minute
of a day belongs to that day however late the check is; and a minute after midnight GMT, for numbers are paid for
without anything happening. The first check of a run, and the one after a check that failed, also look at the end of
the period before.
Without triggers nothing is waited for, and while nothing is used only the next day is: a virtual clock runs on as
fast as before.

A trigger fires once in each of its periods; without a period, once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import format_datetime
from typing import Any

from hoyhoy.wire.errors import Fault
from hoyhoy.wire.usage_categories import TOTAL

from .chance import Chance, new_sid
from .clock import Clock
from .events import Entry, Params, ResourceChanged
from .ports import Callback, Directory, Journal, Row, Rows
from .usage import DAY, MOMENTS, Amount, Meter, Tariff, day_of, family, period, written

log = logging.getLogger(__name__)

TABLE = "usage_triggers"
MINUTE = 60.0
AT_ONCE = 500
"""Triggers that are read at once."""

RECORDS = {"daily": "/Today", "monthly": "/ThisMonth", "yearly": "/Yearly", "alltime": "/AllTime"}
"""Where the record is that a recurring trigger watches, below Usage/Records."""

_Waiting = dict[tuple[str, str | None], list[dict[str, Any]]]
"""Triggers by account and recurrence: one reading of the usage serves them."""


def record_uri(account: str, recurring: str | None, category: str, suffix: str = ".json") -> str:
    """Path of the usage record that a trigger watches."""
    return f"/2010-04-01/Accounts/{account}/Usage/Records{RECORDS.get(recurring or '', '')}{suffix}?Category={category}"


def value_of(amount: Amount, by: str) -> Decimal:
    """What a trigger compares: `by` is count, usage or price."""
    return amount.price if by == "price" else Decimal(amount.count if by == "count" else amount.used)


class Triggers:
    """Watches what is recorded, and fires. Subscribe `hear` to the journal, then `start`."""

    def __init__(
        self,
        *,
        clock: Clock,
        chance: Chance,
        journal: Journal,
        rows: Rows,
        directory: Directory,
        tariff: Tariff | None = None,
    ) -> None:
        self._clock, self._chance, self._journal = clock, chance, journal
        self._rows, self._directory = rows, directory
        self._meter = Meter(rows, tariff)
        self._sids: set[str] = set()
        self._alarm: tuple[float, asyncio.Task[None]] | None = None
        self._checking = asyncio.Lock()
        self._was_away = False
        """Whether the end of a period may have passed unseen."""

    async def start(self) -> None:
        """Take up the triggers that are in the store already."""
        async for trigger in self._triggers():
            self._sids.add(trigger["sid"])
        if self._sids:
            self._was_away = True
            self._check_soon()

    def hear(self, entry: Entry, rows: Sequence[Row]) -> None:
        """Something was recorded."""
        for row in rows:
            if row.table == TABLE:
                self._trigger_changed(row)
            elif self._sids and row.values and row.values.get(MOMENTS.get(row.table, "")) is not None:
                self._check_soon()

    def _trigger_changed(self, row: Row) -> None:
        if row.values is None:
            self._sids.discard(row.sid)
            if not self._sids and self._alarm:
                self._alarm[1].cancel()
                self._alarm = None
        elif row.new:
            self._sids.add(row.sid)
            self._check_soon()

    # When -----------------------------------------------------------------------------------

    def _check_soon(self) -> None:
        self._check_at((self._clock.now() // MINUTE + 1) * MINUTE)

    def _check_at(self, due: float) -> None:
        if self._alarm:
            if self._alarm[0] <= due:
                return
            self._alarm[1].cancel()
        self._alarm = due, self._clock.spawn(self._wait(due), "usage triggers")

    async def _wait(self, due: float) -> None:
        await self._clock.sleep(due - self._clock.now())
        self._alarm = None
        try:
            with self._clock.busy("usage triggers"):
                if self._was_away:
                    await self._check(due - 1, before=True)
                await self._check(due - 1)
            self._was_away = False
        except Fault as fault:  # the store is out of order; it says so itself
            log.warning("usage triggers were not checked: %s", fault.message)
            self._was_away = True
            self._check_soon()
        if self._sids:
            today = day_of(self._clock.now())
            if today > day_of(due - 1):  # something may have been used since midnight
                self._check_soon()
            self._check_at((today + 1) * DAY + MINUTE)

    # Whether --------------------------------------------------------------------------------

    async def _check(self, now: float, *, before: bool = False) -> None:
        """One at a time, so that none tells what another is telling. `before`: as of the end of the period before."""
        async with self._checking:
            for moment, waiting in (await self._waiting(now, before)).items():
                await self._compare(moment, waiting)

    async def _waiting(self, now: float, before: bool) -> dict[float, _Waiting]:
        """The triggers that have not fired in their period, by the moment as of which they are checked."""
        found: dict[float, _Waiting] = {}
        async for trigger in self._triggers():
            recurring, moment = trigger["recurring"], now
            first, _ = period(recurring, moment)
            if before:
                moment = first * DAY - 1
                if moment < max(trigger["date_created"] or 0, 0):
                    continue
                first, _ = period(recurring, moment)
            if trigger["date_fired"] is None or trigger["date_fired"] < first * DAY:
                group = found.setdefault(moment, {})
                group.setdefault((trigger["account_sid"], recurring), []).append(trigger)
        return found

    async def _compare(self, now: float, waiting: _Waiting) -> None:
        for (account, recurring), triggers in waiting.items():
            categories = {trigger["usage_category"] for trigger in triggers}
            usage = await self._meter.read(
                family(self._directory, account),
                *period(recurring, now),
                categories.pop() if len(categories) == 1 else TOTAL,
            )
            for trigger in triggers:
                value = value_of(usage.get(trigger["usage_category"], Amount()), trigger["trigger_by"])
                if value >= Decimal(trigger["trigger_value"]) and trigger["sid"] in self._sids:
                    self._fire(trigger, value, now)

    async def _triggers(self) -> AsyncIterator[dict[str, Any]]:
        before: int | None = None
        while page := await self._rows.page(TABLE, before=before, limit=AT_ONCE):
            for row in page:
                yield row
            before = page[-1]["id"]

    def _fire(self, trigger: Mapping[str, Any], value: Decimal, now: float) -> None:
        sid, account = trigger["sid"], trigger["account_sid"]
        params: Params = (
            ("AccountSid", account),
            ("UsageTriggerSid", sid),
            ("Recurring", trigger["recurring"] or ""),
            ("UsageCategory", trigger["usage_category"]),
            ("TriggerBy", trigger["trigger_by"]),
            ("TriggerValue", trigger["trigger_value"]),
            ("CurrentValue", written(value)),
            ("UsageRecordUri", record_uri(account, trigger["recurring"], trigger["usage_category"])),
            ("DateFired", format_datetime(datetime.fromtimestamp(int(now), UTC))),
            ("IdempotencyToken", self._chance.hex(32)),
        )
        self._journal.record(
            sid,
            account,
            ResourceChanged(table=TABLE, change="updated", names=("date_fired",)),
            (Row(TABLE, sid, {"date_fired": now, "date_updated": now}),),
            (
                Callback(
                    sid=new_sid(self._chance, "CB"),
                    subject=sid,
                    account=account,
                    url=trigger["callback_url"],
                    method=trigger["callback_method"] or "POST",
                    params=params,
                ),
            ),
        )
