"""Dialer, the web app: its services put together, or each alone. Start it with `main`."""

import argparse
import logging
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from . import tokens, webhooks
from .answers import SafeHeaders, on_error
from .numbers import Numbers
from .page import SDK_URL, Page, find_sdk, policy
from .provision import NotProvided, provide
from .recordings import Recordings
from .sessions import Sessions
from .settings import SERVICES, Settings, from_environment
from .tokens import Tokens
from .voicemail import Voicemails
from .webhooks import Webhooks


def create_app(
    settings: Settings,
    services: Sequence[str] = SERVICES,
    *,
    client: Client | None = None,
    sdk: Path | None = None,
    now: Callable[[], float] = time.time,
) -> Starlette:
    """The ASGI application. `client` is Twilio's, `sdk` the SDK's file if it is served from here; `now` gives Unix
    seconds."""
    sessions = Sessions(settings.users, settings.twilio_api_secret, settings.session_seconds, settings.origins, now)
    numbers = Numbers(settings.twilio_number, settings.users, settings.countries.replace(",", " ").split())
    voicemails = Voicemails(settings.database)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        voicemails.close()

    routes: list[Route | Mount] = []
    if "token" in services:
        service = Tokens(settings, sessions, now).app()
        routes += [Route(path, service) for path in tokens.PATHS]
    if "webhooks" in services:
        routes.append(Mount(webhooks.ROOT, Webhooks(settings, numbers, voicemails, now).app()))
    if "page" in services:
        recordings = Recordings(settings, client or client_of(settings))
        routes.append(Mount("/", Page(settings, sessions, numbers, voicemails, recordings, sdk).app()))
    return Starlette(
        routes=routes,
        middleware=[Middleware(SafeHeaders, policy=policy(settings))],
        exception_handlers={HTTPException: on_error},
        lifespan=lifespan,
    )


def client_of(settings: Settings) -> Client:
    """Twilio's client with our API key."""
    return Client(
        settings.twilio_api_key,
        settings.twilio_api_secret,
        settings.twilio_account_sid,
        http_client=TwilioHttpClient(timeout=10),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="dialer", description="A telephone in the browser.")
    parser.add_argument("--only", action="append", choices=SERVICES, help="run this service alone; may be repeated")
    services = parser.parse_args(arguments).only or SERVICES
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("twilio").setLevel(logging.WARNING)
    try:
        settings = from_environment(services=services)
        sdk = find_sdk(settings, [Path.cwd(), Path(__file__).resolve().parent]) if "page" in services else None
        if set(services) == set(SERVICES):
            settings = provide(settings, client_of(settings), _tell)
    except (ValueError, NotProvided) as error:
        print(error, file=sys.stderr)
        return 2
    if "page" in services and sdk is None and not settings.sdk_url:
        _tell(f"No copy of the SDK was found, browsers will look at {SDK_URL}: npm install @twilio/voice-sdk")
    _tell(f"Dialer: open {settings.public_url} in a browser" if "page" in services else f"Dialer: {' '.join(services)}")
    if settings.made_up:
        _tell(f"Dialer: sign in as agent with the password {settings.made_up}")
    app = create_app(settings, services, sdk=sdk)
    uvicorn.run(app, host=settings.host, port=settings.port, timeout_graceful_shutdown=5)
    return 0


def _tell(sentence: str) -> None:
    print(sentence, flush=True)
