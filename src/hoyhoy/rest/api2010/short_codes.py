"""Short codes: three to eight digits that take and send messages in one country (messaging reference 3.6, 7).

They cannot be created here; in development one that a program sends from is adopted like a number.
"""

from __future__ import annotations

from typing import Any

from hoyhoy.rest.kit import FETCH, LIST, UPDATE, Context, Resource, http_method, text, web_url
from hoyhoy.rest.kit.addresses import part_of_number


def steering_url() -> Any:
    return web_url(default="", on=(UPDATE,), error=21402)


def steering_method() -> Any:
    return http_method(on=(UPDATE,))


class ShortCode(Resource):
    """A short code of the account."""

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/SMS/ShortCodes", "SC", "short_codes"
    offers = (LIST, FETCH, UPDATE)

    friendly_name: str = text(64, on=(UPDATE,), error=20002, find="=")
    short_code: str = text(find="like", search_as=part_of_number)
    api_version: str = text(default="2010-04-01", on=(UPDATE,), idle=True)
    sms_url: str = steering_url()
    sms_method: str = steering_method()
    sms_fallback_url: str = steering_url()
    sms_fallback_method: str = steering_method()

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        if changed.get("friendly_name") == "":
            changed["friendly_name"] = self.short_code
