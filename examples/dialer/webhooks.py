"""What Twilio asks, each request checked for its signature: where a call goes, and what happens when nobody answers.

from a browser:  /voice/outgoing > /voice/outgoing/over
to our number:   /voice/incoming > /voice/incoming/over > /voice/message/over, /voice/message/kept
"""

import re
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.datastructures import ImmutableMultiDict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import VoiceResponse

from .answers import on_error
from .body import fields_of
from .numbers import Numbers, Undiallable
from .settings import Settings
from .voicemail import Voicemails

ROOT = "/voice"
OUTGOING, INCOMING = f"{ROOT}/outgoing", f"{ROOT}/incoming"
MOST_CLIENTS = 10
"""As many may a Dial ring at once."""
UNANSWERED = {
    "busy": "The line is busy.",
    "no-answer": "Nobody answers.",
    "failed": "This call could not be put through. Please check the number.",
    "canceled": "",
}
"""What the person at the browser hears, by DialCallStatus."""


class Webhooks:
    """What the routes below share. `now` gives Unix seconds."""

    def __init__(self, settings: Settings, numbers: Numbers, voicemails: Voicemails, now: Callable[[], float]) -> None:
        self.settings, self.numbers, self.voicemails, self.now = settings, numbers, voicemails, now
        self._validator = RequestValidator(settings.twilio_auth_token)

    def app(self) -> Starlette:
        """The service as an ASGI application, to be mounted at `ROOT`."""
        return Starlette(
            routes=[
                Route("/outgoing", self.outgoing, methods=["POST"]),
                Route("/outgoing/over", self.outgoing_over, methods=["POST"]),
                Route("/incoming", self.incoming, methods=["POST"]),
                Route("/incoming/over", self.incoming_over, methods=["POST"]),
                Route("/message/over", self.message_over, methods=["POST"]),
                Route("/message/kept", self.message_kept, methods=["POST"]),
            ],
            exception_handlers={HTTPException: on_error},
        )

    def url(self, path: str) -> str:
        return self.settings.public_url + path

    async def signed(self, request: Request) -> ImmutableMultiDict[str, str]:
        """The parameters of a request of Twilio's; HTTPException 403 for everybody else's."""
        fields = await fields_of(request)
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        # Behind a proxy we are asked for another host than Twilio was told of: the public URL is what it signs.
        if not self._validator.validate(self.url(path), fields, request.headers.get("x-twilio-signature", "")):
            raise HTTPException(403, "The signature is missing or wrong.")
        return fields

    # From a browser -----------------------------------------------------------------------

    async def outgoing(self, request: Request) -> Response:
        """One of us calls `To`: a number, or another one of us. Nothing else is dialled, whatever a browser sends."""
        fields = await self.signed(request)
        response = VoiceResponse()
        caller = fields.get("From", "")
        if caller.removeprefix("client:") not in self.settings.users:
            response.say("You may not call from here. Goodbye.")
            return _twiml(response)
        try:
            target = self.numbers.target(fields.get("To", ""))
        except Undiallable as error:
            response.say(str(error))
            return _twiml(response)
        # Answered when the other end answers: until then the browser shows that it rings.
        dial = response.dial(
            caller_id=self.settings.twilio_number if target.number else caller,
            action=self.url(f"{OUTGOING}/over"),
            answer_on_bridge=True,
            timeout=self.settings.ring_seconds * 2,
        )
        if target.number:
            dial.number(target.number)
        else:
            dial.client(target.client)
        return _twiml(response)

    async def outgoing_over(self, request: Request) -> Response:
        fields = await self.signed(request)
        response = VoiceResponse()
        if sentence := UNANSWERED.get(fields.get("DialCallStatus", "")):
            response.say(sentence)
        response.hangup()
        return _twiml(response)

    # To our number ------------------------------------------------------------------------

    async def incoming(self, request: Request) -> Response:
        """Somebody calls our number: all of us ring, and who is first has the call."""
        fields = await self.signed(request)
        response = VoiceResponse()
        dial = response.dial(
            caller_id=fields.get("From") or None,
            action=self.url(f"{INCOMING}/over"),
            answer_on_bridge=True,
            timeout=self.settings.ring_seconds,
        )
        for name in list(self.settings.users)[:MOST_CLIENTS]:
            dial.client(name)
        return _twiml(response)

    async def incoming_over(self, request: Request) -> Response:
        """The Dial has ended: well, or with a caller who may leave a message."""
        fields = await self.signed(request)
        response = VoiceResponse()
        if fields.get("DialCallStatus") not in ("busy", "no-answer", "failed"):
            response.hangup()
            return _twiml(response)
        self.voicemails.ask(fields.get("CallSid", ""), fields.get("From", ""), self.now())
        response.say("Nobody can take your call right now. Please leave a message after the tone.")
        response.record(
            action=self.url(f"{ROOT}/message/over"),
            recording_status_callback=self.url(f"{ROOT}/message/kept"),
            recording_status_callback_event="completed",
            max_length=self.settings.voicemail_seconds,
            timeout=5,
            finish_on_key="#",
            play_beep=True,
        )
        response.say("I did not hear a message. Goodbye.")
        return _twiml(response)

    async def message_over(self, request: Request) -> Response:
        await self.signed(request)
        response = VoiceResponse()
        response.say("Thank you. Goodbye.")
        response.hangup()
        return _twiml(response)

    async def message_kept(self, request: Request) -> Response:
        """The recording can be fetched."""
        fields = await self.signed(request)
        sid, seconds = fields.get("RecordingSid", ""), fields.get("RecordingDuration", "")
        is_named = re.fullmatch("RE[0-9a-f]{32}", sid) and re.fullmatch("[0-9]{1,6}", seconds)
        if fields.get("RecordingStatus") == "completed" and is_named:
            self.voicemails.keep(fields.get("CallSid", ""), sid, int(seconds), self.now())
        return Response(status_code=204)


def _twiml(response: VoiceResponse) -> Response:
    return Response(str(response), media_type="text/xml")
