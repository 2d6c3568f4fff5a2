"""A menu whose choices are addresses."""

from __future__ import annotations

from .answering import Answer, Request, elsewhere
from .writing import element, response, words

KEYS = "0123456789*#"
WRONG = "I'm sorry, that wasn't a valid option."


def menu(request: Request) -> Answer:
    """`Options[1]` is asked when 1 is pressed; who presses nothing hears the `Message` again."""
    digits = request.one("Digits")
    options = {keys: url for keys, url in request.labelled("Options").items() if keys and set(keys) <= set(KEYS)}
    if digits and digits in options:
        return elsewhere(options[digits])
    longest = max(map(len, options), default=1)
    wrong = words(request.one("ErrorMessage", WRONG)) if digits else ""
    finish = "" if any("#" in keys for keys in options) else None  # a choice with # in it must not end at that key
    gather = element("Gather", request.spoken(), numDigits=longest, finishOnKey=finish)
    return Answer(response(wrong, gather, "<Redirect/>"))
