"""What Twilio asks and tells us, each request checked for its signature. A call is known by its CallSid alone."""

from typing import Any

from starlette.datastructures import ImmutableMultiDict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .body import fields_of
from .signups import Verdict


async def signed_fields(request: Request) -> ImmutableMultiDict[str, str]:
    """The parameters of a request of Twilio's; 403 for everybody else's."""
    fields = await fields_of(request)
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    signature = request.headers.get("x-twilio-signature", "")
    if not request.app.state.site.phone.is_genuine(path, fields, signature):
        raise HTTPException(403, "The signature is missing or wrong.")
    return fields


def twiml(document: str) -> Response:
    return Response(document, media_type="text/xml")


async def is_known(site: Any, sid: str) -> bool:
    """Whether a sign-up waits for this call or message. A webhook may overtake the answer that names its call."""
    if not site.signups.knows(sid):
        await site.phone.settle()
    return bool(site.signups.knows(sid))


async def ask(request: Request) -> Response:
    """The person has answered: ask for the code."""
    site = request.app.state.site
    sid = (await signed_fields(request)).get("CallSid", "")
    verdict = site.signups.answered(sid) if await is_known(site, sid) else Verdict.UNKNOWN
    hello = "Hello, this is Tin Can."
    return twiml(site.phone.ask(hello) if verdict is Verdict.NOTHING else site.phone.answer(verdict))


async def code(request: Request) -> Response:
    """The action of our Gather: a code, or nothing."""
    site = request.app.state.site
    fields = await signed_fields(request)
    return twiml(site.phone.answer(site.signups.keyed(fields.get("CallSid", ""), fields.get("Digits", ""))))


async def call_status(request: Request) -> Response:
    site = request.app.state.site
    fields = await signed_fields(request)
    if await is_known(site, sid := fields.get("CallSid", "")):
        site.signups.moved(sid, fields.get("CallStatus", ""))
    return Response(status_code=204)


async def text(request: Request) -> Response:
    """The messaging webhook of our number."""
    site = request.app.state.site
    fields = await signed_fields(request)
    return twiml(site.phone.reply(site.signups.texted(fields.get("From", ""), fields.get("Body", ""))))


async def text_status(request: Request) -> Response:
    site = request.app.state.site
    fields = await signed_fields(request)
    if await is_known(site, sid := fields.get("MessageSid", "")):
        site.signups.moved(sid, fields.get("MessageStatus", ""))
    return Response(status_code=204)


routes = [
    Route("/phone/ask", ask, methods=["POST"]),
    Route("/phone/code", code, methods=["POST"]),
    Route("/phone/status", call_status, methods=["POST"]),
    Route("/sms", text, methods=["POST"]),
    Route("/sms/status", text_status, methods=["POST"]),
]
