"""Riders and drivers reach one another through one number, and never see each other's (Flask)."""

import os

from flask import Flask, request
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Dial, VoiceResponse

app = Flask(__name__)
RIDER, DRIVER = os.environ["RIDE"].split()
OTHER = {RIDER: DRIVER, DRIVER: RIDER}


@app.post("/voice")
def voice():
    answer = VoiceResponse()
    if other := OTHER.get(request.form["From"]):
        dial = Dial(caller_id=request.form["To"])
        dial.number(other)
        answer.append(dial)
    else:
        answer.say("There is no ride of yours.")
    return str(answer)


@app.post("/sms")
def sms():
    answer = MessagingResponse()
    if other := OTHER.get(request.form["From"]):
        answer.message(request.form["Body"], to=other)
    return str(answer)


if __name__ == "__main__":
    app.run(port=int(os.environ["PORT"]))
