"""How many segments a text travels in: GSM 03.38 septets or UCS-2 units (messaging reference 1.5).

One segment holds 160 septets or 70 units; each of several holds 153 or 67, because six octets go
to the header that joins them. A pair (escape and character, or two surrogates) is never split: the
segment before it is closed early.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

GSM_7 = "GSM-7"
UCS_2 = "UCS-2"

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"

_GSM_TEXT = re.compile(f"[{re.escape(BASIC + EXTENSION)}]*")
_ESCAPED = re.compile(f"[{re.escape(EXTENSION)}]")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Segments:
    """`units` counts septets or UTF-16 code units; an empty text still travels in one segment."""

    encoding: str
    units: int
    count: int


def count(text: str) -> Segments:
    """Encoding, units and segments of `text`, as it stands (no smart encoding)."""
    if _GSM_TEXT.fullmatch(text):
        return _measure(text, GSM_7, _ESCAPED, single=160, part=153)
    return _measure(text, UCS_2, _ASTRAL, single=70, part=67)


def _measure(text: str, encoding: str, double: re.Pattern[str], *, single: int, part: int) -> Segments:
    pairs = [match.start() for match in double.finditer(text)]
    units = len(text) + len(pairs)
    if units <= single:
        return Segments(encoding, units, 1)
    lost = _lost(pairs, part)
    return Segments(encoding, units, -(-(units + lost) // part))


def _lost(pairs: list[int], part: int) -> int:
    """Units left empty because a pair would have straddled the end of its segment."""
    lost = 0
    for before, start in enumerate(pairs):
        if (start + before + lost) % part == part - 1:
            lost += 1
    return lost
