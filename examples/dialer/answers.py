"""How every service answers: errors as JSON with a sentence for people, and headers that keep strangers out."""

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SENTENCES = {"Not Found": "There is nothing here.", "Method Not Allowed": "This is not how it is asked for."}


async def on_error(request: Request, error: Exception) -> Response:
    """An HTTPException."""
    assert isinstance(error, HTTPException)
    sentence = SENTENCES.get(error.detail, error.detail)
    return JSONResponse({"error": sentence}, error.status_code, error.headers)


class SafeHeaders:
    """Headers on every answer: no framing, no foreign scripts, no copies of what is nobody else's business."""

    def __init__(self, app: ASGIApp, policy: str) -> None:
        """`policy`: the Content-Security-Policy."""
        self.app = app
        self.headers = {
            "Content-Security-Policy": policy,
            "Permissions-Policy": "microphone=(self)",
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self.headers)
                # Files are asked after with their ETag, everything else is never kept.
                headers["Cache-Control"] = "no-cache" if "etag" in headers else "no-store"
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)
