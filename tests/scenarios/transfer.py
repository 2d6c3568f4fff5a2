"""A help desk that hands callers on: everybody meets in a conference, led by REST (Flask)."""

import os

from flask import Flask, request
from twilio.rest import Client
from twilio.twiml.voice_response import Dial, VoiceResponse

app = Flask(__name__)
client = Client()
FIRST, SECOND, NUMBER = os.environ["FIRST"], os.environ["SECOND"], os.environ["NUMBER"]


@app.post("/voice")
def voice():
    """The caller waits in a room of his own; the first agent is called into it."""
    answer = VoiceResponse()
    dial = Dial(action="/over")
    dial.conference(
        request.form["CallSid"], participant_label="caller", start_conference_on_enter=False,
        end_conference_on_exit=True, wait_url="/wait", beep=False, status_callback="/room",
        status_callback_event="start end join leave hold",
    )  # fmt: skip
    answer.append(dial)
    invite(request.form["CallSid"], FIRST, "first")
    return str(answer)


@app.post("/wait")
def wait():
    answer = VoiceResponse()
    answer.say("Somebody will be with you soon.")
    answer.pause(5)
    answer.redirect("/wait")
    return str(answer)


@app.post("/transfer/<room>")
def transfer(room):
    """The first agent's screen: ask the second one, while the caller is on hold."""
    client.conferences(room).participants("caller").update(hold=True)
    invite(room_name(room), SECOND, "second")
    return "", 204


@app.post("/done/<room>")
def done(room):
    """The caller goes on with the second agent alone."""
    client.conferences(room).participants("caller").update(hold=False)
    client.conferences(room).participants("first").delete()
    return "", 204


@app.post("/room")
@app.post("/over")
def told():
    return str(VoiceResponse())


def invite(room, number, label):
    client.conferences(room).participants.create(from_=NUMBER, to=number, label=label, beep="false")


def room_name(sid):
    return client.conferences(sid).fetch().friendly_name


if __name__ == "__main__":
    app.run(port=int(os.environ["PORT"]))
