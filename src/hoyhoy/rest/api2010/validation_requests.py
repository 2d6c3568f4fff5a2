"""Requests to call a number and have its holder confirm it as a caller id (voice reference 16.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hoyhoy.exchange.orders import Validate
from hoyhoy.exchange.ports import Steering
from hoyhoy.exchange.validation import CODE_DIGITS, PLATFORM, validation_call
from hoyhoy.rest.kit import CREATE, Context, Resource, http_method, integer, moment, text, web_url
from hoyhoy.rest.kit.parties import check_permitted
from hoyhoy.wire import number as numbers
from hoyhoy.wire.errors import Fault

_EXTENSION = re.compile(r"[0-9A-Da-d#*wW]{1,32}")


class ValidationRequest(Resource):
    """What to type when the phone rings; it is nowhere to be found again."""

    path, key, table_name = "/2010-04-01/Accounts/{account_sid}/OutgoingCallerIds", "validation_requests", ""
    prefix = "CA"
    offers = (CREATE,)
    created_status = 200
    has_address = False

    sid: str = text(shown=False)
    date_created: float = moment(shown=False)
    date_updated: float = moment(shown=False)
    call_sid: str = text()
    friendly_name: str = text(64, on=(CREATE,), error=21455)
    phone_number: str = text(on=(CREATE,), required=21401)
    validation_code: str = text()
    call_delay: int = integer(between=(0, 60), default=0, on=(CREATE,), error=21454, shown=False)
    extension: str = text(default="", on=(CREATE,), shown=False)
    status_callback: str = web_url(callback=True, default="", on=(CREATE,), error=21456, shown=False)
    status_callback_method: str = http_method(on=(CREATE,), shown=False)

    async def on_create(self, ctx: Context) -> Mapping[str, Any]:
        """Place the call. It shows the account's first number, which calls back to its owner."""
        directory, account = ctx.services.directory, ctx.account.sid
        owned = directory.numbers(account, 1)  # short codes come last
        caller = next((one.number for one in owned if numbers.is_e164(one.number)), PLATFORM)
        try:
            number = numbers.parse(self.phone_number, numbers.region_of(caller) or "US")
        except ValueError as why:
            raise Fault(21401, f"The number {self.phone_number[:40]} is not a valid phone number. {why}") from None
        check_permitted(ctx, number)
        if directory.is_verified(account, number):
            raise Fault(21450)
        if (holder := directory.number(number)) is not None and holder.account == account:
            raise Fault(21449, f"{number} is a number of this account, which may show it already.")
        if self.extension and not _EXTENSION.fullmatch(self.extension):
            raise Fault(21453, "Extension may hold up to 32 of 0-9 A-D # * w W.")
        code = f"{ctx.services.chance.below(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        name = self.friendly_name or numbers.national(number)
        order = validation_call(
            account,
            number,
            caller,
            Validate(code=code, friendly_name=name),
            extension=self.extension,
            delay=self.call_delay,
            telling=Steering(status_callback=self.status_callback, status_callback_method=self.status_callback_method),
        )
        call = ctx.services.switchboard.place_call(order)
        return {
            "account_sid": account,
            "call_sid": call["sid"],
            "friendly_name": name,
            "phone_number": number,
            "validation_code": code,
        }
