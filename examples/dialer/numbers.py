"""What may be dialled: phone numbers that can exist and cost no premium, and the people of this app."""

import re
from collections.abc import Collection
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType, ValidationResult, shortnumberinfo

DEAR = {PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST}
HOW = "Write it with + and the country code, like +1 415 555 0123."
LENGTHS = {
    ValidationResult.TOO_SHORT: f"This number is too short. {HOW}",
    ValidationResult.TOO_LONG: f"This number is too long. {HOW}",
    ValidationResult.INVALID_COUNTRY_CODE: f"There is no such country code. {HOW}",
    ValidationResult.INVALID_LENGTH: f"Numbers of this country have another length. {HOW}",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: f"The area code is missing. {HOW}",
}
LONGEST = 64


class Undiallable(ValueError):
    """Why something is not dialled: a sentence for the person who typed it."""


@dataclass(frozen=True)
class Target:
    """One of the two is set: an E.164 number, or the name of one of our people."""

    number: str = ""
    client: str = ""


class Numbers:
    """The rules. `own` is our number, in whose country numbers without a country code are; `countries` those that may
    be called, all when empty."""

    def __init__(self, own: str, people: Collection[str], countries: Collection[str] = ()) -> None:
        self.people = {name.lower(): name for name in people}
        self.countries = {country.upper() for country in countries}
        try:
            self.region = phonenumbers.region_code_for_number(phonenumbers.parse(own))
        except phonenumbers.NumberParseException:
            self.region = None

    def target(self, typed: str) -> Target:
        """What `typed` stands for. Raises Undiallable."""
        typed = typed.strip()
        if not typed:
            raise Undiallable("Type a number or a name first.")
        if len(typed) > LONGEST:
            raise Undiallable("This is too long for a number.")
        name = typed.removeprefix("client:").lower()
        if name in self.people:
            return Target(client=self.people[name])
        if not re.fullmatch(r"\+?[0-9\s().\-\u2010-\u2015\u00a0/]+", typed, re.ASCII):
            raise Undiallable("This is neither a phone number nor one of us. Addresses cannot be called from here.")
        return Target(number=self._number(typed))

    def _number(self, typed: str) -> str:
        digits = re.sub(r"[^0-9]", "", typed)
        region = self.region or "US"
        if not typed.startswith("+") and shortnumberinfo.is_emergency_number(digits, region):
            raise Undiallable("Emergency services cannot be called from here: take another phone.")
        try:
            parsed = phonenumbers.parse(re.sub(r"^00(?=[1-9])", "+", typed), self.region)
        except phonenumbers.NumberParseException as error:
            is_code = error.error_type == error.INVALID_COUNTRY_CODE and typed.startswith("+")
            raise Undiallable(LENGTHS[ValidationResult.INVALID_COUNTRY_CODE] if is_code else HOW) from None
        possible = phonenumbers.is_possible_number_with_reason(parsed)
        if possible != ValidationResult.IS_POSSIBLE:
            raise Undiallable(LENGTHS.get(possible, HOW))
        if phonenumbers.number_type(parsed) in DEAR:
            raise Undiallable("Numbers that cost more than a call are not called from here.")
        if self.countries and phonenumbers.region_code_for_number(parsed) not in self.countries:
            raise Undiallable(f"Only these countries are called from here: {', '.join(sorted(self.countries))}.")
        return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
