"""voice 1.6, 2.11"""

import pytest

from hoyhoy.exchange.events import Noticed, PhoneHeard

from ...world import NUMBER


@pytest.mark.obeys("Redirect", "method")
async def test_the_next_document_replaces_the_rest(exchange):
    exchange.app.pages |= {
        "http://app/start": '<Response><Redirect method="GET">next?a=1</Redirect><Say>Never</Say></Response>',
        "http://app/next?a=1": "<Response><Say>Next</Say></Response>",
    }
    exchange.phone()
    exchange.place()
    await exchange.run()
    assert [event.text for event in exchange.events(PhoneHeard)] == ["Next"]
    assert exchange.app.asked[-1].method == "GET"


@pytest.mark.obeys("Reject", "reason")
async def test_an_inbound_call_keeps_ringing_over_it(exchange):
    # voice 1.5
    exchange.app.pages |= {
        "http://app/in": "<Response><Redirect>/no</Redirect></Response>",
        "http://app/no": '<Response><Reject reason="busy"/></Response>',
    }
    exchange.own(NUMBER, voice_url="http://app/in")
    call = exchange.network.place_call(exchange.phone(), NUMBER)
    await exchange.run()
    assert (await exchange.row("calls", call.sid))["status"] == "busy"
    assert [dict(w.params)["CallStatus"] for w in exchange.app.asked] == ["ringing", "ringing"]


async def test_a_document_that_redirects_to_itself_is_stopped(exchange):
    # bad inputs 17
    exchange.app.pages["http://app/start"] = "<Response><Redirect/></Response>"
    exchange.phone()
    sid = exchange.place()
    await exchange.run()
    assert len(exchange.app.asked) == 100
    assert [notice.code for notice in exchange.events(Noticed)] == [11215]
    assert (await exchange.row("calls", sid))["status"] == "completed"


async def test_a_loop_with_a_sound_in_it_is_lawful(exchange):
    exchange.app.pages["http://app/start"] = "<Response><Say>Please hold</Say><Redirect/></Response>"
    exchange.phone()
    exchange.place(time_limit=300)
    await exchange.run()
    assert len(exchange.app.asked) > 300
    assert not exchange.events(Noticed)
