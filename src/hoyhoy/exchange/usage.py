"""What accounts used: counted from the calls, messages and numbers in the store (messaging reference 3.4).

* A call counts on the day it ends, with each of its begun minutes, if it was answered.
* A message counts on the day it is sent or received, with each of its segments; one that never left does not.
* A number counts on the day it came to the account and once a month from then on, like its fee.

Days are whole days since 1970, GMT. What was deleted is not counted any more.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hoyhoy.wire.usage_categories import TOTAL, within

from .ports import Directory, Rows

DAY = 86400.0
EPOCH = date(1970, 1, 1).toordinal()

Tariff = Mapping[str, Decimal]
"""US dollars for each unit used (a minute, a segment, a month of a number), by narrowest category."""


@dataclass(frozen=True, slots=True)
class Amount:
    """`count` events (calls), for which `used` units (minutes) are billed with `price` US dollars."""

    count: int = 0
    used: int = 0
    price: Decimal = Decimal()

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.count + other.count, self.used + other.used, self.price + other.price)


Usage = dict[str, Amount]
"""By category, the wider ones too; what nobody used is left out."""


def day_of(moment: float) -> int:
    """The day of a moment in Unix seconds."""
    return int(moment // DAY)


def date_of(day: int) -> date:
    """OverflowError or ValueError for a day that no calendar has."""
    return date.fromordinal(EPOCH + day)


def day_number(day: date) -> int:
    return day.toordinal() - EPOCH


def family(directory: Directory, account: str) -> list[str]:
    """An account and its subaccounts."""
    return [account, *(one.sid for one in directory.accounts() if one.owner == account != one.sid)]


@dataclass(frozen=True, slots=True)
class _Source:
    """A table in which something is counted: at `moment`, with `units` (a column; "" = one each)."""

    table: str
    moment: str
    by: str
    units: str
    kinds: frozenset[str]
    """The first words of its categories."""
    category: Callable[[Any], str | None]
    """Of the value of `by`."""
    conditions: tuple[tuple[str, str, Any], ...] = ()
    monthly: bool = False


def _number(kind: str | None) -> str:
    plain = (kind or "").replace("-", "").replace("_", "").lower()
    return f"phonenumbers-{plain}" if plain in ("mobile", "tollfree") else "phonenumbers-local"


_SOURCES = (
    _Source(
        "calls",
        "end_time",
        "usage_category",
        "minutes",
        frozenset({"calls"}),
        lambda category: category,
        (("minutes", ">=", 0),),
    ),
    _Source(
        "messages", "date_sent", "usage_category", "num_segments", frozenset({"sms", "mms"}), lambda category: category
    ),
    _Source("incoming_phone_numbers", "date_created", "type", "", frozenset({"phonenumbers"}), _number, monthly=True),
)

MOMENTS = {source.table: source.moment for source in _SOURCES}
"""By table, the column whose being set makes its rows count."""


class Meter:
    """Reads usage off the store. What has no tariff costs nothing."""

    def __init__(self, rows: Rows, tariff: Tariff | None = None) -> None:
        self._rows, self._tariff = rows, tariff or {}

    async def read(self, accounts: Sequence[str], first: int, last: int, category: str = TOTAL) -> Usage:
        """The usage of all `accounts` together from day `first` to day `last`, both included.

        Of what does not belong to `category` nothing need be in it.
        """
        return (await self._read(accounts, first, last, category, apart=False)).get(first, {})

    async def read_days(
        self, accounts: Sequence[str], first: int, last: int, category: str = TOTAL
    ) -> dict[int, Usage]:
        """The same for each day apart; days without usage are left out."""
        return await self._read(accounts, first, last, category, apart=True)

    async def _read(
        self, accounts: Sequence[str], first: int, last: int, category: str, *, apart: bool
    ) -> dict[int, Usage]:
        found: dict[int, Usage] = {}
        for source in _SOURCES:
            if category == TOTAL or category.partition("-")[0] in source.kinds:
                async for day, name, count, used in self._counted(source, accounts, first, last, apart):
                    self._add(found.setdefault(day if apart else first, {}), name, count, used)
        return found

    async def _counted(
        self, source: _Source, accounts: Sequence[str], first: int, last: int, apart: bool
    ) -> AsyncIterator[tuple[int, str, int, int]]:
        """Day, narrowest category, events and units."""
        where: list[tuple[str, str, Any]] = [
            ("account_sid", "=", accounts[0]) if len(accounts) == 1 else ("account_sid", "in", accounts),
            (source.moment, "<", (last + 1) * DAY),
            *source.conditions,
        ]
        if not source.monthly:
            where.append((source.moment, ">=", first * DAY))
        for row in await self._rows.tally(
            source.table,
            where,
            by=(source.by,),
            sums=(source.units,) if source.units else (),
            day=source.moment if apart or source.monthly else "",
        ):
            name, count = source.category(row[source.by]), row["count"]
            if name is None:
                continue  # from before categories were kept
            used = row[source.units] if source.units else count
            if not source.monthly:
                yield row.get("day", first), name, count, used
                continue
            for day in anniversaries(row["day"], first, last):
                yield day, name, count, used

    def _add(self, usage: Usage, name: str, count: int, used: int) -> None:
        amount = Amount(count, used, self._tariff.get(name, Decimal()) * used)
        for wider in within(name):
            usage[wider] = usage.get(wider, Amount()) + amount


def written(price: Decimal) -> str:
    """Dollars as text: `0`, `0.38`, `2192.84855`."""
    text = f"{price:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def anniversaries(bought: int, first: int, last: int) -> Iterator[int]:
    """The days from `first` to `last` on which a number bought on day `bought` is paid for: monthly, on the same day
    of the month or the last one it has."""
    start, begin = date_of(bought), date_of(max(bought, first))
    month = begin.year * 12 + begin.month - 1
    while True:
        year, index = divmod(month, 12)
        day = day_number(date(year, index + 1, min(start.day, monthrange(year, index + 1)[1])))
        if day > last:
            return
        if day >= max(bought, first):
            yield day
        month += 1


# Periods ----------------------------------------------------------------------------------------


def period(recurring: str | None, now: float) -> tuple[int, int]:
    """First and last day of the present day, month or year, or of everything until now."""
    today = datetime.fromtimestamp(now, UTC).date()
    match recurring:
        case "daily":
            start = today
        case "monthly":
            start = today.replace(day=1)
        case "yearly":
            start = today.replace(month=1, day=1)
        case _:
            return 0, day_number(today)
    return day_number(start), day_number(today)
