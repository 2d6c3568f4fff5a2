"""voice 2.14: out of scope, and said so."""

import pytest

from hoyhoy.exchange.events import Noticed, PhoneHeard

ACTION = 'action="/paid"'
PAY = '<Pay chargeAmount="10" currency="usd" {0}><Prompt for="payment-card-number"><Say>Card?</Say></Prompt></Pay>'


@pytest.mark.obeys("Pay", "action")
async def test_the_action_hears_of_a_connector_that_failed(exchange):
    exchange.app.pages |= {
        "http://app/start": f"<Response>{PAY.format(ACTION)}</Response>",
        "http://app/paid": "<Response/>",
    }
    exchange.phone()
    exchange.place()
    await exchange.run()
    assert exchange.app.params()["Result"] == "payment-connector-error"
    read_past, failed = exchange.events(Noticed)
    assert (read_past.code, failed.code) == (12200, 64001)
    named = "chargeAmount='10', currency='usd', <Prompt> have no effect here"
    assert named in read_past.message and "no card is asked for" in read_past.message


async def test_without_one_the_next_verb_follows(exchange):
    exchange.app.pages["http://app/start"] = f"<Response>{PAY.format('')}<Say>Unpaid</Say></Response>"
    exchange.phone()
    exchange.place()
    await exchange.run()
    assert [event.text for event in exchange.events(PhoneHeard)] == ["Unpaid"]


async def test_an_empty_action_is_none(exchange):
    """This document again would ask to be paid for ever."""
    exchange.app.pages["http://app/start"] = '<Response><Pay action=""/><Say>Unpaid</Say></Response>'
    exchange.phone()
    exchange.place()
    await exchange.run()
    assert [event.text for event in exchange.events(PhoneHeard)] == ["Unpaid"]
    assert [notice.code for notice in exchange.events(Noticed)] == [12200, 64001]
