"""How long an HTTP answer to GET may be used again, and how to ask whether it is still good (RFC 9111, RFC 9110 13).

The part that matters to a client which shares what it keeps: `private` answers and those that set a cookie
or vary by more than the encoding are not kept, and nothing is guessed from Last-Modified.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime

Headers = Sequence[tuple[str, str]]

_ASKS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


def may_be_kept(headers: Headers) -> bool:
    """Whether the answer with these header fields may be kept at all."""
    fields = _fields(headers)
    told = _directives(fields)
    return (
        "no-store" not in told
        and "private" not in told
        and "set-cookie" not in fields
        and fields.get("vary", "accept-encoding").strip().lower() == "accept-encoding"
    )


def validators(headers: Headers) -> dict[str, str]:
    """Request header fields that ask whether the answer is still good; none when it cannot be asked."""
    fields = _fields(headers)
    return {ask: fields[tag] for tag, ask in _ASKS.items() if tag in fields and fields[tag].isascii()}


def lifetime(headers: Headers, now: float) -> float:
    """Seconds from `now` (Unix time) for which it need not be asked; 0 or less for none."""
    fields = _fields(headers)
    told = _directives(fields)
    if "no-cache" in told:
        return 0.0
    for name in ("s-maxage", "max-age"):
        if name in told:
            seconds = told[name]
            return float(seconds) - _age(fields) if seconds.isascii() and seconds.isdigit() else 0.0
    try:
        return parsedate_to_datetime(fields["expires"]).timestamp() - now
    except (KeyError, ValueError, OverflowError):
        return 0.0


def _fields(headers: Headers) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


def _directives(fields: Mapping[str, str]) -> dict[str, str]:
    told = {}
    for part in fields.get("cache-control", "").lower().split(","):
        name, _, value = part.strip().partition("=")
        told[name] = value.strip('"')
    return told


def _age(fields: Mapping[str, str]) -> float:
    age = fields.get("age", "")
    return float(age) if age.isascii() and age.isdigit() else 0.0
