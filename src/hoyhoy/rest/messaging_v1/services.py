"""Messaging services: senders that share their settings, and are chosen for each message (messaging reference 1.12)."""

from __future__ import annotations

from typing import Any

from hoyhoy.exchange.events import ResourceChanged
from hoyhoy.exchange.ports import Row
from hoyhoy.rest.kit import BOTH, V1, Context, Resource, boolean, choice, constant, http_method, integer, text, web_url
from hoyhoy.wire.errors import Fault

ADDRESSES = ("inbound_request_url", "fallback_url", "status_callback")
USECASES = ("notifications", "marketing", "verification", "discussion", "poll", "undeclared")
POOLS = ("service_phone_numbers", "service_short_codes", "alpha_senders")

AT_ONCE = 500
"""Senders that are read at once when a service is deleted."""


class MessagingService(Resource):
    """A pool of senders; without an inbound request URL what its numbers receive is dropped."""

    path, prefix, key, table_name = "/v1/Services", "MG", "services", "messaging_services"
    element = "Service"
    product, style = "messaging", V1
    below = {
        "phone_numbers": "PhoneNumbers",
        "short_codes": "ShortCodes",
        "alpha_senders": "AlphaSenders",
        "messages": "Messages",
        "us_app_to_person": "Compliance/Usa2p",
        "us_app_to_person_usecases": "Compliance/Usa2p/Usecases",
        "channel_senders": "ChannelSenders",
    }

    friendly_name: str = text(64, on=BOTH, required=20001)
    inbound_request_url: str = web_url(on=BOTH)
    inbound_method: str = http_method(on=BOTH)
    fallback_url: str = web_url(on=BOTH)
    fallback_method: str = http_method(on=BOTH)
    status_callback: str = web_url(callback=True, on=BOTH)
    sticky_sender: bool = boolean(default=True, on=BOTH)
    """Whether a recipient always hears from the same sender."""
    mms_converter: bool = boolean(default=True, on=BOTH, idle=True)
    smart_encoding: bool = boolean(default=True, on=BOTH)
    scan_message_content: str = choice("inherit", "enable", "disable", default="inherit", on=BOTH, idle=True)
    fallback_to_long_code: bool = boolean(default=True, on=BOTH, idle=True)
    area_code_geomatch: bool = boolean(default=True, on=BOTH)
    """Whether recipients in North America hear from a number near to theirs."""
    synchronous_validation: bool = boolean(default=False, on=BOTH, idle=True)
    validity_period: int = integer(between=(1, 36000), default=36000, on=BOTH)
    """Seconds a message may wait to be sent, unless it says so itself."""
    usecase: str = choice(*USECASES, default="undeclared", on=BOTH, idle=True)
    us_app_to_person_registered: bool = constant(False)
    use_inbound_webhook_on_number: bool = boolean(default=False, on=BOTH)
    """Whether the numbers are asked what to do with what they receive, instead of the service."""

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        if changed.get("friendly_name") == "":
            raise Fault(20001, "Parameter 'FriendlyName' is required.")
        for name in ADDRESSES:
            if changed.get(name) == "":
                changed[name] = None

    async def on_delete(self, ctx: Context) -> None:
        """Its numbers and short codes stay in the account."""
        where = [("account_sid", "=", ctx.account.sid), ("service_sid", "=", self.sid)]
        for table in POOLS:
            while rows := await ctx.services.rows.page(table, where, limit=AT_ONCE):
                for row in rows:
                    event = ResourceChanged(table=table, change="deleted")
                    ctx.services.journal.record(row["sid"], ctx.account.sid, event, (Row(table, row["sid"], None),))
