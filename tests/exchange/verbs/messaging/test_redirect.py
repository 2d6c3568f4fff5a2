"""messaging 1.10"""

from hoyhoy.exchange.events import MessageCreated

from ...world import NUMBER


async def test_the_next_document_replaces_the_rest(exchange):
    exchange.app.pages |= {
        "http://app/sms": '<Response><Redirect method="GET">next</Redirect><Message>Never</Message></Response>',
        "http://app/next": "<Response><Message>Next</Message></Response>",
    }
    exchange.own(NUMBER, sms_url="http://app/sms")
    exchange.network.send_text(exchange.phone(), NUMBER, "Hi")
    await exchange.run(60)
    assert [event.body for event in exchange.events(MessageCreated)] == ["Hi", "Next"]
    assert exchange.app.asked[-1].method == "GET"
