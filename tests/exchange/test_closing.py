"""What putting an account to rest takes with it (messaging reference 3.1)."""

import shutil

import pytest

from hoyhoy.exchange import closing
from hoyhoy.exchange.closing import Closing
from hoyhoy.exchange.events import ResourceChanged
from hoyhoy.exchange.orders import SendMessage, Terms
from hoyhoy.exchange.ports import Row
from hoyhoy.exchange.recovery import recover

from .world import ACCOUNT, NUMBER, PHONE, START, world

OWNER = "AC" + "0" * 32


def write_account(exchange, status, new=False):
    values = {"status": status, "owner_account_sid": OWNER, "auth_token": "t"} if new else {"status": status}
    event = ResourceChanged(table="accounts", change="updated")
    exchange.database.journal.record(ACCOUNT, ACCOUNT, event, (Row("accounts", ACCOUNT, values, new=new),))


def own(exchange, count, account=ACCOUNT):
    for number in range(count):
        values = {"account_sid": account, "phone_number": f"+1415555{number:04d}"}
        row = Row("incoming_phone_numbers", f"PN{number:032x}", values, new=True)
        exchange.database.journal.record(row.sid, account, ResourceChanged(table=row.table, change="created"), (row,))


def closing_of(exchange):
    database = exchange.database
    return Closing(database.journal, database.rows, database.directory, exchange.switchboard)


async def rest(exchange):
    await closing_of(exchange).rest(exchange.database.directory.account(ACCOUNT))


async def numbers_left(exchange):
    rows = await exchange.database.rows.page("incoming_phone_numbers", [("account_sid", "=", ACCOUNT)])
    assert len(rows) == len(exchange.database.directory.numbers(ACCOUNT))
    return len(rows)


async def test_more_numbers_than_the_journal_has_room_for(exchange, monkeypatch):
    """In portions, each durable before the next; short codes too."""
    monkeypatch.setattr(closing, "PORTION", 3)
    own(exchange, 10)
    code = Row("short_codes", "SC" + "1" * 32, {"account_sid": ACCOUNT, "short_code": "70701"}, new=True)
    journal = exchange.database.journal
    journal.record(code.sid, ACCOUNT, ResourceChanged(table=code.table, change="created"), (code,))
    write_account(exchange, "closed", new=True)
    await journal.settled()
    monkeypatch.setattr("hoyhoy.store.journal.CAPACITY", 4)
    await rest(exchange)
    assert await numbers_left(exchange) == 0 and exchange.database.directory.number("70701") is None


def own_sip(exchange, account=ACCOUNT, amount=1):
    """A SIP domain and a trunk, with their parts."""
    for number in range(amount):
        for table, sid, values in (
            ("sip_domains", "SD", {"domain_name": f"{account}-{number}.sip.twilio.com"}),
            ("trunks", "TK", {"domain_name": f"{account}-{number}.pstn.twilio.com"}),
            ("sip_domain_lists", "SD", {"domain_sid": "SD1", "list_sid": "CL1"}),
            ("trunk_lists", "TK", {"trunk_sid": "TK1", "list_sid": "CL1"}),
            ("origination_urls", "OU", {"trunk_sid": "TK1"}),
        ):
            row = Row(table, f"{sid}{account}{number}", {"account_sid": account, **values}, new=True)
            exchange.database.journal.record(row.sid, account, ResourceChanged(table=table, change="created"), (row,))


async def sip_left(exchange, account=ACCOUNT):
    rows = [await exchange.database.rows.page(table, [("account_sid", "=", account)]) for table in closing.SIP]
    return [len(found) for found in rows]


async def test_domains_and_trunks_of_a_closed_account_give_back_their_names(exchange, monkeypatch):
    monkeypatch.setattr(closing, "PORTION", 3)
    own_sip(exchange, amount=4)
    own_sip(exchange, OWNER)
    write_account(exchange, "closed", new=True)
    await rest(exchange)
    assert await sip_left(exchange) == [0] * 5 and await sip_left(exchange, OWNER) == [1] * 5
    directory = exchange.database.directory
    assert directory.domain(f"{ACCOUNT}-0.sip.twilio.com") is None is directory.trunk_at(f"{ACCOUNT}-0.pstn.twilio.com")
    assert directory.domain(f"{OWNER}-0.sip.twilio.com") and directory.trunk_at(f"{OWNER}-0.pstn.twilio.com")


async def test_a_suspended_account_keeps_its_domains_and_trunks(exchange):
    own_sip(exchange)
    write_account(exchange, "suspended", new=True)
    await rest(exchange)
    assert await sip_left(exchange) == [1] * 5


async def test_names_are_given_back_at_the_next_start_too(exchange):
    own_sip(exchange)
    write_account(exchange, "closed", new=True)
    await closing_of(exchange).take_up()
    await exchange.database.journal.settled()
    assert await sip_left(exchange) == [0] * 5


async def test_a_suspended_account_keeps_its_numbers(exchange):
    own(exchange, 2)
    write_account(exchange, "suspended", new=True)
    await rest(exchange)
    assert await numbers_left(exchange) == 2


@pytest.mark.parametrize("status", ["suspended", "closed"])
async def test_a_stop_after_the_status_was_written(tmp_path, status):
    """What the status asks for is done at the next start, and no queued call is dialled."""
    first, second = tmp_path / "first", tmp_path / "second"
    async with world(place=first) as one:
        write_account(one, "active", new=True)
        own(one, 3)
        call = one.place(twiml="<Response><Say>Hello</Say></Response>", delay=40)
        terms = Terms(send_at=START + 3600)
        order = SendMessage(account=ACCOUNT, to=PHONE, sender=NUMBER, body="Good morning", terms=terms)
        message = one.switchboard.send_message(order)["sid"]
        await one.database.journal.settled()
        write_account(one, status)
        await one.database.journal.settled()
        shutil.copytree(first, second)
    async with world(seed=2, place=second, start=START + 5) as two:
        phone = two.phone(answering="answer")
        await recover(two.switchboard, two.database)
        await closing_of(two).take_up()
        assert await numbers_left(two) == (0 if status == "closed" else 3)
        await two.run(7200)
        assert phone.calls == [] and phone.texts == []
        assert (await two.row("calls", call))["status"] == "canceled"
        assert (await two.row("messages", message))["status"] == ("canceled" if status == "closed" else "failed")
