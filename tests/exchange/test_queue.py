"""voice 2.9, 7: order, places and times in a queue; nobody is lost, nobody is put through twice."""

import random
from collections import Counter

import pytest

from hoyhoy.exchange.events import CallBridged, CallDequeued, CallEnqueued, ResourceChanged
from hoyhoy.exchange.ports import Webhook
from hoyhoy.exchange.queue import Summons, row_named

from .talking import ANN, BOB, EVE, presses
from .waiting_room import (
    ADA,
    AGENTS,
    CALLERS,
    IDA,
    call_of,
    calls_of,
    crowd,
    facilities,
    furnish,
    hangs_up,
    queue_of,
    results,
    serves,
    talks,
    told,
    waits,
)
from .world import ACCOUNT, NUMBER, world

ON_AND_ON = "<Response><Dial><Queue{}>support</Queue></Dial><Redirect/></Response>"
"""An agent who serves one after the other."""


def queue_named(exchange, call):
    return facilities(exchange).queues.get(queue_of(exchange, call))


async def test_first_come_first_served(exchange):
    furnish(exchange)
    exchange.app.pages["http://app/agent"] = ON_AND_ON.format("")
    calls = await waits(exchange, *CALLERS)
    serves(exchange)
    for caller in CALLERS:
        await exchange.run(5)
        hangs_up(exchange, caller)
    await exchange.run(1)
    assert talks(exchange) == calls
    assert results(exchange) == ["bridged"] * 3


@pytest.mark.parametrize("whisper", ["", ' url="/before"'])
async def test_many_callers_and_two_agents(exchange, whisper):
    """Every caller talks once, in the order in which they came."""
    furnish(exchange, before="<Response><Say>You are next</Say></Response>")
    exchange.app.pages["http://app/agent"] = ON_AND_ON.format(whisper)
    callers = crowd(24)
    for i, caller in enumerate(callers):
        exchange.phone(caller, {"wait": 61 + 7 * i, "hang_up": True})
        exchange.network.place_call(exchange.network.phone(caller), NUMBER)
        await exchange.run(1)
    serves(exchange, ADA)
    serves(exchange, IDA)
    await exchange.run(600)
    calls = [call_of(exchange, caller) for caller in callers]
    assert talks(exchange) == calls
    assert results(exchange) == ["bridged"] * 24
    bridges = [(one.subject, one.event.other) for one in exchange.entries if isinstance(one.event, CallBridged)]
    assert len(bridges) == len(set(bridges)) == 2 * 24
    hangs_up(exchange, ADA)
    hangs_up(exchange, IDA)
    await exchange.run(1)
    assert facilities(exchange).calls == {} and len(facilities(exchange).queues) == 0


async def test_callers_and_agents_who_come_at_one_instant(exchange):
    furnish(exchange)
    callers = crowd(10)
    for caller in callers:
        exchange.network.place_call(exchange.phone(caller), NUMBER)
    agents = [f"+1415557{i:04d}" for i in range(10)]
    for agent in agents:
        serves(exchange, agent)
    await exchange.run(5)
    pairs = {(one.subject, one.event.other) for one in exchange.entries if isinstance(one.event, CallBridged)}
    served = {call for agent in agents for call in calls_of(exchange, agent)}
    assert {other for one, other in pairs if one in served} == {call_of(exchange, caller) for caller in callers}
    assert len([one for one in exchange.events(ResourceChanged) if one.table == "queues"]) == 1


async def test_places_and_times(exchange):
    furnish(exchange)
    calls = await waits(exchange, *CALLERS)
    queue = queue_named(exchange, calls[0])
    assert [(one.call.sid, one.position, one.waited) for one in queue] == [
        (calls[0], 1, 3),
        (calls[1], 2, 2),
        (calls[2], 3, 1),
    ]
    assert (queue.size, queue.average_wait) == (3, 2)
    assert (queue.head(), queue.member(calls[1])) == (queue.member(calls[0]), list(queue)[1])
    hangs_up(exchange, BOB)
    await exchange.run(1)
    assert [one.position for one in queue] == [1, 2] and queue.member(calls[1]) is None
    assert [one.position for one in exchange.events(CallEnqueued)] == [1, 2, 3]


async def test_nobody_is_counted_to_say_where_who_stands_and_how_long_all_wait(exchange):
    """Each who waits is told that again and again: in a full queue it may not cost a look at all the others."""
    furnish(exchange, 'waitUrl=""')
    calls = await waits(exchange, *crowd(60))
    queue, looks = queue_named(exchange, calls[0]), []

    class Watched(list):
        def __getitem__(self, index):
            looks.append(index)
            return super().__getitem__(index)

        def __iter__(self):
            looks.extend(range(len(self)))
            return super().__iter__()

        index = None

    queue._line = Watched(queue._line)
    assert [queue.member(call).position for call in calls] == list(range(1, 61))
    assert {queue.average_wait for _ in calls} == {30} and queue.head().call.sid == calls[0]
    assert len(looks) < 60 * 8


async def test_the_average_of_nobody(exchange):
    furnish(exchange)
    (call,) = await waits(exchange)
    queue = queue_named(exchange, call)
    hangs_up(exchange, ANN)
    await exchange.run(1)
    assert (queue.size, queue.average_wait, queue.head()) == (0, 0, None)


async def test_time_in_the_queue_ends_when_somebody_asks(exchange):
    furnish(exchange)
    (call,) = await waits(exchange)
    member = queue_named(exchange, call).member(call)
    await exchange.run(9)
    serves(exchange)
    await exchange.run(30)
    assert (member.waited, member.position) == (10, 0)
    (left,) = exchange.events(CallDequeued)
    assert (left.result, left.seconds) == ("bridging-in-process", 10.0)


async def test_an_agent_who_is_gone_takes_nobody_along(exchange):
    """He hangs up in the moment in which somebody comes."""
    furnish(exchange)
    await waits(exchange)
    hangs_up(exchange, ANN)
    serves(exchange, ADA)
    await exchange.run(1)
    serves(exchange, IDA)
    await exchange.run(1)
    exchange.network.place_call(exchange.phone(BOB), NUMBER)
    hangs_up(exchange, ADA)
    await exchange.run(5)
    assert [one.event.other for one in exchange.entries if isinstance(one.event, CallBridged)][:1] == [
        call_of(exchange, BOB)
    ]
    assert [one["DialCallStatus"] for one in told(exchange, "dialled")] == ["canceled"]


async def test_a_caller_who_is_gone_is_given_to_nobody(exchange):
    furnish(exchange)
    await waits(exchange, ANN, BOB)
    hangs_up(exchange, ANN)
    serves(exchange)
    await exchange.run(1)
    assert talks(exchange) == [call_of(exchange, BOB)]


async def test_whom_one_agent_gives_back_another_gets_before_all_others(exchange):
    furnish(exchange, queue='url="/before"', before="<Response><Pause length='9'/></Response>")
    first, second, third = await waits(exchange, *CALLERS)
    serves(exchange, ADA)
    await exchange.run(2)
    serves(exchange, IDA)
    await exchange.run(2)
    hangs_up(exchange, ADA)
    await exchange.run(1)
    exchange.app.pages["http://app/before"] = "<Response/>"
    serves(exchange, ADA)
    await exchange.run(30)
    assert set(talks(exchange)) == {first, second}
    assert [one.call.sid for one in queue_named(exchange, third)] == [third]


async def test_places_and_times_of_who_is_given_back(exchange):
    furnish(exchange, queue='url="/before"', before="<Response><Pause length='9'/></Response>")
    first, second, third = await waits(exchange, *CALLERS)
    queue = queue_named(exchange, first)
    serves(exchange, ADA)
    await exchange.run(1)
    serves(exchange, IDA)
    await exchange.run(1)
    assert ([one.position for one in queue], queue.average_wait) == ([1], 3)
    hangs_up(exchange, ADA)
    await exchange.run(1)
    hangs_up(exchange, IDA)
    await exchange.run(1)
    assert [(one.call.sid, one.position, one.waited) for one in queue] == [(second, 1, 6), (first, 2, 7), (third, 3, 5)]
    assert queue.average_wait == 6
    hangs_up(exchange, ANN)
    await exchange.run(1)
    assert ([one.position for one in queue], queue.average_wait) == ([1, 2], 6)


async def test_cancelled_in_the_turn_in_which_somebody_came(exchange):
    furnish(exchange)
    await waits(exchange)
    hangs_up(exchange, ANN)
    await exchange.run(1)
    async with facilities(exchange).queues.used(facilities(exchange), ACCOUNT, "support") as queue:
        asking = [exchange.clock.spawn(queue.summon(Summons(name, None)), name) for name in ("one", "two", "three")]
        await exchange.run(1)
        (call,) = await waits(exchange, EVE)
        assert [one.done() for one in asking] == [True, False, False]
        assert asking[0].result().call.sid == call and queue.size == 0
        asking[1].cancel()
        exchange.network.place_call(exchange.phone(BOB), NUMBER)
        await exchange.run(1)
        assert asking[2].result().call.sid == call_of(exchange, BOB)


async def test_who_asks_in_that_very_turn_is_behind_who_asked_before(exchange):
    furnish(exchange, 'waitUrl=""')
    await waits(exchange)
    call = facilities(exchange).calls[call_of(exchange, ANN)]
    async with facilities(exchange).queues.used(facilities(exchange), ACCOUNT, "sales", 5) as queue:
        first = exchange.clock.spawn(queue.summon(Summons("one", None)), "one")
        await exchange.run(1)
        with queue.entered(call) as member:
            second = queue.summon(Summons("two", None))
            second.send(None)  # StopIteration would be an answer
            await exchange.run(1)
            assert first.result() is member
            second.close()


async def test_a_name_has_one_queue(exchange):
    furnish(exchange)
    (first,) = await waits(exchange)
    hangs_up(exchange, ANN)
    await exchange.run(60)
    assert len(facilities(exchange).queues) == 0
    (second,) = await waits(exchange, BOB)
    assert queue_of(exchange, first) == queue_of(exchange, second)
    row = await row_named(facilities(exchange).rows, ACCOUNT, "support")
    assert (row["sid"], row["max_size"], row["account_sid"]) == (queue_of(exchange, first), 1000, ACCOUNT)


async def test_the_size_is_what_it_was_made_with(exchange):
    furnish(exchange, 'maxQueueSize="2"')
    await waits(exchange)
    hangs_up(exchange, ANN)
    await exchange.run(1)
    exchange.app.pages["http://app/in"] = '<Response><Enqueue maxQueueSize="9">support</Enqueue></Response>'
    (call,) = await waits(exchange, BOB)
    assert queue_named(exchange, call).max_size == 2


async def test_names_belong_to_accounts(exchange):
    used = facilities(exchange).queues.used
    async with (
        used(facilities(exchange), ACCOUNT, "support", 5) as ours,
        used(facilities(exchange), "AC" + "b" * 32, "support", 5) as theirs,
    ):
        assert ours.sid != theirs.sid
        assert len(facilities(exchange).queues) == 2
    assert len(facilities(exchange).queues) == 0


async def test_a_queue_that_takes_another_name(exchange):
    furnish(exchange)
    (call,) = await waits(exchange)
    queue, queues = queue_named(exchange, call), facilities(exchange).queues
    queues.changed(queue.sid, name="sales", max_size=1)
    async with queues.used(facilities(exchange), ACCOUNT, "sales") as found:
        assert found is queue and queue.is_full
    hangs_up(exchange, ANN)
    await exchange.run(1)
    assert len(queues) == 0
    queues.changed(queue.sid, name="support", max_size=1)  # what nobody uses is only a row
    queues.close(queue.sid)


async def test_rows_stay_over_a_restart_and_callers_do_not(tmp_path):
    async with world(place=tmp_path) as exchange:
        furnish(exchange)
        (call,) = await waits(exchange)
        sid, pages = queue_of(exchange, call), exchange.app.pages
    async with world(seed=2, place=tmp_path) as exchange:
        exchange.app.pages |= pages
        serves(exchange)
        await exchange.run(1)
        assert facilities(exchange).queues.get(sid).size == 0
        (call,) = await waits(exchange, BOB)
        assert queue_of(exchange, call) == sid and talks(exchange) == [call]


@pytest.mark.parametrize("seed", (1, 13, 27))
async def test_whatever_callers_agents_and_orders_do(seed, caplog):
    """The head is always taken first, nobody talks with two at once, and at the end nobody is left anywhere."""
    rng = random.Random(seed)
    async with world(seed) as exchange:
        furnish(
            exchange,
            'waitUrl="/wait" maxQueueSize="6"',
            dial='timeout="5" hangupOnStar="true"',
            queue=rng.choice(["url='/before'", ""]),
            wait="<Response><Gather numDigits='1' action='/key'><Say>Press a key to leave</Say></Gather></Response>",
            key="<Response><Leave/></Response>",
            before="<Response><Say>You are next</Say><Pause length='2'/></Response>",
            there="<Response><Pause length='3'/></Response>",
        )
        callers, agents = crowd(10), [f"+1415557{i:04d}" for i in range(4)]
        for _ in range(120):
            phone = rng.choice([*callers, *agents])
            number = NUMBER if phone in callers else AGENTS
            current = exchange.network.phone(phone).calls[-1:]
            leg = current[0].leg if current else None
            if leg is None:
                exchange.network.place_call(exchange.network.phone(phone), number)
            else:
                match rng.choice(["wait", "press", "put down", "redirect"]):
                    case "press":
                        presses(exchange, phone, rng.choice("1*"))
                    case "put down":
                        leg.put_down()
                    case "redirect":
                        call = facilities(exchange).calls.get(call_of(exchange, phone))
                        if call and call.status == "in-progress" and leg.state == "answered":
                            exchange.switchboard.redirect_call(call.sid, webhook=Webhook("http://app/there", "POST"))
            if rng.random() < 0.7:
                await exchange.run(rng.choice([0, 0.3, 1, 4]))
        for phone in [*callers, *agents]:
            if exchange.network.phone(phone).calls and exchange.network.phone(phone).calls[-1].leg:
                hangs_up(exchange, phone)
        await exchange.run(700)
        assert facilities(exchange).calls == {} and len(facilities(exchange).queues) == 0
        assert_in_order(exchange)
        assert "crashed" not in caplog.text


def assert_in_order(exchange):
    """Whoever is passed over has left in that very instant."""
    line, talking, passed = [], set(), {}
    for one in exchange.entries:
        match one.event:
            case CallEnqueued(position=1) if line:  # given back
                line.insert(0, one.subject)
            case CallEnqueued(position=position):
                line.append(one.subject)
                assert position == len(line)
            case CallDequeued(result="bridging-in-process"):
                assert one.subject not in passed
                passed |= dict.fromkeys(line[: line.index(one.subject)], one.at)
                line.remove(one.subject)
            case CallDequeued():
                assert passed.pop(one.subject, one.at) == one.at
                line.remove(one.subject)
            case CallBridged():
                assert one.subject not in talking
                talking.add(one.subject)
    assert (line, passed) == ([], {})
    told_of = Counter(dict(one.params)["CallSid"] for one in exchange.app.asked if one.url == "http://app/over")
    waited = {one.subject for one in exchange.entries if isinstance(one.event, CallEnqueued)}
    assert set(told_of.values()) == {1} and waited <= told_of.keys()
