"""voice 2.5"""

from hoyhoy.exchange.events import PhoneHeard

from ...world import NUMBER


async def test_nothing_after_it_is_performed(exchange):
    exchange.app.pages["http://app/start"] = "<Response><Say>Bye</Say><Hangup/><Say>Never</Say></Response>"
    exchange.phone()
    sid = exchange.place()
    await exchange.run()
    assert [event.text for event in exchange.events(PhoneHeard)] == ["Bye"]
    assert (await exchange.row("calls", sid))["status"] == "completed"


async def test_as_the_first_verb_it_still_answers(exchange):
    exchange.app.pages["http://app/in"] = "<Response><Hangup/></Response>"
    exchange.own(NUMBER, voice_url="http://app/in")
    call = exchange.network.place_call(exchange.phone(), NUMBER)
    await exchange.run()
    row = await exchange.row("calls", call.sid)
    assert (row["status"], row["duration"]) == ("completed", 0)
