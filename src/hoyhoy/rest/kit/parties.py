"""Who calls whom when a program places a call (voice reference 5.1, 17.3)."""

from __future__ import annotations

import json

from hoyhoy.exchange.progress import PARENT
from hoyhoy.wire import number as numbers
from hoyhoy.wire.errors import Fault
from hoyhoy.wire.sid import is_sid

from .addresses import Holder, holder_of, is_one_line, is_other_address, spelled
from .request import Context

MAGIC_FROM = {"+15005550001": 21212}
MAGIC_TO = {"+15005550001": 21217, "+15005550002": 21214, "+15005550003": 21215, "+15005550004": 21216}
"""Refusals on show (messaging reference 1.15)."""


def parties(ctx: Context, to: str, caller: str, shown: str, vouched: str = "") -> tuple[str, str]:
    """To and From, normalised and allowed; `shown` is seen instead of From, "" = nobody. National numbers are read as
    in the country of From (7). `vouched` is a number of somebody else's that may be shown too."""
    raw_to, raw_caller = to, caller
    caller, to = spelled(raw_caller), raw_to.strip()
    if is_other_address(to):
        # A client or a SIP phone may be shown any text that fits into a header.
        if not is_one_line(caller):
            raise Fault(21212)
        return to, caller
    if is_other_address(caller):
        raise Fault(21210, f"The From {raw_caller} cannot call telephone numbers: it is not a number itself.")
    if not numbers.is_e164(caller):
        raise Fault(21212, f"The From number {raw_caller[:40]} is not a valid phone number.")
    try:
        to = numbers.parse(raw_to, numbers.region_of(caller) or "US")
    except ValueError as why:
        raise Fault(21211, f"The To number {raw_to[:40]} is not a valid phone number. {why}") from None
    if code := MAGIC_FROM.get(caller) or MAGIC_TO.get(to):
        raise Fault(code)
    check_permitted(ctx, to)
    for name, number in (("From", caller), ("CallerId", shown)):
        if number and number != vouched and not _may_show(ctx, number):
            raise Fault(21210, f"The {name} number {number} is neither owned by nor verified for this account.")
    return to, caller


def check_permitted(ctx: Context, number: str) -> None:
    """Fault 21215 where the account's dialling permissions exclude a number (10.1)."""
    if not ctx.services.directory.may_call(ctx.account.sid, number):
        raise Fault(21215, f"Account not authorized to call {number}: its dialing permissions do not allow that.")


async def vouched_by(ctx: Context, call_token: str | None) -> str:
    """The caller of the call that a CallToken was told with (3.1), "" without one. Fault 21210 for what is no token of
    a call to this account."""
    if not call_token:
        return ""
    try:
        sid = str(json.loads(call_token)[PARENT])
    except (ValueError, RecursionError, TypeError, KeyError):
        sid = ""
    row = await ctx.services.rows.fetch("calls", sid) if is_sid(sid, "CA") else None
    if row is None or row["account_sid"] != ctx.account.sid or row["direction"] != "inbound":
        raise Fault(21210, "The CallToken is none that this account was told with a call that came in.")
    return str(row["from"])


def shown_caller(raw: str | None) -> str:
    """The caller that the far end is shown instead of From, if another was given. Fault 21212."""
    shown = spelled(raw or "")
    if not is_one_line(shown):
        raise Fault(21212)
    return shown


def sid_of_caller(ctx: Context, caller: str) -> str | None:
    """The number or caller id from which a call is placed; a client or a SIP user has none."""
    owned = ctx.services.directory.number(caller)
    if owned is not None and owned.account == ctx.account.sid:
        return owned.sid
    return ctx.services.directory.caller_id(ctx.account.sid, caller) or None


def _may_show(ctx: Context, number: str) -> bool:
    """Whether the account owns the number or has verified it as a caller id (5.1)."""
    return ctx.services.directory.is_verified(ctx.account.sid, number) or holder_of(ctx, number) is Holder.OURS
