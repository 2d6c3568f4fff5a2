"""Twimlets at the exchange's own address, `/twimlets/<name>`, for whoever asks over HTTP (voice reference 15).

The exchange itself does not come here: it answers its own calls without a network (callbacks/documents.py). What
leads elsewhere is answered as a document with a Redirect in it, not as a redirect of HTTP: the address that it leads to
is whatever the URL says, and a browser that trusts this host would follow it.
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from .callbacks.documents import twimlet
from .exchange.clock import RealClock
from .twimlets import TWIMLETS

MOST_BYTES = 1 << 16
"""Of a form."""

SECONDS = 10.0
"""Real ones, in which a form must be here."""

HARMLESS = {"Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff"}
"""A document holds what its address says: a browser that is led to one must run nothing in it."""


async def serve_twimlets(scope: Scope, receive: Receive, send: Send) -> None:
    """One request, GET or POST."""
    try:
        answer = await _answered(Request(scope, receive))
    except ClientDisconnect:
        return  # nobody is there to be answered
    await answer(scope, receive, send)


async def _answered(request: Request) -> Response:
    if request.method not in ("GET", "HEAD", "POST"):
        return PlainTextResponse("A twimlet is asked by GET or POST.\n", 405, {"Allow": "GET, HEAD, POST"})
    form = bytearray()
    try:
        async with RealClock().timeout(SECONDS):
            async for piece in request.stream():
                form += piece
                if len(form) > MOST_BYTES:
                    return PlainTextResponse("The form is larger than 64 kB.\n", 413)
    except TimeoutError:
        return PlainTextResponse(f"The form was not here in {SECONDS:g} seconds.\n", 408, {"Connection": "close"})
    params = parse_qsl(form.decode("utf-8", "replace"), keep_blank_values=True)
    page = twimlet(str(request.url), request.url.path, request.url.query, tuple(params), over_http=True)
    if page is None:
        return PlainTextResponse(f"There is no such twimlet; there are {', '.join(TWIMLETS)}.\n", 404)
    return Response(page.body, page.status, {**dict(page.headers), **HARMLESS}, page.content_type or None)
