"""Messages (messaging reference 1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hoyhoy.exchange.orders import SendMessage
from hoyhoy.rest.kit import (
    CREATE,
    UPDATE,
    Context,
    Holder,
    Resource,
    boolean,
    channel_of,
    choice,
    constant,
    holder_of,
    integer,
    is_magic,
    is_web_url,
    moment,
    spelled,
    text,
    web_url,
    words,
)
from hoyhoy.rest.kit.auth import TEST
from hoyhoy.wire import number as numbers
from hoyhoy.wire.errors import Fault
from hoyhoy.wire.sid import is_sid

LONGEST_BODY = 1600
MOST_MEDIA = 10
UNFINISHED = ("accepted", "scheduled", "queued", "sending", "receiving")

MAGIC_FROM = {"+15005550001": 21212, "+15005550007": 21606, "+15005550008": 21611}
MAGIC_TO = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}
"""Refusals on show (1.15)."""


class Message(Resource):
    """A text, with or without media, on its way out or in; its row is written by the exchange."""

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/Messages", "SMMM", "messages"
    live = rehearses = True
    indexes = (("account_sid", "date_sent", "usage_category", "num_segments"),)  # usage is counted in it alone

    date_sent: float = moment(find="range")
    account_sid: str = text()
    to: str = text(on=(CREATE,), required=21604, find="=", search_as=spelled)
    from_: str = text(on=(CREATE,), find="=", search_as=spelled)
    messaging_service_sid: str = text(on=(CREATE,))
    body: str = text(on=(CREATE, UPDATE))
    status: str = choice("canceled", on=(UPDATE,))
    num_segments: int = integer(as_text=True)
    num_media: int = integer(as_text=True)
    direction: str = text()
    api_version: str = constant("2010-04-01")
    price: str = text()
    price_unit: str = text(default="USD")
    error_code: int = integer()
    error_message: str = text()

    media: str = text(shown=False)
    usage_category: str = text(shown=False)
    media_url: list[str] = words(on=(CREATE,), shown=False)
    status_callback: str = web_url(callback=True, on=(CREATE,), error=21609, shown=False)
    application_sid: str = text(on=(CREATE,), shown=False)
    max_price: str = text(on=(CREATE,), shown=False, idle=True)
    provide_feedback: bool = boolean(default=False, on=(CREATE,), shown=False, idle=True)
    attempt: int = integer(on=(CREATE,), shown=False, idle=True)
    validity_period: int = integer(between=(1, 36000), default=36000, on=(CREATE,), error=21624, shown=False, idle=True)
    force_delivery: bool = boolean(on=(CREATE,), shown=False, idle=True)
    content_retention: str = choice("retain", "discard", on=(CREATE,), shown=False, idle=True)
    address_retention: str = choice("retain", "obfuscate", on=(CREATE,), shown=False, idle=True)
    smart_encoded: bool = boolean(on=(CREATE,), shown=False, idle=True)
    persistent_action: list[str] = words(on=(CREATE,), shown=False, idle=True)
    traffic_type: str = text(on=(CREATE,), shown=False, idle=True)
    shorten_urls: bool = boolean(on=(CREATE,), shown=False, idle=True)
    schedule_type: str = choice("fixed", on=(CREATE,), error=35111, shown=False)
    send_at: str = text(on=(CREATE,), shown=False)
    send_as_mms: bool = boolean(on=(CREATE,), shown=False, idle=True)
    content_sid: str = text(on=(CREATE,), shown=False)
    content_variables: str = text(on=(CREATE,), shown=False)
    risk_check: str = choice("enable", "disable", on=(CREATE,), shown=False, idle=True)
    message_intent: str = text(on=(CREATE,), shown=False, idle=True)
    fallback_from: str = text(on=(CREATE,), shown=False, idle=True)

    # Create (1.2) ----------------------------------------------------------------------------

    async def on_create(self, ctx: Context) -> Mapping[str, Any]:
        to, sender = self._parties(ctx)
        self._check_content()
        self._check_options()
        return ctx.services.switchboard.send_message(
            SendMessage(
                account=ctx.account.sid,
                to=to,
                sender=sender,
                body=self.body or "",
                media=tuple(self.media_url),
                status_callback=self.status_callback or "",
                stored=self.kept_idle(),
            )
        )

    def _parties(self, ctx: Context) -> tuple[str, str]:
        """To and From, normalised and allowed. National numbers are read as in the country of From (7)."""
        if self.messaging_service_sid:
            raise Fault(
                21701 if is_sid(self.messaging_service_sid, "MG") else 21705,
                f"There is no messaging service {self.messaging_service_sid[:40]} in this account.",
            )
        if not self.from_:
            raise Fault(21603)
        for address in (self.to, self.from_):
            if channel := channel_of(address):
                raise Fault(21612, f"This exchange carries telephone messages only, not {channel}.")
        sender = self._sender()
        try:
            to = numbers.parse(self.to, numbers.region_of(sender) or "US")
        except ValueError as why:
            raise Fault(21211, f"The 'To' number {self.to[:40]} is not a valid phone number. {why}") from None
        if code := MAGIC_FROM.get(sender) or MAGIC_TO.get(to):
            raise Fault(code)
        if to == sender:
            raise Fault(21266, f"'To' and 'From' number cannot be the same: {to}")
        self._check_holder(ctx, sender, to)
        return to, sender

    def _sender(self) -> str:
        sender = self.from_.strip()
        if numbers.is_short_code(sender) or numbers.is_alphanumeric_sender(sender):
            return sender
        try:
            return numbers.parse(self.from_)
        except ValueError:
            raise Fault(
                21212,
                f"The 'From' number {self.from_[:40]} is not a valid phone number, short code, or "
                "alphanumeric sender ID.",
            ) from None

    def _check_holder(self, ctx: Context, sender: str, to: str) -> None:
        if numbers.is_alphanumeric_sender(sender):
            if to.startswith("+1"):
                raise Fault(21612, f"A name like {sender} cannot send to North American numbers such as {to}.")
            return
        match holder_of(ctx, sender):
            case Holder.ANOTHER:
                raise Fault(21660, f"The 'From' number {sender} belongs to another account.")
            case Holder.NOBODY:
                as_before_splitting = is_magic(sender) or ctx.account.status == TEST  # 1.15
                raise Fault(
                    21606 if as_before_splitting else 21659,
                    f"The 'From' number {sender} is not a number of this account.",
                )

    def _check_content(self) -> None:
        if not self.body and not self.media_url and not self.content_sid:
            raise Fault(21602)
        if self.body and len(self.body) > LONGEST_BODY:
            raise Fault(21617, f"The Body has {len(self.body)} characters; at most {LONGEST_BODY} can be sent.")
        if len(self.media_url) > MOST_MEDIA:
            raise Fault(21623)
        for address in self.media_url:
            if not is_web_url(address):
                raise Fault(21620, f"The MediaUrl {address[:200]} is not a valid URL.")
        if self.content_variables:
            if not self.content_sid:
                raise Fault(21654)
            _check_variables(self.content_variables)
        if self.content_sid:
            raise Fault(21655, f"There is no content template {self.content_sid[:40]} in this account.")

    def _check_options(self) -> None:
        if self.application_sid and not self.status_callback:
            raise Fault(21218, f"There is no application {self.application_sid[:40]} in this account.")
        if self.schedule_type:
            # Only messages of a messaging service can be scheduled (1.4).
            raise Fault(35118 if self.send_at else 35111)

    # Update and delete (1.8) -------------------------------------------------------------------

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        if changed.get("status"):
            raise Fault(30409, f"The message is {self.status}; only scheduled messages can be canceled.")
        if changed.get("body"):
            raise Fault(20001, "Parameter 'Body' can only be made empty: what was sent cannot be changed.")
        if "body" in changed:
            self._check_finished("redacted")
            self.write(ctx, self.sid, "updated", {"body": "", "date_updated": ctx.now})

    async def on_delete(self, ctx: Context) -> None:
        self._check_finished("deleted")

    def _check_finished(self, what: str) -> None:
        if self.status in UNFINISHED:
            raise Fault(20009, f"The message is {self.status}; it cannot be {what} before it is finished.")


def _check_variables(raw: str) -> None:
    try:
        if not isinstance(json.loads(raw), dict):
            raise Fault(21656)
    except (ValueError, RecursionError):
        raise Fault(21656) from None
