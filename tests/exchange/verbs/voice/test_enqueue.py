"""voice 2.9: what may be written in Enqueue. What comes of waiting is tested beside exchange/waiting.py."""

import pytest

from hoyhoy.exchange.events import CallEnqueued, Noticed
from hoyhoy.exchange.performance import known_verbs
from hoyhoy.exchange.program import read_root
from hoyhoy.exchange.verbs.voice.enqueue import Enqueue
from hoyhoy.wire.twiml import parse

from ...talking import ANN, BOB, calls_in, heard
from ...waiting_room import asked, furnish, results, told, waits


def read(enqueue: str) -> tuple[Enqueue, list[int]]:
    codes: list[int] = []
    (verb,) = read_root(
        parse(f"<Response>{enqueue}</Response>"), known_verbs(), lambda code, sentence: codes.append(code)
    )
    assert isinstance(verb, Enqueue)
    return verb, codes


@pytest.mark.parametrize(
    ("attribute", "code"),
    [
        ('method="PUT"', 14201),
        ('waitUrlMethod="PUT"', 14206),
        ('action=""', 12200),
        ('maxQueueSize="0"', 12200),
        ('maxQueueSize="5001"', 12200),
        ('maxQueueSize="many"', 12200),
        ('colour="red"', 12200),
    ],
)
def test_an_illegal_value_is_a_warning_and_the_default_is_used(attribute, code):
    verb, codes = read(f"<Enqueue {attribute}>support</Enqueue>")
    plain, _ = read("<Enqueue>support</Enqueue>")
    verb.element = plain.element
    assert (codes, verb) == ([code], plain)


@pytest.mark.obeys("Enqueue", "action", "method", "waitUrl", "waitUrlMethod", "maxQueueSize")
async def test_attributes(exchange):
    inside = 'action="/left" method="GET" waitUrl="/wait" waitUrlMethod="GET" maxQueueSize="3"'
    furnish(
        exchange,
        enqueue=f"<Enqueue {inside}>support</Enqueue>",
        wait="<Response><Say>Patience</Say><Leave/></Response>",
        left="<Response><Say>You left</Say></Response>",
    )
    await waits(exchange)
    await exchange.run(5)
    assert heard(exchange, ANN) == ["Patience", "You left"]
    methods = {one.url: one.method for one in exchange.app.asked}
    assert (methods["http://app/wait"], methods["http://app/left"]) == ("GET", "GET")
    assert asked(exchange, "wait")[0]["MaxQueueSize"] == "3"


async def test_methods_are_post_unless_said_otherwise(exchange):
    furnish(exchange, 'waitUrl="/wait"', wait="<Response><Leave/></Response>")
    await waits(exchange)
    assert {one.method for one in exchange.app.asked} == {"POST"}


async def test_addresses_are_relative_to_the_document_that_holds_it(exchange):
    """Also after documents at another place were performed meanwhile (1.6)."""
    furnish(
        exchange,
        enqueue="<Redirect>http://app/deep/in</Redirect>",
        **{
            "deep/in": '<Response><Enqueue action="over" waitUrl="wait">support</Enqueue></Response>',
            "deep/wait": "<Response><Redirect>/wide/wait</Redirect></Response>",
            "wide/wait": "<Response><Leave/></Response>",
            "deep/over": "<Response><Say>Here</Say></Response>",
        },
    )
    await waits(exchange)
    assert heard(exchange, ANN) == ["Here"]


@pytest.mark.parametrize(
    ("enqueue", "code", "result"),
    [
        ('<Enqueue action="/over"/>', 14204, "error"),
        ('<Enqueue action="/over">  </Enqueue>', 14204, "error"),
        (f'<Enqueue action="/over">{"x" * 65}</Enqueue>', 14205, "error"),
        ('<Enqueue action="/over" waitUrl="ftp://app/wait">support</Enqueue>', 14202, "error"),
        ('<Enqueue action="/over"><Task>{}</Task></Enqueue>', 14240, "system-error"),
    ],
)
async def test_what_cannot_be_waited_for(exchange, enqueue, code, result):
    furnish(exchange, enqueue=enqueue)
    await waits(exchange)
    assert told(exchange) == [{"QueueResult": result}]
    assert [one.code for one in exchange.events(Noticed)] == [code]
    assert (heard(exchange, ANN), exchange.events(CallEnqueued)) == (["It is over"], [])


async def test_what_cannot_be_waited_for_without_an_action(exchange):
    furnish(exchange, enqueue="<Enqueue/>")
    await waits(exchange)
    assert heard(exchange, ANN) == ["Goodbye then"]


@pytest.mark.obeys("Enqueue", "workflowSid")
async def test_task_router_is_out_of_scope_and_says_so(exchange):
    workflow = "WW" + "0" * 32
    furnish(exchange, enqueue=f'<Enqueue action="/over" workflowSid="{workflow}">support</Enqueue>')
    await waits(exchange)
    assert results(exchange) == ["system-error"]


def test_attributes_of_a_task_say_that_they_do_nothing():
    verb, codes = read('<Enqueue><Task priority="5" timeout="60">{}</Task></Enqueue>')
    assert (len(verb.nested), codes) == (1, [12200])


async def test_an_action_that_cannot_be_requested_fails_the_document(exchange):
    furnish(exchange, enqueue='<Enqueue action="ftp://app/over">support</Enqueue>')
    await waits(exchange)
    assert [one.code for one in exchange.events(Noticed)] == [11100]


async def test_the_longest_name(exchange):
    furnish(exchange, enqueue=f"<Enqueue> {'x' * 64} </Enqueue>")
    await waits(exchange)
    assert [one.name for one in exchange.events(CallEnqueued)] == ["x" * 64]


async def test_not_in_a_document_that_says_whether_a_call_is_put_through(exchange):
    calls_in(
        exchange,
        f'<Dial><Number url="/screen">{BOB}</Number></Dial>',
        screen="<Response><Enqueue>x</Enqueue></Response>",
    )
    exchange.phone(BOB)
    await exchange.run(30)
    assert 13201 in [one.code for one in exchange.events(Noticed)]
    assert exchange.events(CallEnqueued) == []
