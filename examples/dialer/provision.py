"""What the app needs at Twilio: its number, a TwiML application that leads to it, and the number leading to it too.

Only what is its own is changed: an application called Dialer that leads to a dialer, and a number that leads to a
dialer, to Twilio's own greeting or nowhere.
"""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.response import Response as HttpResponse
from twilio.rest import Client

from .settings import Settings
from .webhooks import INCOMING, OUTGOING

NAME = "Dialer"


class NotProvided(Exception):
    """Why the app cannot be used; a sentence for the person who starts it."""


def provide(settings: Settings, client: Client, tell: Callable[[str], None]) -> Settings:
    """The settings with number and application, which are found or made. `tell` is told what was changed."""
    try:
        if not settings.twilio_number:
            settings = replace(settings, twilio_number=_first_number(client))
        if not settings.twilio_app_sid:
            settings = replace(settings, twilio_app_sid=_application(client, settings.public_url + OUTGOING, tell))
            _lead(client, settings.twilio_number, settings.public_url + INCOMING, tell)
    except TwilioException as error:
        raise NotProvided(f"Twilio refuses: {_reason(error)}") from None
    except OSError as error:  # requests' own errors are OSErrors
        raise NotProvided(f"Twilio was not reached: {type(error).__name__}.") from None
    return settings


def _reason(error: TwilioException) -> str:
    """Its own sentence. What is refused of a list is told by an exception that merely carries the answer."""
    if isinstance(error, TwilioRestException):
        return error.msg
    answer = error.args[-1] if error.args else None
    if isinstance(answer, HttpResponse):
        return f"{answer.status_code} {answer.text[:200]}"
    return str(error)


def _first_number(client: Client) -> str:
    for number in client.incoming_phone_numbers.list(limit=1):
        return str(number.phone_number)
    raise NotProvided("The account has no phone number: buy one first, or set TWILIO_NUMBER.")


def _application(client: Client, url: str, tell: Callable[[str], None]) -> str:
    for application in client.applications.list(friendly_name=NAME, limit=20):
        if application.voice_url == url:
            return str(application.sid)
        if _leads_to(application.voice_url, OUTGOING):
            application.update(voice_url=url, voice_method="POST")
            tell(f"The TwiML application {application.sid} leads to {url}.")
            return str(application.sid)
    made = client.applications.create(friendly_name=NAME, voice_url=url, voice_method="POST")
    tell(f"The TwiML application {made.sid} was made; it leads to {url}.")
    return str(made.sid)


def _lead(client: Client, number: str, url: str, tell: Callable[[str], None]) -> None:
    for own in client.incoming_phone_numbers.list(phone_number=number, limit=1):
        if own.voice_url == url:
            return
        if own.voice_url and not _leads_to(own.voice_url, INCOMING) and not _is_greeting(own.voice_url):
            tell(f"Calls to {number} go on to {own.voice_url}: let its voice webhook be {url} to take them here.")
            return
        own.update(voice_url=url, voice_method="POST")
        tell(f"Calls to {number} come here.")
        return
    tell(f"{number} is no number of this account: nobody can call the dialer.")


def _leads_to(url: str | None, path: str) -> bool:
    return urlsplit(url or "").path == path


def _is_greeting(url: str) -> bool:
    return urlsplit(url).hostname == "demo.twilio.com"
