"""Who calls a shop and reaches nobody gets a text, which the shop can answer (Flask)."""

import os

from flask import Flask, request
from twilio.rest import Client
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import VoiceResponse

app = Flask(__name__)
client = Client()
SHOP = os.environ["SHOP"]


@app.post("/voice")
def voice():
    answer = VoiceResponse()
    answer.dial(SHOP, timeout=15, action="/over")
    return str(answer)


@app.post("/over")
def over():
    if request.form["DialCallStatus"] in ("no-answer", "busy", "failed"):
        text = "Sorry that we missed your call! What can we do for you?"
        client.messages.create(to=request.form["From"], from_=request.form["To"], body=text)
    return str(VoiceResponse())


@app.post("/sms")
def sms():
    answer = MessagingResponse()
    answer.message(f"From {request.form['From']}: {request.form['Body']}", to=SHOP)
    return str(answer)


if __name__ == "__main__":
    app.run(port=int(os.environ["PORT"]))
