"""Lookup, version 2: about a telephone number, right or wrong (messaging reference 5.2).

What a numbering plan says is known: the form of a number, its country, its kind of line. The packages that need
somebody else's data are answered with an error code and nothing else.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from hoyhoy.rest.kit import FETCH, V1, Context, Resource, boolean, computed, moment, text, words
from hoyhoy.wire.errors import Fault
from hoyhoy.wire.line_type import line_type
from hoyhoy.wire.lookup import INVALID_BUT_POSSIBLE, look_up

NO_COVERAGE = 60600
"""What a package says of a number about which nothing is known."""

WITHOUT_DATA = (
    "sim_swap",
    "call_forwarding",
    "line_status",
    "identity_match",
    "reassigned_number",
    "sms_pumping_risk",
    "phone_number_quality_score",
    "pre_fill",
)
PACKAGES = ("caller_name", "line_type_intelligence", *WITHOUT_DATA)
FIELDS = ("basic", "validation", *PACKAGES)


def matched(**options: Any) -> Any:
    """A parameter that only a package without data compares."""
    return text(on=(FETCH,), shown=False, idle=True, **options)


class LookupV2PhoneNumber(Resource):
    """A number as it was asked for. Whatever it is, it is answered with 200."""

    path, prefix, key = "/v2/PhoneNumbers", "PN", "phone_numbers"
    product, style = "lookups", V1
    table_name = ""
    element = "PhoneNumber"
    offers = (FETCH,)

    sid: str = text(shown=False)
    account_sid: str = text(shown=False)
    date_created: float = moment(shown=False)
    date_updated: float = moment(shown=False)
    calling_country_code: str = text()
    country_code: str = text(on=(FETCH,))
    phone_number: str = text()
    national_format: str = text()
    valid: bool = boolean()
    validation_errors: list[str] = words()
    caller_name: dict[str, Any] | None = computed()
    sim_swap: dict[str, Any] | None = computed()
    call_forwarding: dict[str, Any] | None = computed()
    line_status: dict[str, Any] | None = computed()
    line_type_intelligence: dict[str, Any] | None = computed()
    identity_match: dict[str, Any] | None = computed()
    reassigned_number: dict[str, Any] | None = computed()
    sms_pumping_risk: dict[str, Any] | None = computed()
    phone_number_quality_score: dict[str, Any] | None = computed()
    pre_fill: dict[str, Any] | None = computed()

    fields: str = text(on=(FETCH,), shown=False)
    first_name: str = matched()
    last_name: str = matched()
    address_line1: str = matched()
    address_line2: str = matched()
    city: str = matched()
    state: str = matched()
    postal_code: str = matched()
    address_country_code: str = matched()
    national_id: str = matched()
    date_of_birth: str = matched()
    last_verified_date: str = matched()
    verification_sid: str = matched()
    partner_sub_id: str = matched()

    @classmethod
    async def find(cls, ctx: Context, sid: str) -> dict[str, Any]:
        asked = _packages(ctx.asked.get("fields") or "")
        found = look_up(sid, ctx.asked.get("country_code") or "US")
        # A number of this exchange is one, whatever the plan says: tutorials are full of +1 555.
        ours = ctx.services.directory.number(found.e164) if found.error == INVALID_BUT_POSSIBLE else None
        row: dict[str, Any] = {"sid": sid, "account_sid": ctx.account.sid, "valid": False}
        if found.error and ours is None:
            return {**row, "validation_errors": [found.error]}
        return {
            **row,
            "sid": found.e164,
            "valid": True,
            "validation_errors": [],
            "calling_country_code": found.calling_code,
            "country_code": found.country or None,
            "phone_number": found.e164,
            "national_format": found.national,
            **{package: _package(package, found.e164, ours is not None) for package in asked},
        }

    def address(self, ctx: Context) -> str:
        return f"{self.path}/{quote(self.sid, safe='+')}"


def _packages(fields: str) -> list[str]:
    names = [name.strip().lower() for name in fields.split(",") if name.strip()]
    if strange := [name for name in names if name not in FIELDS]:
        raise Fault(20001, f"Parameter 'Fields' may hold {', '.join(FIELDS)}; it holds {strange[0][:40]}.")
    return [name for name in names if name in PACKAGES]


def _package(name: str, e164: str, ours: bool) -> dict[str, Any]:
    match name:
        case "line_type_intelligence":
            kind = line_type(e164)
            return {
                "error_code": None,
                "mobile_country_code": None,
                "mobile_network_code": None,
                "carrier_name": None,
                "type": "mobile" if ours and kind == "unknown" else kind,
            }
        case "caller_name":
            return {"caller_name": None, "caller_type": None, "error_code": NO_COVERAGE}
        case _:
            return {"error_code": NO_COVERAGE}
