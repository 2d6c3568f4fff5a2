"""Every resource and operation through the official Python client; `async` as argument: through its other half.

resources.json says what there is. Prints, for each, what was wrong.
"""

import asyncio
import inspect
import json
import re
import sys
from pathlib import Path

from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

ASYNC = sys.argv[1:] == ["async"]
RESOURCES = json.loads(Path(__file__).with_name("resources.json").read_text())


def at(client, path):
    """`available_phone_numbers(DE).local` of the client."""
    found = client
    for name, argument in re.findall(r"(\w+)(?:\((.*?)\))?(?:\.|$)", path):
        found = getattr(found, name)
        found = found(argument) if argument else found
    return found


async def do(owner, operation, **values):
    done = getattr(owner, operation + "_async" if ASYNC else operation)(**values)
    return await done if inspect.isawaitable(done) else done


async def fault(work):
    try:
        await work
    except TwilioRestException as error:
        return [error.status, error.code]
    return None


async def kept(client, one):
    values = dict(one["with"])
    if values.get("phone_number") == "?":
        offered = await do(client.available_phone_numbers("US").local, "list", limit=1)
        values["phone_number"] = offered[0].phone_number
    made = await do(at(client, one.get("made_at", one["at"])), "create", **values)
    everything = at(client, one["at"])
    wrong = [name for name, value in values.items() if name != "trigger_value" and getattr(made, name, value) != value]
    fetched = await do(everything(made.sid), "fetch")
    if fetched.sid != made.sid or fetched.date_created is None:
        wrong.append("fetch")
    changed = await do(everything(made.sid), "update", **one["change"])
    wrong += [name for name, value in one["change"].items() if getattr(changed, name) != value]
    if made.sid not in [each.sid for each in await do(everything, "list")]:
        wrong.append("list")
    if not one.get("stays"):
        if await do(everything(made.sid), "delete") is not True:
            wrong.append("delete")
        if await fault(do(everything(made.sid), "fetch")) != [404, 20404]:
            wrong.append("still there")
    return wrong


async def main():
    client = Client(http_client=AsyncTwilioHttpClient()) if ASYNC else Client()
    said = {one["at"]: await kept(client, one) for one in RESOURCES["kept"]}
    for path in RESOURCES["lists"]:
        found = await do(at(client, path), "list", limit=3)
        said[path] = [] if isinstance(found, list) else [repr(found)]
    for path, name, value in RESOURCES["fetched"]:
        found = getattr(await do(at(client, path), "fetch"), name)
        said[path] = [] if found == value else [found]
    print(json.dumps(said))
    if ASYNC:
        await client.http_client.session.close()


asyncio.run(main())
