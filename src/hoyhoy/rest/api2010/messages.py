"""Messages (messaging reference 1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from hoyhoy.exchange.events import ResourceChanged
from hoyhoy.exchange.message import not_scheduled
from hoyhoy.exchange.orders import SendMessage, Terms
from hoyhoy.exchange.ports import Row, Service
from hoyhoy.rest.kit import (
    CREATE,
    UPDATE,
    Context,
    Holder,
    Resource,
    boolean,
    channel_of,
    choice,
    computed,
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
from hoyhoy.wire.smart_encoding import smart

LONGEST_BODY = 1600
MOST_MEDIA = 10
SOONEST, LATEST = 900.0, 35 * 86400.0
"""Seconds from now in which a message can be scheduled (1.4)."""

AT_ONCE = 500
"""Rows that are read at once when what belongs to a message is changed."""

LONGEST_VALIDITY = 36000
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

OPTED_OUT = 21610
"""What a messaging service finds out only when it sends (9)."""


class Message(Resource):
    """A text, with or without media, on its way out or in; its row is written by the exchange."""

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/Messages", "SMMM", "messages"
    below = {"media": "Media", "feedback": "Feedback"}
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
    media_url: list[str] = words(on=(CREATE,), error=21620, shown=False)
    status_callback: str = web_url(callback=True, on=(CREATE,), error=21609, shown=False)
    application_sid: str = text(on=(CREATE,), shown=False)
    max_price: str = text(255, on=(CREATE,), shown=False, idle=True)
    provide_feedback: bool = boolean(default=False, on=(CREATE,), shown=False)
    attempt: int = integer(on=(CREATE,), shown=False, idle=True)
    validity_period: int = integer(between=(1, LONGEST_VALIDITY), on=(CREATE,), error=21624, shown=False)
    """Seconds it may wait to be sent; unless given, what its messaging service says, or ten hours."""
    force_delivery: bool = boolean(on=(CREATE,), shown=False, idle=True)
    content_retention: str = choice("retain", "discard", on=(CREATE,), shown=False)
    address_retention: str = choice("retain", "obfuscate", on=(CREATE,), shown=False)
    smart_encoded: bool = boolean(on=(CREATE,), shown=False)
    persistent_action: list[str] = words(most=10, on=(CREATE,), shown=False, idle=True)
    traffic_type: str = text(255, on=(CREATE,), shown=False, idle=True)
    shorten_urls: bool = boolean(on=(CREATE,), shown=False, idle=True)
    schedule_type: str = choice("fixed", on=(CREATE,), error=35111, shown=False)
    send_at: str = computed(on=(CREATE,), shown=False)
    due_at: float = moment(shown=False)
    send_as_mms: bool = boolean(default=False, on=(CREATE,), shown=False)
    content_sid: str = text(on=(CREATE,), shown=False)
    content_variables: str = text(on=(CREATE,), shown=False)
    risk_check: str = choice("enable", "disable", on=(CREATE,), shown=False, idle=True)
    message_intent: str = text(255, on=(CREATE,), shown=False, idle=True)
    fallback_from: str = text(255, on=(CREATE,), shown=False, idle=True)

    # Create (1.2) ----------------------------------------------------------------------------

    async def on_create(self, ctx: Context) -> Mapping[str, Any]:
        service = self._service(ctx)
        to, sender = self._parties(ctx, service)
        self._check_content()
        callback = self._callback(ctx, service)
        body = self.body or ""
        is_smart = service is not None and service.smart_encoding if self.smart_encoded is None else self.smart_encoded
        longest = service.validity_period if service else LONGEST_VALIDITY
        return ctx.services.switchboard.send_message(
            SendMessage(
                account=ctx.account.sid,
                to=to,
                sender=sender,
                body=smart(body) if is_smart else body,
                media=tuple(self.media_url),
                status_callback=callback,
                terms=Terms(
                    service=service.sid if service else "",
                    send_at=self._send_at(ctx),
                    validity_period=self.validity_period or longest,
                    as_mms=self.send_as_mms,
                    discard=self.content_retention == "discard",
                    obfuscate=self.address_retention == "obfuscate",
                ),
                stored=self.kept_idle() | self._noted(),
            )
        )

    def _noted(self) -> dict[str, Any]:
        names = ("provide_feedback", "smart_encoded", "schedule_type", "application_sid")
        return self.kept({name: getattr(self, name) for name in names})

    def _service(self, ctx: Context) -> Service | None:
        """The messaging service it goes through; one without senders cannot take it (1.12)."""
        sid = self.messaging_service_sid
        if not sid:
            return None
        service = ctx.services.directory.service(sid)
        if service is None or service.account != ctx.account.sid:
            raise Fault(
                21701 if is_sid(sid, "MG") else 21705, f"There is no messaging service {sid[:40]} in this account."
            )
        if not service.senders:
            raise Fault(21704, f"The messaging service {sid} has no senders.")
        return service

    def _parties(self, ctx: Context, service: Service | None) -> tuple[str, str]:
        """To and From, normalised and allowed. National numbers are read as in the country of From (7).

        From is "" when the messaging service is to choose.
        """
        if not self.from_ and service is None:
            raise Fault(21603)
        for address in (self.to, self.from_ or ""):
            if channel := channel_of(address):
                raise Fault(21612, f"This exchange carries telephone messages only, not {channel}.")
        sender = self._sender() if self.from_ else ""
        senders = [one.address for one in service.senders] if service else []
        home = sender or next((address for address in senders if numbers.is_e164(address)), "")
        try:
            to = numbers.parse(self.to, numbers.region_of(home) or "US")
        except ValueError as why:
            raise Fault(21211, f"The 'To' number {self.to[:40]} is not a valid phone number. {why}") from None
        code = MAGIC_FROM.get(sender) or MAGIC_TO.get(to)
        if code and not (service and code == OPTED_OUT):
            raise Fault(code)
        if to == sender:
            raise Fault(21266, f"'To' and 'From' number cannot be the same: {to}")
        if service is None:
            self._check_holder(ctx, sender)
        elif sender and sender not in senders:
            raise Fault(21711, f"The 'From' number {sender} is not a sender of the messaging service {service.sid}.")
        if numbers.is_alphanumeric_sender(sender) and to.startswith("+1"):
            raise Fault(21612, f"A name like {sender} cannot send to North American numbers such as {to}.")
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

    def _check_holder(self, ctx: Context, sender: str) -> None:
        if numbers.is_alphanumeric_sender(sender):
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

    def _callback(self, ctx: Context, service: Service | None) -> str:
        """Who is told about it: its own callback, the application's, the service's (1.7)."""
        if self.status_callback:
            return self.status_callback
        told = ""
        if self.application_sid:
            application = ctx.services.directory.application(self.application_sid)
            if application is None or application.account != ctx.account.sid:
                raise Fault(21218, f"There is no application {self.application_sid[:40]} in this account.")
            told = application.messaging.status_callback
        return told or (service.inbound.status_callback if service else "")

    def _send_at(self, ctx: Context) -> float | None:
        """When it is to be sent, in Unix seconds; None = now (1.4)."""
        if not self.schedule_type and not self.send_at:
            return None
        if not self.schedule_type or not self.send_at:
            raise Fault(35111, "A message is scheduled with 'ScheduleType=fixed' and 'SendAt' together.")
        if not self.messaging_service_sid:
            raise Fault(35118)
        try:
            when = datetime.fromisoformat(self.send_at.strip())
            due = when.timestamp() if when.utcoffset() == timedelta() else 0.0
        except (ValueError, OverflowError):
            due = 0.0
        if not SOONEST <= due - ctx.now <= LATEST:
            raise Fault(35114)
        return due

    # Update and delete (1.8) -------------------------------------------------------------------

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        if changed.get("body"):
            raise Fault(20001, "Parameter 'Body' can only be made empty: what was sent cannot be changed.")
        if changed.get("status"):
            if self.status != "scheduled":
                raise not_scheduled(self.status)
            ctx.services.switchboard.cancel_message(self.sid)
            self.status = "canceled"
        if "body" in changed:
            self._check_finished("redacted")
            self.write(ctx, self.sid, "updated", {"body": "", "date_updated": ctx.now})
            await self._redact_notices(ctx)

    async def on_delete(self, ctx: Context) -> None:
        self._check_finished("deleted")
        for table, column in (("media", "parent_sid"), ("message_feedback", "message_sid")):
            while rows := await self._belonging(ctx, table, column):
                for row in rows:
                    event = ResourceChanged(table=table, change="deleted")
                    ctx.services.journal.record(row["sid"], ctx.account.sid, event, (Row(table, row["sid"], None),))

    async def _belonging(
        self, ctx: Context, table: str, column: str, before: int | None = None
    ) -> list[dict[str, Any]]:
        where = [("account_sid", "=", ctx.account.sid), (column, "=", self.sid)]
        return await ctx.services.rows.page(table, where, before=before, limit=AT_ONCE)

    async def _redact_notices(self, ctx: Context) -> None:
        """What went wrong with it is told with the request to the app, which said what the message says."""
        before = None
        while rows := await self._belonging(ctx, "notifications", "resource_sid", before):
            before = rows[-1]["id"]
            for row in rows:
                asked = parse_qsl(row["request_variables"] or "", keep_blank_values=True)
                told = urlencode([(name, "" if name == "Body" else value) for name, value in asked])
                event = ResourceChanged(table="notifications", change="updated", names=("request_variables",))
                change = Row("notifications", row["sid"], {"request_variables": told})
                ctx.services.journal.record(row["sid"], ctx.account.sid, event, (change,))

    def _check_finished(self, what: str) -> None:
        if self.status in UNFINISHED:
            raise Fault(20009, f"The message is {self.status}; it cannot be {what} before it is finished.")


def _check_variables(raw: str) -> None:
    try:
        if not isinstance(json.loads(raw), dict):
            raise Fault(21656)
    except (ValueError, RecursionError):
        raise Fault(21656) from None
