"""The page service: the softphone, the check of what is dialled, and the voicemails."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from .answers import on_error
from .body import texts_of
from .numbers import Numbers, Undiallable
from .recordings import GONE, Recordings
from .sessions import Sessions
from .settings import Settings
from .voicemail import Voicemails

FOLDER = Path(__file__).parent
BUILT = Path("node_modules", "@twilio", "voice-sdk", "dist", "twilio.min.js")
SDK_URL = "https://sdk.twilio.com/js/voice/releases/2.18.5/twilio.min.js"
"""Where a page would look for it if nothing was installed."""


class Page:
    """What the routes below share."""

    def __init__(
        self,
        settings: Settings,
        sessions: Sessions,
        numbers: Numbers,
        voicemails: Voicemails,
        recordings: Recordings,
        sdk: Path | None,
    ) -> None:
        self.settings, self.sessions, self.numbers = settings, sessions, numbers
        self.voicemails, self.recordings, self.sdk = voicemails, recordings, sdk

    def app(self) -> Starlette:
        """The service as an ASGI application."""
        return Starlette(
            routes=[
                Route("/", self.show),
                Route("/sdk.js", self.script),
                Route("/number", self.number, methods=["POST"]),
                Route("/voicemails", self.messages),
                Route("/voicemails/{sid:str}", self.delete, methods=["DELETE"]),
                Route("/voicemails/{sid:str}/sound", self.sound),
                Mount("/static", StaticFiles(directory=FOLDER / "static")),
            ],
            exception_handlers={HTTPException: on_error},
        )

    async def show(self, request: Request) -> Response:
        text = Template((FOLDER / "templates" / "page.html").read_text("utf-8"))
        settings = self.settings
        return HTMLResponse(
            text.substitute(
                sdk=escape("/sdk.js" if self.sdk else settings.sdk_url or SDK_URL),
                edge=escape(settings.sdk_edge),
                tokens=escape(settings.token_url),
                note=escape(settings.login_note),
            )
        )

    async def script(self, request: Request) -> Response:
        """The SDK, from this machine."""
        if self.sdk is None or not self.sdk.is_file():
            raise HTTPException(404, "The SDK is not installed here: npm install @twilio/voice-sdk, or set SDK_FILE.")
        return FileResponse(self.sdk, media_type="text/javascript")

    async def number(self, request: Request) -> Response:
        """`{"typed": ...}` -> `{"to": ...}`, what is to be dialled. In a body, because logs keep URLs."""
        self.sessions.need(request)
        (typed,) = await texts_of(request, "typed")
        try:
            target = self.numbers.target(typed)
        except Undiallable as error:
            raise HTTPException(422, str(error)) from None
        return JSONResponse({"to": target.number or f"client:{target.client}"})

    async def messages(self, request: Request) -> Response:
        """Our number, and what was left for us there."""
        self.sessions.need(request)
        listed = [
            {"sid": each.recording, "caller": each.caller, "at": each.at, "seconds": each.seconds}
            for each in self.voicemails.all()
        ]
        return JSONResponse({"number": self.settings.twilio_number, "voicemails": listed})

    async def sound(self, request: Request) -> Response:
        sound = await self.recordings.sound(self._own(request))
        return Response(sound, media_type="audio/wav")

    async def delete(self, request: Request) -> Response:
        sid = self._own(request)
        await self.recordings.delete(sid)
        self.voicemails.forget(sid)
        return JSONResponse({})

    def _own(self, request: Request) -> str:
        """The recording that the path names, if it is one of the voicemails: no other can be had here."""
        self.sessions.need(request)
        sid = str(request.path_params["sid"])
        if not self.voicemails.has(sid):
            raise HTTPException(404, GONE)
        return sid


def find_sdk(settings: Settings, folders: Sequence[Path]) -> Path | None:
    """The SDK's file on this machine: what SDK_FILE names, else in a node_modules of the folders or above them.

    None when there is none, or when browsers load it from SDK_URL. ValueError when SDK_FILE names no file."""
    if settings.sdk_file:
        path = Path(settings.sdk_file)
        if not path.is_file():
            raise ValueError(f"SDK_FILE: there is no file {path}.")
        return path
    if settings.sdk_url:
        return None
    places = [place / BUILT for folder in folders for place in (folder, *folder.parents)]
    return next((place for place in places if place.is_file()), None)


def policy(settings: Settings) -> str:
    """The Content-Security-Policy: our own files, the SDK, and the hosts that it speaks to."""
    script = _origin(settings.sdk_url or SDK_URL)
    connect = ["https://*.twilio.com", "wss://*.twilio.com"]
    if settings.token_url:
        connect.append(_origin(settings.token_url))
    if "." in settings.sdk_edge or ":" in settings.sdk_edge:  # no name of an edge, but a place of its own
        place = settings.sdk_edge.strip("/")
        connect += [f"https://*.{place}", f"wss://*.{place}"]
    rules = {
        "default-src": "'none'",
        "script-src": f"'self' {script}".strip(),
        "style-src": "'self'",
        "img-src": "'self'",
        "media-src": "'self' blob: mediastream: https://*.twilio.com",
        "connect-src": " ".join(["'self'", *connect]),
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
