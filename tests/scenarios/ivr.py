"""The telephone of a small office: a menu, a department that rings, a mailbox (Flask)."""

import os

from flask import Flask, request
from twilio.twiml.voice_response import Gather, VoiceResponse

app = Flask(__name__)
SALES = os.environ["SALES"]


@app.post("/voice")
def voice():
    answer = VoiceResponse()
    menu = Gather(num_digits=1, action="/department", timeout=4)
    menu.say("Welcome. For sales press 1. To leave a message press 2.")
    answer.append(menu)
    answer.redirect("/voice?again=1")
    return str(answer)


@app.post("/department")
def department():
    answer = VoiceResponse()
    match request.form["Digits"]:
        case "1":
            answer.say("One moment.")
            answer.dial(SALES, timeout=10, action="/dialled", caller_id=request.form["To"])
        case "2":
            answer.redirect("/mailbox")
        case _:
            answer.say("That is not an option.")
            answer.redirect("/voice")
    return str(answer)


@app.post("/dialled")
def dialled():
    answer = VoiceResponse()
    if request.form["DialCallStatus"] == "completed":
        answer.hangup()
    else:
        answer.say("Nobody is there.")
        answer.redirect("/mailbox")
    return str(answer)


@app.post("/mailbox")
def mailbox():
    answer = VoiceResponse()
    answer.say("Please leave a message after the tone, and press hash.")
    answer.record(action="/left", max_length=60, finish_on_key="#", transcribe=True, transcribe_callback="/transcribed")
    answer.say("I did not hear anything.")
    return str(answer)


@app.post("/left")
def left():
    answer = VoiceResponse()
    answer.say(f"Thank you. Your message of {request.form['RecordingDuration']} seconds was kept.")
    return str(answer)


@app.post("/transcribed")
def transcribed():
    return "", 204


if __name__ == "__main__":
    app.run(port=int(os.environ["PORT"]))
