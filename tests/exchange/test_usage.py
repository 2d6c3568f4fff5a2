"""What accounts used (messaging reference 3.4)."""

from datetime import date
from decimal import Decimal

import pytest

from hoyhoy.exchange.events import ResourceChanged
from hoyhoy.exchange.ports import Row
from hoyhoy.exchange.usage import (
    DAY,
    Amount,
    Meter,
    anniversaries,
    date_of,
    day_number,
    day_of,
    family,
    period,
    written,
)

from .world import ACCOUNT, START

TODAY = day_of(START)
ELSE = "AC" + "e" * 32


def write(exchange, table, number, **values):
    sid = f"{table[:2].upper()}{number:032x}"
    row = Row(table, sid, {"account_sid": ACCOUNT, **values}, new=True)
    exchange.database.journal.record(sid, ACCOUNT, ResourceChanged(table=table, change="created"), (row,))


def call(exchange, number, at, minutes=1, category="calls-outbound", **values):
    write(exchange, "calls", number, end_time=at, minutes=minutes, usage_category=category, **values)


async def test_what_really_happened(exchange):
    exchange.app.pages["http://app/start"] = '<Response><Pause length="61"/></Response>'
    exchange.phone()
    exchange.place()
    exchange.send(body="x" * 161)
    await exchange.run()
    usage = await Meter(exchange.database.rows).read([ACCOUNT], TODAY, TODAY)
    assert usage["calls-outbound"] == usage["calls"] == Amount(1, 2) and "calls-inbound" not in usage
    assert usage["sms-outbound-longcode"] == usage["sms-outbound"] == usage["sms"] == Amount(1, 2)
    assert usage["totalprice"].price == 0


async def test_days_end_at_midnight_gmt(exchange):
    midnight = (TODAY + 1) * DAY
    call(exchange, 1, midnight - 0.001, 3)
    call(exchange, 2, midnight, 5, "calls-inbound-local")
    meter = Meter(exchange.database.rows)
    assert (await meter.read([ACCOUNT], TODAY, TODAY))["calls"] == Amount(1, 3)
    assert (await meter.read([ACCOUNT], TODAY + 1, TODAY + 1))["calls"] == Amount(1, 5)
    days = await meter.read_days([ACCOUNT], TODAY - 1, TODAY + 2)
    assert {day: usage["calls"] for day, usage in days.items()} == {TODAY: Amount(1, 3), TODAY + 1: Amount(1, 5)}


async def test_what_is_not_billed_is_not_counted(exchange):
    call(exchange, 1, START, None)  # nobody answered
    call(exchange, 2, None, None)  # not over yet
    write(exchange, "messages", 3, date_sent=None, usage_category="sms-outbound", num_segments=1)  # never left
    call(exchange, 4, START, 1, None)  # from before calls had categories
    assert await Meter(exchange.database.rows).read([ACCOUNT], 0, TODAY + 1) == {}


async def test_accounts_together_and_apart(exchange):
    call(exchange, 1, START)
    call(exchange, 2, START, account_sid=ELSE)
    meter = Meter(exchange.database.rows)
    assert (await meter.read([ACCOUNT], TODAY, TODAY))["calls"].count == 1
    assert (await meter.read([ACCOUNT, ELSE], TODAY, TODAY))["calls"].count == 2


async def test_a_tariff_makes_prices(exchange):
    call(exchange, 1, START, 3)
    call(exchange, 2, START, 2, "calls-inbound-tollfree")
    tariff = {"calls-outbound": Decimal("0.013"), "calls-inbound-tollfree": Decimal("0.022")}
    usage = await Meter(exchange.database.rows, tariff).read([ACCOUNT], TODAY, TODAY)
    assert usage["calls-outbound"].price == Decimal("0.039") and usage["calls-inbound"].price == Decimal("0.044")
    assert usage["calls"].price == usage["totalprice"].price == Decimal("0.083")


async def test_numbers_are_paid_for_monthly(exchange):
    for number, kind in enumerate((None, "local", "mobile", "toll-free", "tollfree"), 100):
        bought = day_number(date(2023, 8, 31)) * DAY + 5
        write(
            exchange,
            "incoming_phone_numbers",
            number,
            phone_number=f"+1415555{number:04d}",
            date_created=bought,
            type=kind,
        )
    meter = Meter(exchange.database.rows)
    september, october = day_number(date(2023, 9, 1)), day_number(date(2023, 10, 1))
    usage = await meter.read([ACCOUNT], september, october - 1, "phonenumbers")
    assert {name: usage[name].count for name in usage if name != "totalprice"} == {
        "phonenumbers": 5,
        "phonenumbers-local": 2,
        "phonenumbers-mobile": 1,
        "phonenumbers-tollfree": 2,
    }
    assert (await meter.read([ACCOUNT], 0, october, "phonenumbers"))["phonenumbers"].count == 10
    days = await meter.read_days([ACCOUNT], 0, october, "phonenumbers")
    assert [date_of(day) for day in sorted(days)] == [date(2023, 8, 31), date(2023, 9, 30)]


def test_anniversaries():
    bought = day_number(date(2024, 1, 31))
    paid = anniversaries(bought, 0, day_number(date(2024, 5, 1)))
    assert [date_of(day).isoformat() for day in paid] == ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]
    assert list(anniversaries(bought, 0, bought - 1)) == []
    assert list(anniversaries(bought, bought + 1, bought + 28)) == []


async def test_only_the_tables_of_a_category_are_read(exchange):
    call(exchange, 1, START)
    meter = Meter(exchange.database.rows)
    assert await meter.read([ACCOUNT], TODAY, TODAY, "sms-inbound") == {}
    assert await meter.read([ACCOUNT], TODAY, TODAY, "recordings") == {}


@pytest.mark.parametrize(
    ("recurring", "first"), [("daily", "2023-11-14"), ("monthly", "2023-11-01"), ("yearly", "2023-01-01")]
)
def test_periods(recurring, first):
    assert period(recurring, START) == (day_number(date.fromisoformat(first)), TODAY)


def test_everything_until_now():
    assert period("alltime", START) == period(None, START) == (0, TODAY)


def test_prices_as_text():
    prices = ("0", "0.38000", "2192.84855", "100", "1E+2", "-0.5")
    assert [written(Decimal(price)) for price in prices] == ["0", "0.38", "2192.84855", "100", "100", "-0.5"]


def test_families(exchange):
    def account(sid, owner):
        row = Row("accounts", sid, {"owner_account_sid": owner, "status": "active", "auth_token": "t"}, new=True)
        exchange.database.journal.record(sid, sid, ResourceChanged(table="accounts", change="created"), (row,))

    main, sub, other = (f"AC{letter * 32}" for letter in "123")
    account(main, main), account(sub, main), account(other, other)
    directory = exchange.database.directory
    assert family(directory, main) == [main, sub] and family(directory, sub) == [sub]
