"""voice 2.3"""

import pytest

from hoyhoy.exchange.events import Noticed

from ...world import NUMBER


@pytest.mark.parametrize(
    ("attributes", "seconds", "codes"),
    [
        ("", 1, []),
        ('length="3600"', 3600, []),
        ('length="0"', 1, [13910]),
        ('length="1.5"', 1, [13910]),
        (f'length="{" " * 22}5"', 5, []),
        ('length="2147483648"', 1, [13910]),
        (f'length="{"9" * 400}"', 1, [13910]),
    ],
)
async def test_length(exchange, attributes, seconds, codes):
    exchange.app.pages["http://app/start"] = f"<Response><Pause {attributes}/></Response>"
    exchange.phone()
    sid = exchange.place()
    await exchange.run(4000)
    assert (await exchange.row("calls", sid))["duration"] == seconds
    assert [notice.code for notice in exchange.events(Noticed)] == codes


@pytest.mark.obeys("Pause", "length")
async def test_as_the_first_verb_it_delays_answering(exchange):
    exchange.app.pages["http://app/in"] = '<Response><Pause length="4"/><Say>Hello</Say></Response>'
    exchange.own(NUMBER, voice_url="http://app/in")
    call = exchange.network.place_call(exchange.phone(), NUMBER)
    await exchange.run()
    row = await exchange.row("calls", call.sid)
    assert row["answer_time"] - row["start_time"] == 4
