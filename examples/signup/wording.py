"""What the page says about a sign-up."""

from typing import Any

from .settings import Settings
from .signups import WAITING
from .store import SignUp

SAYS = {
    "calling": ("Calling you", "Your phone will ring in a moment."),
    "ringing": ("Your phone is ringing", "Answer it and key in the passcode above."),
    "asking": ("You are on the phone", "Key in the passcode above."),
    "texting": ("We have sent you a text", "Reply to it with the passcode above."),
    "confirmed": ("You are in", "Your phone number is confirmed."),
    "wrong-code": ("That was not the code", "It was wrong {tries} times, so we ended it here."),
    "no-code": ("No code reached us", "You answered, but we did not get the passcode."),
    "no-answer": ("Nobody answered", "We let it ring, but nobody picked up."),
    "busy": ("The line is busy", "Somebody seems to be on the phone."),
    "failed": ("We could not reach you", "The number could not be reached."),
    "hung-up": ("The call ended early", "You hung up before the passcode was complete."),
    "expired": ("This code has expired", "A code is good for {minutes} minutes."),
}
"""Headline and sentence of each state."""


def describe(signup: SignUp, settings: Settings, now: float) -> dict[str, Any]:
    """The state of a sign-up as its own browser is told: in the page, as JSON and as an event."""
    headline, sentence = SAYS[signup.state]
    sentence = sentence.format(tries=settings.tries, minutes=f"{settings.code_seconds / 60:.3g}")
    is_waiting = signup.state in WAITING
    tries_left = settings.tries - signup.wrong
    if is_waiting and signup.wrong:
        sentence = f"That was not the code. {tries_left} {'try' if tries_left == 1 else 'tries'} left."
    return {
        "state": signup.state,
        "headline": headline,
        "sentence": signup.note or sentence,
        "is_waiting": is_waiting,
        "tries_left": tries_left,
        "seconds_left": max(0, round(signup.expires - now)) if is_waiting else 0,
        "call": "Call me again" if not is_waiting else "Call me instead" if signup.way == "text" else "",
        "text": "Text me instead" if not is_waiting or signup.way == "call" else "",
    }
