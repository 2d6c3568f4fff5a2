"""Words that are masked in what was recognised (voice reference 2.4 profanityFilter): `f***`."""

from __future__ import annotations

import re

STEMS = ("arsehole", "asshole", "bastard", "bitch", "bollock", "bullshit", "cunt", "fuck", "goddamn", "motherfuck",
         "nigger", "piss", "shit", "slut", "twat", "wank", "whore")  # fmt: skip
"""Words that begin so, in whatever letters."""

WHOLE = ("arse", "ass", "cock", "cocks", "damn", "dick", "dicks", "prick", "pussy")
"""Others begin so that are harmless."""

PROFANE = re.compile(rf"\b(?:(?:{'|'.join(STEMS)})\w*|(?:{'|'.join(WHOLE)})\b)", re.IGNORECASE)


def masked(text: str) -> str:
    """All letters of these words but the first become `*`."""
    return PROFANE.sub(lambda word: word[0][0] + "*" * (len(word[0]) - 1), text)
