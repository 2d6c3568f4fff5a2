"""Form bodies, small and urlencoded as browsers and Twilio send them."""

from urllib.parse import parse_qsl

from starlette.datastructures import ImmutableMultiDict
from starlette.exceptions import HTTPException
from starlette.requests import Request

LARGEST = 64 * 1024
"""Bytes. A text message of 1600 characters with all that Twilio tells about it stays far below."""


async def fields_of(request: Request) -> ImmutableMultiDict[str, str]:
    """The fields of the body, repeated ones included. HTTPException 413, 415 or 400 for anything else."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise HTTPException(415, "Only form fields are understood here.")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            raise HTTPException(413, "This is more than we can read.")
    try:
        return ImmutableMultiDict(
            parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=200)
        )
    except ValueError:
        raise HTTPException(400, "This form has too many fields.") from None
