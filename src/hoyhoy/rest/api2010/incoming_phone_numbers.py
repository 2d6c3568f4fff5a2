"""The telephone numbers an account owns, and where their calls and messages are answered (voice reference 9)."""

from __future__ import annotations

from typing import Any

from hoyhoy.rest.kit import (
    BOTH,
    DELETE,
    FETCH,
    LIST,
    UPDATE,
    Context,
    Resource,
    boolean,
    choice,
    computed,
    constant,
    http_method,
    text,
    web_url,
)
from hoyhoy.wire.errors import Fault


def steering_url() -> Any:
    return web_url(default="", on=BOTH, error=21402)


def steering_method() -> Any:
    return http_method(on=BOTH)


class IncomingPhoneNumber(Resource):
    """A number of the account."""

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/IncomingPhoneNumbers", "PN", "incoming_phone_numbers"
    offers = (LIST, FETCH, UPDATE, DELETE)
    later = {
        "create": "numbers are made at first start and adopted; buying them comes with AvailablePhoneNumbers",
        "account_sid": "moving numbers comes with subaccounts",
    }

    friendly_name: str = text(64, on=BOTH, error=20002, find="=")
    phone_number: str = text(find="like")
    voice_url: str = steering_url()
    voice_method: str = steering_method()
    voice_fallback_url: str = steering_url()
    voice_fallback_method: str = steering_method()
    voice_caller_id_lookup: bool = boolean(default=False, on=BOTH)
    voice_receive_mode: str = choice("voice", "fax", default="voice", on=BOTH)
    voice_application_sid: str = text(on=BOTH)
    status_callback: str = steering_url()
    status_callback_method: str = steering_method()
    sms_url: str = steering_url()
    sms_method: str = steering_method()
    sms_fallback_url: str = steering_url()
    sms_fallback_method: str = steering_method()
    sms_application_sid: str = text(on=BOTH)
    address_requirements: str = constant("none")
    address_sid: str = text(on=BOTH)
    beta: bool = boolean(default=False, find="=")
    capabilities: dict[str, bool] = computed()
    identity_sid: str = text(on=BOTH)
    bundle_sid: str = text(on=BOTH)
    emergency_status: str = choice("Active", "Inactive", default="Inactive", on=BOTH)
    emergency_address_sid: str = text(on=BOTH)
    emergency_address_status: str = constant("unregistered")
    trunk_sid: str = text(on=BOTH)
    api_version: str = text(default="2010-04-01", on=BOTH)
    origin: str = text(default="twilio", find="=")
    status: str = constant("in-use")
    type: str = text(default="local")

    def show_capabilities(self, ctx: Context) -> dict[str, bool]:
        return {"voice": True, "sms": True, "mms": True, "fax": False}

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        if changed.get("voice_fallback_url") and not changed.get("voice_url", self.voice_url):
            raise Fault(21405)
        if changed.get("trunk_sid"):
            changed["voice_application_sid"] = None  # a trunk deletes the application and vice versa (9)
        elif changed.get("voice_application_sid"):
            changed["trunk_sid"] = None
