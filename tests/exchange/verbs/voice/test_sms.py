"""voice 2.12: a message during a call."""

import pytest

from hoyhoy.exchange.events import MessageCreated, Noticed, PhoneHeard

from ...world import NUMBER, PHONE, World

OTHER = "+14155550199"


async def texts(exchange: World, document: str, *, inbound: bool = True) -> list[MessageCreated]:
    page = f"<Response>{document}<Say>And on</Say></Response>"
    exchange.app.pages |= {"http://app/in": page, "http://app/start": page, "http://app/sent": "<Response/>"}
    exchange.own(NUMBER, voice_url="http://app/in")
    exchange.own(OTHER)
    phone = exchange.phone()
    if inbound:
        exchange.network.place_call(phone, NUMBER)
    else:
        exchange.place()
    await exchange.run()
    return exchange.events(MessageCreated)


@pytest.mark.parametrize("inbound", [True, False])
async def test_the_far_end_is_texted_and_the_call_goes_on(exchange, inbound):
    (sent,) = await texts(exchange, "<Sms>Hello</Sms>", inbound=inbound)
    assert (sent.sender, sent.recipient, sent.body) == (NUMBER, PHONE, "Hello")
    assert [event.text for event in exchange.events(PhoneHeard)] == ["And on"]


@pytest.mark.obeys("Sms", "to", "from")
async def test_to_and_from(exchange):
    (sent,) = await texts(exchange, f'<Sms to="+14155550142" from="{OTHER}">Hello</Sms>')
    assert (sent.sender, sent.recipient) == (OTHER, "+14155550142")


@pytest.mark.obeys("Sms", "action", "method")
async def test_the_action_is_asked_next(exchange):
    (_,) = await texts(exchange, '<Sms action="/sent" method="GET">Hello</Sms>')
    asked = [one for one in exchange.app.asked if one.url == "http://app/sent"]
    assert [one.method for one in asked] == ["GET"]
    told = dict(asked[0].extra)
    assert told["MessageSid"] == told["SmsSid"] and told["SmsStatus"] == "queued"
    assert not exchange.events(PhoneHeard)


@pytest.mark.obeys("Sms", "statusCallback")
async def test_the_status_callback_is_told(exchange):
    await texts(exchange, '<Sms statusCallback="/status">Hello</Sms>')
    assert "delivered" in [dict(one.params).get("MessageStatus") for one in exchange.callbacks]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("<Sms/>", 14103),
        (f"<Sms>{'a' * 1601}</Sms>", 14103),
        ('<Sms to="nobody">Hello</Sms>', 14101),
        ('<Sms from="+14155550142">Hello</Sms>', 14108),
        ('<Sms action="ftp://x">Hello</Sms>', 11100),
    ],
)
async def test_what_is_wrong_is_told_and_the_call_goes_on(exchange, document, code):
    assert await texts(exchange, document) == []
    assert [notice.code for notice in exchange.events(Noticed)] == [code]
    assert [event.text for event in exchange.events(PhoneHeard)] == ["And on"]


async def test_the_documents_of_a_call_send_only_so_many(exchange):
    """As a reply does (14109): each is paid for, and one call must not be a thousand of them."""
    most = exchange.switchboard.facilities.rules.replies_per_message
    sent = await texts(exchange, "<Sms/>" + "<Sms>Hello</Sms>" * (most - 1) + '<Sms action="/in">Hello</Sms>' * 3)
    assert len(sent) == most
    assert [notice.code for notice in exchange.events(Noticed)].count(14109) >= most + 1
    assert [event.text for event in exchange.events(PhoneHeard)] == ["And on"]
    exchange.network.place_call(exchange.phone(), NUMBER)
    await exchange.run()
    assert len(exchange.events(MessageCreated)) == 2 * most


@pytest.mark.parametrize(
    ("inside", "body", "media"),
    [
        ("Hello", "Hello", 0),
        ("<Body>Hello</Body>", "Hello", 0),
        ("<Body>Hello</Body><Body>there</Body>", "Hello\nthere", 0),
        ("<Body>Look</Body><Media>http://app/cat.png</Media>", "Look", 1),
    ],
)
async def test_a_message_in_a_document_for_calls_is_one(exchange, inside, body, media):
    (sent,) = await texts(exchange, f"<Message>{inside}</Message>")
    (row,) = await exchange.database.rows.page("messages")
    assert (sent.body, int(row["num_media"])) == (body, media) and not exchange.events(Noticed)


async def test_a_body_alone_is_no_verb(exchange):
    assert await texts(exchange, "<Body>Hello</Body><Media>http://app/cat.png</Media>") == []
    assert [notice.code for notice in exchange.events(Noticed)] == [12200, 12200]


async def test_a_caller_without_a_number_gets_none(exchange):
    exchange.app.pages["http://app/in"] = "<Response><Sms>Hello</Sms><Say>And on</Say></Response>"
    exchange.own(NUMBER, voice_url="http://app/in")
    leg = exchange.network.phone(PHONE).leg(exchange.network.plane.open(""), lambda event: None, outgoing=False)
    exchange.switchboard.incoming(leg, caller="sip:ann@example.com", called=NUMBER)
    await exchange.run()
    assert not exchange.events(MessageCreated)
    assert [notice.code for notice in exchange.events(Noticed)] == [14101]
