"""To and From: whom to reach, and whether the sender may show this number (messaging reference 1.15, 7).

The ten magic numbers of test credentials keep their meaning on every account: +15005550006 may
always send, the others each show one refusal.
"""

from __future__ import annotations

import re
from enum import Enum, auto

from hoyhoy.wire import number as numbers

from .request import Context

MAGIC_SENDER = "+15005550006"

_MAGIC = re.compile(r"\+1500555000[0-9]")
_OTHER_ADDRESS = re.compile(r"(client|sips?|sim):.+", re.IGNORECASE | re.DOTALL)
_CHANNEL = re.compile(r"(whatsapp|messenger|rcs):", re.IGNORECASE)
_DECORATION = re.compile(r"[\s().-]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Holder(Enum):
    """Whose a number is, seen by the account that wants to send from it."""

    OURS = auto()
    ANOTHER = auto()
    NOBODY = auto()


def is_magic(address: str) -> bool:
    return _MAGIC.fullmatch(address) is not None


def is_other_address(address: str) -> bool:
    """client:, sip: and sim: addresses, which are not telephone numbers."""
    return _OTHER_ADDRESS.fullmatch(address) is not None and is_one_line(address)


def is_one_line(address: str) -> bool:
    """Whether it can stand in a SIP header: no control characters."""
    return not _CONTROL.search(address)


def channel_of(address: str) -> str:
    """`whatsapp` of `whatsapp:+1...`, "" of what goes by telephone."""
    match = _CHANNEL.match(address)
    return match[1].lower() if match else ""


def spelled(address: str) -> str:
    """The address as rows hold it: E.164 when it can be read as a number, else as it is."""
    try:
        return numbers.parse(address)
    except ValueError:
        return address


def part_of_number(raw: str) -> str:
    """Part of a number or short code as rows hold it, `*` for any digit (voice reference 9).

    An unescaped + of a query became a blank (messaging reference 9, item 23).
    """
    return ("+" if raw.startswith(" ") else "") + _DECORATION.sub("", raw)


def holder_of(ctx: Context, number: str) -> Holder:
    """Who owns `number`; in development the account adopts what nobody owns, but no caller id it has verified: that
    is the number of a telephone elsewhere."""
    if number == MAGIC_SENDER:
        return Holder.OURS
    services, account = ctx.services, ctx.account.sid
    owned = services.directory.number(number)
    if owned is None:
        may_be = numbers.is_e164(number) or numbers.is_short_code(number)
        if services.settings.strict or is_magic(number) or not may_be:
            return Holder.NOBODY
        if services.directory.is_verified(account, number):
            return Holder.NOBODY
        owned = services.adopt_number(account, number)
        return Holder.NOBODY if owned is None else Holder.OURS
    return Holder.OURS if owned.account == account else Holder.ANOTHER
