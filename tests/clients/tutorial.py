"""A tutorial as people type it in: credentials, numbers and URL are written into the source."""

import asyncio

from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

account_sid = "ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"
auth_token = "your_auth_token"
client = Client(account_sid, auth_token)

message = client.messages.create(body="The first text of many.", from_="+12025550100", to="+14155552001")
call = client.calls.create(url="http://demo.twilio.com/docs/voice.xml", from_="+12025550100", to="+14155552002")
print(message.sid, call.sid, message.account_sid)
print(
    [one.body for one in client.messages.list(to="+14155552001")],
    [one.sid for one in client.calls.list()] == [call.sid],
)


async def again():
    async with AsyncTwilioHttpClient() as http:
        other = Client("AC0123456789abcdef0123456789abcdef", "[AuthToken]", http_client=http)
        sent = await other.messages.create_async(body="And one more.", from_="+12025550101", to="+14155552001")
        print(sent.account_sid, [n.phone_number for n in await other.incoming_phone_numbers.list_async()])


asyncio.run(again())
