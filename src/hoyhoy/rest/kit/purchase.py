"""Which number is bought: the one that is asked for, or any in an area (voice reference 9).

The magic numbers of test credentials mean the same on every account (messaging reference 1.15).
"""

from __future__ import annotations

from hoyhoy.wire import inventory
from hoyhoy.wire import number as numbers
from hoyhoy.wire.errors import Fault
from hoyhoy.wire.inventory import Kind

from .addresses import MAGIC_SENDER, is_magic
from .auth import TEST
from .request import Context

MAGIC_UNAVAILABLE = "+15005550000"
MAGIC_AREA, MAGIC_EMPTY_AREA = "500", "533"


def chosen_number(ctx: Context, raw: str) -> str:
    """The number that is asked for. Fault 21421 when it is none, 21422 when somebody has it."""
    try:
        number = numbers.parse(raw)
    except ValueError as why:
        raise Fault(21421, f"The 'PhoneNumber' {raw[:40]} is not a valid phone number. {why}") from None
    if number == MAGIC_UNAVAILABLE or ctx.services.directory.number(number) is not None:
        raise Fault(21422, f"{number} is not available.")
    if number == MAGIC_SENDER:
        return number  # of which test credentials, to whom nobody owns a number, may have any number
    if is_magic(number) or ctx.account.status == TEST:
        raise Fault(21421, f"The 'PhoneNumber' {number} is not a valid phone number.")
    if ctx.services.settings.strict and not inventory.is_valid(number):
        raise Fault(21421, f"The 'PhoneNumber' {number} is in no numbering plan.")
    return number


def number_in(ctx: Context, area_code: str) -> str:
    """Any local number of a North American area. Fault 21451 when there is no such area, 21452 when it has none."""
    if area_code == MAGIC_AREA:
        return chosen_number(ctx, MAGIC_SENDER)
    if area_code == MAGIC_EMPTY_AREA or ctx.account.status == TEST:
        raise Fault(21452, f"No phone number is available in area code {area_code}.")
    owned = ctx.services.directory.number
    try:
        prefix = inventory.area_prefix("US", area_code)
    except ValueError:
        raise Fault(21451, f"{area_code[:20]} is not an area code.") from None
    for country in inventory.north_american():
        for e164 in inventory.offers(country, Kind.LOCAL, 1, lambda one: owned(one) is not None, prefixes={prefix}):
            return e164
    raise Fault(21452, f"No local phone number is available in area code {area_code}.")
