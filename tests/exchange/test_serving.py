"""voice 2.7, 2.7.3, 2.7.6: who asks for the head of a queue, and what his action is told."""

import pytest

from hoyhoy.exchange.events import DialEnded, Noticed, PhoneHeard, RecordingMoved, SoundPlayed
from hoyhoy.exchange.ports import Webhook
from hoyhoy.wire.errors import Fault

from .talking import ANN, BOB, heard, presses, says
from .waiting_room import (
    ADA,
    IDA,
    call_of,
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


async def test_they_talk(exchange):
    furnish(exchange)
    (call,) = await waits(exchange)
    await exchange.run(9)
    serves(exchange)
    await exchange.run(2)
    says(exchange, ADA, "How can I help?")
    says(exchange, ANN, "My line is dead")
    await exchange.run(18)
    hangs_up(exchange, ANN)
    await exchange.run(2)
    assert (heard(exchange, ANN), heard(exchange, ADA)) == (["How can I help?"], ["My line is dead", "Well served"])
    assert told(exchange, "dialled") == [
        {
            "DialCallStatus": "completed",
            "DialCallSid": call,
            "DialCallDuration": "20",
            "DialBridged": "true",
            "QueueSid": queue_of(exchange, call),
            "QueueTime": "10",
        }
    ]
    (ended,) = exchange.events(DialEnded)
    assert (ended.status, ended.dialled, ended.bridged) == ("completed", call, True)


async def test_keys_are_passed_both_ways(exchange):
    furnish(exchange)
    await waits(exchange)
    serves(exchange)
    await exchange.run(1)
    presses(exchange, ADA, "1*")
    presses(exchange, ANN, "2#")
    await exchange.run(2)
    assert (heard(exchange, ANN, "keys"), heard(exchange, ADA, "keys")) == (["1", "*"], ["2", "#"])


async def test_he_hears_ringing_until_somebody_is_there(exchange):
    furnish(exchange)
    await waits(exchange)
    hangs_up(exchange, ANN)
    serves(exchange)
    await exchange.run(20)
    await waits(exchange, BOB)
    assert talks(exchange) == [call_of(exchange, BOB)]
    (rang,) = [one for one in exchange.events(SoundPlayed) if one.text == "ringing"]
    assert rang.seconds == pytest.approx(20)
    assert {one.phone for one in exchange.events(PhoneHeard) if one.text == "ringing"} == {ADA}


async def test_nobody_comes_in_time(exchange):
    """The time is that of the Dial, and the hidden five seconds (2.7)."""
    furnish(exchange, dial='timeout="10"')
    await waits(exchange)
    hangs_up(exchange, ANN)
    serves(exchange)
    await exchange.run(14)
    assert told(exchange, "dialled") == []
    await exchange.run(2)
    (ended,) = told(exchange, "dialled")
    assert (ended["DialCallStatus"], ended["DialBridged"], ended["QueueSid"][:2]) == ("no-answer", "false", "QU")
    assert "DialCallSid" not in ended and "QueueTime" not in ended
    assert len(facilities(exchange).queues) == 0


async def test_a_queue_that_does_not_exist_is_an_error(exchange):
    furnish(exchange)
    serves(exchange)
    await exchange.run(1)
    assert told(exchange, "dialled") == [{"DialCallStatus": "failed", "DialBridged": "false"}]
    assert [one.code for one in exchange.events(Noticed)] == [20404]


async def test_a_store_that_does_not_answer_is_an_error(exchange):
    furnish(exchange)

    class Broken:
        async def page(self, *args, **options):
            raise Fault(20500, "The store is out of order.")

    facilities(exchange).rows = Broken()
    serves(exchange)
    await exchange.run(1)
    assert [one["DialCallStatus"] for one in told(exchange, "dialled")] == ["failed"]
    assert [one.code for one in exchange.events(Noticed)] == [20500]


async def test_a_queue_that_is_deleted_meanwhile(exchange):
    furnish(exchange)
    (call,) = await waits(exchange)
    hangs_up(exchange, ANN)
    serves(exchange)
    await exchange.run(2)
    facilities(exchange).queues.close(queue_of(exchange, call))
    await exchange.run(1)
    assert [one["DialCallStatus"] for one in told(exchange, "dialled")] == ["failed"]


async def test_the_agent_gives_up(exchange):
    furnish(exchange)
    await waits(exchange)
    hangs_up(exchange, ANN)
    serves(exchange)
    await exchange.run(5)
    hangs_up(exchange, ADA)
    await exchange.run(1)
    assert [one["DialCallStatus"] for one in told(exchange, "dialled")] == ["canceled"]
    await waits(exchange, BOB)
    assert talks(exchange) == [] and results(exchange) == ["hangup"]


async def test_a_star_ends_it_where_the_dial_says_so(exchange):
    furnish(exchange, dial='hangupOnStar="true"')
    await waits(exchange)
    serves(exchange)
    await exchange.run(2)
    presses(exchange, ADA, "1*")
    await exchange.run(3)
    assert heard(exchange, ANN, "keys") == ["1"]
    assert results(exchange) == ["bridged"]
    assert told(exchange, "dialled")[0]["DialCallStatus"] == "completed"
    assert heard(exchange, ADA)[-1] == "Well served"


async def test_a_document_without_an_end_keeps_neither_of_them(exchange):
    """The limit of the Dial is that of the document too; who heard it is the head of the queue again."""
    furnish(
        exchange,
        dial='timeLimit="20"',
        queue='url="/before"',
        before="<Response><Pause length='5'/><Redirect/></Response>",
    )
    (call,) = await waits(exchange)
    serves(exchange)
    await exchange.run(19)
    assert told(exchange, "dialled") == []
    await exchange.run(2)
    (ended,) = told(exchange, "dialled")
    assert (ended["DialCallStatus"], ended["DialCallSid"], ended["DialBridged"]) == ("no-answer", call, "false")
    assert "DialCallDuration" not in ended
    (member,) = facilities(exchange).queues.get(queue_of(exchange, call))
    assert (member.call.sid, member.position, results(exchange)) == (call, 1, [])


async def test_a_document_is_no_part_of_the_waiting(exchange):
    """He comes when the time that the Dial waits is nearly over, and hears all of it."""
    furnish(
        exchange,
        dial='timeout="10"',
        queue='url="/before"',
        before="<Response><Pause length='30'/></Response>",
    )
    await waits(exchange)
    hangs_up(exchange, ANN)
    serves(exchange)
    await exchange.run(14)
    (call,) = await waits(exchange, BOB)
    await exchange.run(31)
    assert talks(exchange) == [call]


async def test_a_star_while_he_waits_for_somebody(exchange):
    furnish(exchange, dial='hangupOnStar="true"')
    await waits(exchange)
    hangs_up(exchange, ANN)
    serves(exchange)
    await exchange.run(2)
    presses(exchange, ADA, "*")
    await exchange.run(1)
    (ended,) = told(exchange, "dialled")
    assert (ended["DialCallStatus"], ended["DialBridged"]) == ("completed", "false")


async def test_how_long_they_may_talk_counts_from_when_they_do(exchange):
    furnish(exchange, dial='timeLimit="10"')
    await waits(exchange)
    hangs_up(exchange, ANN)
    serves(exchange)
    await exchange.run(20)
    await waits(exchange, BOB)
    await exchange.run(8)
    assert told(exchange, "dialled") == []
    await exchange.run(2)
    assert told(exchange, "dialled")[0]["DialCallDuration"] == "10"
    assert results(exchange) == ["hangup", "bridged"]


async def test_the_talk_is_recorded_from_its_beginning(exchange):
    furnish(exchange, dial='record="true"', queue='url="/before"', before="<Response><Pause length='5'/></Response>")
    await waits(exchange)
    serves(exchange)
    await exchange.run(3)
    assert exchange.events(RecordingMoved) == []
    await exchange.run(10)
    says(exchange, ANN, "My line is dead, and has been for a week now, and nobody cares")
    await exchange.run(10)
    hangs_up(exchange, ANN)
    await exchange.run(2)
    (ended,) = told(exchange, "dialled")
    assert ended["RecordingSid"][:2] == "RE" and 17 <= int(ended["RecordingDuration"]) <= 18


async def test_who_hangs_up_over_the_document_is_followed_by_the_next(exchange):
    furnish(exchange, queue='url="/before"', before="<Response><Pause length='4'/></Response>")
    _, second = await waits(exchange, ANN, BOB)
    serves(exchange)
    await exchange.run(2)
    hangs_up(exchange, ANN)
    await exchange.run(10)
    assert talks(exchange) == [second]
    hangs_up(exchange, BOB)
    await exchange.run(1)
    assert told(exchange, "dialled")[0]["DialCallSid"] == second


async def test_both_hang_up_at_once(exchange):
    furnish(exchange)
    await waits(exchange)
    serves(exchange)
    await exchange.run(5)
    hangs_up(exchange, ANN)
    hangs_up(exchange, ADA)
    await exchange.run(2)
    assert results(exchange) == ["bridged"] and len(told(exchange, "dialled")) == 1
    assert facilities(exchange).calls == {} and len(facilities(exchange).queues) == 0


async def test_the_agent_is_redirected_while_he_waits_for_somebody(exchange):
    furnish(exchange, there="<Response><Say>Elsewhere</Say><Pause length='60'/></Response>")
    await waits(exchange)
    hangs_up(exchange, ANN)
    serves(exchange)
    await exchange.run(5)
    exchange.switchboard.redirect_call(call_of(exchange, ADA), webhook=Webhook("http://app/there", "POST"))
    await exchange.run(1)
    await waits(exchange, BOB)
    assert talks(exchange) == [] and heard(exchange, ADA) == ["Elsewhere"]


async def test_the_agent_goes_on_to_the_next(exchange):
    """Without an action the next verb follows: a document that asks for itself serves one after the other."""
    furnish(exchange)
    exchange.app.pages["http://app/agent"] = "<Response><Dial><Queue>support</Queue></Dial><Redirect/></Response>"
    first, second = await waits(exchange, ANN, BOB)
    serves(exchange)
    await exchange.run(2)
    hangs_up(exchange, ANN)
    await exchange.run(2)
    assert talks(exchange) == [first, second]


async def test_those_who_ask_are_served_in_turn(exchange):
    furnish(exchange)
    await waits(exchange)
    hangs_up(exchange, ANN)
    serves(exchange, ADA)
    await exchange.run(1)
    serves(exchange, IDA)
    await exchange.run(1)
    first, second = await waits(exchange, ANN, BOB)
    says(exchange, ANN, "Hello Ada")
    says(exchange, BOB, "Hello Ida")
    await exchange.run(1)
    assert (heard(exchange, ADA), heard(exchange, IDA)) == (["Hello Ada"], ["Hello Ida"])
    assert talks(exchange) == [first, second]


async def test_an_account_asks_for_its_own_callers_alone(exchange):
    furnish(exchange)
    await waits(exchange)
    async with facilities(exchange).queues.used(facilities(exchange), "AC" + "b" * 32, "support") as found:
        assert found is None


async def test_who_hangs_up_over_the_document_gives_no_more_time(exchange):
    """What the Dial waits in all is one time, however many are asked for (2.7.6)."""
    furnish(exchange, dial='timeout="10"', queue='url="/before"', before="<Response><Pause length='60'/></Response>")
    await waits(exchange)
    serves(exchange)
    await exchange.run(12)
    hangs_up(exchange, ANN)
    await exchange.run(2)
    assert told(exchange, "dialled") == []
    await exchange.run(2)
    assert told(exchange, "dialled")[0]["DialCallStatus"] == "no-answer"


async def test_a_star_of_before_ends_nothing(exchange):
    furnish(exchange)
    await waits(exchange)
    exchange.app.pages["http://app/agent"] = (
        "<Response><Say>Wait</Say><Pause length='5'/><Dial hangupOnStar='true'><Queue>support</Queue></Dial></Response>"
    )
    serves(exchange)
    await exchange.run(3)
    presses(exchange, ADA, "*")
    await exchange.run(10)
    assert len(talks(exchange)) == 1 and results(exchange) == []
