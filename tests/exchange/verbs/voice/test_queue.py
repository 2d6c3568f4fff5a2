"""voice 2.7.6, 2.12: what may be written in Queue, in a Dial and outside. What comes of it is tested beside
exchange/serving.py."""

import pytest

from hoyhoy.exchange.events import Noticed
from hoyhoy.exchange.performance import known_verbs
from hoyhoy.exchange.program import read_root
from hoyhoy.wire.twiml import parse

from ...talking import ANN, BOB, calls_in, heard, says
from ...waiting_room import ADA, asked, furnish, hangs_up, serves, talks, told, waits


@pytest.mark.obeys("Queue", "url", "method")
async def test_attributes(exchange):
    furnish(exchange, queue='url="/before" method="GET"', before="<Response><Say>You are next</Say></Response>")
    await waits(exchange)
    serves(exchange)
    await exchange.run(5)
    assert heard(exchange, ANN) == ["You are next"]
    assert [one.method for one in exchange.app.asked if one.url == "http://app/before"] == ["GET"]


async def test_the_method_is_post_unless_said_otherwise(exchange):
    furnish(exchange, queue='url="/before"', before="<Response/>")
    await waits(exchange)
    serves(exchange)
    await exchange.run(1)
    assert len(asked(exchange, "before")) == 1
    assert {one.method for one in exchange.app.asked} == {"POST"}


@pytest.mark.parametrize(
    ("queue", "codes"),
    [
        ('<Queue method="PUT">support</Queue>', [14210]),
        ('<Queue url="">support</Queue>', [12200]),
        ('<Queue reservationSid="WR1">support</Queue>', [12200]),
        ('<Queue postWorkActivitySid="WA1">support</Queue>', [12200]),
        ('<Queue colour="red">support</Queue>', [12200]),
    ],
)
def test_what_is_said_about_attributes(queue, codes):
    told = []
    root = parse(f"<Response><Dial>{queue}</Dial></Response>")
    read_root(root, known_verbs(), lambda code, sentence: told.append(code))
    assert told == codes


@pytest.mark.parametrize(
    ("queue", "code"),
    [
        ("<Queue/>", 14212),
        ("<Queue>  </Queue>", 14212),
        (f"<Queue>{'x' * 65}</Queue>", 14213),
        ('<Queue url="ftp://app/before">support</Queue>', 14211),
    ],
)
async def test_what_cannot_be_asked_for(exchange, queue, code):
    furnish(exchange)
    await waits(exchange)
    exchange.app.pages["http://app/agent"] = f'<Response><Dial action="/dialled">{queue}</Dial></Response>'
    serves(exchange)
    await exchange.run(1)
    assert [one.code for one in exchange.events(Noticed)] == [code]
    assert [one["DialCallStatus"] for one in told(exchange, "dialled")] == ["failed"]
    exchange.app.pages["http://app/agent"] = f"<Response>{queue}<Say>Further on</Say></Response>"
    serves(exchange)
    await exchange.run(1)
    assert [one.code for one in exchange.events(Noticed)] == [code] * 2
    assert heard(exchange, ADA)[-1] == "Further on" and talks(exchange) == []


async def test_outside_a_dial_it_does_what_it_would_do_inside(exchange):
    """voice 2.12: a verb of old."""
    furnish(exchange, before="<Response><Say>You are next</Say></Response>")
    page = '<Response><Queue url="/before">support</Queue><Say>Further on</Say></Response>'
    exchange.app.pages["http://app/agent"] = page
    await waits(exchange)
    serves(exchange)
    await exchange.run(5)
    says(exchange, ADA, "Hello")
    await exchange.run(1)
    assert heard(exchange, ANN) == ["You are next", "Hello"]
    hangs_up(exchange, ANN)
    await exchange.run(1)
    assert heard(exchange, ADA) == ["Further on"]
    serves(exchange)
    await exchange.run(34)
    assert heard(exchange, ADA) == ["Further on"]
    await exchange.run(3)
    assert heard(exchange, ADA) == ["Further on"] * 2


async def test_not_in_a_document_that_says_whether_a_call_is_put_through(exchange):
    calls_in(
        exchange, f'<Dial><Number url="/screen">{BOB}</Number></Dial>', screen="<Response><Queue>x</Queue></Response>"
    )
    exchange.phone(BOB)
    await exchange.run(30)
    assert 13201 in [one.code for one in exchange.events(Noticed)]
