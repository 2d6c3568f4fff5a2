"""Numbers in the tests of resources: bought, bought by kind, or changed, and then called and written to."""

from __future__ import annotations

from itertools import count

from tests.rest.world import PHONE

HANGUP = "<Response><Hangup/></Response>"

_free = count(1000)


def free_number(beginning="+1206777"):
    """A number that no test has used before."""
    return f"{beginning}{next(_free)}"


def newcomer(exchange):
    """The sid of an account that owns nothing; its token is `token`."""
    sid = f"AC{next(_free):032x}"
    exchange.add_account(sid, "token", sid)
    return sid


async def buy(exchange, path="/IncomingPhoneNumbers.json", **form):
    if "AreaCode" not in form:
        form.setdefault("PhoneNumber", free_number())
    answer = await exchange.post(path, **form)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def change(exchange, number, **form):
    answer = await exchange.post(f"/IncomingPhoneNumbers/{number['sid']}.json", **form)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def with_all(exchange, **form):
    """Three numbers with the same parameters: bought so, bought so as local ones, and changed later."""
    return (
        await buy(exchange, **form),
        await buy(exchange, "/IncomingPhoneNumbers/Local.json", **form),
        await change(exchange, await buy(exchange), **form),
    )


async def called(exchange, number, document=HANGUP):
    """A person calls; how the app was asked for documents, and the status callbacks."""
    exchange.app.document = document
    exchange.app.asked.clear()
    told = []
    exchange.database.journal.deliver_to(told.extend)
    exchange.network.place_call(exchange.network.phone(PHONE), number["phone_number"])
    await exchange.run()
    return [(one.url, one.method) for one in exchange.app.asked], [(one.url, one.method) for one in told]


async def written(exchange, number, document="<Response/>"):
    """A person sends a message; how the app was asked for documents."""
    exchange.app.document = document
    exchange.app.asked.clear()
    exchange.network.send_text(exchange.network.phone(PHONE), number["phone_number"], "Hi")
    await exchange.run()
    return [(one.url, one.method) for one in exchange.app.asked]
