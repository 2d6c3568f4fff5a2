"""How speech is to be recognised, as documents say it (voice reference 2.4): language, hints, model, the pause at its
end. Each reader is for one attribute; its ValueError says what is lawful."""

from __future__ import annotations

import re
from typing import Final, Literal

AUTO: Final = "auto"
"""What `speechTimeout` says to leave it to the exchange."""
PAUSE = 1.0
"""Seconds of silence that end speech then."""

MODELS = (
    "default", "numbers_and_commands", "phone_call", "experimental_conversations", "experimental_utterances",
    "googlev2_long", "googlev2_short", "googlev2_telephony", "googlev2_telephony_short",
)  # fmt: skip
FOREIGN_MODELS = re.compile(r"deepgram_nova-[23](-[a-z0-9-]+)?")

LANGUAGES = """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo
    es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik in io is it iu iw ja ji
    jv jw ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb
    nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr
    ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
"""Two letters that are a language (ISO 639-1, with those that were once). Of longer names only the shape is judged."""

MOST_HINTS, LONGEST_HINT = 500, 100
"""Phrases, and characters of each."""


def speech_timeout(raw: str) -> int | Literal["auto"]:
    """Seconds of silence that end speech, or AUTO."""
    if raw.strip() == AUTO:
        return AUTO
    if not re.fullmatch(r"\s*[0-9]{1,9}\s*", raw, re.ASCII) or not (seconds := int(raw)):
        raise ValueError("a whole number from 1 upwards, or auto")
    return seconds


def language(raw: str) -> str:
    """A BCP-47 tag."""
    tag = raw.strip()
    if not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", tag):
        raise ValueError("a language like en-US")
    if len(first := tag.partition("-")[0].lower()) == 2 and first not in LANGUAGES.split():
        raise ValueError("a language like en-US: nobody speaks " + first)
    return tag


def hints(raw: str) -> tuple[str, ...]:
    """Phrases, parted by commas; classes of them (`$TIME`) count as such."""
    found = tuple(one for part in raw.split(",") if (one := part.strip()))
    if len(found) > MOST_HINTS or any(len(one) > LONGEST_HINT for one in found):
        raise ValueError(f"a list of {MOST_HINTS} phrases at most, each of {LONGEST_HINT} characters at most")
    return found


def is_model(raw: str) -> bool:
    """Whether it is one of the platform's."""
    return raw in MODELS or bool(FOREIGN_MODELS.fullmatch(raw))
