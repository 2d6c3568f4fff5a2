"""Which sender of its service a message leaves from: messaging 1.12, 7."""

import asyncio
import shutil
from dataclasses import replace

import pytest

from hoyhoy.exchange import senders
from hoyhoy.exchange.events import MessageMoved, ResourceChanged
from hoyhoy.exchange.orders import SendMessage, Terms
from hoyhoy.exchange.ports import Row
from hoyhoy.exchange.switchboard import Switchboard

from .away import with_away
from .world import ACCOUNT, world

SERVICE = "MG" + "1" * 32
SAN_FRANCISCO, OAKLAND, NEW_YORK, TORONTO = "+14155550100", "+15105550100", "+12125550100", "+14165550100"
TOLL_FREE, LONDON, LANDLINE, NAME, SHORT = "+18005550100", "+447400123456", "+442071838750", "Acme", "12345"
POOLS = {"PN": "service_phone_numbers", "SC": "service_short_codes", "AI": "alpha_senders"}


def write(exchange, table, sid, **values):
    row = Row(table, sid, {"account_sid": ACCOUNT, **values}, new=True)
    exchange.database.journal.record(sid, ACCOUNT, ResourceChanged(table=table, change="created"), (row,))


def serve(exchange, *senders, **values):
    write(exchange, "messaging_services", SERVICE, friendly_name="Shop", **values)
    for i, sender in enumerate(senders):
        if sender.startswith("+"):
            exchange.own(sender)
            sid = "PN" + sender[1:].zfill(32)
        else:
            sid = f"{'SC' if sender == SHORT else 'AI'}{i:032x}"
        if sender == SHORT:
            write(exchange, "short_codes", sid, short_code=sender)
        name = {"alpha_sender": sender} if sid.startswith("AI") else {}
        write(exchange, POOLS[sid[:2]], sid, service_sid=SERVICE, **name)


async def sent(exchange, to, **order):
    terms = Terms(service=SERVICE, **order)
    order = SendMessage(account=ACCOUNT, to=to, sender="", body="Hello", terms=terms)
    sid = exchange.switchboard.send_message(order)["sid"]
    await exchange.run(60)
    return await exchange.row("messages", sid)


@pytest.mark.parametrize(
    ("pool", "recipient", "sender"),
    [
        ((TOLL_FREE, SAN_FRANCISCO, SHORT), "+14155550123", SHORT),
        ((TOLL_FREE, LONDON, SAN_FRANCISCO), "+14155550123", SAN_FRANCISCO),
        ((LONDON, TOLL_FREE), "+14155550123", TOLL_FREE),
        ((NAME, LONDON), "+14155550123", LONDON),
        ((SHORT, SAN_FRANCISCO, NAME), "+447400123499", NAME),
        ((SHORT, SAN_FRANCISCO), "+447400123499", SAN_FRANCISCO),
        ((NAME, LONDON), "+447400123499", LONDON),
        ((LANDLINE, SAN_FRANCISCO), "+447400123499", SAN_FRANCISCO),
        ((NEW_YORK, OAKLAND, SAN_FRANCISCO), "+14155550123", SAN_FRANCISCO),
        ((NEW_YORK, OAKLAND), "+14155550123", OAKLAND),
        ((NEW_YORK, "+13105550100", "+12135550100"), "+13235550123", "+13105550100"),
        ((SAN_FRANCISCO, TORONTO), "+16475550123", TORONTO),
        ((SAN_FRANCISCO, NEW_YORK), "+13125550123", SAN_FRANCISCO),
    ],
)
async def test_the_nearest(exchange, pool, recipient, sender):
    serve(exchange, *pool)
    assert (await sent(exchange, recipient))["from"] == sender


@pytest.mark.parametrize(
    ("pool", "recipient", "code"),
    [
        ((), "+14155550123", 21704),
        ((NAME,), "+14155550123", 21703),
        ((SHORT,), "+447400123499", 21703),
        ((LANDLINE,), "+447400123499", 21703),
        ((SAN_FRANCISCO,), SAN_FRANCISCO, 21703),
    ],
)
async def test_nobody(exchange, pool, recipient, code):
    serve(exchange, *pool)
    row = await sent(exchange, recipient)
    assert (row["status"], row["error_code"], row["from"], row["num_segments"]) == ("failed", code, None, 0)


async def test_media_need_a_sender_that_carries_them(exchange):
    serve(exchange, NAME, LONDON)
    assert (await sent(exchange, "+447400123499", as_mms=True))["error_code"] == 21703
    assert (await sent(exchange, "+447400123499"))["from"] == LONDON


async def test_they_take_turns(exchange):
    serve(exchange, SAN_FRANCISCO, "+14155550101", "+14155550102")
    senders = [(await sent(exchange, f"+1415555020{i}"))["from"] for i in range(6)]
    assert senders == [SAN_FRANCISCO, "+14155550101", "+14155550102"] * 2


async def test_the_chosen_one_is_in_the_log(exchange):
    serve(exchange, SAN_FRANCISCO)
    row = await sent(exchange, "+14155550123")
    moved = {one.status: one.sender for one in exchange.events(MessageMoved, row["sid"])}
    assert moved == {"queued": SAN_FRANCISCO, "sending": "", "sent": "", "delivered": ""}


async def test_a_sticky_sender_outlives_a_restart(exchange, tmp_path):
    serve(exchange, SAN_FRANCISCO, "+14155550101")
    for to in ("+14155550200", "+14155550201"):
        await sent(exchange, to)
    shutil.copytree(exchange.database.folder, tmp_path / "data")
    async with world(seed=2, place=tmp_path / "data", start=exchange.clock.now()) as again:
        assert (await sent(again, "+14155550201"))["from"] == "+14155550101"
        assert (await sent(again, "+14155550200"))["from"] == SAN_FRANCISCO


async def test_messages_at_once_leave_from_the_same_sender(exchange):
    serve(exchange, SAN_FRANCISCO, "+14155550101")
    order = SendMessage(account=ACCOUNT, to="+14155550200", sender="", body="Hello", terms=Terms(service=SERVICE))
    sids = [exchange.switchboard.send_message(order)["sid"] for _ in range(5)]
    await exchange.run(60)
    assert {(await exchange.row("messages", sid))["from"] for sid in sids} == {SAN_FRANCISCO}


async def test_a_sticky_sender_that_left_is_forgotten(exchange):
    serve(exchange, SAN_FRANCISCO, "+14155550101")
    assert (await sent(exchange, "+14155550200"))["from"] == SAN_FRANCISCO
    row = Row(POOLS["PN"], "PN" + SAN_FRANCISCO[1:].zfill(32), None)
    exchange.database.journal.record(row.sid, ACCOUNT, ResourceChanged(table=row.table, change="deleted"), (row,))
    assert (await sent(exchange, "+14155550200"))["from"] == "+14155550101"


async def test_a_service_of_another_account(exchange):
    serve(exchange, SAN_FRANCISCO, account_sid="AC" + "b" * 32)
    assert (await sent(exchange, "+14155550123"))["error_code"] == 21701


@pytest.mark.parametrize("away", ["page", "record"])
async def test_a_store_that_is_away_keeps_a_message_waiting(exchange, away):
    serve(exchange, SAN_FRANCISCO)
    store = with_away(exchange)
    order = SendMessage(account=ACCOUNT, to="+14155550200", sender="", body="Hello", terms=Terms(service=SERVICE))
    sid = exchange.switchboard.send_message(order)["sid"]
    await exchange.database.journal.settled()
    with store.for_(away):
        await exchange.run(60)
    assert (await exchange.row("messages", sid))["status"] == "accepted"
    await exchange.run(60)
    row = await exchange.row("messages", sid)
    assert (row["status"], row["error_code"], row["from"]) == ("delivered", None, SAN_FRANCISCO)


class Backwards:
    """Rows that answer the last question first: the higher a number ends, the sooner."""

    async def page(self, table, where, **_):
        to = {column: value for column, _, value in where}["to"]
        for _ in range(100 - 10 * int(to[-1]) if to[-1].isdigit() else 0):
            await asyncio.sleep(0)
        return []


async def test_senders_are_chosen_in_the_order_they_are_asked_for(exchange):
    # Two runs of one seed are alike, however the threads of the store take turns.
    pool = [f"+1415555010{i}" for i in range(4)]
    serve(exchange, *pool)
    facilities = replace(exchange.switchboard.facilities, rows=Backwards())
    exchange.switchboard = exchange.network.exchange = Switchboard(facilities)
    sids = []
    for i in range(8):
        order = SendMessage(
            account=ACCOUNT, to=f"+1415555020{i}", sender="", body="Hello", terms=Terms(service=SERVICE)
        )
        sids.append(exchange.switchboard.send_message(order)["sid"])
    await exchange.run(60)
    assert [(await exchange.row("messages", sid))["from"] for sid in sids] == pool * 2


async def test_the_longest_unused_pairs_are_not_kept_in_memory(exchange, monkeypatch):
    monkeypatch.setattr(senders, "REMEMBERED", 2)
    serve(exchange, SAN_FRANCISCO)
    ada, ben, cleo = "+14155550200", "+14155550201", "+14155550202"
    for to in (ada, ben, ada, cleo):
        await sent(exchange, to)
    assert [to for _, to in exchange.switchboard._senders._last] == [ada, cleo]


async def test_a_sticky_sender_of_a_number_that_is_not_kept_outlives_a_restart(exchange, tmp_path):
    # messaging 1.2, 1.12
    serve(exchange, SAN_FRANCISCO, "+14155550101")
    for to in ("+14155560200", "+14155550201"):
        await sent(exchange, to, obfuscate=True)
    shutil.copytree(exchange.database.folder, tmp_path / "data")
    async with world(seed=2, place=tmp_path / "data", start=exchange.clock.now()) as again:
        assert (await sent(again, "+14155550201"))["from"] == "+14155550101"
        assert (await sent(again, "+14155560200"))["from"] == SAN_FRANCISCO
