"""Postal addresses of an account's customers, which numbers of some countries ask for (messaging reference 3.6).

Nobody looks up whether a place exists, so an address is neither `validated` nor `verified`. It is put into
the form that its country writes addresses in unless `AutoCorrectAddress` is false.
"""

from __future__ import annotations

import re
from typing import Any

from hoyhoy.rest.kit import BOTH, CREATE, Context, Resource, boolean, constant, text
from hoyhoy.wire.countries import NAMES
from hoyhoy.wire.errors import Fault

LINES = ("customer_name", "street", "street_secondary", "city", "region", "postal_code")
REQUIRED = ("customer_name", "street", "city", "region", "postal_code")
CHECKED = (*REQUIRED, "emergency_enabled")
DEPENDENT = ("address_sid", "emergency_address_sid")
"""The columns of a number that may name an address."""

_POSTAL_CODES = {
    "US": re.compile(r"([0-9]{5})(?:[ -]?([0-9]{4}))?"),
    "CA": re.compile(r"([A-Z][0-9][A-Z])[ -]?([0-9][A-Z][0-9])"),
}
_BETWEEN = {"US": "-", "CA": " "}
"""What stands between the halves of a postal code."""


def line(**options: Any) -> Any:
    return text(255, on=BOTH, **options)


class Address(Resource):
    """Where a customer is."""

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/Addresses", "AD", "addresses"
    element = "Address"

    customer_name: str = line(required=20001, find="=")
    street: str = line(required=20001)
    street_secondary: str = line()
    city: str = line(required=20001)
    region: str = line(required=20001)
    postal_code: str = line(required=20001)
    iso_country: str = text(on=(CREATE,), required=20001, find="=", search_as=str.upper)
    friendly_name: str = text(64, on=BOTH, find="=")
    emergency_enabled: bool = boolean(default=False, on=BOTH, find="=")
    auto_correct_address: bool = boolean(default=True, on=BOTH, shown=False)
    validated: bool = constant(False)
    verified: bool = constant(False)

    async def on_create(self, ctx: Context) -> None:
        self.iso_country = self.iso_country.strip().upper()
        if self.iso_country not in NAMES:
            raise Fault(21628, f"{self.iso_country[:20]} is not the ISO 3166 code of a country.")
        self.__dict__.update(self._corrected({name: getattr(self, name) for name in LINES}))
        self._check({name: getattr(self, name) for name in CHECKED})

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        self.auto_correct_address = changed.get("auto_correct_address", self.auto_correct_address)
        changed |= self._corrected({name: changed[name] for name in LINES if name in changed})
        self._check({**{name: getattr(self, name) for name in CHECKED}, **changed})

    async def on_delete(self, ctx: Context) -> None:
        for column in DEPENDENT:
            where = [("account_sid", "=", self.account_sid), (column, "=", self.sid)]
            if rows := await ctx.services.rows.page("incoming_phone_numbers", where, limit=1):
                raise Fault(21629, f"The number {rows[0]['phone_number']} depends on this address.")

    def _corrected(self, lines: dict[str, Any]) -> dict[str, Any]:
        """Without needless blanks; in North America also with the region and the postal code as they are written."""
        if not self.auto_correct_address:
            return lines
        better = {name: " ".join(value.split()) if value else value for name, value in lines.items()}
        form = _POSTAL_CODES.get(self.iso_country)
        if form is not None:
            if len(better.get("region") or "") == 2:
                better["region"] = better["region"].upper()
            match = form.fullmatch((better.get("postal_code") or "").upper())
            if match is not None:
                better["postal_code"] = _BETWEEN[self.iso_country].join(half for half in match.groups() if half)
        return better

    def _check(self, values: dict[str, Any]) -> None:
        """What is required is more than blanks. Help must find an emergency address: its postal code must be one of
        the country, where that can be told."""
        for name in REQUIRED:
            if not (values[name] or "").strip():
                raise Fault(20001, f"An address needs its {name.replace('_', ' ')}.")
        form = _POSTAL_CODES.get(self.iso_country)
        if values["emergency_enabled"] and form and not form.fullmatch(values["postal_code"]):
            raise Fault(21628, f"{values['postal_code'][:20]} is not a postal code of {NAMES[self.iso_country]}.")
