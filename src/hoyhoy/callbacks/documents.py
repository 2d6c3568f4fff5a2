"""The first URLs of every tutorial, answered without a network (design, section 5; voice reference 15).

Tutorials point a first call at the vendor's demonstration documents or at a twimlet. Both are
somebody else's machines: an exchange on a laptop without a network must still say something, and
one with a network must not depend on them. The wording is ours.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

from hoyhoy.audio import music, wav
from hoyhoy.exchange.events import Params
from hoyhoy.exchange.ports import Page

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
_MUSIC = re.compile(r"com\.twilio\.(music|sounds)\.[a-z-]+(\.s3\.amazonaws\.com)?")
"""Where the vendor keeps its music to wait by (voice reference 2.8, 2.9)."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MESSAGE = re.compile(r"Message(\[(\d*)\])?")


def answer(method: str, url: str, params: Params) -> Page | None:
    """The page at `url` when it is one of ours, else None. `params` are those of the request, GET or POST."""
    if "twimlets.com" not in url and "demo.twilio.com" not in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host = (parts.hostname or "").removeprefix("www.")
    path = parts.path.rstrip("/").lower()
    if host == "twimlets.com" and path in _TWIMLETS:
        return _page(url, _TWIMLETS[path]((*parse_qsl(parts.query, keep_blank_values=True), *params)))
    document = _DOCUMENTS.get((host, path))
    return _page(url, document) if document else None


def recording(url: str) -> Page | None:
    """The sound at `url` when it is one that tutorials play, else None; it is always the same piece of ours."""
    if "twilio" not in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host, path = parts.hostname or "", parts.path
    bucket = host if host != "s3.amazonaws.com" else path.strip("/").partition("/")[0]
    if (host.removeprefix("www."), path.lower()) not in _RECORDINGS and not _MUSIC.fullmatch(bucket):
        return None
    return Page(url, 200, "audio/wav", wav.write(music.prelude()), (("Cache-Control", "max-age=86400"),))


def _page(url: str, document: str) -> Page:
    return Page(url, 200, "text/xml; charset=utf-8", document.encode("utf-8", "replace"))


def _message(params: Params) -> str:
    """One Say or Play for each message; a text that starts with `http` is a URL (voice reference 15)."""
    numbered = []
    for place, (name, value) in enumerate(params):
        if (found := _MESSAGE.fullmatch(name)) and value:
            numbered.append((int(found[2]) if found[2] else place, place, value))
    texts = [escape(_NOT_XML.sub("", text)) for _, _, text in sorted(numbered)]
    verbs = [f"<Play>{text}</Play>" if text.startswith("http") else f"<Say>{text}</Say>" for text in texts]
    return f"<Response>{''.join(verbs)}</Response>" if verbs else "<Response/>"


def _echo(params: Params) -> str:
    """The document given as `Twiml`."""
    return next((value for name, value in params if name == "Twiml" and value), "<Response/>")


_TWIMLETS = {"/message": _message, "/echo": _echo}
