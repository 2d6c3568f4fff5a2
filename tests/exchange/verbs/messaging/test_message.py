"""messaging 1.10, attributes and nouns of Message; tests/exchange/test_reply.py tells the whole story."""

import pytest

from hoyhoy.exchange.events import MessageCreated, Noticed

from ...world import NUMBER, PHONE, World


async def replies(exchange: World, document: str) -> list[MessageCreated]:
    exchange.app.pages["http://app/sms"] = f"<Response>{document}</Response>"
    exchange.own(NUMBER, sms_url="http://app/sms")
    exchange.network.send_text(exchange.phone(), NUMBER, "Hi")
    await exchange.run(60)
    return exchange.events(MessageCreated)[1:]


async def test_to_and_from(exchange):
    (sent,) = await replies(exchange, '<Message to="(415) 555-0199" from="+15005550006">Hello</Message>')
    assert (sent.recipient, sent.sender, sent.direction) == ("+14155550199", "+15005550006", "outbound-reply")


async def test_without_them_the_pair_is_swapped(exchange):
    (sent,) = await replies(exchange, "<Message>Hello</Message>")
    assert (sent.recipient, sent.sender) == (PHONE, NUMBER)


async def test_a_short_code_is_answered_like_any_number(exchange):
    exchange.app.pages["http://app/sms"] = "<Response><Message>Hello</Message></Response>"
    exchange.own(NUMBER, sms_url="http://app/sms")
    exchange.switchboard.receive(sender="12345", recipient=NUMBER, body="Hi")
    await exchange.run(60)
    assert [sent.recipient for sent in exchange.events(MessageCreated)] == [NUMBER, "12345"]


async def test_body_and_media(exchange):
    (sent,) = await replies(
        exchange, "<Message><Body>Look</Body><Media>http://app/1.png</Media><Media>http://app/2.png</Media></Message>"
    )
    assert (sent.body, sent.media) == ("Look", ("http://app/1.png", "http://app/2.png"))


async def test_at_most_ten_media(exchange):
    (sent,) = await replies(exchange, f"<Message>{'<Media>http://app/1.png</Media>' * 12}</Message>")
    assert len(sent.media) == 10


@pytest.mark.parametrize(
    ("attributes", "url"),
    [
        ('statusCallback="/told"', "http://app/told"),
        ('action="/both" statusCallback="/told"', "http://app/told"),
    ],
)
async def test_status_callback(exchange, attributes, url):
    exchange.app.pages["http://app/both"] = "<Response/>"
    await replies(exchange, f"<Message {attributes}>Hello</Message>")
    assert {callback.url for callback in exchange.callbacks} == {url}
    assert {callback.method for callback in exchange.callbacks} == {"POST"}


async def test_an_unknown_attribute_is_a_warning(exchange):
    assert len(await replies(exchange, '<Message priority="high">Hello</Message>')) == 1
    assert [notice.code for notice in exchange.events(Noticed)] == [12200]
