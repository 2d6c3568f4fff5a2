"""voice 2.13: Connect, of which nothing can be connected here yet."""

import pytest

from hoyhoy.exchange.events import Noticed, PhoneHeard

from ...world import NUMBER


@pytest.mark.obeys("Connect", "action", "method")
async def test_the_action_is_asked_when_it_is_over(exchange):
    exchange.app.pages |= {
        "http://app/start": '<Response><Connect action="/after" method="GET"><Room>a</Room></Connect>'
        "<Say>Never</Say></Response>",
        "http://app/after": "<Response><Say>After</Say></Response>",
    }
    exchange.phone()
    exchange.place()
    await exchange.run()
    assert [event.text for event in exchange.events(PhoneHeard)] == ["After"]
    assert exchange.app.asked[-1].method == "GET"


async def test_what_may_not_stand_there(exchange):
    exchange.app.pages["http://app/start"] = "<Response><Connect><Recording/></Connect><Say>And on</Say></Response>"
    exchange.phone()
    exchange.place()
    await exchange.run()
    assert [notice.code for notice in exchange.events(Noticed)] == [14300]
    assert [event.text for event in exchange.events(PhoneHeard)] == ["And on"]


async def test_it_answers_a_call(exchange):
    # voice 1.5
    exchange.app.pages["http://app/in"] = (
        '<Response><Connect><Room>a</Room></Connect><Reject reason="busy"/></Response>'
    )
    exchange.own(NUMBER, voice_url="http://app/in")
    call = exchange.network.place_call(exchange.phone(), NUMBER)
    await exchange.run()
    assert (await exchange.row("calls", call.sid))["status"] == "completed"


async def test_an_empty_action_is_none(exchange):
    document = '<Connect action=""><Room>a</Room></Connect><Say>And on</Say>'
    exchange.app.pages["http://app/start"] = f"<Response>{document}</Response>"
    exchange.phone()
    exchange.place()
    await exchange.run()
    assert [event.text for event in exchange.events(PhoneHeard)] == ["And on"] and len(exchange.app.asked) == 1
    assert "counts as absent" in exchange.events(Noticed)[0].message
