"""Looking up a number: how it is written, where it is, and what is wrong with it (messaging reference 5.2).

Stricter than `number.parse`, which takes what might be called: here a number must be one that a numbering plan
has given out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from .number import is_e164, region_of

_SPELLING = re.compile(r"\+?[0-9()./\s\-]{1,250}", re.ASCII)

NOT_A_NUMBER, INVALID_BUT_POSSIBLE = "NOT_A_NUMBER", "INVALID_BUT_POSSIBLE"
_COMPLAINTS = {
    ValidationResult.INVALID_COUNTRY_CODE: "INVALID_COUNTRY_CODE",
    ValidationResult.TOO_SHORT: "TOO_SHORT",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "TOO_SHORT",
    ValidationResult.TOO_LONG: "TOO_LONG",
    ValidationResult.INVALID_LENGTH: "INVALID_LENGTH",
}
_UNREADABLE = {
    NumberParseException.INVALID_COUNTRY_CODE: "INVALID_COUNTRY_CODE",
    NumberParseException.TOO_SHORT_AFTER_IDD: "TOO_SHORT",
    NumberParseException.TOO_SHORT_NSN: "TOO_SHORT",
    NumberParseException.TOO_LONG: "TOO_LONG",
}


@dataclass(frozen=True, slots=True)
class Found:
    """What a text says as a number. `error` is empty for a good one; of all but INVALID_BUT_POSSIBLE ones nothing
    else is known."""

    error: str = ""
    e164: str = ""
    calling_code: str = ""
    country: str = ""
    national: str = ""


@lru_cache(maxsize=4096)
def look_up(text: str, region: str = "US") -> Found:
    """Reads a number; national forms as in `region` (ISO 3166 letters). Letters and extensions are no numbers."""
    text = text.strip()
    if not _SPELLING.fullmatch(text):
        digits = sum(character in "0123456789" for character in text)
        return Found("TOO_LONG" if digits > 250 and not re.search(r"[^\W\d_]", text) else NOT_A_NUMBER)
    try:
        number = phonenumbers.parse(text, region.upper())
    except NumberParseException as error:
        return Found(_UNREADABLE.get(error.error_type, NOT_A_NUMBER))
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason != ValidationResult.IS_POSSIBLE:
        return Found(_COMPLAINTS.get(reason, "INVALID_LENGTH"))
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if not is_e164(e164):
        return Found("INVALID_LENGTH")
    return Found(
        "" if phonenumbers.is_valid_number(number) else INVALID_BUT_POSSIBLE,
        e164,
        str(number.country_code),
        region_of(e164),
        phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL),
    )
