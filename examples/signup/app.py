"""Tin Can, the web app: the pages of the sign-up and the live word to the browser. Start it with `main`."""

import asyncio
import json
import logging
import re
import secrets
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import ImmutableMultiDict
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from twilio.http import HttpClient

from . import pages, webhooks
from .body import fields_of
from .headers import SafeHeaders
from .password import hashed
from .phone import Phone, Refused, normal
from .settings import Settings, from_environment
from .signups import WAITING, SignUps
from .store import SignUp, Store, Taken
from .wording import describe

TAKEN = {"user_name": "This user name is taken.", "phone": "This number already has an account."}


@dataclass
class Site:
    """The parts, as every route finds them under `request.app.state.site`."""

    settings: Settings
    signups: SignUps
    phone: Phone
    now: Callable[[], float]
    is_closing: Callable[[], bool] = lambda: False


def create_app(
    settings: Settings,
    twilio_http: HttpClient | None = None,
    now: Callable[[], float] = time.time,
) -> Starlette:
    """The ASGI application. `twilio_http` sends the Twilio client's requests; `now` gives Unix seconds."""
    store = Store(settings.database)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        store.close()

    app = Starlette(
        routes=[
            Route("/", form),
            Route("/signup", submit, methods=["POST"]),
            Route("/signup", dialog),
            Route("/signup/again", again, methods=["POST"]),
            Route("/signup/over", start_over, methods=["POST"]),
            Route("/signup/status", status),
            Route("/signup/events", events),
            Route("/welcome", welcome),
            *webhooks.routes,
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
        ],
        middleware=[Middleware(SafeHeaders)],
        exception_handlers={HTTPException: refuse},
        lifespan=lifespan,
    )
    app.state.site = Site(settings, SignUps(store, settings, now), Phone(settings, twilio_http), now)
    return app


# The browser's session --------------------------------------------------------------------


def cookie_name(request: Request) -> str:
    # The prefix keeps neighbouring hosts from planting a cookie; browsers allow it over https only.
    return "__Host-session" if request.url.scheme == "https" else "session"


def cookie_of(request: Request) -> str | None:
    cookie = request.cookies.get(cookie_name(request), "")
    return cookie if re.fullmatch(r"[A-Za-z0-9_-]{43}", cookie) else None


def own_signup(request: Request) -> tuple[str, SignUp]:
    """The cookie and the sign-up of this browser; without one, there is no such page."""
    cookie = cookie_of(request)
    signup = request.app.state.site.signups.current(cookie)
    if cookie is None or signup is None:
        raise HTTPException(404, "There is no sign-up under way in this browser.")
    return cookie, signup


async def own_form(request: Request) -> ImmutableMultiDict[str, str]:
    """The fields of a form that one of our pages has shown to this very browser."""
    fields = await fields_of(request)
    cookie = cookie_of(request)
    if cookie is None or not secrets.compare_digest(fields.get("csrf", "").encode(), pages.token(cookie).encode()):
        raise HTTPException(403, "This form does not come from our page, or it is too old. Please fill it in again.")
    return fields


def address_of(request: Request) -> str:
    """The network address that is counted: of IPv6, the half that a household or a rented machine shares."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return address.exploded[:19] if isinstance(address, IPv6Address) else host


# Pages ------------------------------------------------------------------------------------


def is_busy(signup: SignUp | None) -> bool:
    """Whether this browser has a sign-up that is under way or done; one at a time."""
    return signup is not None and signup.state in (*WAITING, "confirmed")


async def form(request: Request) -> Response:
    cookie = cookie_of(request)
    signup = request.app.state.site.signups.current(cookie)
    if is_busy(signup):
        return RedirectResponse("/signup", 303)
    if cookie is not None:
        return pages.form(cookie, signup.user_name if signup else "", signup.phone if signup else "")
    cookie = secrets.token_urlsafe(32)
    response = pages.form(cookie)
    response.set_cookie(
        cookie_name(request), cookie, httponly=True, samesite="lax", secure=request.url.scheme == "https", path="/"
    )
    return response


async def submit(request: Request) -> Response:
    site: Site = request.app.state.site
    fields = await own_form(request)
    cookie = cookie_of(request) or ""
    if is_busy(site.signups.current(cookie)):
        return RedirectResponse("/signup", 303)  # sent twice, or from another tab
    user_name, password = fields.get("user_name", "").strip(), fields.get("password", "")
    typed = fields.get("phone", "").strip()[:40]
    number = normal(typed)
    errors = {}
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{2,31}", user_name):
        errors["user_name"] = "Choose 3 to 32 letters, digits or . _ -"
        user_name = user_name[:64]
    if not 8 <= len(password) <= 128:
        errors["password"] = "Choose a password of 8 to 128 characters."  # noqa: S105
    if number is None:
        errors["phone"] = "Write the number with + and the country code, like +1 415 555 0123."
    elif not errors and (field := site.signups.taken(user_name, number)):
        errors[field] = TAKEN[field]
    if errors or number is None:
        return pages.form(cookie, user_name, typed, errors, 400)
    if wait := site.signups.wait_before(number, address_of(request)):
        return pages.form(cookie, user_name, typed, {"": too_many(wait)}, 429, {"Retry-After": f"{wait:.0f}"})
    kept = await asyncio.to_thread(hashed, password)
    if is_busy(site.signups.current(cookie)):
        return RedirectResponse("/signup", 303)  # the same form was quicker
    try:
        signup = site.signups.start(cookie, user_name, number, kept)
        await site.phone.call(number, lambda sid: site.signups.placed(signup, sid))
    except Taken as taken:
        return pages.form(cookie, user_name, typed, {taken.field: TAKEN[taken.field]}, 400)
    except Refused as refused:
        site.signups.forget(signup)
        errors = {"phone" if refused.is_number else "": refused.sentence}
        return pages.form(cookie, user_name, typed, errors, 400 if refused.is_number else 503)
    return RedirectResponse("/signup", 303)


async def dialog(request: Request) -> Response:
    site: Site = request.app.state.site
    cookie, signup = own_signup(request)
    if signup.state == "confirmed":
        return RedirectResponse("/welcome", 303)
    return pages.dialog(cookie, signup, site.settings, site.now())


async def again(request: Request) -> Response:
    """Call again, or text instead: a new code by the way that was chosen."""
    site: Site = request.app.state.site
    fields = await own_form(request)
    _, signup = own_signup(request)
    way = "text" if fields.get("way") == "text" else "call"
    if signup.state == "confirmed" or (signup.state in WAITING and signup.way == way):
        return RedirectResponse("/signup", 303)  # sent twice
    if wait := site.signups.wait_before(signup.phone, address_of(request)):
        return pages.message("Please wait a little", too_many(wait), 429, {"Retry-After": f"{wait:.0f}"})
    before, signup = signup, site.signups.again(signup, way)
    try:
        if before.state in WAITING and before.way == "call" and before.sid:
            await site.phone.hang_up(before.sid, before.state == "asking")
        place = site.phone.text if way == "text" else site.phone.call
        await place(signup.phone, lambda sid: site.signups.placed(signup, sid))
    except Refused as refused:
        site.signups.not_placed(signup, refused.sentence)
    return RedirectResponse("/signup", 303)


async def start_over(request: Request) -> Response:
    """Leave this sign-up, or sign out of the finished one."""
    site: Site = request.app.state.site
    await own_form(request)
    _, signup = own_signup(request)
    site.signups.forget(signup)
    if signup.state in WAITING and signup.way == "call" and signup.sid:
        await site.phone.hang_up(signup.sid, signup.state == "asking")
    return RedirectResponse("/", 303)


async def welcome(request: Request) -> Response:
    cookie, signup = own_signup(request)
    return pages.welcome(cookie, signup) if signup.state == "confirmed" else RedirectResponse("/signup", 303)


def too_many(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return f"That was a lot of calls. Please try again in {minutes} minute{'s' if minutes > 1 else ''}."


async def refuse(request: Request, error: Exception) -> Response:
    """Every HTTPException, as JSON for the page's script and as a page for people."""
    assert isinstance(error, HTTPException)
    if request.url.path in ("/signup/status", "/signup/events"):
        return JSONResponse({"error": error.detail}, error.status_code, error.headers)
    title = {403: "Not accepted", 404: "Nothing here", 413: "Too large"}.get(error.status_code, "Not possible")
    sentence = {"Not Found": "This page does not exist.", "Method Not Allowed": "This page takes no such request."}
    return pages.message(title, sentence.get(error.detail, error.detail), error.status_code, dict(error.headers or {}))


# The live word ----------------------------------------------------------------------------


async def status(request: Request) -> Response:
    site: Site = request.app.state.site
    _, signup = own_signup(request)
    return JSONResponse(describe(signup, site.settings, site.now()))


async def events(request: Request) -> Response:
    """The state as server-sent events: at once, and after each change. A browser that lost the line comes back."""
    _, signup = own_signup(request)
    return StreamingResponse(tell(request.app.state.site, cookie_of(request), signup), media_type="text/event-stream")


async def tell(site: Site, cookie: str | None, signup: SignUp) -> AsyncIterator[str]:
    yield "retry: 1000\n\n"
    told, quiet = "", 0
    with site.signups.watch(signup) as changed:
        while not site.is_closing():
            changed.clear()
            latest = site.signups.current(cookie)
            if latest is None:
                yield "event: over\ndata: {}\n\n"
                break
            view = json.dumps({**describe(latest, site.settings, site.now()), "seconds_left": None})
            if view != told:
                yield f"event: state\ndata: {json.dumps(describe(latest, site.settings, site.now()))}\n\n"
                told, quiet = view, 0
            elif quiet >= 15:
                yield ": still here\n\n"  # so that nobody in between takes the line for dead
                quiet = 0
            if latest.state == "confirmed":
                break
            # Wakes at once for a change, and each second to see that the code has expired or the app is ending.
            try:
                await asyncio.wait_for(changed.wait(), 1)
            except TimeoutError:
                quiet += 1


def main() -> int:
    """Serve until stopped."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("twilio").setLevel(logging.WARNING)
    try:
        settings = from_environment()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    app = create_app(settings)
    server = uvicorn.Server(uvicorn.Config(app, host=settings.host, port=settings.port, timeout_graceful_shutdown=5))
    app.state.site.is_closing = lambda: server.should_exit
    print(f"Tin Can: open {settings.public_url} in a browser", flush=True)
    server.run()
    return 0
