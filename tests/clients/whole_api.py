"""Everything the exchange offers, through the official Python client as anybody would use it. Prints what came back."""

import json
import os
import sys
import time

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

PHONE, OTHER, SILENT = sys.argv[1:4]
HELLO = "<Response><Pause length='60'/></Response>"

client = Client()
told = {"account": client.api.v2010.accounts(client.username).fetch().sid}


def refused(work):
    """The error of Twilio's that `work` raises."""
    try:
        work()
    except TwilioRestException as error:
        return [error.status, error.code, bool(error.msg)]
    return None


def until(work, *statuses):
    """Fetch until it has one of these statuses."""
    while (one := work()).status not in statuses:
        time.sleep(0.02)
    return one


# Numbers
numbers = client.incoming_phone_numbers.list()
number = numbers[0]
told["numbers"] = len(numbers)
told["number found"] = [n.sid for n in client.incoming_phone_numbers.list(phone_number=number.phone_number)] == [
    number.sid
]
changed = client.incoming_phone_numbers(number.sid).update(
    friendly_name="The shop", voice_url="http://localhost:1/voice"
)
told["number"] = [changed.friendly_name, changed.voice_url, number.fetch().friendly_name, number.capabilities]
told["number gone"] = refused(lambda: client.incoming_phone_numbers("PN" + "0" * 32).fetch())

# Messages
sent = [
    client.messages.create(to=to, from_=number.phone_number, body=f"Number {n}")
    for n, to in enumerate([PHONE, PHONE, OTHER, PHONE, PHONE])
]
first = until(client.messages(sent[0].sid).fetch, "delivered")
told["message"] = [sent[0].status, first.status, first.body, first.direction, first.num_segments, first.error_code]
told["message dates"] = first.date_created <= first.date_sent <= first.date_updated
told["messages"] = [m.body for m in client.messages.list(to=PHONE, page_size=3)]
told["messages to other"] = [m.body for m in client.messages.stream(to=OTHER, from_=number.phone_number)]
page = client.messages.page(page_size=2)
pages = [[m.body for m in page]]
while page := page.next_page():
    pages.append([m.body for m in page])
told["pages"] = pages
told["limit"] = len(client.messages.list(limit=4, page_size=3))
told["redacted"] = client.messages(first.sid).update(body="").body
told["deleted"] = [client.messages(first.sid).delete(), refused(client.messages(first.sid).fetch)]

# Calls
call = client.calls.create(to=PHONE, from_=number.phone_number, twiml=HELLO)
live = until(client.calls(call.sid).fetch, "in-progress")
told["call"] = [call.status, live.status, live.direction, live.to, live.answered_by]
told["call delete"] = refused(client.calls(call.sid).delete)
client.calls(call.sid).update(twiml="<Response><Say>Goodbye</Say><Pause length='60'/></Response>")
told["calls live"] = [c.sid for c in client.calls.list(to=PHONE, status="in-progress")] == [call.sid]
client.calls(call.sid).update(status="completed")
over = until(client.calls(call.sid).fetch, "completed")
told["call over"] = [over.duration.isdigit(), over.start_time <= over.end_time]
silent = client.calls.create(to=SILENT, from_=number.phone_number, twiml=HELLO)
until(silent.fetch, "ringing")
silent.update(status="canceled")
told["call canceled"] = until(silent.fetch, "canceled").status
told["calls"] = [c.to for c in client.calls.list()]
told["calls since"] = len(client.calls.list(start_time_after=over.start_time))
told["calls deleted"] = [client.calls(call.sid).delete(), refused(client.calls(call.sid).fetch)]
told["calls left"] = [c.sid for c in client.calls.list()] == [silent.sid]
told["call late"] = refused(lambda: silent.update(status="completed"))

# What went wrong during a call
lost = client.calls.create(to=OTHER, from_=number.phone_number, url="http://localhost:1/nobody")
while not (notices := client.calls(lost.sid).notifications.list()):
    time.sleep(0.02)
lost.update(status="completed")
until(lost.fetch, "completed")
told["notices"] = [[n.error_code, n.log, n.request_url] for n in notices]

# Errors
me = number.phone_number
told["errors"] = {
    "no such number": refused(lambda: client.messages.create(to="+123", from_=me, body="Hi")),
    "no body": refused(lambda: client.messages.create(to=PHONE, from_=me)),
    "no sender": refused(lambda: client.messages.create(to=PHONE, body="Hi")),
    "stopped": refused(lambda: client.messages.create(to="+15005550004", from_=me, body="Hi")),
    "no document": refused(lambda: client.calls.create(to=PHONE, from_=me)),
    "no callee": refused(lambda: client.calls.create(to="nobody?", from_=me, twiml=HELLO)),
    "no call": refused(client.calls("CA" + "0" * 32).fetch),
    "wrong token": refused(Client(os.environ["TWILIO_ACCOUNT_SID"], "0" * 32).calls("CA" + "0" * 32).fetch),
}
sydney = Client(edge="sydney", region="au1")
told["edge"] = [len(sydney.calls.list(limit=1)), sydney.get_hostname("https://api.twilio.com")]
print(json.dumps(told))
