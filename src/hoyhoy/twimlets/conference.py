"""A room to talk in."""

from __future__ import annotations

from hashlib import sha256

from .answering import Answer, Request
from .dialled import national
from .holdmusic import GENRES, bucket
from .writing import HANGUP, element, response, text, words

MOST_TRIES = 3
"""A password may be tried so often; the call ends then."""

ASKING = "Please enter the password of this conference."
WRONG = "That is not the password."
GOODBYE = "Good bye."
OWN = ("Name", "Music", "Password", "Message")


def conference(request: Request) -> Answer:
    """The caller enters the room of this `Name`, once he has given the `Password`, and after the `Message`.

    With `Moderators` it begins when the first of them enters, and without at the second caller. It ends with the
    last who leaves, moderator or not.
    """
    moderators = [national(number) for number in request.several("Moderators")]
    refusal = _refusal(request)
    if refusal:
        return Answer(refusal)
    starts = not moderators or national(request.one("From")) in moderators
    name = request.one("Name") or _name(moderators, request.one("Message"))
    room = element(
        "Conference",
        text(name),
        startConferenceOnEnter="true" if starts else "false",
        waitUrl=_music(request),
    )
    return Answer(response(request.spoken(), element("Dial", room)))


def _refusal(request: Request) -> str:
    """What is answered instead as long as the password is not given, else nothing."""
    password = request.one("Password")
    wanted = "".join(filter(str.isdecimal, password))
    if not wanted:  # a password without digits cannot be pressed
        return "" if not password else response(words(GOODBYE), HANGUP)
    if request.one("Digits") == wanted:
        return ""
    if not request.has("Try"):  # keys that were pressed before this was asked are no password that is wrong
        return _asking(request, ASKING, len(wanted), 1)
    tries = request.one("Try")
    number = int(tries) if tries.isdecimal() and len(tries) < 3 else MOST_TRIES
    if number >= MOST_TRIES:
        return response(words(f"{WRONG} {GOODBYE}"), HANGUP)
    return _asking(request, f"{WRONG} {ASKING}", len(wanted), number + 1)


def _asking(request: Request, said: str, digits: int, number: int) -> str:
    own = [(name, request.one(name)) for name in OWN if request.one(name)]
    own += [("Moderators[]", moderator) for moderator in request.several("Moderators")]
    action = request.back("conference", *own, ("Try", str(number)))
    gather = element("Gather", words(said), action=action, numDigits=digits)
    return response(gather, words(GOODBYE), HANGUP)


def _name(moderators: list[str], message: str) -> str:
    """The same settings lead to the same room."""
    settings = "\n".join([*sorted(moderators), message])
    return "twimlet " + sha256(settings.encode("utf-8", "replace")).hexdigest()[:16]


def _music(request: Request) -> str:
    """Where those hear something who wait."""
    asked = request.one("Music")
    if asked.startswith("http"):
        return asked
    return request.back("holdmusic", ("Bucket", bucket(asked if asked in GENRES else GENRES[0])))
