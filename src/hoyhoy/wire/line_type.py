"""What kind of line a number is: mobile, landline, toll-free and the like (messaging reference 5.2).

Read off the numbering plan alone. Where a plan does not tell mobiles from landlines, as in North America,
a number counts as mobile: it can then receive messages, as every number of this exchange can.
"""

from __future__ import annotations

from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

UNKNOWN = "unknown"

_TYPES = {
    PhoneNumberType.FIXED_LINE: "landline",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "mobile",
    PhoneNumberType.TOLL_FREE: "tollFree",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.SHARED_COST: "sharedCost",
    PhoneNumberType.VOIP: "nonFixedVoip",
    PhoneNumberType.PERSONAL_NUMBER: "personal",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "uan",
    PhoneNumberType.VOICEMAIL: "voicemail",
}

_SOLD = {PhoneNumberType.TOLL_FREE: "tollfree", PhoneNumberType.MOBILE: "mobile"}


def line_type(e164: str) -> str:
    """One of landline, mobile, fixedVoip, nonFixedVoip, personal, tollFree, premium, sharedCost, uan, voicemail,
    pager and unknown."""
    return _TYPES.get(_type_of(e164), UNKNOWN)


def sold_as(e164: str) -> str:
    """`local`, `mobile` or `tollfree`: how a number of an account is bought and counted (messaging reference 3.4)."""
    return _SOLD.get(_type_of(e164), "local")


@lru_cache(maxsize=4096)
def _type_of(e164: str) -> int:
    try:
        return int(phonenumbers.number_type(phonenumbers.parse(e164)))
    except NumberParseException:
        return PhoneNumberType.UNKNOWN
