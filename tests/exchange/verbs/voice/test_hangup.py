"""voice 2.5"""

from hoyhoy.exchange.events import Noticed, PhoneHeard

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


async def test_its_parameters_are_told_of(exchange):
    # 2: they may stand there, and nobody says what they are for
    inside = '<Parameter name="a" value="b"/><Parameter name="c" value="d"/>'
    exchange.app.pages["http://app/start"] = f"<Response><Hangup>{inside}</Hangup></Response>"
    exchange.phone()
    sid = exchange.place()
    await exchange.run()
    assert (await exchange.row("calls", sid))["status"] == "completed"
    (notice,) = exchange.events(Noticed)
    assert notice.code == 12200 and "<Parameter> has no effect here" in notice.message
