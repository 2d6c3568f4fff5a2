"""voice 2.9, 2.7.6: what a caller in a queue hears, and what his action is told however he gets out of it."""

import pytest

from hoyhoy.exchange.events import CallDequeued, CallEnqueued, Noticed, PhoneHeard, SoundPlayed, VerbStarted
from hoyhoy.exchange.facilities import Rules
from hoyhoy.exchange.ports import Webhook
from hoyhoy.exchange.queue import Summons
from hoyhoy.wire.errors import Fault

from .talking import ANN, BOB, EVE, heard, presses, says
from .waiting_room import (
    ADA,
    asked,
    call_of,
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
from .world import world

WAIT = 'waitUrl="/wait"'
PATIENCE = "<Response><Say>Patience</Say><Pause length='9'/></Response>"


def notices(exchange):
    return [one.code for one in exchange.events(Noticed)]


async def test_music_for_ever_when_nothing_else_is_said(exchange):
    furnish(exchange)
    await waits(exchange)
    await exchange.run(600)
    assert {(one.kind, one.text) for one in exchange.events(PhoneHeard)} == {("tone", "music")}
    hangs_up(exchange, ANN)
    await exchange.run(1)
    (played,) = exchange.events(SoundPlayed)
    assert (played.text, played.seconds, played.whole) == ("music", 601, False)


async def test_an_empty_wait_url_is_silence(exchange):
    furnish(exchange, 'waitUrl=""')
    await waits(exchange)
    await exchange.run(600)
    assert exchange.events(PhoneHeard) == []
    serves(exchange)
    await exchange.run(1)
    says(exchange, ADA, "Hello")
    await exchange.run(1)
    assert heard(exchange, ANN) == ["Hello"]


async def test_the_wait_document_is_asked_for_again_and_knows_how_things_stand(exchange):
    furnish(exchange, WAIT + ' maxQueueSize="7"', wait=PATIENCE)
    first, second = await waits(exchange, ANN, BOB)
    hangs_up(exchange, ANN)
    await exchange.run(10)
    requests = [one for one in asked(exchange, "wait") if one["CallSid"] == second]
    sid = queue_of(exchange, second)
    keys = ("QueuePosition", "QueueSid", "QueueTime", "AvgQueueTime", "CurrentQueueSize", "MaxQueueSize")
    assert [tuple(one[key] for key in keys) for one in requests] == [
        ("2", sid, "0", "0", "2", "7"),
        ("1", sid, "9", "9", "1", "7"),
    ]
    assert requests[0]["CallStatus"] == "in-progress"
    assert first != second


async def test_what_may_stand_in_a_wait_document(exchange):
    verbs = "<Dial>+14155550999</Dial><Record/><Enqueue>other</Enqueue><Say>Patience</Say><Pause length='60'/>"
    furnish(exchange, WAIT, wait=f"<Response>{verbs}</Response>")
    await waits(exchange)
    assert [one.verb for one in exchange.events(VerbStarted)] == ["Enqueue", "Say", "Pause"]
    assert notices(exchange) == [12200] * 3


async def test_a_wait_document_may_lead_to_another(exchange):
    furnish(
        exchange,
        WAIT,
        wait="<Response><Redirect>/more</Redirect></Response>",
        more="<Response><Say>More</Say></Response>",
    )
    await waits(exchange)
    assert heard(exchange, ANN)[:2] == ["More", "More"]
    assert len(asked(exchange, "wait")) >= 2 and asked(exchange, "more")[0]["QueuePosition"] == "1"


async def test_a_menu_while_waiting(exchange):
    furnish(
        exchange,
        WAIT,
        wait='<Response><Gather action="/choice"><Say>Press 1</Say></Gather></Response>',
        choice="<Response><Say>Still here</Say></Response>",
    )
    await waits(exchange)
    presses(exchange, ANN, "5#")
    await exchange.run(4)
    assert heard(exchange, ANN) == ["Press 1", "Still here", "Press 1"]
    assert results(exchange) == []
    exchange.app.pages["http://app/choice"] = "<Response><Leave/><Say>Not reached</Say></Response>"
    presses(exchange, ANN, "1#")
    await exchange.run(3)
    assert results(exchange) == ["leave"]


async def test_leave_goes_on_at_the_action_at_once(exchange):
    furnish(exchange, WAIT, wait="<Response><Say>Patience</Say><Pause length='3'/><Leave/></Response>")
    (call,) = await waits(exchange)
    await exchange.run(10)
    assert told(exchange) == [
        {"QueueResult": "leave", "QueueSid": queue_of(exchange, call), "QueueTime": "3"},
    ]
    assert heard(exchange, ANN) == ["Patience", "It is over"]
    (left,) = exchange.events(CallDequeued)
    assert (left.result, left.seconds) == ("leave", pytest.approx(3.5, abs=0.5))


async def test_without_an_action_the_next_verb_follows(exchange):
    furnish(exchange, enqueue=f"<Enqueue {WAIT}>support</Enqueue>", wait="<Response><Leave/></Response>")
    await waits(exchange)
    assert heard(exchange, ANN) == ["Goodbye then"]
    assert [one.verb for one in exchange.events(VerbStarted)] == ["Enqueue", "Leave", "Say"]


async def test_a_caller_who_hangs_up_is_told_of(exchange):
    furnish(exchange)
    (call,) = await waits(exchange)
    await exchange.run(9)
    hangs_up(exchange, ANN)
    await exchange.run(1)
    assert told(exchange) == [{"QueueResult": "hangup", "QueueSid": queue_of(exchange, call), "QueueTime": "10"}]
    assert asked(exchange, "over")[0]["CallStatus"] == "completed"
    assert "Say" not in [one.verb for one in exchange.events(VerbStarted)]
    assert len(facilities(exchange).queues) == 0


async def test_hangup_in_a_wait_document_ends_the_call(exchange):
    furnish(exchange, WAIT, wait="<Response><Pause length='5'/><Hangup/></Response>")
    (call,) = await waits(exchange)
    await exchange.run(10)
    assert results(exchange) == ["hangup"]
    assert (await exchange.row("calls", call))["status"] == "completed"


async def test_an_end_over_rest_is_a_hang_up(exchange):
    furnish(exchange)
    (call,) = await waits(exchange)
    exchange.switchboard.end_call(call, "completed")
    await exchange.run(1)
    assert results(exchange) == ["hangup"]


async def test_redirected_while_he_waits(exchange):
    """The action is told at once; what it answers is not performed (2.9)."""
    furnish(exchange, there="<Response><Say>Elsewhere</Say></Response>")
    (call,) = await waits(exchange)
    await exchange.run(4)
    exchange.switchboard.redirect_call(call, webhook=Webhook("http://app/there", "POST"))
    await exchange.run(5)
    assert told(exchange) == [{"QueueResult": "redirected", "QueueSid": queue_of(exchange, call), "QueueTime": "5"}]
    assert heard(exchange, ANN) == ["Elsewhere"]
    assert [one.result for one in exchange.events(CallDequeued)] == ["redirected"]


async def test_redirected_and_gone_in_one_moment_is_told_once(exchange):
    furnish(exchange, there="<Response><Say>Elsewhere</Say></Response>")
    (call,) = await waits(exchange)
    exchange.switchboard.redirect_call(call, webhook=Webhook("http://app/there", "POST"))
    hangs_up(exchange, ANN)
    await exchange.run(5)
    assert results(exchange) == ["redirected"]


async def test_an_action_that_cannot_be_had_after_a_redirect_is_noticed(exchange):
    furnish(exchange, over=None, there="<Response><Say>Elsewhere</Say></Response>")
    (call,) = await waits(exchange)
    exchange.switchboard.redirect_call(call, webhook=Webhook("http://app/there", "POST"))
    await exchange.run(5)
    assert (notices(exchange), heard(exchange, ANN)) == ([11200], ["Elsewhere"])


async def test_bridged_is_told_when_the_talk_is_over(exchange):
    furnish(exchange)
    (call,) = await waits(exchange)
    await exchange.run(9)
    serves(exchange)
    await exchange.run(20)
    assert told(exchange) == []
    hangs_up(exchange, ADA)
    await exchange.run(2)
    assert told(exchange) == [{"QueueResult": "bridged", "QueueSid": queue_of(exchange, call), "QueueTime": "10"}]
    assert heard(exchange, ANN) == ["It is over"]
    assert len(told(exchange, "dialled")) == 1


async def test_bridged_also_when_he_hangs_up_himself(exchange):
    furnish(exchange)
    await waits(exchange)
    serves(exchange)
    await exchange.run(5)
    hangs_up(exchange, ANN)
    await exchange.run(2)
    assert results(exchange) == ["bridged"]
    assert (heard(exchange, ANN), heard(exchange, ADA)) == ([], ["Well served"])


async def test_redirected_out_of_a_talk(exchange):
    furnish(exchange, there="<Response><Say>Elsewhere</Say><Pause length='30'/></Response>")
    (call,) = await waits(exchange)
    serves(exchange)
    await exchange.run(5)
    exchange.switchboard.redirect_call(call, webhook=Webhook("http://app/there", "POST"))
    await exchange.run(5)
    assert results(exchange) == ["redirected-from-bridged"]
    assert (heard(exchange, ANN), heard(exchange, ADA)) == (["Elsewhere"], ["Well served"])
    says(exchange, ADA, "Are you there?")
    await exchange.run(1)
    assert "Are you there?" not in heard(exchange, ANN)


async def test_the_agent_is_redirected_out_of_a_talk(exchange):
    furnish(exchange, there="<Response><Say>Elsewhere</Say></Response>")
    await waits(exchange)
    serves(exchange)
    await exchange.run(5)
    exchange.switchboard.redirect_call(call_of(exchange, ADA), webhook=Webhook("http://app/there", "POST"))
    await exchange.run(5)
    assert results(exchange) == ["bridged"]
    assert (heard(exchange, ANN), heard(exchange, ADA)) == (["It is over"], ["Elsewhere"])
    assert told(exchange, "dialled") == []


async def test_he_hears_a_document_before_they_talk(exchange):
    """Play, Say, Pause and Redirect alone may stand in it (2.7.6)."""
    furnish(
        exchange,
        WAIT,
        queue='url="/before"',
        wait=PATIENCE,
        before="<Response><Say>Ada will</Say><Gather/><Hangup/><Leave/><Redirect>/then</Redirect></Response>",
        then="<Response><Say>help you</Say><Pause length='4'/></Response>",
    )
    (call,) = await waits(exchange)
    await exchange.run(2)
    serves(exchange)
    await exchange.run(3)
    says(exchange, ADA, "Too early")
    await exchange.run(10)
    says(exchange, ADA, "Hello")
    await exchange.run(1)
    assert heard(exchange, ANN) == ["Patience", "Ada will", "help you", "Hello"]
    request = asked(exchange, "before")[0]
    assert [request[key] for key in ("CallSid", "QueueSid", "QueueTime", "DequeingCallSid")] == [
        call,
        queue_of(exchange, call),
        "3",
        call_of(exchange, ADA),
    ]
    assert notices(exchange) == [12200] * 3


async def test_a_document_that_fails_keeps_nobody_from_talking(exchange):
    furnish(exchange, queue='url="/nowhere"')
    await waits(exchange)
    serves(exchange)
    await exchange.run(2)
    says(exchange, ADA, "Hello")
    await exchange.run(1)
    assert (notices(exchange), heard(exchange, ANN)) == ([11200], ["Hello"])


async def test_redirected_over_that_document(exchange):
    """The agent has the next one."""
    furnish(
        exchange,
        queue='url="/before"',
        before="<Response><Pause length='9'/></Response>",
        there="<Response><Say>Elsewhere</Say></Response>",
    )
    first, second = await waits(exchange, ANN, BOB)
    serves(exchange)
    await exchange.run(5)
    exchange.switchboard.redirect_call(first, webhook=Webhook("http://app/there", "POST"))
    await exchange.run(15)
    assert (results(exchange), heard(exchange, ANN), talks(exchange)) == (["redirected"], ["Elsewhere"], [second])


async def test_he_hangs_up_over_that_document(exchange):
    furnish(exchange, queue='url="/before"', before="<Response><Pause length='9'/></Response>")
    await waits(exchange)
    serves(exchange)
    await exchange.run(5)
    hangs_up(exchange, ANN)
    await exchange.run(1)
    assert results(exchange) == ["bridging-in-process"]
    assert told(exchange, "dialled") == []


async def test_the_agent_hangs_up_over_that_document(exchange):
    """He is the head of the queue again, with the time he has waited, and hears what he heard before."""
    furnish(exchange, WAIT, queue='url="/before"', wait=PATIENCE, before="<Response><Pause length='9'/></Response>")
    first, _second = await waits(exchange, ANN, BOB)
    serves(exchange)
    await exchange.run(5)
    hangs_up(exchange, ADA)
    await exchange.run(1)
    assert [(one.position) for one in exchange.events(CallEnqueued, first)] == [1, 1]
    (queue,) = [facilities(exchange).queues.get(queue_of(exchange, first))]
    assert [one.call.sid for one in queue] == [call_of(exchange, ANN), call_of(exchange, BOB)]
    assert asked(exchange, "wait")[-1]["QueueTime"] == "7"
    assert results(exchange) == []
    exchange.app.pages["http://app/before"] = "<Response/>"
    serves(exchange)
    await exchange.run(1)
    says(exchange, ADA, "Hello again")
    await exchange.run(1)
    assert heard(exchange, ANN)[-1] == "Hello again"


async def test_a_full_queue(exchange):
    furnish(exchange, 'maxQueueSize="2"')
    await waits(exchange, ANN, BOB, EVE)
    assert (told(exchange), notices(exchange)) == ([{"QueueResult": "queue-full"}], [14207])
    assert heard(exchange, EVE) == ["It is over"]


@pytest.mark.parametrize(("rules", "most"), [(Rules(), 1000), (Rules(queue_size=3), 3)])
async def test_how_many_may_wait_when_nobody_says(rules, most):
    """voice 18, row 1."""
    async with world(rules=rules) as exchange:
        furnish(exchange, WAIT, wait=PATIENCE)
        await waits(exchange)
        assert asked(exchange, "wait")[0]["MaxQueueSize"] == str(most)
        if most == 3:
            await waits(exchange, *crowd(3))
            assert results(exchange) == ["queue-full"]


@pytest.mark.parametrize(
    ("page", "code"),
    [(None, 11200), ("<Response>", 12100), ("", 12100), ("<Response><Redirect/></Response>", 11215)],
)
async def test_a_wait_document_that_cannot_be_performed_is_an_error(exchange, page, code):
    furnish(exchange, WAIT, wait=page)
    await waits(exchange)
    assert (results(exchange), notices(exchange)) == (["error"], [code])
    assert told(exchange)[0]["QueueTime"] == "0"
    (row,) = await exchange.database.rows.page("notifications")
    assert row["request_url"] == "http://app/wait"


async def test_documents_without_a_sound_do_not_go_round_for_ever(exchange):
    furnish(exchange, WAIT, wait="<Response/>")
    await waits(exchange)
    assert (results(exchange), notices(exchange)) == (["error"], [11215])


async def test_circles_within_circles_are_one(exchange):
    """The action of the Enqueue is the document that holds it."""
    again = '<Enqueue action="/in" waitUrl="/wait">support</Enqueue>'
    furnish(exchange, enqueue=again, wait="<Response><Redirect/></Response>")
    await waits(exchange)
    await exchange.run(60)
    assert set(notices(exchange)) == {11215} and not facilities(exchange).calls
    assert len(exchange.app.asked) < 150


async def test_a_sound_that_cannot_be_had_ends_no_wait(exchange):
    furnish(exchange, WAIT, wait="<Response><Gather/><Play digits='x'/><Pause length='9'/></Response>")
    await waits(exchange)
    await exchange.run(30)
    assert results(exchange) == []


async def test_who_hangs_up_before_he_is_in_the_queue(exchange):
    """Between the document and the queue the store is asked."""
    furnish(exchange)
    rows = facilities(exchange).rows

    class Gone:
        async def page(self, *args, **options):
            hangs_up(exchange, ANN)
            return await rows.page(*args, **options)

    facilities(exchange).rows = Gone()
    await waits(exchange)
    assert told(exchange) == [{"QueueResult": "system-error"}]
    assert exchange.events(CallEnqueued) == [] and len(facilities(exchange).queues) == 0


async def test_a_store_that_does_not_answer_keeps_nobody_waiting(exchange):
    furnish(exchange)

    class Broken:
        async def page(self, *args, **options):
            raise Fault(20500, "The store is out of order.")

    facilities(exchange).rows = Broken()
    await waits(exchange)
    assert (told(exchange), notices(exchange)) == ([{"QueueResult": "system-error"}], [20500])


async def test_he_may_wait_again(exchange):
    again = "<Response><Say>Once more</Say><Enqueue>support</Enqueue></Response>"
    furnish(exchange, WAIT, wait="<Response><Pause length='2'/><Leave/></Response>", over=again)
    (call,) = await waits(exchange)
    await exchange.run(10)
    assert len({one.queue for one in exchange.events(CallEnqueued, call)}) == 1
    assert len(exchange.events(CallEnqueued, call)) == 2


async def test_given_back_in_the_turn_in_which_he_was_asked_for(exchange):
    furnish(exchange)
    (call,) = await waits(exchange)
    queue = facilities(exchange).queues.get(queue_of(exchange, call))
    summons = Summons("CA" + "0" * 32, None)
    queue.release(await queue.summon(summons), summons)
    await exchange.run(5)
    assert queue.member(call).position == 1 and results(exchange) == []
    serves(exchange)
    await exchange.run(1)
    assert talks(exchange) == [call]


async def test_a_silent_wait_is_none_of_the_documents_that_only_lead_to_the_next(exchange):
    furnish(exchange, 'waitUrl=""', there="<Response><Pause length='60'/></Response>")
    (call,) = await waits(exchange)
    await exchange.run(30)
    waiting = facilities(exchange).calls[call]
    waiting.soundless_documents = 50
    exchange.switchboard.redirect_call(call, webhook=Webhook("http://app/there", "POST"))
    await exchange.run(1)
    assert waiting.soundless_documents <= 2
