"""Header fields that customers send and get (voice reference 2.7.5, 3.1)."""

from __future__ import annotations

from unicodedata import category

from hoyhoy.exchange.events import Params
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.headers import Headers
from hoyhoy.wire.sip.message import Message
from hoyhoy.wire.sip.uri import Uri

ALLOWED = ("User-to-User", "Remote-Party-ID", "P-Preferred-Identity", "P-Called-Party-ID")
"""What may be sent besides `X-` names."""
REFERRED = ("User-to-User",)
"""The same for a call that somebody else is asked to make (voice reference 2.12)."""
RESERVED = ("x-twilio", "x-hoyhoy")
HOPS = "X-Hoyhoy-Hops"
"""How many calls dialled one another up to this one. Max-Forwards cannot say it: not everybody begins with 70."""

MOST_HOPS = 999
LIMIT = 1024  # characters of all of them
PREFIX = "SipHeader_"

UNFIT = ("Cc", "Zl", "Zp", "Cs")
"""Control characters, separators of lines and paragraphs, halves of characters: some readers end a line there."""


def custom(uri: Uri, allowed: tuple[str, ...] = ALLOWED) -> tuple[Params, tuple[str, ...]]:
    """What a dialled URI asks to be sent: the header fields, and the names of those that may not be."""
    spelling = {name.lower(): name for name in allowed}
    taken: list[tuple[str, str]] = []
    refused: list[str] = []
    room = LIMIT
    for name, value in uri.header_fields:
        low = name.lower()
        room -= len(name) + len(value) + 2
        may = low in spelling or (low.startswith("x-") and not low.startswith(RESERVED))
        if may and room >= 0 and _is_sound(name, value):
            taken.append((spelling.get(low, name), value))
        else:
            refused.append(name)
    return tuple(taken), tuple(refused)


def told(message: Message) -> Params:
    """The `X-` header fields of a message as parameters of a webhook, each name once."""
    found: dict[str, str] = {}
    for name, value in message.headers:
        if name.lower().startswith("x-") and name.lower() != HOPS.lower():
            found.setdefault(PREFIX + name, value)
    return tuple(found.items())


def foreign(message: Message) -> Params:
    """What a far end says by them: nobody speaks in our own name."""
    return tuple(pair for pair in told(message) if not pair[0].removeprefix(PREFIX).lower().startswith(RESERVED))


def hops(message: Message) -> int:
    """What HOPS says; 0 for whoever says nothing, or nonsense."""
    told = (message.headers.get(HOPS) or "").strip()
    return min(int(told), MOST_HOPS) if told.isascii() and told.isdigit() and len(told) < 6 else 0


def _is_sound(name: str, value: str) -> bool:
    """Can it stand on a line of its own, and nothing more than it?"""
    if any(category(mark) in UNFIT and mark != "\t" for mark in value):
        return False
    try:
        Headers().add(name, value)
    except SipError:
        return False
    return True
