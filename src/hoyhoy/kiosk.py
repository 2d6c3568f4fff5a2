"""Twimlets at the exchange's own address, `/twimlets/<name>`, for whoever asks over HTTP (voice reference 15).

The exchange itself does not come here: it answers its own calls without a network (callbacks/documents.py).
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from .callbacks.documents import twimlet
from .twimlets import TWIMLETS

MOST_BYTES = 1 << 16
"""Of a form."""

HARMLESS = {"Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff"}
"""A document holds what its address says: a browser that is led to one must run nothing in it."""


async def serve_twimlets(scope: Scope, receive: Receive, send: Send) -> None:
    """One request, GET or POST."""
    await (await _answered(Request(scope, receive)))(scope, receive, send)


async def _answered(request: Request) -> Response:
    if request.method not in ("GET", "HEAD", "POST"):
        return PlainTextResponse("A twimlet is asked by GET or POST.\n", 405, {"Allow": "GET, HEAD, POST"})
    form = bytearray()
    async for piece in request.stream():
        form += piece
        if len(form) > MOST_BYTES:
            return PlainTextResponse("The form is larger than 64 kB.\n", 413)
    params = parse_qsl(form.decode("utf-8", "replace"), keep_blank_values=True)
    page = twimlet(str(request.url), request.url.path, request.url.query, tuple(params))
    if page is None:
        return PlainTextResponse(f"There is no such twimlet; there are {', '.join(TWIMLETS)}.\n", 404)
    return Response(page.body, page.status, {**dict(page.headers), **HARMLESS}, page.content_type or None)
