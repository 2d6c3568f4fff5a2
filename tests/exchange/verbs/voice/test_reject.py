"""voice 1.5, 2.12"""

import pytest

from hoyhoy.exchange.events import Noticed, PhoneAnswered, PhoneHeard, PhoneReleased

from ...world import NUMBER


@pytest.mark.parametrize(
    ("attributes", "status", "codes"),
    [
        ("", "no-answer", []),
        ('reason="rejected"', "no-answer", []),
        ('reason="busy"', "busy", []),
        ('reason="tired"', "no-answer", [13810]),
    ],
)
async def test_an_inbound_call_is_refused_without_an_answer(exchange, attributes, status, codes):
    exchange.app.pages["http://app/in"] = f"<Response><Reject {attributes}/><Say>Never</Say></Response>"
    exchange.own(NUMBER, voice_url="http://app/in")
    call = exchange.network.place_call(exchange.phone(), NUMBER)
    await exchange.run()
    row = await exchange.row("calls", call.sid)
    assert (row["status"], row["duration"]) == (status, None)
    assert not exchange.events(PhoneAnswered) and not exchange.events(PhoneHeard)
    assert [released.cause for released in exchange.events(PhoneReleased)] == [status]
    assert [notice.code for notice in exchange.events(Noticed)] == codes


async def test_later_it_behaves_as_hangup(exchange):
    exchange.app.pages["http://app/in"] = "<Response><Say>Hi</Say><Reject/><Say>Never</Say></Response>"
    exchange.own(NUMBER, voice_url="http://app/in")
    call = exchange.network.place_call(exchange.phone(), NUMBER)
    await exchange.run()
    assert (await exchange.row("calls", call.sid))["status"] == "completed"
    assert [event.text for event in exchange.events(PhoneHeard)] == ["Hi"]


async def test_its_parameters_are_told_of(exchange):
    # 2: they may stand there, and nobody says what they are for
    inside = '<Parameter name="a" value="b"/>'
    exchange.app.pages["http://app/in"] = f'<Response><Reject reason="busy">{inside}</Reject></Response>'
    exchange.own(NUMBER, voice_url="http://app/in")
    call = exchange.network.place_call(exchange.phone(), NUMBER)
    await exchange.run()
    assert (await exchange.row("calls", call.sid))["status"] == "busy"
    (notice,) = exchange.events(Noticed)
    assert notice.code == 12200 and "<Parameter> has no effect here" in notice.message
