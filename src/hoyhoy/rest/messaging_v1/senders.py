"""The senders of a messaging service: numbers, short codes and names (messaging reference 1.12).

A number or short code sends for one service at most, under its own sid, as long as the account owns it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hoyhoy.exchange.ports import Number, Service
from hoyhoy.rest.kit import CREATE, DELETE, FETCH, LIST, V1, Context, Resource, computed, not_found, text
from hoyhoy.rest.kit.filters import Condition
from hoyhoy.wire import number as numbers
from hoyhoy.wire.errors import Fault
from hoyhoy.wire.inventory import capabilities_of

MOST = 400
"""Senders of one service."""

SERVICE = "/v1/Services/{service_sid}"


def service_at(ctx: Context) -> Service:
    service = ctx.services.directory.service(ctx.scope["service_sid"])
    if service is None:
        raise not_found(ctx.path)
    return service


def check_room(service: Service) -> None:
    if len(service.senders) >= MOST:
        raise Fault(21714, f"A messaging service has at most {MOST} senders.")


def owned(ctx: Context, row: Mapping[str, Any] | None, column: str) -> Number:
    """The number or short code of a row, if the account has it and it is free. Fault 21421, 21710, 21712, 21714."""
    directory = ctx.services.directory
    number = directory.number(row[column]) if row else None
    if row is None or number is None or number.sid != row["sid"] or number.account != ctx.account.sid:
        raise Fault(21421, "There is no such number in this account.")
    service = directory.service_of(number)
    if service is not None:
        raise Fault(21710 if service.sid == ctx.scope["service_sid"] else 21712)
    check_room(service_at(ctx))
    return number


class _Member(Resource):
    """What sends for a service."""

    product, style = "messaging", V1
    within = {"service_sid": "messaging_services"}
    offers = (LIST, FETCH, CREATE, DELETE)

    service_sid: str = text()


class _Borrowed(_Member):
    """What the account owns beside the service: it is a member only as long as the account has it."""

    @classmethod
    def where(cls, ctx: Context) -> list[Condition]:
        return [*super().where(ctx), ("sid", "in", [one.sid for one in service_at(ctx).senders])]

    @classmethod
    def sees(cls, ctx: Context, row: Mapping[str, Any]) -> bool:
        return super().sees(ctx, row) and row["sid"] in [one.sid for one in service_at(ctx).senders]


class ServicePhoneNumber(_Borrowed):
    """A phone number that sends for the service."""

    path, prefix, key, table_name = SERVICE + "/PhoneNumbers", "PN", "phone_numbers", "service_phone_numbers"
    element = "PhoneNumber"

    phone_number_sid: str = computed(on=(CREATE,), required=21421, shown=False)
    phone_number: str = text()
    country_code: str = computed()
    capabilities: list[str] = computed()

    def show_country_code(self, ctx: Context) -> str | None:
        return numbers.region_of(self.phone_number) or None

    def show_capabilities(self, ctx: Context) -> list[str]:
        can = capabilities_of(self.phone_number)
        return [name for name, is_able in (("MMS", can.mms), ("SMS", can.sms), ("Voice", can.voice)) if is_able]

    async def on_create(self, ctx: Context) -> None:
        rows, sid = ctx.services.rows, self.phone_number_sid
        left_over = await rows.fetch(self.table_name, sid)  # from before the number was another account's
        number = owned(ctx, await rows.fetch("incoming_phone_numbers", sid), "phone_number")
        if not capabilities_of(number.number).sms:
            raise Fault(21715, f"{number.number} cannot send messages.")
        if left_over:
            self.write(ctx, sid, "deleted", None)
        self.sid, self.phone_number = sid, number.number


class ServiceShortCode(_Borrowed):
    """A short code that sends for the service."""

    path, prefix, key, table_name = SERVICE + "/ShortCodes", "SC", "short_codes", "service_short_codes"
    element = "ShortCode"

    short_code_sid: str = computed(on=(CREATE,), required=21421, shown=False)
    short_code: str = text()
    country_code: str = computed()
    capabilities: list[str] = computed()

    def show_country_code(self, ctx: Context) -> str:
        return numbers.SHORT_CODE_COUNTRY

    def show_capabilities(self, ctx: Context) -> list[str]:
        return ["MMS", "SMS"]

    async def on_create(self, ctx: Context) -> None:
        rows, sid = ctx.services.rows, self.short_code_sid
        left_over = await rows.fetch(self.table_name, sid)
        number = owned(ctx, await rows.fetch("short_codes", sid), "short_code")
        if left_over:
            self.write(ctx, sid, "deleted", None)
        self.sid, self.short_code = sid, number.number


class AlphaSender(_Member):
    """A name that sends for the service, one way and not to North America."""

    path, prefix, key = SERVICE + "/AlphaSenders", "AI", "alpha_senders"

    alpha_sender: str = text(on=(CREATE,), required=21709)
    capabilities: list[str] = computed()

    def show_capabilities(self, ctx: Context) -> list[str]:
        return ["SMS"]

    async def on_create(self, ctx: Context) -> None:
        service, name = service_at(ctx), self.alpha_sender
        if not numbers.is_alphanumeric_sender(name):
            raise Fault(21709, f"{name[:40]!r} is no sender: one to eleven letters, digits, blanks, +, -, _ and &.")
        if name in [one.address for one in service.senders]:
            raise Fault(21710, f"{name} is a sender of this messaging service already.")
        check_room(service)
