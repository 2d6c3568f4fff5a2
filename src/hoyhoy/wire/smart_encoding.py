"""Smart encoding: look-alikes of GSM characters replaced by them, so that a text fits into fewer segments
(messaging reference 1.5).

Word processors put curly quotes, dashes and odd spaces into texts; one of them makes a message travel
in UCS-2. The replacements are read off the Unicode names and properties of the characters. Letters
with accents that GSM 03.38 does not have stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import chain

from .segments import BASIC, EXTENSION, GSM_7, count

_GSM = frozenset(BASIC + EXTENSION)

_BLOCKS = (range(0x80, 0x3100), range(0xA700, 0xA800), range(0xFE30, 0xFF5F))
"""Where look-alikes are: beyond the letters and marks of the West are other scripts and emoji."""

_DASHES = (range(0x2010, 0x2016), range(0x2E3A, 0x2E3C))
"""The hyphens of other scripts are letters of theirs."""

_INVISIBLE = {0x00AD: "", 0x200B: "", 0x2060: "", 0xFEFF: ""}
"""Soft hyphen, zero-width space, word joiner, byte order mark."""

_JOINERS = re.compile("[\u200c-\u200f]")
"""Joiners and marks of direction: needless between Latin letters, but other scripts and emoji are written with them."""

_PRIMES = {
    0x0060: "'",
    0x00B4: "'",
    0x02B9: "'",
    0x02BA: '"',
    0x02BB: "'",
    0x02BC: "'",
    0x2032: "'",
    0x2033: '"',
    0x2034: "'''",
    0x2035: "'",
    0x2036: '"',
    0x2037: "'''",
}
"""Grave, acute, modifier letters and primes, which stand for quotes and apostrophes."""

_OTHERS = {
    0x0009: " ",
    0x02C6: "^",
    0x02DC: "~",
    0x2028: "\n",
    0x2029: "\n",
    0x2044: "/",
    0x2212: "-",
    0x2215: "/",
    0x2217: "*",
    0x2223: "|",
    0x223C: "~",
}

_COMPATIBLE = (
    range(0x2024, 0x2027),  # leaders and the ellipsis
    range(0x203C, 0x203D),  # two exclamation marks
    range(0x2047, 0x204A),  # question and exclamation marks
    range(0xFE50, 0xFE6C),  # small forms
    range(0xFF01, 0xFF5F),  # full width
)
"""Whose compatible form in Unicode is what is meant."""

_SMALL_CAPITAL = re.compile(r"LATIN LETTER SMALL CAPITAL ([A-Z])")
_AFTER_DIGIT = re.compile(r"(?<=[0-9])(?=[\u00bc-\u00be\u2150-\u215e\u2189])")


def smart(text: str) -> str:
    """`text` with every look-alike replaced. It may be longer: an ellipsis becomes three dots."""
    if count(text).encoding == GSM_7:
        return text
    text = _AFTER_DIGIT.sub(" ", text).translate(_replacements())
    plain = _JOINERS.sub("", text)
    return plain if count(plain).encoding == GSM_7 else text


@cache
def _replacements() -> dict[int, str]:
    found = dict(_INVISIBLE | _PRIMES | _OTHERS)
    for point in chain(*_BLOCKS):
        if chr(point) not in _GSM and (instead := _instead_of(chr(point))) is not None:
            found.setdefault(point, instead)
    return found


def _instead_of(character: str) -> str | None:
    """What the character looks like in GSM 03.38, None when nothing does."""
    point, name = ord(character), unicodedata.name(character, "")
    if any(point in these for these in _COMPATIBLE) or "<fraction>" in unicodedata.decomposition(character):
        meant = unicodedata.normalize("NFKC", character).replace("\u2044", "/")
        return meant if _GSM.issuperset(meant) else None
    if unicodedata.category(character) == "Zs":
        return " "
    if any(point in these for these in _DASHES):
        return "-"
    if "QUOTATION MARK" in name:
        return "'" if "SINGLE" in name else '"'
    if "BULLET" in name and "HEART" not in name:
        return "-"
    match = _SMALL_CAPITAL.fullmatch(name)
    return match[1] if match else None
