"""What app and program tell one another in a call (voice 13.3): alice is a virtual client that the exchange calls."""

import pytest

from hoyhoy.exchange import conversing
from hoyhoy.exchange.conversing import LONGEST, MOST_A_SECOND, MOST_SUBSCRIPTIONS, conversation
from hoyhoy.exchange.events import CallBridged, CallMoved, PhoneRang, UserMessageHeard, UserMessageTold
from hoyhoy.exchange.leg import UserMessage
from hoyhoy.store import journal
from hoyhoy.wire.errors import Fault

from .talking import ANN, calls_in, children, on
from .world import ACCOUNT, PHONE

ALICE = "client:alice"
TOLD = "http://app/told"


async def called(exchange, to=ALICE, **behaviour):
    """The exchange's call to a client, in progress; its sid."""
    exchange.phone(to, **behaviour)
    sid = exchange.place(to=to, twiml="<Response><Pause length='600'/></Response>")
    await exchange.until(CallMoved, status="in-progress")
    return sid


def of(exchange, sid):
    return conversation(exchange.switchboard.facilities, sid)


def refused(act, *given):
    with pytest.raises(Fault) as fault:
        act(*given)
    return fault.value.code


def callbacks(exchange, url=TOLD):
    return [dict(one.params) for one in exchange.callbacks if one.url == url]


# The app tells the program -----------------------------------------------------------------


async def test_the_program_is_told_at_once(exchange):
    sid = await called(exchange)
    told = of(exchange, sid).tell('{"order": 7}')
    (kept,) = on(exchange, ALICE).messages
    assert (kept.sid, kept.content, kept.content_type) == (told.sid, '{"order": 7}', "application/json")
    assert told.sid.startswith("KX") and told.at == exchange.clock.now()
    (event,) = exchange.events(UserMessageTold, sid)
    assert (event.sid, event.body, event.content_type) == (told.sid, '{"order": 7}', "application/json")


async def test_a_key_makes_a_request_known_again(exchange, monkeypatch):
    monkeypatch.setattr(conversing, "MOST_KEYS", 2)
    there = of(exchange, await called(exchange))
    first = there.tell("1", "one")
    assert there.tell("2", "one") is first and there.tell("1") is not first
    assert [kept.content for kept in on(exchange, ALICE).messages] == ["1", "1"]
    assert there.subscribe(TOLD, "POST", "one") is there.subscribe("http://app/other", "GET", "one")
    there.tell("3", "two"), there.tell("4", "three")
    assert there.tell("5", "one") is not first  # so many are known again, the last of them


async def test_what_was_refused_is_not_known_again(exchange):
    there = of(exchange, await called(exchange))
    assert refused(there.tell, "{", "key") == 32702
    there.tell("{}", "key")
    assert [kept.content for kept in on(exchange, ALICE).messages] == ["{}"]


@pytest.mark.parametrize(
    "content",
    ["", " ", "{", "{'a': 1}", "NaN", "[-Infinity]", "1e999", "[" * LONGEST, "9" * LONGEST, "\ufeff{}", "{}{}"],
)
async def test_what_is_no_json(exchange, content):
    """Programs read it again: NaN and numbers without end are JavaScript's words and not JSON's (RFC 8259 6)."""
    assert refused(of(exchange, await called(exchange)).tell, content) == 32702
    assert on(exchange, ALICE).messages == [] and not exchange.events(UserMessageTold)


@pytest.mark.parametrize("content", ["null", '"word"', "[1, 2.5]", '{"a": {"b": "\\u0000 \\ud83d\\ude00"}}', '"é"'])
async def test_any_value_of_json_is_told_as_it_is_written(exchange, content):
    of(exchange, await called(exchange)).tell(content)
    assert [kept.content for kept in on(exchange, ALICE).messages] == [content]


# The program tells the app -----------------------------------------------------------------


async def test_each_subscription_is_told_in_order(exchange):
    sid = await called(exchange)
    there = of(exchange, sid)
    assert on(exchange, ALICE).send_message('{"before": 1}')  # nobody listens: taken, and in the log
    first = there.subscribe(TOLD, "POST")
    assert on(exchange, ALICE).send_message('{"a":1}')
    there.subscribe(TOLD + "/2", "GET")
    await exchange.run(5)
    assert on(exchange, ALICE).send_message('{"b":2}')
    there.subscriptions.pop(first.sid)
    assert on(exchange, ALICE).send_message('{"c":3}')
    await exchange.run(0)

    events = exchange.events(UserMessageHeard, sid)
    assert [one.body for one in events] == ['{"before": 1}', '{"a":1}', '{"b":2}', '{"c":3}']
    assert callbacks(exchange)[0] == {
        "AccountSid": ACCOUNT,
        "CallSid": sid,
        "Sid": events[1].sid,
        "Content": '{"a":1}',
        "ContentType": "application/json",
        "SequenceNumber": "1",
        "Timestamp": "Tue, 14 Nov 2023 22:13:22 +0000",
    }
    numbered = [(one["SequenceNumber"], one["Content"]) for one in callbacks(exchange)]
    assert numbered == [("1", '{"a":1}'), ("2", '{"b":2}')]
    numbered = [(one["SequenceNumber"], one["Content"]) for one in callbacks(exchange, TOLD + "/2")]
    assert numbered == [("1", '{"b":2}'), ("2", '{"c":3}')]
    assert {(one.subject, one.method) for one in exchange.callbacks if one.url == TOLD + "/2"} == {(sid, "GET")}


async def test_a_message_keeps_the_sid_that_its_program_gave_it(exchange):
    """The page's own `voiceEventSid` is the callback's Sid."""
    sid = await called(exchange)
    of(exchange, sid).subscribe(TOLD, "POST")
    assert on(exchange, ALICE).on_message(UserMessage("KX" + "5" * 32, "[]", "text/odd"))
    await exchange.run(0)
    (told,) = callbacks(exchange)
    assert (told["Sid"], told["ContentType"]) == ("KX" + "5" * 32, "text/odd")


async def test_so_many_messages_in_a_second_and_no_more(exchange):
    sid = await called(exchange)
    leg = on(exchange, ALICE)
    for _ in range(MOST_A_SECOND):
        assert leg.send_message("{}")
    assert refused(leg.send_message, "{}") == 32705
    assert len(exchange.events(UserMessageHeard, sid)) == MOST_A_SECOND
    await exchange.run(1)
    assert leg.send_message("{}")


async def test_what_cannot_be_recorded_is_not_taken(exchange, monkeypatch):
    sid = await called(exchange)
    there = of(exchange, sid)
    subscription = there.subscribe(TOLD, "POST")
    with monkeypatch.context() as full:
        full.setattr(journal, "CAPACITY", 0)
        assert refused(on(exchange, ALICE).send_message, "{}") == 32705
    assert subscription.told == 0 and on(exchange, ALICE).send_message("{}")


async def test_a_call_has_so_many_subscriptions(exchange):
    there = of(exchange, await called(exchange))
    for _ in range(MOST_SUBSCRIPTIONS):
        there.subscribe(TOLD, "POST")
    assert refused(there.subscribe, TOLD, "POST") == 20001
    there.subscriptions.popitem()
    assert there.subscribe(TOLD, "POST").sid.startswith("ZY")


# Which calls ---------------------------------------------------------------------------------


async def test_a_telephone_has_no_program(exchange):
    there = of(exchange, await called(exchange, PHONE))
    assert refused(there.tell, "{}") == refused(there.subscribe, TOLD, "POST") == 32704
    assert refused(on(exchange, PHONE).send_message, "{}") == 32704
    assert not exchange.events(UserMessageTold) and not there.subscriptions


async def test_each_leg_of_a_dial_is_a_call_of_its_own(exchange):
    """Who was called is the child, who calls is the parent: here a telephone."""
    call = calls_in(exchange, "<Dial><Client>alice</Client></Dial>")
    exchange.phone(ALICE)
    await exchange.until(CallBridged)
    (child,) = await children(exchange, call.sid)
    assert refused(of(exchange, call.sid).tell, "{}") == 32704
    of(exchange, child["sid"]).tell("{}")
    of(exchange, child["sid"]).subscribe(TOLD, "POST")
    on(exchange, ALICE).send_message('"hi"')
    await exchange.run(1)
    assert [one["CallSid"] for one in callbacks(exchange)] == [child["sid"]]
    assert on(exchange, ANN).messages == []


async def test_while_it_rings(exchange):
    """A call is active while it rings or is in progress: before, nobody is there."""
    exchange.phone(ALICE, answering="manual")
    sid = exchange.place(to=ALICE, twiml="<Response><Pause length='600'/></Response>")
    assert refused(of, exchange, sid) == 32700  # it waits in the queue
    await exchange.until(PhoneRang)
    assert refused(of(exchange, sid).tell, "{}") == 32700  # it is on its way
    await exchange.until(CallMoved, status="ringing")
    of(exchange, sid).tell("{}")
    of(exchange, sid).subscribe(TOLD, "POST")
    assert not on(exchange, ALICE).send_message("{}")  # a call that nobody has taken is not its program's yet
    on(exchange, ALICE).pick_up()
    assert on(exchange, ALICE).send_message("{}")


async def test_all_ends_with_the_call(exchange):
    sid = await called(exchange)
    there, leg, call = of(exchange, sid), on(exchange, ALICE), exchange.switchboard.facilities.calls[sid]
    there.subscribe(TOLD, "POST")
    leg.put_down()
    assert refused(there.tell, "{}") == refused(there.subscribe, TOLD, "POST") == 32700
    assert not leg.send_message("{}")
    await exchange.run(1)
    assert refused(of, exchange, sid) == 32700 and call.conversation is leg.on_message is None
    assert refused(of, exchange, "CA" + "0" * 32) == 32700


async def test_what_was_told_outlives_a_crash(exchange):
    """The callback is in the journal with the event, in one transaction, like those of the call's progress."""
    sid = await called(exchange)
    of(exchange, sid).subscribe(TOLD, "POST")
    on(exchange, ALICE).send_message('{"kept":true}')
    await exchange.database.journal.settled()
    found = [one.callback for one in await exchange.database.pending_callbacks() if one.callback.url == TOLD]
    assert [(one.subject, dict(one.params)["Content"]) for one in found] == [(sid, '{"kept":true}')]
