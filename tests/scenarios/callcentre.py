"""A queue with announcements of one's place, and agents who dial in to take the next (Starlette)."""

import os
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from twilio.twiml.voice_response import Dial, VoiceResponse

AGENTS = os.environ["AGENTS"].split()


def page(make):
    async def endpoint(request):
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        answer = VoiceResponse()
        make(answer, form)
        return Response(str(answer), media_type="text/xml")

    return Route("/" + make.__name__, endpoint, methods=["POST"])


def voice(answer, form):
    if form["From"] in AGENTS:
        dial = Dial(action="/next", timeout=30)
        dial.queue("support", url="/whisper")
        answer.append(dial)
    else:
        answer.enqueue("support", wait_url="/wait", action="/served")


def wait(answer, form):
    ahead = int(form["QueuePosition"]) - 1
    answer.say("You are next." if not ahead else f"There are {ahead} callers ahead of you.")
    answer.pause(10)


def whisper(answer, form):
    answer.say("You are being connected.")


def served(answer, form):
    if form["QueueResult"] == "bridged":
        answer.say("Thank you for calling.")


def next(answer, form):
    answer.say("Call over.")


app = Starlette(routes=[page(make) for make in (voice, wait, whisper, served, next)])

if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ["PORT"]), log_level="warning")
