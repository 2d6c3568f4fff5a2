"""The numbers whose calls a trunk answers: they stay the account's, and are listed there too (voice reference 10.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from hoyhoy.rest.kit import (
    CREATE,
    DELETE,
    FETCH,
    LIST,
    V1,
    Context,
    Resource,
    boolean,
    computed,
    http_method,
    not_found,
    text,
)
from hoyhoy.rest.kit.steering import steering_method, steering_url
from hoyhoy.wire import inventory
from hoyhoy.wire.errors import Fault


class TrunkPhoneNumber(Resource):
    """A number on the trunk. It is put there and taken off, never made or released."""

    path, prefix, key = "/v1/Trunks/{trunk_sid}/PhoneNumbers", "PN", "phone_numbers"
    table_name, element = "incoming_phone_numbers", "PhoneNumber"
    product, style = "trunking", V1
    within = {"trunk_sid": "trunks"}
    offers = (LIST, FETCH, CREATE, DELETE)

    phone_number_sid: str = computed(on=(CREATE,), required=20001, shown=False)
    address_requirements: str = computed()
    api_version: str = text(default="2010-04-01")
    beta: bool = computed()
    capabilities: dict[str, bool] = computed()
    friendly_name: str = text()
    phone_number: str = text()
    sms_application_sid: str = text()
    sms_fallback_method: str = steering_method(())
    sms_fallback_url: str = steering_url(())
    sms_method: str = steering_method(())
    sms_url: str = steering_url(())
    status_callback: str = steering_url(())
    status_callback_method: str = http_method()
    trunk_sid: str = text()
    voice_application_sid: str = text()
    voice_caller_id_lookup: bool = boolean(default=False)
    voice_fallback_method: str = steering_method(())
    voice_fallback_url: str = steering_url(())
    voice_method: str = steering_method(())
    voice_url: str = steering_url(())

    def show_address_requirements(self, ctx: Context) -> str:
        return inventory.address_requirement_of(self.phone_number)

    def show_beta(self, ctx: Context) -> bool:
        return inventory.is_beta(self.phone_number)

    def show_capabilities(self, ctx: Context) -> dict[str, bool]:
        return asdict(inventory.capabilities_of(self.phone_number))

    async def on_create(self, ctx: Context) -> Mapping[str, Any] | None:
        """It leaves its application, and the trunk it was on (9)."""
        sid, trunk, services = self.phone_number_sid, ctx.scope["trunk_sid"], ctx.services
        async with services.turns("trunks", trunk), services.turns(self.table_name, sid):
            row = await services.rows.fetch(self.table_name, sid)
            if row is None or row["account_sid"] != ctx.account.sid:
                raise Fault(20404, f"There is no number {sid[:40]} in this account.")
            if services.directory.trunk(trunk) is None:
                raise not_found(ctx.path)
            values = {"trunk_sid": trunk, "voice_application_sid": None, "date_updated": ctx.now}
            self.write(ctx, sid, "updated", values)
        return row | values

    @classmethod
    def write(cls, ctx: Context, sid: str, change: str, values: Mapping[str, Any] | None, *, new: bool = False) -> None:
        """What is deleted here is taken off the trunk."""
        if values is None:
            change, values = "updated", {"trunk_sid": None, "date_updated": ctx.now}
        super().write(ctx, sid, change, values, new=new)
