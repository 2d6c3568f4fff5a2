"""The token service: people sign in, and their browsers get the access tokens with which they call and are called."""

import math
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

from .answers import on_error
from .body import texts_of
from .limits import Limit
from .sessions import Sessions
from .settings import Settings

PATHS = ("/login", "/logout", "/session", "/token")


class Tokens:
    """What the routes below share. `now` gives Unix seconds."""

    def __init__(self, settings: Settings, sessions: Sessions, now: Callable[[], float]) -> None:
        self.settings, self.sessions = settings, sessions
        self.by_address = Limit(settings.login_tries, settings.limit_seconds, now)
        self.by_name = Limit(settings.login_tries * 5, settings.limit_seconds, now)
        self.by_user = Limit(settings.tokens_per_user, settings.limit_seconds, now)

    def app(self) -> Starlette:
        """The service as an ASGI application, with its CORS policy around it."""
        return Starlette(
            routes=[
                Route("/login", self.login, methods=["POST"]),
                Route("/logout", self.logout, methods=["POST"]),
                Route("/session", self.session),
                Route("/token", self.token, methods=["GET", "POST"]),
            ],
            middleware=[
                Middleware(
                    CORSMiddleware,
                    allow_origins=self.settings.origins,
                    allow_methods=["GET", "POST"],
                    allow_headers=["Content-Type"],
                    allow_credentials=True,
                    max_age=600,
                )
            ],
            exception_handlers={HTTPException: on_error},
        )

    async def login(self, request: Request) -> Response:
        """`{"user": ..., "password": ...}` -> `{"identity": ...}` and the cookie."""
        self.sessions.refuse_strangers(request)
        name, password = await texts_of(request, "user", "password")
        address, of_name = _address(request), name[:64].lower()
        if wait := max(self.by_address.wait(address), self.by_name.wait(of_name)):
            raise _too_often("Too many wrong passwords.", wait)
        if not self.sessions.is_right(name, password):
            self.by_address.count(address)
            self.by_name.count(of_name)
            raise HTTPException(401, "The name or the password is wrong.")
        response = JSONResponse({"identity": name})
        self.sessions.open(request, response, name)
        return response

    async def logout(self, request: Request) -> Response:
        self.sessions.refuse_strangers(request)
        response = JSONResponse({})
        self.sessions.close(request, response)
        return response

    async def session(self, request: Request) -> Response:
        """Who is signed in in this browser, if anybody is."""
        self.sessions.refuse_strangers(request)
        return JSONResponse({"identity": self.sessions.find(request)})

    async def token(self, request: Request) -> Response:
        """A token for the one who is signed in: it may call by our TwiML application, and be called by its name."""
        name = self.sessions.need(request)
        if wait := self.by_user.wait(name):
            raise _too_often("Too many tokens were asked for.", wait)
        self.by_user.count(name)
        settings = self.settings
        token = AccessToken(
            settings.twilio_account_sid,
            settings.twilio_api_key,
            settings.twilio_api_secret,
            identity=name,
            ttl=settings.token_seconds,
        )
        token.add_grant(VoiceGrant(outgoing_application_sid=settings.twilio_app_sid, incoming_allow=True))
        return JSONResponse({"identity": name, "token": token.to_jwt(), "seconds": settings.token_seconds})


def _too_often(sentence: str, wait: float) -> HTTPException:
    seconds = math.ceil(wait)
    return HTTPException(429, f"{sentence} Try again in {seconds} s.", {"Retry-After": str(seconds)})


def _address(request: Request) -> str:
    """The network address that is counted: of IPv6, the half that a household or a rented machine shares."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return address.exploded[:19] if isinstance(address, IPv6Address) else host
