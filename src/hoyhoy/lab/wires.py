"""How the lab speaks: JSON bodies read into structs, answers and errors as JSON, entries as they travel."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from hoyhoy.exchange.events import Entry
from hoyhoy.wire.errors import Fault

T = TypeVar("T")
MOST_BYTES = 1 << 20


class Json(Response):
    """A JSON answer, encoded by msgspec."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return msgspec.json.encode(content)


async def read(request: Request, kind: type[T]) -> T:
    """The request's JSON body as `kind`; an empty body is an empty object. Fault 20001 says what is wrong with it."""
    body = await _body(request)
    # What a web page may send unasked is never called JSON (CORS).
    if body and request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Fault(20001, "The lab reads JSON: send the body with Content-Type: application/json.", status=415)
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Fault(20001, f"The JSON body is not what this address takes: {error}", status=400) from None


async def _body(request: Request) -> bytes:
    length, body = request.headers.get("content-length", ""), bytearray()
    too_large = Fault(20413, "The body is larger than 1 MiB.")
    if length.isascii() and length.isdigit() and (len(length) > 10 or int(length) > MOST_BYTES):
        raise too_large
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise too_large
    return bytes(body)


def entry(entry: Entry) -> dict[str, Any]:
    """An entry of the log as it travels."""
    return {
        "position": entry.position,
        "at": entry.at,
        "subject": entry.subject,
        "account": entry.account,
        "kind": type(entry.event).__name__,
        "event": entry.event,
    }


async def refuse(request: Request, error: Exception) -> Response:
    """For Starlette's own refusals: no such route (404), no such method there (405)."""
    method = isinstance(error, HTTPException) and error.status_code == 405
    fault = Fault(20004 if method else 20404, f"The lab has no {request.method} {request.url.path}; see docs/lab.md.")
    return told(fault)


def told(fault: Fault) -> Response:
    """The answer that a Fault is."""
    return Json({"code": fault.code, "message": fault.message, "status": fault.status}, fault.status)


Endpoint = Callable[[Request], Awaitable[Response]]


def faults(endpoint: Endpoint) -> Endpoint:
    """An endpoint whose Faults become JSON answers."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Fault as fault:
            return told(fault)

    return answer
