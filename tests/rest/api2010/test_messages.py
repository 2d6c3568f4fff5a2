from tests.rest.world import NUMBER, PHONE


async def test_send_with_the_official_client(exchange):
    message = await exchange.sdk(lambda client: client.messages.create(to=PHONE, from_=NUMBER, body="Hello"))
    assert message.sid.startswith("SM") and message.status == "queued"
    await exchange.run()
    again = await exchange.sdk(lambda client: client.messages(message.sid).fetch())
    assert again.status == "delivered" and again.date_sent is not None
