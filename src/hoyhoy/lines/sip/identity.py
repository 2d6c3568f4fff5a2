"""Who calls, as a request says it (RFC 3261 20.20, RFC 3323, RFC 3325, RFC 5806)."""

from __future__ import annotations

from hoyhoy.wire import number
from hoyhoy.wire.sip import address
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.message import Request
from hoyhoy.wire.sip.uri import Uri

ANONYMOUS = "anonymous"


def e164(text: str, region: str) -> str:
    """The E.164 form of a number as it is written in `region`; "" for what is none."""
    if not text:
        return ""
    try:
        return number.parse(text, region)
    except ValueError:
        return ""


def asserted(request: Request) -> tuple[Uri, ...]:
    """Whom P-Asserted-Identity names: worth as much as who sent it (RFC 3325 9.1), and so nothing from strangers."""
    return _uris(request, "P-Asserted-Identity")


def diverted_from(request: Request, region: str) -> str:
    """The number that passed the call on to us, "" when none did. Of several the last to do so stands first."""
    return next((found for uri in _uris(request, "Diversion") if (found := e164(uri.number, region))), "")


def _uris(request: Request, name: str) -> tuple[Uri, ...]:
    try:
        return tuple(one.uri for one in address.parse_all(request.headers.all(name)))
    except SipError:
        return ()


def hides(request: Request) -> bool:
    """Does the caller want not to be shown (RFC 3323 4.2, RFC 3325 9.3)?"""
    wishes = {word.strip().lower() for line in request.headers.all("Privacy") for word in line.split(";")}
    return bool(wishes & {"id", "user", "header"})


def caller_by_provider(request: Request, region: str, *, trusted: bool) -> str:
    """The caller's number as a provider tells it; `anonymous` when it is withheld or no line of text."""
    if hides(request):
        return ANONYMOUS
    told = (*asserted(request), request.from_.uri) if trusted else (request.from_.uri,)
    for uri in told:
        if found := e164(uri.number, region):
            return found
    user = request.from_.uri.user
    return user if user.isprintable() and user.lower() not in ("", ANONYMOUS) else ANONYMOUS
