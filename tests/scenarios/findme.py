"""Three telephones of one person ring together; who answers first talks (Flask)."""

import os

from flask import Flask, request
from twilio.twiml.voice_response import Dial, VoiceResponse

app = Flask(__name__)


@app.post("/voice")
def voice():
    answer = VoiceResponse()
    dial = Dial(timeout=15, action="/found")
    for number in os.environ["PHONES"].split():
        dial.number(number, status_callback="/told", status_callback_event="initiated ringing answered completed")
    answer.append(dial)
    return str(answer)


@app.post("/found")
def found():
    answer = VoiceResponse()
    if request.form["DialCallStatus"] != "completed":
        answer.say("Nobody could be found.")
    return str(answer)


@app.post("/told")
def told():
    return "", 204


if __name__ == "__main__":
    app.run(port=int(os.environ["PORT"]))
