"""Words shared by the verbs that speak and listen: language tags and SSML's elements (voice reference 2.1)."""

from __future__ import annotations

import re

_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-[A-Za-z0-9]{5,8})*")

SSML = ("break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w")


def is_lawful(language: str) -> bool:
    """A language tag as BCP 47 writes the common ones: en, en-US, es-419, zh-Hans-CN, arb."""
    return _TAG.fullmatch(language) is not None
