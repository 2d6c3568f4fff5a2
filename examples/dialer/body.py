"""Request bodies, bounded: Twilio's form fields and the page's JSON."""

import json
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import ImmutableMultiDict
from starlette.exceptions import HTTPException
from starlette.requests import Request

LARGEST = 64 * 1024
"""Bytes. All that Twilio tells about a call stays far below."""


async def fields_of(request: Request) -> ImmutableMultiDict[str, str]:
    """The form fields, repeated ones included. HTTPException 413, 415 or 400 for anything else."""
    text = (await _read(request, "application/x-www-form-urlencoded")).decode("utf-8", "replace")
    try:
        return ImmutableMultiDict(parse_qsl(text, keep_blank_values=True, max_num_fields=200))
    except ValueError:
        raise HTTPException(400, "There are too many fields.") from None


async def texts_of(request: Request, *names: str) -> list[str]:
    """Texts out of a JSON object, in the order of `names`. HTTPException 413, 415 or 400 for anything else."""
    try:
        given: Any = json.loads(await _read(request, "application/json"))
    except (ValueError, RecursionError):
        raise HTTPException(400, "This is no JSON.") from None
    texts = [given.get(name) if isinstance(given, dict) else None for name in names]
    if not all(isinstance(text, str) for text in texts):
        raise HTTPException(400, f"Expected an object with {' and '.join(names)}, each a text.")
    return texts


async def _read(request: Request, kind: str) -> bytes:
    # A page of another origin cannot send JSON without asking first (CORS), and is refused then.
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != kind:
        raise HTTPException(415, f"Only {kind} is understood here.")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            raise HTTPException(413, "This is more than we can read.")
    return body
