"""The numbers that were bought with an address, which cannot be deleted before them (messaging reference 3.6)."""

from __future__ import annotations

from dataclasses import asdict

from hoyhoy.rest.kit import LIST, Context, Resource, boolean, choice, computed, http_method, text
from hoyhoy.wire import inventory


class DependentPhoneNumber(Resource):
    """A number whose AddressSid is the address."""

    path = "/2010-04-01/Accounts/{account_sid}/Addresses/{address_sid}/DependentPhoneNumbers"
    prefix, key, table_name = "PN", "dependent_phone_numbers", "incoming_phone_numbers"
    within = {"address_sid": "addresses"}
    offers = (LIST,)

    friendly_name: str = text()
    phone_number: str = text()
    voice_url: str = text(default="")
    voice_method: str = http_method()
    voice_fallback_method: str = http_method()
    voice_fallback_url: str = text(default="")
    voice_caller_id_lookup: bool = boolean(default=False)
    sms_fallback_method: str = http_method()
    sms_fallback_url: str = text(default="")
    sms_method: str = http_method()
    sms_url: str = text(default="")
    address_requirements: str = computed()
    capabilities: dict[str, bool] = computed()
    status_callback: str = text(default="")
    status_callback_method: str = http_method()
    api_version: str = text(default="2010-04-01")
    sms_application_sid: str = text()
    voice_application_sid: str = text()
    trunk_sid: str = text()
    emergency_status: str = choice("Active", "Inactive", default="Inactive")
    emergency_address_sid: str = text()

    def show_address_requirements(self, ctx: Context) -> str:
        return inventory.address_requirement_of(self.phone_number)

    def show_capabilities(self, ctx: Context) -> dict[str, bool]:
        return asdict(inventory.capabilities_of(self.phone_number))

    def address(self, ctx: Context) -> str:
        """Where the number itself is."""
        return f"/2010-04-01/Accounts/{self.account_sid}/IncomingPhoneNumbers/{self.sid}"
