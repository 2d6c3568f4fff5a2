"""Twimlets: small programs that many numbers are pointed at instead of an app (voice reference 15). Pure.

A twimlet is a function of its parameters; what it answers is a document, or the address to ask instead. Those of a
request of the exchange's are among them (`From`, `Digits`, `DialCallStatus`), which is how it knows how far it has
come. URLs that lead back to it begin with the path at which it was asked, so it can be served at the root of a
host of its own as well as below another.
"""

from __future__ import annotations

from .answering import Answer, Request, Twimlet
from .conference import conference
from .dialled import callme, findme, forward, simulring
from .holdmusic import holdmusic
from .menu import menu
from .message import echo, message
from .voicemail import voicemail
from .whisper import whisper

TWIMLETS: dict[str, Twimlet] = {
    one.__name__: one
    for one in (
        message,
        echo,
        forward,
        simulring,
        findme,
        callme,
        whisper,
        menu,
        voicemail,
        conference,
        holdmusic,
    )
}


def answer(path: str, params: tuple[tuple[str, str], ...]) -> Answer | None:
    """What the twimlet at `path` answers, None when there is none. `params` are those of the query and of the form."""
    here, _, name = path.rstrip("/").rpartition("/")
    twimlet = TWIMLETS.get(name.lower())
    return twimlet(Request(here, params)) if twimlet else None
