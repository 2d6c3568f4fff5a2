"""What somebody hears who is called by a twimlet, before he is put through (voice reference 2.7.8)."""

from __future__ import annotations

from .answering import Answer, Request
from .writing import HANGUP, element, response, words


def whisper(request: Request) -> Answer:
    """A key takes the call. Without one it is taken too, unless `HumanCheck` is asked for."""
    if request.has("Digits"):
        return Answer(response() if request.one("Digits") else response(HANGUP))
    said = request.spoken() or words(_default(request.one("From")))
    # The end of this document puts the call through, also without a key.
    return Answer(
        response(element("Gather", said, numDigits=1), HANGUP if request.one("HumanCheck") not in ("", "0") else "")
    )


def _default(caller: str) -> str:
    digits = " ".join(filter(str.isdecimal, caller))
    return f"You are receiving a call from {digits or caller or 'somebody'}. Press any key to accept."
