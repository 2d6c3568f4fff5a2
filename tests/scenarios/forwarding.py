"""Calls to a number are forwarded to its owner, who hears who calls and takes it or does not (Starlette)."""

import os
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

OWNER = os.environ["OWNER"]


def page(make):
    async def endpoint(request):
        form = dict(parse_qsl((await request.body()).decode()))
        answer = VoiceResponse()
        make(answer, form)
        return Response(str(answer), media_type="text/xml")

    return Route("/" + make.__name__, endpoint, methods=["POST"])


def voice(answer, form):
    dial = Dial(timeout=20, action="/forwarded", answer_on_bridge=True)
    dial.number(OWNER, url="/whisper")
    answer.append(dial)


def whisper(answer, form):
    menu = Gather(num_digits=1, action="/chosen", timeout=5)
    menu.say(f"Call from {' '.join(form['From'][-4:])}. Press 1 to accept.")
    answer.append(menu)
    answer.hangup()


def chosen(answer, form):
    if form["Digits"] != "1":
        answer.hangup()


def forwarded(answer, form):
    if form.get("DialBridged") != "true":
        answer.say("The person you called is not available. Goodbye.")


app = Starlette(routes=[page(voice), page(whisper), page(chosen), page(forwarded)])

if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ["PORT"]), log_level="warning")
