"""Lookup, version 1: about a telephone number that is right (messaging reference 5.2)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from hoyhoy.rest.kit import FETCH, V1, Context, Resource, computed, moment, text, words
from hoyhoy.wire.line_type import line_type
from hoyhoy.wire.lookup import INVALID_BUT_POSSIBLE, look_up

CARRIER_TYPES = {"landline": "landline", "mobile": "mobile", "fixedVoip": "voip", "nonFixedVoip": "voip"}


class LookupV1PhoneNumber(Resource):
    """A number that a numbering plan or this exchange has given out; there are no others."""

    path, prefix, key = "/v1/PhoneNumbers", "PN", "phone_numbers"
    product, style = "lookups", V1
    table_name = ""
    element = "PhoneNumber"
    offers = (FETCH,)

    sid: str = text(shown=False)
    account_sid: str = text(shown=False)
    date_created: float = moment(shown=False)
    date_updated: float = moment(shown=False)
    caller_name: dict[str, Any] | None = computed()
    country_code: str = text(on=(FETCH,))
    phone_number: str = text()
    national_format: str = text()
    carrier: dict[str, Any] | None = computed()
    add_ons: dict[str, Any] | None = computed(on=(FETCH,), idle=True)
    add_ons_data: str = text(on=(FETCH,), shown=False, idle=True)
    type: str = words("carrier", "caller-name", on=(FETCH,), shown=False)

    @classmethod
    async def find(cls, ctx: Context, sid: str) -> dict[str, Any] | None:
        found = look_up(sid, ctx.asked.get("country_code") or "US")
        # A number of this exchange is one, whatever the plan says: tutorials are full of +1 555.
        ours = ctx.services.directory.number(found.e164) if found.error == INVALID_BUT_POSSIBLE else None
        if found.error and ours is None:
            return None
        asked = ctx.asked.get("type", ())
        row: dict[str, Any] = {
            "sid": found.e164,
            "account_sid": ctx.account.sid,
            "country_code": found.country or None,
            "phone_number": found.e164,
            "national_format": found.national,
        }
        if "carrier" in asked:
            row["carrier"] = _carrier("mobile" if ours else line_type(found.e164))
        if "caller-name" in asked:
            row["caller_name"] = {"caller_name": None, "caller_type": None, "error_code": None}
        return row

    def address(self, ctx: Context) -> str:
        return f"{self.path}/{quote(self.sid, safe='+')}"


def _carrier(kind: str) -> dict[str, Any]:
    """Which company carries the number is not known here."""
    return {
        "mobile_country_code": None,
        "mobile_network_code": None,
        "name": None,
        "type": CARRIER_TYPES.get(kind),
        "error_code": None,
    }
