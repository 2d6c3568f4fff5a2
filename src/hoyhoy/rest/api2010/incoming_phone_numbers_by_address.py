"""The numbers that were bought with an address, which cannot be deleted before them (messaging reference 3.6)."""

from __future__ import annotations

from hoyhoy.rest.kit import LIST, boolean, choice, computed, http_method, text

from .incoming_phone_numbers import OwnedNumber


class DependentPhoneNumber(OwnedNumber):
    """A number whose AddressSid is the address."""

    path = "/2010-04-01/Accounts/{account_sid}/Addresses/{address_sid}/DependentPhoneNumbers"
    key, table_name = "dependent_phone_numbers", "incoming_phone_numbers"
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
