"""The official Python client's asynchronous half: every kind of request, many at once. Prints what came back."""

import asyncio
import json
import sys

from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

PHONE, OTHER, SILENT = sys.argv[1:4]
HELLO = "<Response><Pause length='60'/></Response>"


async def refused(work):
    try:
        await work
    except TwilioRestException as error:
        return [error.status, error.code, bool(error.msg)]
    return None


async def until(one, status):
    while (now := await one.fetch_async()).status != status:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    return now


async def main():
    async with AsyncTwilioHttpClient() as http:
        client = Client(http_client=http)
        told = {}
        numbers = await client.incoming_phone_numbers.list_async()
        me = numbers[0].phone_number
        changed = await numbers[0].update_async(friendly_name="The async shop")
        told["number"] = [len(numbers), changed.friendly_name]

        sent = await asyncio.gather(
            *(client.messages.create_async(to=PHONE, from_=me, body=f"Number {n}") for n in range(7))
        )
        told["message"] = [sent[0].status, (await until(sent[0], "delivered")).body]
        told["messages"] = sorted(m.body for m in await client.messages.list_async(to=PHONE, page_size=3))
        page, pages = await client.messages.page_async(to=PHONE, page_size=3), []
        while page:
            pages.append(len(list(page)))
            page = await page.next_page_async()
        told["pages"] = pages
        told["deleted"] = [await sent[0].delete_async(), await refused(sent[0].fetch_async())]

        call = await client.calls.create_async(to=PHONE, from_=me, twiml=HELLO)
        live = await until(call, "in-progress")
        told["call"] = [call.status, live.direction]
        await call.update_async(status="completed")
        await until(call, "completed")
        told["calls"] = [c.status async for c in await client.calls.stream_async(to=PHONE)]
        told["errors"] = {
            "no body": await refused(client.messages.create_async(to=PHONE, from_=me)),
            "no call": await refused(client.calls("CA" + "0" * 32).fetch_async()),
        }
        print(json.dumps(told))


asyncio.run(main())
