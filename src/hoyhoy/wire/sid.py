"""Sids: two capital letters that say what it is, and 32 hexadecimal digits (messaging reference 4.8).

We make them in lower case; the platform's own patterns take either case, so we do too.
"""

from __future__ import annotations

import re

_SID = re.compile(r"[A-Z]{2}[0-9a-fA-F]{32}", re.ASCII)


def is_sid(text: str, *prefixes: str) -> bool:
    """Whether `text` has the form of a sid; with `prefixes`, of one of these kinds."""
    return _SID.fullmatch(text) is not None and (not prefixes or text[:2] in prefixes)
