"""Phones and calls that nobody uses are forgotten: memory comes back (design 7)."""

import gc
from collections import Counter

import pytest

from hoyhoy.exchange.call import Call
from hoyhoy.exchange.leg import Cause, LegState
from hoyhoy.lines.simulated import phonebook
from hoyhoy.lines.simulated.leg import SimulatedLeg
from hoyhoy.lines.simulated.phone import Phone, PhoneCall
from hoyhoy.media.session import PhoneSession
from tests.exchange.world import NUMBER, PHONE

COUNTED = (Call, Phone, PhoneCall, PhoneSession, SimulatedLeg)


def numbers(count, first=0):
    return [f"+1415556{n:04d}" for n in range(first, first + count)]


def there():
    """How many objects there are of each kind that a call makes."""
    gc.collect()
    return Counter(type(one) for one in gc.get_objects() if type(one) in COUNTED)


async def test_many_numbers_leave_a_bounded_number_of_objects(exchange, monkeypatch):
    monkeypatch.setattr(phonebook, "MOST_IDLE", 40)
    exchange.app.pages["http://app/start"] = "<Response><Say>Hello</Say></Response>"
    before = there()
    for first in range(0, 150, 50):
        for number in numbers(50, first):
            exchange.place(to=number)
        await exchange.run(60)
        exchange.entries.clear(), exchange.callbacks.clear(), exchange.app.asked.clear()
    after = there()
    assert after[Phone] - before[Phone] == after[PhoneCall] - before[PhoneCall] == 40
    assert all(after[kind] <= before[kind] + 2 for kind in (Call, SimulatedLeg, PhoneSession)), after
    (call,) = exchange.network.phone(numbers(1, 149)[0]).calls
    assert [one.text for one in call.heard] == ["Hello"] and call.state is LegState.RELEASED


async def test_one_number_leaves_its_last_calls(exchange):
    exchange.app.pages["http://app/start"] = "<Response/>"
    before = there()
    for _ in range(3):
        for _ in range(100):
            exchange.place()
        await exchange.run(60)
        exchange.entries.clear(), exchange.callbacks.clear(), exchange.app.asked.clear()
    after = there()
    assert after[PhoneCall] - before[PhoneCall] == 100 and after[SimulatedLeg] <= before[SimulatedLeg] + 2


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(phonebook, "MOST_IDLE", 3)
    monkeypatch.setattr(phonebook, "MOST_OVER", 5)


async def test_the_least_recently_used_goes_first(exchange, few):
    network = exchange.network
    one, two, three, four = numbers(4)
    phones = [network.phone(number) for number in (one, two, three)]
    assert network.phone(one) is phones[0]
    network.phone(four)
    assert [phone.number for phone in network.phones()] == [one, three, four]


async def test_who_was_asked_for(exchange, few):
    book = exchange.network._book
    one, *others = numbers(5)
    assert one not in book
    for number in (one, *others):
        exchange.network.phone(number)
    assert one not in book and others[-1] in book


async def test_a_phone_in_somebodys_hand_stays(exchange, few):
    """Even if it was told to behave as all do."""
    held = exchange.phone("+14155550111")
    for number in numbers(10):
        exchange.network.phone(number)
    assert exchange.network.phone("+14155550111") is held
    assert len(list(exchange.network.phones())) == 1 + 3


async def test_of_phones_in_hands_the_last_stay(exchange, few, monkeypatch):
    monkeypatch.setattr(phonebook, "MOST_TOLD", 4)
    network, told = exchange.network, numbers(20)
    for number in told:
        exchange.phone(number)
    assert [phone.number for phone in network.phones()] == told[-3 - 4 :]
    clients = [f"client:{n}" for n in range(20)]
    for client in clients:
        exchange.phone(client)
        network.phone(clients[0])
    assert [phone.number for phone in network.phones()] == [*told[-3:], clients[0], *clients[-3:]]
    assert network.reaches(clients[0]) and not network.reaches(clients[1])
    network.phone(clients[-3])
    network.phone("client:one_more")
    left = [phone.number for phone in network.phones()]
    assert left == [*told[-3:], clients[0], clients[-3], clients[-1], "client:one_more"]


async def test_clients_leave_a_bounded_number_of_objects(exchange, few, monkeypatch):
    monkeypatch.setattr(phonebook, "MOST_TOLD", 4)
    before = there()
    for number in numbers(50):
        exchange.network.phone(f"client:{number[1:]}")
        exchange.place(to=f"client:{number[1:]}", twiml="<Response/>")
        await exchange.run(10)
    exchange.entries.clear(), exchange.callbacks.clear(), exchange.app.asked.clear()
    after = there()
    assert (after[Phone] - before[Phone], after[PhoneCall] - before[PhoneCall]) == (4, 4)


async def test_a_phone_in_a_call_stays_until_it_is_over(exchange, few):
    sid = exchange.place(to="+14155550111", twiml="<Response><Pause length='60'/></Response>")
    await exchange.run(10)
    for number in numbers(10):
        exchange.network.phone(number)
    phone, call = exchange.network.call(sid)
    assert (phone.live, phone.over, call.state) == (1, 0, LegState.ANSWERED)
    assert exchange.network.phone("+14155550111") is phone
    call.leg.put_down(Cause.BUSY)
    assert (phone.live, phone.over, call.state, call.cause, call.leg) == (0, 1, LegState.RELEASED, Cause.BUSY, None)
    for number in numbers(10, 100):
        exchange.network.phone(number)
    assert exchange.network.call(sid) is None and exchange.network.phone("+14155550111") is not phone


async def test_of_all_calls_the_last_are_remembered(exchange, few):
    exchange.app.pages["http://app/start"] = "<Response/>"
    for number in numbers(4):
        exchange.phone(number)
    sids = []
    for _ in range(2):
        for number in numbers(4):
            sids.append(exchange.place(to=number))
            await exchange.run(60)
    assert [exchange.network.call(sid) is not None for sid in sids] == [False] * 3 + [True] * 5
    assert [len(exchange.network.phone(number).calls) for number in numbers(4)] == [1, 1, 1, 2]


async def test_a_forgotten_phone_that_somebody_still_holds_calls(exchange, few):
    exchange.own(NUMBER, voice_url="http://app/in")
    exchange.app.pages["http://app/in"] = "<Response><Say>Hi</Say></Response>"
    held = exchange.network.phone(PHONE)
    for number in numbers(10):
        exchange.network.phone(number)
    call = exchange.network.place_call(held, NUMBER)
    assert exchange.network.call(call.sid) == (held, call) and exchange.network.phone(PHONE) is held


async def test_a_text_finds_a_phone_that_was_forgotten_on_the_way(exchange, few):
    sid = exchange.send()
    await exchange.run(0.1)
    for number in numbers(10):
        exchange.network.phone(number)
    await exchange.run(60)
    assert (await exchange.row("messages", sid))["status"] == "delivered"
    assert [text.body for text in exchange.network.phone(PHONE).texts] == ["Hello"]


async def test_what_was_heard_in_a_call_that_is_over_is_bounded(exchange, monkeypatch):
    monkeypatch.setattr("hoyhoy.lines.simulated.phone.KEPT_HEARD", 3)
    sid = exchange.place(twiml="<Response>" + "".join(f"<Say>{n}</Say>" for n in range(5)) + "</Response>")
    await exchange.run(60)
    assert [one.text for one in exchange.network.call(sid)[1].heard] == ["2", "3", "4"]


async def test_the_sound_of_a_forgotten_call_takes_no_room(exchange, monkeypatch):
    monkeypatch.setattr(phonebook, "KEPT", 1)
    exchange.app.pages["http://app/start"] = "<Response><Pause length='2'/></Response>"
    phone = exchange.phone(keeps_sound=True)
    sizes = []
    for _ in range(3):
        exchange.place()
        await exchange.run(60)
        sizes.append(phone.shelf.size)
    assert sizes[0] > 30_000 and len(set(sizes)) == 1


async def test_phones_that_only_get_texts_are_forgotten_too(exchange, few):
    for number in numbers(10):
        exchange.send(to=number)
    await exchange.run(60)
    assert len(list(exchange.network.phones())) == 3
