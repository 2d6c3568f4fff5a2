"""Messages in, and the documents that answer them: messaging 1.9, 1.10."""

import pytest

from hoyhoy.exchange.events import MessageCreated, Noticed, PhoneGotMessage
from hoyhoy.exchange.ports import Page

from .world import NUMBER, PHONE, World


async def text(exchange: World, answer: str | Page | None, body: str = "Hi", **number) -> list[str]:
    """Send a text to a number whose app answers so; what the phone then gets."""
    if answer is not None:
        exchange.app.pages["http://app/sms"] = answer
    exchange.own(NUMBER, **{"sms_url": "http://app/sms", **number})
    exchange.network.send_text(exchange.phone(), NUMBER, body)
    await exchange.run(60)
    return [event.body for event in exchange.events(PhoneGotMessage)]


def codes(exchange: World) -> list[int]:
    return [notice.code for notice in exchange.events(Noticed)]


async def test_the_webhook_and_its_answer(exchange):
    assert await text(exchange, "<Response><Message>Hello\n  </Message></Response>") == ["Hello"]
    asked = exchange.app.params()
    assert (
        asked
        | {
            "From": PHONE,
            "To": NUMBER,
            "Body": "Hi",
            "NumMedia": "0",
            "NumSegments": "1",
            "SmsStatus": "received",
            "FromCountry": "US",
        }
        == asked
    )
    assert asked["MessageSid"] == asked["SmsSid"] == asked["SmsMessageSid"]
    assert [event.direction for event in exchange.events(MessageCreated)] == ["inbound", "outbound-reply"]


@pytest.mark.parametrize(
    ("answer", "sent"),
    [
        ("<Response/>", []),
        ("<Response><Message>One</Message><Message>Two</Message></Response>", ["One", "Two"]),
        ("<Response><Message><Body>In a body</Body></Message></Response>", ["In a body"]),
        ("<Response><Sms>The old name</Sms></Response>", ["The old name"]),
        (Page("http://app/sms", 200, "text/plain", b"Just text"), ["Just text"]),
        (Page("http://app/sms", 200, "text/xml", b""), []),
    ],
)
async def test_answers(exchange, answer, sent):
    assert await text(exchange, answer) == sent
    assert not codes(exchange)


@pytest.mark.parametrize(
    ("answer", "code", "sent"),
    [
        ("<Response><Message/><Message>Next</Message></Response>", 14103, ["Next"]),
        (f"<Response><Message>{'a' * 1601}</Message></Response>", 14103, []),
        ('<Response><Message to="nobody">X</Message></Response>', 14101, []),
        ('<Response><Message statusCallback="ftp://x">X</Message></Response>', 11100, []),
        ("<Response><Say>Hi</Say></Response>", 14110, []),
        ("<Response><Sing>Hi</Sing></Response>", 12200, []),
        ('<Response><Message from="+14155559999">X</Message></Response>', 14108, []),
        ('<Response><Message from="not a number!!">X</Message></Response>', 14108, []),
        ("<Response><Message><Media>nonsense</Media></Message></Response>", 11100, []),
        ("<Response><Message>", 12100, []),
        ("<html/>", 12102, []),
        (Page("http://app/sms", 200, "image/png", b"x"), 12300, []),
        (None, 11200, []),
    ],
)
async def test_what_is_wrong_is_told(exchange, answer, code, sent):
    assert await text(exchange, answer) == sent
    assert codes(exchange) == [code]


async def test_at_most_ten_answers(exchange):
    assert len(await text(exchange, "<Response>" + "<Message>x</Message>" * 12 + "</Response>")) == 10
    assert codes(exchange) == [14109, 14109]


async def test_the_fallback_is_asked_with_the_error(exchange):
    exchange.app.pages["http://app/fallback"] = "<Response><Message>Plan B</Message></Response>"
    assert await text(exchange, None, sms_fallback_url="http://app/fallback") == ["Plan B"]
    assert exchange.app.params() | {"ErrorCode": "11200", "ErrorUrl": "http://app/sms"} == exchange.app.params()


async def test_redirects(exchange):
    exchange.app.pages["http://app/next"] = "<Response><Message>From next</Message></Response>"
    assert await text(exchange, "<Response><Redirect>/next</Redirect></Response>") == ["From next"]


async def test_redirects_in_circles_end(exchange):
    assert await text(exchange, "<Response><Redirect/></Response>") == []
    assert codes(exchange) == [14106] and len(exchange.app.asked) == 20


async def test_action_is_both_steering_and_status_callback(exchange):
    exchange.app.pages["http://app/sent"] = "<Response><Message>Second</Message></Response>"
    answer = '<Response><Message action="/sent">First</Message><Message>Never</Message></Response>'
    assert sorted(await text(exchange, answer)) == ["First", "Second"]
    assert exchange.app.params()["MessageStatus"] == "queued"
    assert {callback.url for callback in exchange.callbacks} == {"http://app/sent"}


async def test_a_number_without_url_keeps_the_message(exchange):
    assert await text(exchange, None, sms_url="") == []
    assert [row["status"] for row in await exchange.database.rows.page("messages")] == ["received"]
    assert not codes(exchange)


async def test_two_programs_that_answer_one_another_are_stopped(exchange):
    exchange.app.pages["http://app/sms"] = "<Response><Message>Ping</Message></Response>"
    exchange.own(NUMBER, sms_url="http://app/sms")
    exchange.own("+15005550010", sms_url="http://app/sms")
    exchange.send("+15005550010", "Start")
    await exchange.run(3600)
    assert 14107 in codes(exchange)
    assert len(exchange.app.asked) < 50


async def test_media_are_named_with_their_type(exchange):
    # messaging 1.9
    exchange.own(NUMBER, sms_url="http://app/sms")
    exchange.app.pages["http://app/sms"] = "<Response/>"
    exchange.network.send_text(exchange.phone(), NUMBER, "", ("http://app/cat.png", "http://app/thing"))
    await exchange.run(60)
    asked = exchange.app.params()
    assert (
        asked
        | {
            "NumMedia": "2",
            "MediaUrl0": "http://app/cat.png",
            "MediaContentType0": "image/png",
            "Body": "",
            "MediaContentType1": "application/octet-stream",
        }
        == asked
    )


async def test_the_notification_keeps_the_whole_request(exchange):
    # voice 3.9
    await text(exchange, None)
    (notice,) = await exchange.database.rows.page("notifications")
    assert "MessageSid=SM" in notice["request_variables"] and "Body=Hi" in notice["request_variables"]
