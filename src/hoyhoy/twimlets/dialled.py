"""Calling somebody else: one number, several at once, one after the other.

Each is asked twice: for the Dial, and by that Dial's action, whose address has `Dial=true` in it. Numbers are
compared as people in North America write them, without the country.
"""

from __future__ import annotations

from .answering import Answer, Request
from .writing import HANGUP, element, response, text, words

RESTRICTED = "Sorry, you are calling from a restricted number. Good bye."
AT_ONCE = 10
"""So many numbers are looked at by `findme`; with more, the first ten are passed over (as recorded, see `findme`)."""


def forward(request: Request) -> Answer:
    """The call goes on to `PhoneNumber`, if it comes from one of `AllowedCallers` or nobody is named there."""
    if request.has_dialled:
        return _after(request)
    if not request.one("PhoneNumber"):
        return request.failed()
    allowed = {national(number) for number in request.several("AllowedCallers")}
    if allowed and not allowed & {national(request.one("From")), national(request.one("To"))}:
        return Answer(response(words(RESTRICTED)))
    fail = request.one("FailUrl")
    action = request.back("forward", ("Dial", "true"), *((("FailUrl", fail),) if fail else ()))
    caller = request.one("CallerId") or None
    number = text(request.one("PhoneNumber"))
    return Answer(response(element("Dial", number, action=action, timeout=request.seconds(20), callerId=caller)))


def simulring(request: Request) -> Answer:
    """All `PhoneNumbers` ring; the first who presses a key is put through."""
    return _screened(request, "simulring", request.several("PhoneNumbers"))


def callme(request: Request) -> Answer:
    """`PhoneNumber` rings, and is told who calls."""
    return _screened(request, "callme", request.several("PhoneNumber")[-1:])


def findme(request: Request) -> Answer:
    """`PhoneNumbers` one after the other, until somebody presses a key: an answering machine does not."""
    if request.has_dialled and request.has_talked:
        return Answer(response(HANGUP))
    numbers = request.several("PhoneNumbers")
    if len(numbers) > AT_ONCE:  # the recorded case: of twelve the eleventh is called
        numbers = numbers[AT_ONCE:]
    if not numbers:
        return request.failed()
    action = request.back(
        "findme",
        ("Dial", "true"),
        ("FailUrl", request.one("FailUrl")),
        ("Timeout", str(request.seconds(60))),
        ("Message", request.one("Message")),
        *(("PhoneNumbers[]", number) for number in numbers[1:]),
    )
    number = element("Number", text(numbers[0]), url=_whisper(request, ("HumanCheck", "1")))
    return Answer(response(element("Dial", number, action=action, timeout=request.seconds(60))))


def national(number: str) -> str:
    """Its digits, without the 1 of North America."""
    digits = "".join(filter(str.isdecimal, number))
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits


def _screened(request: Request, name: str, numbers: list[str]) -> Answer:
    if request.has_dialled:
        return _after(request)
    if not numbers:
        return request.failed()
    action = request.back(name, ("Dial", "true"), ("FailUrl", request.one("FailUrl")))
    called = "".join(element("Number", text(number), url=_whisper(request)) for number in numbers)
    return Answer(response(element("Dial", called, timeout=request.seconds(20), action=action)))


def _whisper(request: Request, *params: tuple[str, str]) -> str:
    """Relative, as it was recorded: it lies beside the twimlet itself."""
    return request.back("whisper", ("Message", request.one("Message")), *params).rpartition("/")[2]


def _after(request: Request) -> Answer:
    return Answer(response(HANGUP)) if request.has_talked else request.failed()
