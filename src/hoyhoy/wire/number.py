"""Telephone numbers: E.164, and where they are (messaging reference 7).

*Possible* numbers are accepted, not only valid ones: every tutorial calls +1 555..., which no
numbering plan has assigned.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from .area_codes import CANADIAN, PLACES

_NANP = re.compile(r"\+1[2-9][0-9]{9}")
_E164 = re.compile(r"\+[1-9][0-9]{7,14}")
_SPELLING = re.compile(r"[0-9+()./\s\-\u00a0\u00ad\u2010-\u2015\u202a-\u202e\u2060\u2066-\u2069\ufeff]+")
_LOST_PLUS = re.compile(r" [1-9][0-9]{7,14}")
_SHORT_CODE = re.compile(r"[1-9][0-9]{2,7}")

SHORT_CODE_COUNTRY = "US"
"""Where the short codes of this exchange belong to: the digits do not tell."""

WITHHELD = {
    "+266696687": "anonymous",
    "+7378742833": "restricted",
    "+2562533": "blocked",
    "+8656696": "unavailable",
    "+86282452253": "unavailable",
}
"""What stands in for a caller that hides its number: the word spelled on a keypad."""

MAGIC = "+1500555"
"""The numbers of test credentials begin so (messaging reference 1.15)."""


class UnknownCountry(ValueError):
    """No country has the code that a number begins with."""


def parse(raw: str, region: str = "US") -> str:
    """The E.164 form of a number as people write it; national forms are read as in `region`.

    Raises ValueError with a sentence that says what is wrong, UnknownCountry when it is that. Letters and extensions
    are refused, channel prefixes are the caller's to strip.
    """
    if _NANP.fullmatch(raw):
        return raw
    return _parse(raw, region)


@lru_cache(maxsize=4096)
def _parse(raw: str, region: str) -> str:
    text = raw
    if _LOST_PLUS.fullmatch(text):  # an unescaped + of a form became a blank
        text = "+" + text[1:]
    text = text.strip()
    if not text:
        raise ValueError("The number is empty.")
    if not _SPELLING.fullmatch(text):
        raise ValueError(f"'{raw[:40]}' holds characters that no phone number has.")
    if text.startswith("00"):
        text = "+" + text[2:]
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException as error:
        if error.error_type == NumberParseException.INVALID_COUNTRY_CODE and text.startswith("+"):
            raise UnknownCountry(f"'{raw[:40]}' is not a phone number: no country has this code.") from None
        raise ValueError(f"'{raw[:40]}' is not a phone number.") from None
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason != ValidationResult.IS_POSSIBLE:
        raise ValueError(f"'{raw[:40]}' is not a phone number: {_COMPLAINTS.get(reason, 'it is impossible.')}")
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if not _E164.fullmatch(e164):
        raise ValueError(f"'{raw[:40]}' is not a phone number: E.164 wants + and 8 to 15 digits.")
    return e164


_COMPLAINTS = {
    ValidationResult.TOO_SHORT: "it is too short.",
    ValidationResult.TOO_LONG: "it is too long.",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "its area code is missing.",
    ValidationResult.INVALID_COUNTRY_CODE: "no country has this code.",
    ValidationResult.INVALID_LENGTH: "no number of this country has this length.",
}


def is_e164(text: str) -> bool:
    """Whether `text` is already + and 8 to 15 digits, as rows and leads hold it."""
    return _E164.fullmatch(text) is not None


def is_short_code(text: str) -> bool:
    """Three to eight digits without plus: a sender that belongs to one country."""
    return _SHORT_CODE.fullmatch(text) is not None


def is_alphanumeric_sender(text: str) -> bool:
    """One to eleven letters, digits, blanks and a few marks, at least one of them a letter."""
    return re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9 +\-_&]{1,11}", text) is not None


def region_of(e164: str) -> str:
    """ISO 3166 letters of the country, "" when there is none (satellites, not a number)."""
    if e164.startswith("+1") and (place := PLACES.get(e164[2:5])):
        return "CA" if place[1] in CANADIAN else "US"
    if not is_e164(e164):
        return ""
    try:
        number = phonenumbers.parse(e164)
    except NumberParseException:
        return ""
    region = phonenumbers.region_code_for_number(number) or phonenumbers.region_code_for_country_code(
        number.country_code or 0
    )
    return "" if region in (None, "001", "ZZ") else region


def national(address: str) -> str:
    """How it is shown: (415) 555-0123 for North America, every other address as it is (voice reference 5.5)."""
    if _NANP.fullmatch(address):
        return f"({address[2:5]}) {address[5:8]}-{address[8:]}"
    return address


class Place(NamedTuple):
    """Capitals as in webhooks (`SAN FRANCISCO`, `CA`, ``, `US`); what is not known is empty."""

    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = ""


@lru_cache(maxsize=4096)
def place_of(e164: str) -> Place:
    """Where the number is. Postal codes are never known: no public plan has them."""
    city, state = PLACES.get(e164[2:5], ("", "")) if _NANP.fullmatch(e164) else ("", "")
    return Place(city, state, "", region_of(e164))
