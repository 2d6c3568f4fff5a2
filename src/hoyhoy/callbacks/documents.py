"""The first URLs of every tutorial, and twimlets, answered without a network (design, section 5; voice reference 15).

Tutorials point a first call at the vendor's demonstration documents or at a twimlet. Both are
somebody else's machines: an exchange on a laptop without a network must still say something, and
one with a network must not depend on them. The wording is ours.
"""

from __future__ import annotations

import re
from collections.abc import Container
from urllib.parse import parse_qsl, urlsplit

from hoyhoy import twimlets
from hoyhoy.audio import music, wav
from hoyhoy.exchange.events import Params
from hoyhoy.exchange.ports import Page
from hoyhoy.twimlets.writing import element, response, text

_GREETING = "<Response><Say>Hello! Your exchange is working, and this is its welcome message. Goodbye.</Say></Response>"
_VOICE = (
    "<Response><Say>Hello! This call was answered by the document that the tutorials use first. "
    "Put the address of your own in its place.</Say></Response>"
)
_REPLY = (
    "<Response><Message>Hello! Your message reached the exchange, and this is its answer. "
    "Set the number's messaging URL to your own application.</Message></Response>"
)

_DOCUMENTS = {
    ("demo.twilio.com", "/welcome/voice"): _GREETING,
    ("demo.twilio.com", "/docs/voice.xml"): _VOICE,
    ("demo.twilio.com", "/welcome/sms/reply"): _REPLY,
    ("demo.twilio.com", "/welcome/sms"): _REPLY,
}

_RECORDINGS = {
    ("demo.twilio.com", "/docs/classic.mp3"),
    ("demo.twilio.com", "/hellomonkey/monkey.mp3"),
    ("api.twilio.com", "/cowbell.mp3"),
}
_MUSIC = re.compile(r"com\.twilio\.(?:music|sounds)\.([a-z-]+)(?:\.s3\.amazonaws\.com)?")
"""Where the vendor keeps its music to wait by (voice reference 2.8, 2.9)."""

TWIMLETS = "/twimlets/"
"""Below it the exchange has them at its own address."""

_HERE = ("127.0.0.1", "localhost", "::1")
REMARK = "Warning"
"""The header field of an answer that its owner should know something of (RFC 7234 5.5)."""


def answer(method: str, url: str, params: Params, own: Container[int] = ()) -> Page | None:
    """The page at `url` when it is one of ours, else None. `params` are those of the request, GET or POST; `own` are
    the ports of this machine at which the exchange is itself, which it does not ask over the network."""
    lower = url.lower()
    if "twimlets" not in lower and "demo.twilio.com" not in lower:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").removeprefix("www.").rstrip(".")
    if host == "twimlets.com" or (host in _HERE and port in own and parts.path.startswith(TWIMLETS)):
        return twimlet(url, parts.path, parts.query, params)
    document = _DOCUMENTS.get((host, parts.path.rstrip("/").lower()))
    return _page(url, document) if document else None


def twimlet(url: str, path: str, query: str, params: Params, *, over_http: bool = False) -> Page | None:
    """The answer of the twimlet at `path`. What leads elsewhere is a 302; for those who ask over HTTP, where that would
    be anybody's redirect at the exchange's address, a document that says the same."""
    said = twimlets.answer(path, (*parse_qsl(query, keep_blank_values=True), *params))
    if said is None:
        return None
    fields = ((REMARK, f'199 hoyhoy "{said.remark}"'),) if said.remark else ()
    if said.elsewhere and over_http:
        return _page(url, response(element("Redirect", text(said.elsewhere), method="GET")), fields)
    if said.elsewhere:
        return Page(url, 302, "", b"", (("Location", said.elsewhere), *fields))
    return _page(url, said.document, fields)


def remark(page: Page) -> str:
    """What the owner of a call should know of this answer of ours."""
    return next((value[12:-1] for name, value in page.headers if name == REMARK), "")


def genre_at(url: str) -> str:
    """What is played at `url` when it is one that tutorials play, or the vendor's music, else ""."""
    if "twilio" not in url:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    host, path = parts.hostname or "", parts.path
    bucket = host if host != "s3.amazonaws.com" else path.strip("/").partition("/")[0]
    vendors = _MUSIC.fullmatch(bucket)
    if not vendors and (host.removeprefix("www."), path.lower()) not in _RECORDINGS:
        return ""
    genre = vendors[1] if vendors else ""
    return genre if genre in music.SCORES else "classical"


def recording(url: str, genre: str) -> Page:
    """The sound at such a URL; it is ours. The first of a genre takes a while: for a thread."""
    return Page(url, 200, "audio/wav", wav.write(music.piece(genre)), (("Cache-Control", "max-age=86400"),))


def _page(url: str, document: str, fields: Params = ()) -> Page:
    return Page(url, 200, "text/xml; charset=utf-8", document.encode("utf-8", "replace"), fields)
