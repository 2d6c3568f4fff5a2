"""Usage triggers fire (messaging reference 3.4)."""

import asyncio
from decimal import Decimal

import pytest

from hoyhoy.exchange import triggers
from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.events import MessageMoved, ResourceChanged
from hoyhoy.exchange.ports import Row
from hoyhoy.exchange.triggers import Triggers, record_uri
from hoyhoy.wire.errors import Fault

from .world import ACCOUNT, NUMBER, PHONE, START, world

DAY = 86400.0
MIDNIGHT = 1_700_006_400.0
"""The one after START; 2023-11-15."""


class Watched:
    """Triggers over the exchange's store, and what they told the app."""

    def __init__(self, exchange, tariff=None):
        self.exchange, self.told = exchange, []
        database = exchange.database
        database.journal.deliver_to(
            lambda callbacks: self.told.extend(one for one in callbacks if one.subject.startswith("UT"))
        )
        self.triggers = Triggers(
            clock=exchange.clock,
            chance=SeededChance(2),
            journal=database.journal,
            rows=database.rows,
            directory=database.directory,
            tariff=tariff,
        )
        self.stop = database.journal.subscribe(self.triggers.hear)

    def write(self, table, sid, values, new=True):
        event = ResourceChanged(table=table, change="created" if new else "updated")
        self.exchange.database.journal.record(sid, ACCOUNT, event, (Row(table, sid, values, new=new),))

    def add(self, value="2", number=1, **values):
        sid = f"UT{number:032x}"
        trigger = {
            "account_sid": ACCOUNT,
            "callback_url": "http://app/used",
            "callback_method": "POST",
            "trigger_by": "usage",
            "trigger_value": value,
            "usage_category": "sms",
            "recurring": None,
        }
        self.write("usage_triggers", sid, trigger | values)
        return sid

    def message(self, number, **values):
        """One that was sent just now."""
        now = self.exchange.clock.now()
        row = {"account_sid": ACCOUNT, "date_sent": now, "usage_category": "sms-outbound", "num_segments": 1}
        self.write("messages", f"SM{number:032x}", row | values)

    @property
    def fired(self):
        return [(dict(one.params)["UsageTriggerSid"][-1], dict(one.params)["CurrentValue"]) for one in self.told]

    async def run(self, seconds):
        await self.exchange.clock.advance(seconds)


@pytest.fixture
def watched(exchange):
    return Watched(exchange)


async def test_a_trigger_tells_once(watched):
    sid = watched.add("2")
    watched.message(1, num_segments=1)
    await watched.run(120)
    assert watched.fired == []
    watched.message(2, num_segments=2)
    start = watched.exchange.clock.now()
    await watched.run(60)
    [callback] = watched.told
    assert (callback.subject, callback.account, callback.url, callback.method) == (
        sid,
        ACCOUNT,
        "http://app/used",
        "POST",
    )
    params = dict(callback.params)
    assert len(params.pop("IdempotencyToken")) == 32
    assert params == {
        "AccountSid": ACCOUNT,
        "UsageTriggerSid": sid,
        "Recurring": "",
        "UsageCategory": "sms",
        "TriggerBy": "usage",
        "TriggerValue": "2",
        "CurrentValue": "3",
        "UsageRecordUri": f"/2010-04-01/Accounts/{ACCOUNT}/Usage/Records.json?Category=sms",
        "DateFired": "Tue, 14 Nov 2023 22:15:59 +0000",
    }
    row = await watched.exchange.row("usage_triggers", sid)
    assert start <= row["date_fired"] == row["date_updated"] < start + 60
    watched.message(3)
    await watched.run(DAY * 400)
    assert len(watched.told) == 1


async def test_real_messages_fire_too(watched):
    watched.add("1", usage_category="sms-outbound-longcode", trigger_by="count")
    watched.exchange.send()
    await watched.run(120)
    assert watched.fired == [("1", "1")] and watched.exchange.events(MessageMoved)


async def test_a_call_counts_when_it_is_over(watched):
    watched.add("2", usage_category="calls")
    watched.exchange.app.pages["http://app/start"] = '<Response><Pause length="3600"/></Response>'
    watched.exchange.phone(PHONE, {"wait": 90, "hang_up": True})
    watched.exchange.place()
    await watched.run(85)
    assert watched.fired == []
    await watched.run(70)
    assert watched.fired == [("1", "2")]


@pytest.mark.parametrize(("recurring", "days"), [("daily", 1), ("monthly", 20), ("yearly", 60)])
async def test_a_recurring_trigger_tells_once_a_period(watched, recurring, days):
    watched.add("1", recurring=recurring)
    for number in range(3):
        watched.message(number)
        await watched.run(120)
    assert watched.fired == [("1", "1")]
    await watched.run(days * DAY)
    assert len(watched.told) == 1  # nothing was used yet
    watched.message(9)
    await watched.run(120)
    assert watched.fired == [("1", "1"), ("1", "1")]
    assert dict(watched.told[0].params)["UsageRecordUri"] == record_uri(ACCOUNT, recurring, "sms")


async def test_the_last_minute_of_a_day_belongs_to_it(watched):
    watched.add("2", recurring="daily")
    await watched.run(MIDNIGHT - START - 30)
    watched.message(1)
    watched.message(2)
    await watched.run(60)
    assert watched.fired == [("1", "2")]
    watched.message(3)
    await watched.run(120)
    assert len(watched.told) == 1  # one of the new day is not two
    watched.message(4)
    await watched.run(120)
    assert len(watched.told) == 2  # the day before does not keep the new one quiet


async def test_numbers_count_without_anything_happening(watched):
    watched.add("2", usage_category="phonenumbers", trigger_by="count")
    watched.write(
        "incoming_phone_numbers",
        "PN" + "1" * 32,
        {"account_sid": ACCOUNT, "phone_number": NUMBER, "date_created": START},
    )
    await watched.run(29 * DAY)
    assert watched.fired == []
    await watched.run(DAY * 1.2)
    assert watched.fired == [("1", "2")]


async def test_by_price(exchange):
    watched = Watched(exchange, {"sms-outbound": Decimal("0.0075")})
    watched.add("0.015", usage_category="totalprice", trigger_by="price")
    watched.message(1)
    await watched.run(60)
    assert watched.fired == []
    watched.message(2)
    await watched.run(60)
    assert watched.fired == [("1", "0.015")]


async def test_several_triggers_each_with_its_own_limit(watched):
    watched.add("1", 1)
    watched.add("2", 2, usage_category="sms-inbound")
    watched.add("3", 3, trigger_by="count", callback_method="GET")
    watched.message(1, num_segments=3)
    await watched.run(60)
    assert watched.fired == [("1", "3")]
    watched.message(2)
    watched.message(3)
    await watched.run(60)
    assert watched.fired == [("1", "3"), ("3", "3")] and watched.told[1].method == "GET"


async def test_without_triggers_nothing_is_waited_for(watched):
    sid = watched.add("5")
    watched.message(1)
    watched.exchange.database.journal.record(
        sid, ACCOUNT, ResourceChanged(table="usage_triggers", change="deleted"), (Row("usage_triggers", sid, None),)
    )
    await watched.run(1)
    watched.message(2)
    assert watched.exchange.clock._next() is None
    await watched.run(120)
    assert watched.fired == []


async def test_years_without_usage_are_quick(watched):
    watched.add("5")
    steps = watched.exchange.clock.steps
    await watched.run(100 * DAY)
    assert watched.exchange.clock.steps - steps < 100 * 40  # one look a day, not one a minute


async def test_a_trigger_of_the_last_run_is_taken_up(watched):
    watched.stop()
    watched.add("1")
    watched.message(1)
    await watched.triggers.start()
    await watched.run(60)
    assert watched.fired == [("1", "1")]


async def test_a_store_out_of_order_is_asked_again(watched, monkeypatch, caplog):
    async def fails(*_, **__):
        raise Fault(20500)

    watched.add("1")
    watched.message(1)
    with monkeypatch.context() as broken:
        broken.setattr(watched.exchange.database.rows, "tally", fails)
        await watched.run(60)
        assert watched.fired == [] and "not checked" in caplog.text
    await watched.run(60)
    assert watched.fired == [("1", "1")]


async def test_a_store_out_of_order_at_midnight(watched, monkeypatch):
    """What was used before is compared with the day before all the same."""

    async def fails(*_, **__):
        raise Fault(20500)

    watched.add("2", recurring="daily")
    await watched.run(MIDNIGHT - START - 30)
    watched.message(1, num_segments=2)
    with monkeypatch.context() as broken:
        broken.setattr(watched.exchange.database.rows, "tally", fails)
        await watched.run(60)
    await watched.run(60)
    assert watched.fired == [("1", "2")]
    await watched.run(3 * DAY)
    assert len(watched.told) == 1


async def test_woken_late_at_midnight(watched, monkeypatch):
    """The day before is compared as of its end; what is used until the check is not forgotten."""
    sleep = watched.exchange.clock.sleep
    monkeypatch.setattr(watched.exchange.clock, "sleep", lambda seconds: sleep(seconds + 1.5))
    watched.add("1", recurring="daily")
    await watched.run(MIDNIGHT - START - 30)
    watched.message(1)
    await watched.run(31)
    watched.message(2)
    await watched.run(0)
    assert watched.fired == []
    await watched.run(1)
    assert watched.fired == [("1", "1")]
    assert (await watched.exchange.row("usage_triggers", watched.told[0].subject))["date_fired"] == MIDNIGHT - 1
    await watched.run(120)
    assert watched.fired == [("1", "1")] * 2


@pytest.mark.parametrize(("recurring", "ends"), [("daily", 0), ("monthly", 16), ("yearly", 47), (None, 0)])
@pytest.mark.parametrize("made", [None, START, "later"])
async def test_a_restart_when_a_period_ends(tmp_path, recurring, ends, made):
    """The period before is looked at, unless the trigger was not there yet."""
    end = MIDNIGHT + DAY * ends
    async with world(place=tmp_path, start=end - 30) as first:
        watched = Watched(first)
        watched.add("1", recurring=recurring, date_created=end if made == "later" else made)
        watched.message(1)
        await first.database.journal.settled()
    async with world(place=tmp_path, start=end + 30) as second:
        watched = Watched(second)
        await watched.triggers.start()
        await watched.run(7200)
        assert watched.fired == ([] if made == "later" and recurring else [("1", "1")])
        watched.message(2)
        await watched.run(120)
        assert len(watched.fired) == (1 if recurring is None or made == "later" else 2)


async def test_a_restart_tells_nothing_again(watched):
    watched.add("1", recurring="daily")
    watched.message(1)
    await watched.run(MIDNIGHT - START + 30)
    assert len(watched.told) == 1
    again = Watched(watched.exchange)
    watched.stop()
    await again.triggers.start()
    await again.run(120)
    assert again.told == []


async def test_two_checks_under_way(watched):
    watched.add("1")
    watched.message(1)
    now = watched.exchange.clock.now()
    await asyncio.gather(*(watched.triggers._check(now) for _ in range(2)))
    await watched.exchange.database.journal.settled()
    assert watched.fired == [("1", "1")]


async def test_more_triggers_than_are_read_at_once(watched, monkeypatch):
    monkeypatch.setattr(triggers, "AT_ONCE", 2)
    for number in range(1, 6):
        watched.add("1", number)
    watched.message(1)
    await watched.run(60)
    assert sorted(sid for sid, _ in watched.fired) == list("12345")


async def test_a_trigger_that_is_deleted_while_it_is_checked(watched, monkeypatch):
    sid = watched.add("1", 1)
    watched.add("1", 2)
    watched.message(1)
    rows = watched.exchange.database.rows
    tally = rows.tally

    async def read(*args, **options):
        found = await tally(*args, **options)
        watched.write("usage_triggers", sid, None, new=False)
        return found

    monkeypatch.setattr(rows, "tally", read)
    await watched.run(60)
    assert watched.fired == [("2", "1")]
