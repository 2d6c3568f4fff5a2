"""Usage: how much of what an account used, in all and by period (messaging reference 3.4).

A record is one category in one period. Periods come newest first, the categories of each in the order of their
names. What this exchange does not count stands there with nothing; a category nobody knows has no records.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

from hoyhoy.exchange.usage import Amount, Meter, Usage, date_of, day_number, family, written
from hoyhoy.rest.kit import LIST, Context, Resource, boolean, constant, moment, place, text
from hoyhoy.rest.kit.filters import Condition
from hoyhoy.rest.kit.paging import Turn
from hoyhoy.wire.errors import Fault
from hoyhoy.wire.usage_categories import NAMES, TOTAL, category

_RELATIVE = re.compile(r"([+ -])([0-9]{1,6})days?")
_PLACES = {name: place for place, name in enumerate(NAMES)}
_ROOM = 1000
"""More than there are categories: the `id` of a row is made of its period's number and its category's place."""


@dataclass(frozen=True, slots=True)
class Series:
    """The periods between two days, by number: days, months or years since the beginning of our era, or one whole."""

    unit: str
    start: date
    end: date

    def number(self, day: date) -> int:
        match self.unit:
            case "day":
                return day.toordinal()
            case "month":
                return day.year * 12 + day.month - 1
            case "year":
                return day.year
        return 0

    def span(self, number: int) -> tuple[date, date]:
        """First and last day of a period, as far as it lies between ours."""
        match self.unit:
            case "day":
                return date.fromordinal(number), date.fromordinal(number)
            case "month":
                year, month = divmod(number, 12)
                first = date(year, month + 1, 1)
                last = (first + timedelta(31)).replace(day=1) - timedelta(1) if number < 9999 * 12 + 11 else date.max
            case "year":
                first, last = date(number, 1, 1), date(number, 12, 31)
            case _:
                first, last = self.start, self.end
        return max(first, self.start), min(last, self.end)


class UsageRecord(Resource):
    """The whole time that is asked for, by default the life of the account."""

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/Usage/Records", "UR", "usage_records"
    table_name = ""
    offers = (LIST,)
    below = {
        "all_time": "AllTime",
        "daily": "Daily",
        "last_month": "LastMonth",
        "monthly": "Monthly",
        "this_month": "ThisMonth",
        "today": "Today",
        "yearly": "Yearly",
        "yesterday": "Yesterday",
    }
    unit: ClassVar[str] = ""
    """What a record covers: a day, a month, a year, or everything that is asked for."""

    sid: str = text(shown=False)
    date_created: float = moment(shown=False)
    date_updated: float = moment(shown=False)
    category: str = text(on=(LIST,))
    description: str = text()
    account_sid: str = text()
    start_date: str = text(on=(LIST,))
    end_date: str = text(on=(LIST,))
    count: str = text()
    count_unit: str = text()
    usage: str = text()
    usage_unit: str = text()
    price: str = text()
    price_unit: str = constant("usd")
    as_of: str = text()
    api_version: str = constant("2010-04-01")
    include_subaccounts: bool = boolean(default=True, on=(LIST,), shown=False)

    @classmethod
    def within_days(cls, today: date) -> tuple[date, date] | None:
        """The days that this list is about, whatever is asked for."""
        return None

    @classmethod
    async def page(cls, ctx: Context, wanted: Sequence[Condition], turn: Turn) -> Sequence[Mapping[str, Any]]:
        asked = ctx.asked.get("category")
        names = NAMES if asked is None else [asked] if asked in _PLACES else []
        today = datetime.fromtimestamp(ctx.now, UTC).date()
        limits = cls.within_days(today)
        start, end = (read_day(name, ctx.asked.get(column), today) for name, column in DATES.items())
        if limits:
            start, end = max(start or limits[0], limits[0]), min(end or limits[1], limits[1])
        start, end = start or await _first_day(ctx), end or today
        if start > end or (cls.unit and start > today) or not names:
            return []
        series = Series(cls.unit, start, end)
        places = list(_rows(series, names, series.number(min(end, today)), turn))
        usage = await _used(ctx, series, places, asked or TOTAL, today) if places else {}
        as_of = datetime.fromtimestamp(int(ctx.now), UTC).isoformat()
        return [
            {
                "id": (number + 1) * _ROOM - _PLACES[name],
                "account_sid": ctx.account.sid,
                "as_of": as_of,
                **_dates(series.span(number)),
                **_shown(name, usage.get(number, {}).get(name, Amount())),
            }
            for number, name in places
        ]

    async def shown(self, ctx: Context, *, alone: bool, fresh: bool = False) -> dict[str, Any]:
        body = await super().shown(ctx, alone=alone, fresh=fresh)
        asked = f"{ctx.suffix}?Category={self.category}"  # neither names of categories nor dates need quoting
        root = f"/2010-04-01/Accounts/{ctx.account.sid}/Usage/Records"
        body["uri"] = f"{place(ctx)}{asked}&StartDate={self.start_date}&EndDate={self.end_date}"
        body["subresource_uris"] = {name: f"{root}/{last}{asked}" for name, last in self.below.items()}
        return body


class UsageRecordAllTime(UsageRecord):
    """The same as without a period."""

    path, element = UsageRecord.path + "/AllTime", "UsageRecord"


class UsageRecordDaily(UsageRecord):
    path, element, unit = UsageRecord.path + "/Daily", "UsageRecord", "day"


class UsageRecordMonthly(UsageRecord):
    path, element, unit = UsageRecord.path + "/Monthly", "UsageRecord", "month"


class UsageRecordYearly(UsageRecord):
    path, element, unit = UsageRecord.path + "/Yearly", "UsageRecord", "year"


class UsageRecordToday(UsageRecord):
    path, element = UsageRecord.path + "/Today", "UsageRecord"

    @classmethod
    def within_days(cls, today: date) -> tuple[date, date]:
        return today, today


class UsageRecordYesterday(UsageRecord):
    path, element = UsageRecord.path + "/Yesterday", "UsageRecord"

    @classmethod
    def within_days(cls, today: date) -> tuple[date, date]:
        return today - timedelta(1), today - timedelta(1)


class UsageRecordThisMonth(UsageRecord):
    path, element = UsageRecord.path + "/ThisMonth", "UsageRecord"

    @classmethod
    def within_days(cls, today: date) -> tuple[date, date]:
        return today.replace(day=1), today


class UsageRecordLastMonth(UsageRecord):
    path, element = UsageRecord.path + "/LastMonth", "UsageRecord"

    @classmethod
    def within_days(cls, today: date) -> tuple[date, date]:
        last = today.replace(day=1) - timedelta(1)
        return last.replace(day=1), last


DATES = {"StartDate": "start_date", "EndDate": "end_date"}


def read_day(param: str, raw: str | None, today: date) -> date | None:
    """`2026-01-31`, or `-30days` and `+1day` from today. An unescaped + arrives as a blank."""
    if raw is None:
        return None
    try:
        if relative := _RELATIVE.fullmatch(raw):
            return today + timedelta(int(relative[2]) * (-1 if relative[1] == "-" else 1))
        if re.fullmatch(r"\d{4}-\d\d-\d\d", raw, re.ASCII):
            return date.fromisoformat(raw)
    except (ValueError, OverflowError):
        pass
    raise Fault(20001, f"Parameter '{param}' is neither a date like 2026-01-31 nor an offset like -30days: {raw[:40]}.")


async def _first_day(ctx: Context) -> date:
    """When the account began."""
    row = await ctx.services.rows.fetch("accounts", ctx.account.sid) or {}
    return datetime.fromtimestamp(row.get("date_created") or 0, UTC).date()


def _rows(series: Series, names: Sequence[str], newest: int, turn: Turn) -> Iterator[tuple[int, str]]:
    """Period and category of each row of a page and one more; a list of many years is never made as a whole."""
    first = 0
    if turn.before is not None:
        number = -(-turn.before // _ROOM) - 1
        seen = bisect_right([_PLACES[name] for name in names], (number + 1) * _ROOM - turn.before)
        first = max(0, (newest - number) * len(names) + seen)
    first += turn.offset
    count = (newest - series.number(series.start) + 1) * len(names)
    for index in range(first, min(first + turn.size + 1, count)):
        back, place = divmod(index, len(names))
        yield newest - back, names[place]


async def _used(
    ctx: Context, series: Series, rows: Sequence[tuple[int, str]], category: str, today: date
) -> dict[int, Usage]:
    """What was used in each period of a page."""
    services = ctx.services
    subaccounts = ctx.asked.get("include_subaccounts", True)
    accounts = family(services.directory, ctx.account.sid) if subaccounts else [ctx.account.sid]
    meter = Meter(services.rows, services.settings.tariff)
    first, last = (day_number(day) for day in (series.span(rows[-1][0])[0], min(series.span(rows[0][0])[1], today)))
    if not series.unit:
        return {0: await meter.read(accounts, first, last, category)}
    found: dict[int, Usage] = {}
    for day, usage in (await meter.read_days(accounts, first, last, category)).items():
        period = found.setdefault(series.number(date_of(day)), {})
        for name, amount in usage.items():
            period[name] = period.get(name, Amount()) + amount
    return found


def _dates(span: tuple[date, date]) -> dict[str, str]:
    return {"start_date": span[0].isoformat(), "end_date": span[1].isoformat()}


def _shown(name: str, amount: Amount) -> dict[str, Any]:
    described, price = category(name), written(amount.price)
    is_total = name == TOTAL
    return {
        "category": name,
        "description": described.description,
        "count": None if is_total else str(amount.count),
        "count_unit": described.counted,
        "usage": price if is_total else str(amount.used),
        "usage_unit": described.used,
        "price": price,
    }
