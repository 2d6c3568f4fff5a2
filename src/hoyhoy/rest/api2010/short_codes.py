"""Short codes: three to eight digits that take and send messages in one country (messaging reference 3.6, 7).

They cannot be created here; in development one that a program sends from is adopted like a number.
"""

from __future__ import annotations

from typing import Any

from hoyhoy.rest.kit import FETCH, LIST, UPDATE, Context, Resource, choice, text
from hoyhoy.rest.kit.addresses import part_of_number
from hoyhoy.rest.kit.steering import steering_method, steering_url


class ShortCode(Resource):
    """A short code of the account."""

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/SMS/ShortCodes", "SC", "short_codes"
    offers = (LIST, FETCH, UPDATE)

    friendly_name: str = text(64, on=(UPDATE,), error=20002, find="=")
    short_code: str = text(find="like", search_as=part_of_number)
    api_version: str = choice("2010-04-01", "2008-08-01", default="2010-04-01", on=(UPDATE,), idle=True)
    sms_url: str = steering_url((UPDATE,))
    sms_method: str = steering_method((UPDATE,))
    sms_fallback_url: str = steering_url((UPDATE,))
    sms_fallback_method: str = steering_method((UPDATE,))

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        if changed.get("friendly_name") == "":
            changed["friendly_name"] = self.short_code
