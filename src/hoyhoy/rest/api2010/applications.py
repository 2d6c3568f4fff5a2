"""Applications: where calls and messages are answered, under a sid of its own (voice reference 9).

A number, a call or a message names one instead of URLs. What it says counts at the moment it is
needed, so a change is heard by the next call to every number that names it.
"""

from __future__ import annotations

from typing import Any

from hoyhoy.exchange.events import ResourceChanged
from hoyhoy.exchange.ports import Row
from hoyhoy.rest.kit import BOTH, Context, Resource, boolean, choice, http_method, text, web_url

NUMBERS = "incoming_phone_numbers"
NAMED_BY = ("voice_application_sid", "sms_application_sid")
"""The columns of a number that may name an application."""

AT_ONCE = 500
"""Numbers that are read at once when an application is deleted."""


def document_url() -> Any:
    return web_url(on=BOTH, error=21402)


def callback_url() -> Any:
    return web_url(callback=True, on=BOTH, error=21402)


def request_method() -> Any:
    return http_method(on=BOTH)


class Application(Resource):
    """Steering that has a name. The callbacks about messages are asked for by POST (messaging reference 1.7)."""

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/Applications", "AP", "applications"

    api_version: str = choice("2010-04-01", "2008-08-01", default="2010-04-01", on=BOTH, idle=True)
    friendly_name: str = text(64, on=BOTH, error=20002, find="=")
    message_status_callback: str = callback_url()
    sms_fallback_method: str = request_method()
    sms_fallback_url: str = document_url()
    sms_method: str = request_method()
    sms_status_callback: str = callback_url()
    """The name of `message_status_callback` before 2013; it counts when that one is not set."""
    sms_url: str = document_url()
    status_callback: str = callback_url()
    status_callback_method: str = request_method()
    voice_caller_id_lookup: bool = boolean(default=False, on=BOTH, idle=True)
    voice_fallback_method: str = request_method()
    voice_fallback_url: str = document_url()
    voice_method: str = request_method()
    voice_url: str = document_url()
    public_application_connect_enabled: bool = boolean(default=False, on=BOTH)

    async def on_delete(self, ctx: Context) -> None:
        """Numbers that name it are answered at their own URLs again (voice reference 9)."""
        for column in NAMED_BY:
            before = None
            where = [("account_sid", "=", ctx.account.sid), (column, "=", self.sid)]
            while rows := await ctx.services.rows.page(NUMBERS, where, before=before, limit=AT_ONCE):
                before = rows[-1]["id"]
                for row in rows:
                    ctx.services.journal.record(
                        row["sid"],
                        ctx.account.sid,
                        ResourceChanged(table=NUMBERS, change="updated", names=(column,)),
                        (Row(NUMBERS, row["sid"], {column: None, "date_updated": ctx.now}),),
                    )
