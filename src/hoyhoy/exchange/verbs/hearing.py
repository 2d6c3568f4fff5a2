"""How speech is to be recognised, as documents say it (voice reference 2.4): language, hints, model, the pause at its
end. Each reads one attribute; its ValueError says what is lawful."""

from __future__ import annotations

import re

AUTO = 1.0
"""Seconds of silence that end speech when `speechTimeout` is auto."""

MODELS = (
    "default", "numbers_and_commands", "phone_call", "experimental_conversations", "experimental_utterances",
    "googlev2_long", "googlev2_short", "googlev2_telephony", "googlev2_telephony_short",
)  # fmt: skip
FOREIGN_MODELS = re.compile(r"deepgram_nova-[23](-[a-z0-9-]+)?")

MOST_HINTS, LONGEST_HINT = 500, 100
"""Phrases, and characters of each."""

AUTOMATIC = 0
"""What `speechTimeout` is when it is auto."""


def pause(raw: str) -> int:
    """Seconds, or AUTOMATIC."""
    if raw.strip() == "auto":
        return AUTOMATIC
    if not re.fullmatch(r"\s*[0-9]{1,9}\s*", raw, re.ASCII) or not (seconds := int(raw)):
        raise ValueError("a whole number from 1 upwards, or auto")
    return seconds


def language(raw: str) -> str:
    """A BCP-47 tag."""
    if not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", raw.strip()):
        raise ValueError("a language like en-US")
    return raw.strip()


def hints(raw: str) -> tuple[str, ...]:
    """Phrases, parted by commas; classes of them (`$TIME`) count as such."""
    found = tuple(one for part in raw.split(",") if (one := part.strip()))
    if len(found) > MOST_HINTS or any(len(one) > LONGEST_HINT for one in found):
        raise ValueError(f"a list of {MOST_HINTS} phrases at most, each of {LONGEST_HINT} characters at most")
    return found


def speech_model_name(raw: str) -> str:
    """One of the platform's models."""
    if raw not in MODELS and not FOREIGN_MODELS.fullmatch(raw):
        raise ValueError(f"one of {', '.join(MODELS)}, deepgram_nova-2, deepgram_nova-3")
    return raw
